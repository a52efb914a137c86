"""How an entry stands at its publishers: where else it is, and whether it was taken away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from db.models import Entry, Language, Source
from db.text import one_line
from feed.language import translations
from feed.links import title_url
from feed.sanitise import safe_url
from feed.site import Site
from feed.wording import UNTITLED


@dataclass(frozen=True, slots=True)
class Place:
    """Another place where the news of an entry stands."""

    #: host that readers know it by, “imdi.no”; the source's name where there is no address
    name: str
    #: name of the source
    source: str
    #: title it has there
    title: str
    #: the publisher's page; empty where there is none to link to
    url: str
    #: our page of it
    permalink: str


def places_of(entry: Entry, site: Site, sources: Mapping[str, Source]) -> tuple[Place, ...]:
    """Give the other places of an entry's story, in the order they were found."""
    return tuple(
        Place(
            name=host_name(safe_url(also.url)) or _source_name(also.source, sources),
            source=_source_name(also.source, sources),
            title=one_line(also.title) or UNTITLED,
            url=safe_url(also.url),
            permalink=title_url(site, also.entry_id, also.title),
        )
        for also in entry.also_at
    )


def places_in_words(places: Iterable[Place], language: Language = Language.BOKMAL) -> str:
    """Name the places once each: “imdi.no og regjeringen.no”."""
    names = list(dict.fromkeys(place.name for place in places))
    return (
        translations(language)
        .gettext(" og ")
        .join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    )


def host_name(url: str) -> str:
    """Give the host of an address as people say it, without www; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def as_shown(entry: Entry) -> Entry:
    """Give an entry as it may be shown: without its text where the publisher took it away.

    What stays is that it was there: title, dates, source, tags, address.
    """
    if entry.withdrawn is None:
        return entry
    return replace(entry, lead="", body="", body_text="", attachments=(), deadlines=())


def withdrawn_in_words(publisher: str, language: Language = Language.BOKMAL) -> str:
    """Say that a publisher took an entry away."""
    text = translations(language).gettext("Trukket tilbake av %(publisher)s.")
    return text % {"publisher": publisher}


def _source_name(slug: str, sources: Mapping[str, Source]) -> str:
    return sources[slug].name if slug in sources else slug
