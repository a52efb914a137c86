import json
from dataclasses import replace

import pytest

from db.models import Kind, Language, Precision
from feed.metadata import metadata_of
from feed_samples import DISTRICTS, EXPENSES, INTERPRETERS, SITE, SOURCES, at, published


def test_zotero_finds_what_it_looks_for() -> None:
    names = metadata_of(replace(DISTRICTS, kind=Kind.REPORT), SITE, SOURCES).names
    assert names == (
        ("citation_title", DISTRICTS.title),
        ("citation_author", "IMDi"),
        ("citation_publisher", "IMDi"),
        ("citation_publication_date", "2023/10/03"),
        ("citation_language", "nb"),
        ("citation_technical_report_institution", "IMDi"),
        ("citation_pdf_url", "https://press.example/f/rapport.pdf"),
        ("citation_public_url", DISTRICTS.url),
        (
            "citation_abstract_html_url",
            "https://imdifeed.example/entries/3/ny-imdi-rapport-flere-innvandrere-i-distriktene",
        ),
    )


def test_what_is_not_known_is_not_said() -> None:
    undated = replace(INTERPRETERS, language=Language.UNDETERMINED)
    found = metadata_of(undated, SITE, SOURCES)
    assert (
        not {"citation_publication_date", "citation_language", "citation_pdf_url"}
        & dict(found.names).keys()
    )
    assert not {"datePublished", "inLanguage", "isBasedOn", "associatedMedia"} & set(found.json_ld)


def test_search_engines_learn_whose_it_is() -> None:
    found = metadata_of(DISTRICTS, SITE, SOURCES).json_ld
    assert found["@type"] == "NewsArticle"
    assert found["url"] == found["isBasedOn"] == DISTRICTS.url
    assert found["publisher"] == {"@type": "Organization", "name": "IMDi"}
    assert found["datePublished"] == "2023-10-03T06:00+02:00"
    assert found["inLanguage"] == "nb"
    assert found["associatedMedia"][0] == {
        "@type": "MediaObject",
        "contentUrl": "https://press.example/f/rapport.pdf",
        "name": "Rapporten",
        "encodingFormat": "application/pdf",
    }
    # never we
    assert SITE.name not in json.dumps(found)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_type(kind: Kind) -> None:
    assert metadata_of(replace(DISTRICTS, kind=kind), SITE, SOURCES).json_ld["@type"]


@pytest.mark.parametrize(
    ("precision", "expected"),
    [(Precision.YEAR, "2023"), (Precision.MONTH, "2023-06"), (Precision.DAY, "2023-06-01")],
)
def test_dates_say_no_more_than_was_given(precision: Precision, expected: str) -> None:
    entry = replace(EXPENSES, published=published("2023-06-01T10:00:00", precision))
    assert metadata_of(entry, SITE, SOURCES).json_ld["datePublished"] == expected


def test_what_was_taken_away_is_not_repeated() -> None:
    found = metadata_of(replace(DISTRICTS, withdrawn=at("2023-11-01T11:00:00")), SITE, SOURCES)
    assert found.json_ld["creativeWorkStatus"] == "Withdrawn"
    assert not {"description", "associatedMedia"} & set(found.json_ld)
    assert "citation_pdf_url" not in dict(found.names)
