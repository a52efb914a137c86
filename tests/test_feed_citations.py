"""Citations, read back by parsers that are not ours."""

import json
import re
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from db.models import Attachment, Kind, Language, Precision, PublisherDate
from db.text import one_line
from feed.citation_formats import CITATION_FORMATS, csl_item
from feed.citations import citation_of, citations_of
from feed.wording import UNTITLED
from feed_samples import DISTRICTS, ENTRIES, EXPENSES, INTERPRETERS, SITE, SOURCES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import bibtexparser
    from bibtexparser.bparser import BibTexParser

REPORT = replace(DISTRICTS, id=9, kind=Kind.REPORT)
ALL = (*ENTRIES, REPORT)


def written(name: str, *entries: Any) -> str:
    return "".join(CITATION_FORMATS[name].write(citations_of(entries, SITE, SOURCES)))


def bib(*entries: Any) -> list[dict[str, str]]:
    parser = BibTexParser(ignore_nonstandard_types=False)
    return list(bibtexparser.loads(written("bib", *entries), parser).entries)


def plain(tex: str) -> str:
    """Take TeX's escapes back, as a typesetter shows it."""
    names = {"backslash": "\\", "braceleft": "\x01", "braceright": "\x02"}
    names |= {"asciitilde": "~", "asciicircum": "^"}
    text = re.sub(r"\\text(\w+)\{\}", lambda found: names[found[1]], tex)
    text = re.sub(r"\\([&%$#_])", r"\1", text)
    return re.sub("[{}]", "", text).replace("\x01", "{").replace("\x02", "}")


def test_bibtex_says_what_the_store_says() -> None:
    report = bib(*ALL)[3]
    assert (report["ENTRYTYPE"], report["ID"]) == ("techreport", "imdi-2023-9")
    assert plain(report["title"]) == DISTRICTS.title
    assert plain(report["author"]) == plain(report["institution"]) == "IMDi"
    assert (report["year"], report["date"], report["month"]) == ("2023", "2023-10-03", "October")
    assert report["url"] == DISTRICTS.url
    assert (report["type"], report["langid"]) == ("Rapport", "norsk")
    assert [one["ENTRYTYPE"] for one in bib(*ENTRIES)] == ["misc"] * 3


def test_two_parsers_of_bibtex_agree() -> None:
    theirs = parse_string(written("bib", *ALL), "bibtex").entries
    for one in bib(*ALL):
        other = theirs[one["ID"]]
        assert other.fields["title"] == one["title"]
        assert str(other.persons["author"][0]) == one["author"]


def test_a_publisher_is_one_author() -> None:
    # "og" and "and" part no organisation in two, nor a comma its name
    entry = replace(DISTRICTS, publisher="Barne, ungdoms- and familiedirektoratet")
    (author,) = parse_string(written("bib", entry), "bibtex").entries.values()
    assert len(author.persons["author"]) == 1
    assert plain(str(author.persons["author"][0])) == entry.publisher


def test_capitals_that_matter_are_kept() -> None:
    assert bib(DISTRICTS)[0]["title"] == "Ny {IMDi-rapport:} {Flere} innvandrere i distriktene"
    assert bib(EXPENSES)[0]["title"] == EXPENSES.title


_TEXT = st.text(st.characters(codec="utf-8"), max_size=60) | st.text(
    st.sampled_from('\\{}%&$#_~^"@=,æøåÆ a\n\x00'), max_size=30
)


@given(_TEXT, _TEXT)
def test_any_title_and_publisher_come_back_whole(title: str, publisher: str) -> None:
    entry = replace(DISTRICTS, title=title, publisher=publisher, lead=title)
    citation = citation_of(entry, SITE, SOURCES)
    (one,) = bib(entry)
    assert plain(one["title"]) == (one_line(title) or UNTITLED)
    assert plain(one["author"]) == citation.publisher
    assert one["ID"] == citation.key
    assert re.fullmatch("[a-z0-9-]+", citation.key)
    (reference,) = rispy.loads(written("ris", entry))
    assert reference["title"].split() == citation.title.split()
    assert json.loads(written("csl.json", entry))[0]["title"] == citation.title


def test_ris_says_what_the_store_says() -> None:
    listed = rispy.loads(written("ris", *ALL))
    assert [one["type_of_reference"] for one in listed] == ["ELEC", "ELEC", "ELEC", "RPRT"]
    assert listed[3] == {
        "type_of_reference": "RPRT",
        "id": "imdi-2023-9",
        "title": DISTRICTS.title,
        "authors": ["IMDi"],
        "publisher": "IMDi",
        "type_of_work": "Rapport",
        "urls": [DISTRICTS.url],
        "year": "2023",
        "date": "2023/10/03/",
        "language": "nb",
        "file_attachments1": "https://press.example/f/rapport.pdf",
        "abstract": DISTRICTS.lead,
    }
    assert listed[1]["date"] == "2023/06//"
    assert "year" not in listed[2]


def test_ris_lines_are_ris_lines() -> None:
    lines = written("ris", *ALL).splitlines()
    assert all(re.match("[A-Z][A-Z0-9]  - ", line) for line in lines if line)
    assert lines.count("ER  - ") == 4


def test_csl_says_what_the_store_says() -> None:
    listed = json.loads(written("csl.json", *ALL))
    assert listed[3] == {
        "id": "imdi-2023-9",
        "type": "report",
        "title": DISTRICTS.title,
        "author": [{"literal": "IMDi"}],
        "publisher": "IMDi",
        "genre": "Rapport",
        "URL": DISTRICTS.url,
        "issued": {"date-parts": [[2023, 10, 3]]},
        "language": "nb",
        "abstract": DISTRICTS.lead,
    }
    assert listed[1]["issued"] == {"date-parts": [[2023, 6]]}
    assert "issued" not in listed[2]
    assert json.loads(written("csl.json")) == []


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        (Precision.YEAR, "2023"),
        (Precision.MONTH, "2023-01"),
        (Precision.DAY, "2023-01-01"),
        (Precision.MINUTE, "2023-01-01"),
    ],
)
def test_no_date_says_more_than_was_given(precision: Precision, expected: str) -> None:
    # half an hour past midnight in Oslo is still the year before in UTC
    moment = PublisherDate(datetime(2022, 12, 31, 23, 30, tzinfo=UTC), precision)
    citation = citation_of(replace(DISTRICTS, published=moment), SITE, SOURCES)
    assert citation.iso_date == expected


def test_without_an_address_of_its_own_ours_is_cited() -> None:
    assert csl_item(citation_of(INTERPRETERS, SITE, SOURCES))["URL"] == (
        "https://imdifeed.example/entries/1/for-mye-bruk-av-ukvalifiserte-tolker-i-det-offentlige"
    )


def test_a_withdrawn_entry_is_cited_without_its_text() -> None:
    gone = replace(DISTRICTS, withdrawn=DISTRICTS.appeared)
    citation = citation_of(gone, SITE, SOURCES)
    assert (citation.title, citation.abstract, citation.pdf) == (DISTRICTS.title, "", "")


def test_hostile_addresses_are_not_cited() -> None:
    entry = replace(
        DISTRICTS,
        url="javascript:alert(1)",
        attachments=(
            Attachment("javascript:alert(1)//x.pdf", "x", "application/pdf"),
            Attachment("http://[x", "x"),
        ),
    )
    citation = citation_of(entry, SITE, SOURCES)
    assert citation.url.startswith("https://imdifeed.example/entries/3/")
    assert citation.pdf == ""


def test_one_bad_entry_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    broken = replace(DISTRICTS, attachments=None)
    assert [one["ID"] for one in bib(broken, EXPENSES)] == ["imdi-2023-2"]
    assert "entry 3 is left out" in caplog.text


def test_the_labels_are_in_the_language_of_the_text() -> None:
    english = replace(REPORT, language=Language.ENGLISH)
    assert citation_of(english, SITE, SOURCES).genre == "Report"
