"""An entry as listings show it."""

from dataclasses import dataclass

from markupsafe import Markup

from db.models import Entry, Sought
from db.query import EntryQuery
from feed.links import entry_url
from feed.standing import Place, as_shown, places_of
from feed.wording import date_in_words, kind_label, untitled
from web.language import gettext
from web.listing.facets import Choice, Names
from web.listing.snippets import excerpt, mark, page_with
from web.naming import republish_of
from web.services import Services
from web.wording import language_marker, machine_date


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a listing, in words."""

    entry: Entry
    address: str
    title: Markup
    excerpt: Markup
    kind: str
    date: str
    machine_date: str
    source: str
    #: name of the language where it is not bokmål
    language: str
    tags: tuple[Choice, ...]
    #: file and page that have the words, where only a file has them
    file_hit: str = ""
    #: where else the story stands
    places: tuple[Place, ...] = ()


def row(entry: Entry, sought: Sought, names: Names, served: Services) -> Row:
    """Put one entry of a listing into words."""
    tokens_of = served.store.entries.tokens_of
    return Row(
        entry=entry,
        address=served.local(entry_url(served.settings.site, entry)),
        title=mark(entry.title or untitled(names.language), sought, tokens_of),
        excerpt=excerpt(as_shown(entry), sought, republish_of(entry, names.sources), tokens_of),
        kind=kind_label(entry.kind, names.language),
        date=date_in_words(entry.published, names.language) if entry.published else "",
        machine_date=machine_date(entry.published) if entry.published else "",
        source=names.label("source", entry.source),
        language=language_marker(entry.language),
        tags=tag_links(entry, names, served),
        file_hit=_file_hit(entry, sought, served),
        places=places_of(entry, served.settings.site, names.sources),
    )


def tag_links(entry: Entry, names: Names, served: Services) -> tuple[Choice, ...]:
    """Give an entry's tags, each with the address of its listing."""
    return tuple(
        Choice(names.label("tag", tag.slug), served.path("/", EntryQuery(tags=(tag.slug,))))
        for tag in entry.tags
    )


def _file_hit(entry: Entry, sought: Sought, served: Services) -> str:
    store = served.store
    found = page_with(
        entry,
        sought,
        lambda place: store.attachments.pages(entry.id, place),
        store.entries.tokens_of,
    )
    if not found:
        return ""
    file, page = found
    if not file.label:
        return gettext("Treff i vedlegget, side %(page)s", page=page)
    return gettext("Treff i %(file)s, side %(page)s", file=file.label, page=page)
