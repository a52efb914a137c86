"""What a page says of its entry to machines: schema.org for search engines, citation_* for Zotero.

The publisher is author and publisher of a text, never we; its address is the publisher's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from db.models import Entry, Kind, Language, Precision, PublisherDate, Source
from db.text import one_line
from feed.channel import media_type_of
from feed.citations import Citation, citation_of
from feed.links import entry_uri, entry_url
from feed.sanitise import safe_url, summary_of
from feed.site import Site
from feed.standing import as_shown
from feed.wording import in_oslo

_TYPES: Final[Mapping[Kind, str]] = {
    Kind.PRESS_RELEASE: "NewsArticle",
    Kind.NEWS: "NewsArticle",
    Kind.REPORT: "Report",
    Kind.REPORT_SUMMARY: "Report",
    Kind.NOTICE: "Article",
    Kind.BROCHURE: "CreativeWork",
}
_DESCRIPTION_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Metadata:
    """What stands in the head of an entry's page."""

    #: name and content of each `meta` element
    names: tuple[tuple[str, str], ...]
    #: schema.org, as JSON-LD
    json_ld: dict[str, Any]


def metadata_of(stored: Entry, site: Site, sources: Mapping[str, Source]) -> Metadata:
    """Describe an entry to machines, as far as it may be shown; `sources` is by slug."""
    entry = as_shown(stored)
    citation = citation_of(entry, site, sources)
    return Metadata(
        names=tuple(_names(citation, entry_url(site, entry))),
        json_ld={"@context": "https://schema.org", **_work(entry, citation, site)},
    )


def _names(citation: Citation, permalink: str) -> Iterator[tuple[str, str]]:
    yield "citation_title", citation.title
    yield "citation_author", citation.publisher
    yield "citation_publisher", citation.publisher
    if citation.date_parts:
        yield "citation_publication_date", citation.iso_date.replace("-", "/")
    if citation.language is not Language.UNDETERMINED:
        yield "citation_language", citation.language.value
    # this is what makes a report of it
    if _TYPES[citation.kind] == "Report":
        yield "citation_technical_report_institution", citation.publisher
    if citation.pdf:
        yield "citation_pdf_url", citation.pdf
    yield "citation_public_url", citation.url
    yield "citation_abstract_html_url", permalink
    for keyword in citation.keywords:
        yield "citation_keywords", keyword


def _work(entry: Entry, citation: Citation, site: Site) -> dict[str, Any]:
    publisher = {"@type": "Organization", "name": citation.publisher}
    work: dict[str, Any] = {
        "@type": _TYPES[entry.kind],
        "@id": entry_uri(site, entry.id),
        "headline": citation.title,
        "name": citation.title,
        "url": citation.url,
        "author": publisher,
        "publisher": publisher,
        "sourceOrganization": publisher,
        "isAccessibleForFree": True,
    }
    if original := safe_url(entry.url):
        work["isBasedOn"] = original
    if entry.published:
        work["datePublished"] = _date(entry.published)
    if entry.updated:
        work["dateModified"] = _date(entry.updated)
    if entry.language is not Language.UNDETERMINED:
        work["inLanguage"] = entry.language.value
    if description := summary_of(entry, _DESCRIPTION_CHARACTERS):
        work["description"] = description
    if citation.keywords:
        work["keywords"] = list(citation.keywords)
    if entry.withdrawn:
        work["creativeWorkStatus"] = "Withdrawn"
    if files := list(_files(entry)):
        work["associatedMedia"] = files
    return work


def _files(entry: Entry) -> Iterator[dict[str, Any]]:
    for file in entry.attachments:
        if url := safe_url(file.url):
            media: dict[str, Any] = {"@type": "MediaObject", "contentUrl": url}
            if label := one_line(file.label):
                media["name"] = label
            if media_type := one_line(file.media_type) or media_type_of(url, ""):
                media["encodingFormat"] = media_type
            yield media


def _date(given: PublisherDate) -> str:
    """Write a date as precise as it was given (ISO 8601), a minute with Oslo's offset."""
    local = in_oslo(given.moment)
    if given.precision is Precision.MINUTE:
        return local.isoformat(timespec="minutes")
    day = local.date().isoformat()
    return day[: {Precision.YEAR: 4, Precision.MONTH: 7}.get(given.precision, 10)]
