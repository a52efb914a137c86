"""Citations as files: BibTeX, RIS and CSL-JSON, for one entry or for any number of them.

BibTeX is UTF-8, as biber, Zotero and today's LaTeX read it; only what TeX takes for commands is
escaped. RIS is written by rispy.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import rispy  # type: ignore[import-untyped]  # it ships no types

from db.models import Kind, Language
from feed.citations import Citation

_REPORTS: Final = frozenset({Kind.REPORT, Kind.REPORT_SUMMARY})


def bibtex(citations: Iterable[Citation]) -> Iterator[str]:
    """Write BibTeX, an entry at a time."""
    for number, citation in enumerate(citations):
        fields = ",\n".join(f"  {name} = {value}" for name, value in _bibtex_fields(citation))
        kind = "techreport" if citation.kind in _REPORTS else "misc"
        yield ("\n" if number else "") + f"@{kind}{{{citation.key},\n{fields}\n}}\n"


def ris(citations: Iterable[Citation]) -> Iterator[str]:
    """Write RIS, an entry at a time."""
    for citation in citations:
        yield rispy.dumps([_ris_fields(citation)], implementation=_RisWriter) + "\n"


def csl_json(citations: Iterable[Citation]) -> Iterator[str]:
    """Write CSL-JSON (citeproc), an item at a time."""
    yield "["
    for number, citation in enumerate(citations):
        item = json.dumps(csl_item(citation), ensure_ascii=False)
        yield (",\n" if number else "\n") + item
    yield "\n]\n"


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A way to write citations."""

    #: last part of the address, `/entries/<id>.<name>`
    name: str
    #: name people know
    label: str
    media_type: str
    write: Callable[[Iterable[Citation]], Iterator[str]]


#: every format, by name, in the order pages offer them
CITATION_FORMATS: Final[Mapping[str, CitationFormat]] = {
    one.name: one
    for one in (
        CitationFormat("bib", "BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
        CitationFormat("ris", "RIS", "application/x-research-info-systems; charset=utf-8", ris),
        CitationFormat("csl.json", "CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
    )
}


def csl_item(citation: Citation) -> dict[str, Any]:
    """Give a citation as CSL-JSON has it (schema csl-data of CSL 1.0.2)."""
    types = dict.fromkeys(_REPORTS, "report") | {Kind.BROCHURE: "pamphlet"}
    item: dict[str, Any] = {
        "id": citation.key,
        "type": types.get(citation.kind, "webpage"),
        "title": citation.title,
        "author": [{"literal": citation.publisher}],
        "publisher": citation.publisher,
        "genre": citation.genre,
        "URL": citation.url,
    }
    if citation.date_parts:
        item["issued"] = {"date-parts": [list(citation.date_parts)]}
    if citation.language is not Language.UNDETERMINED:
        item["language"] = citation.language.value
    if citation.abstract:
        item["abstract"] = citation.abstract
    if citation.keywords:
        item["keyword"] = ", ".join(citation.keywords)
    return item


_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
#: names babel has
_LANGUAGES: Final = {
    Language.BOKMAL: "norsk",
    Language.NYNORSK: "nynorsk",
    Language.ENGLISH: "english",
    Language.SAMI: "samin",
}
# braces count for BibTeX even behind a backslash, so they are named
_TEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
_IN_URL: Final = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D"})
_CAPITAL_LATER: Final = re.compile(r"\w*\w[A-ZÆØÅ]|\W*[A-ZÆØÅ]")
_CAPITAL_WITHIN: Final = re.compile(r"\W*\w+\W*[A-ZÆØÅ]")


def _bibtex_fields(citation: Citation) -> Iterator[tuple[str, str]]:
    publisher = citation.publisher.translate(_TEX)
    # a second pair of braces: an organisation has no first name
    yield "author", f"{{{{{publisher}}}}}"
    yield "title", f"{{{_keeping_capitals(citation.title)}}}"
    if citation.kind in _REPORTS:
        yield "institution", f"{{{publisher}}}"
        yield "type", f"{{{citation.genre.translate(_TEX)}}}"
    else:
        yield "publisher", f"{{{publisher}}}"
        yield "howpublished", f"{{{citation.genre.translate(_TEX)}}}"
    if parts := citation.date_parts:
        yield "year", f"{{{parts[0]}}}"
        yield "date", f"{{{citation.iso_date}}}"
    if len(citation.date_parts) > 1:
        yield "month", _MONTHS[citation.date_parts[1] - 1]
    yield "url", f"{{{citation.url.translate(_IN_URL)}}}"
    if citation.language in _LANGUAGES:
        yield "langid", f"{{{_LANGUAGES[citation.language]}}}"
    if citation.keywords:
        yield "keywords", f"{{{', '.join(citation.keywords).translate(_TEX)}}}"
    if citation.abstract:
        yield "abstract", f"{{{citation.abstract.translate(_TEX)}}}"


def _keeping_capitals(title: str) -> str:
    """Put words whose capitals matter in braces: styles write titles in lower case."""
    words = title.split(" ")
    return " ".join(
        f"{{{word.translate(_TEX)}}}"
        if (_CAPITAL_LATER if place else _CAPITAL_WITHIN).match(word)
        else word.translate(_TEX)
        for place, word in enumerate(words)
    )


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]  # not typed
    """Writes entries without a number before each, which is no part of RIS."""

    def set_header(self, count: int) -> str:
        """Give what comes before an entry: nothing."""
        return ""


def _ris_fields(citation: Citation) -> dict[str, Any]:
    kinds = dict.fromkeys(_REPORTS, "RPRT") | {Kind.BROCHURE: "PAMP"}
    fields: dict[str, Any] = {
        "type_of_reference": kinds.get(citation.kind, "ELEC"),
        "id": citation.key,
        "title": citation.title,
        "authors": [citation.publisher],
        "publisher": citation.publisher,
        "type_of_work": citation.genre,
        "urls": [citation.url],
    }
    if parts := citation.date_parts:
        fields["year"] = f"{parts[0]:04d}"
        # YYYY/MM/DD/, with nothing where nothing was given
        fields["date"] = "/".join([*citation.iso_date.split("-"), "", "", ""][:3]) + "/"
    if citation.language is not Language.UNDETERMINED:
        fields["language"] = citation.language.value
    if citation.pdf:
        fields["file_attachments1"] = citation.pdf
    if citation.abstract:
        fields["abstract"] = citation.abstract
    if citation.keywords:
        fields["keywords"] = list(citation.keywords)
    return fields
