"""What is cited of entries: the publisher is the author, for that is who answers for the text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from db.models import Entry, Kind, Language, Precision, Source
from db.text import one_line
from feed.channel import media_type_of
from feed.isolation import made_of
from feed.links import entry_url, slug
from feed.sanitise import safe_url
from feed.site import Site
from feed.standing import as_shown
from feed.wording import cut, in_oslo, kind_label, untitled

_MOST_ABSTRACT_CHARACTERS: Final = 2000
_PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What is cited of an entry; texts are one line each."""

    #: unique and permanent here, `imdi-2023-5`
    key: str
    kind: Kind
    #: what readers call the kind, in the language of the text
    genre: str
    title: str
    publisher: str
    #: the publisher's day in Oslo; None where it is not known
    day: date | None
    #: how much of it was given
    precision: Precision
    #: at the publisher, or else here
    url: str
    language: Language
    #: may be empty
    abstract: str
    keywords: tuple[str, ...]
    #: address of the first PDF; may be empty
    pdf: str

    @property
    def date_parts(self) -> tuple[int, ...]:
        """Give year, month and day as far as they were given."""
        if self.day is None:
            return ()
        parts = (self.day.year, self.day.month, self.day.day)
        return parts[: {Precision.YEAR: 1, Precision.MONTH: 2}.get(self.precision, 3)]

    @property
    def iso_date(self) -> str:
        """Give the date as 2023-09-26, 2023-09 or 2023; empty where it is not known."""
        return "-".join(
            f"{part:0{4 if not place else 2}d}" for place, part in enumerate(self.date_parts)
        )


def citation_of(stored: Entry, site: Site, sources: Mapping[str, Source]) -> Citation:
    """Make an entry into a citation; `sources` is by slug."""
    entry = as_shown(stored)
    source = sources.get(entry.source)
    publisher = one_line(entry.publisher or (source.publisher if source else "")) or site.name
    published = entry.published
    day = in_oslo(published.moment).date() if published else None
    files = ((safe_url(one.url), one.media_type) for one in entry.attachments)
    return Citation(
        key=f"{slug(publisher)}-{day.year if day else 'udatert'}-{entry.id}",
        kind=entry.kind,
        genre=kind_label(entry.kind, entry.language),
        title=one_line(entry.title) or untitled(entry.language),
        publisher=publisher,
        day=day,
        precision=published.precision if published else Precision.DAY,
        url=safe_url(entry.url) or entry_url(site, entry),
        language=entry.language,
        abstract=cut(entry.lead, _MOST_ABSTRACT_CHARACTERS),
        keywords=tuple(filter(None, map(one_line, entry.keywords))),
        pdf=next((url for url, media_type in files if url and _is_pdf(url, media_type)), ""),
    )


def citations_of(
    entries: Iterable[Entry], site: Site, sources: Mapping[str, Source]
) -> Iterator[Citation]:
    """Make entries into citations, one by one; one that cannot be made is logged and left out."""
    made = made_of(
        entries,
        lambda entry: citation_of(entry, site, sources),
        name=lambda entry: f"entry {entry.id}",
        where="an export",
    )
    return (citation for _, citation in made)


def _is_pdf(url: str, media_type: str) -> bool:
    return (media_type or media_type_of(url, "")).partition(";")[0].strip().lower() == _PDF
