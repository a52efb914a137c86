"""Entries as listings show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import get_template_attribute
from markupsafe import Markup

from db.models import Entry, Republish, Sought, Version
from db.query import EntryQuery
from feed.links import entry_url
from feed.sanitise import summary_of
from feed.standing import Place, as_shown, places_of
from feed.wording import date_in_words, kind_label, untitled
from web.language import chosen, gettext
from web.listing.facets import Choice, Names
from web.listing.forms import Text
from web.listing.snippets import (
    LENGTH,
    MOST_SEARCHED,
    Marker,
    is_marked,
    page_with,
    passage,
)
from web.listing.written import RowName, WrittenRow
from web.naming import republish_of
from web.services import Services
from web.wording import language_marker, machine_date

#: stands for what depends on the search; nothing that is shown can hold it (`db.text.clean`)
_GAP = Markup("\0")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a listing, in words."""

    entry: Entry
    address: str
    title: str
    #: the lead, or else the beginning of the text
    beginning: str
    kind: str
    date: str
    machine_date: str
    source: str
    #: name of the language where it is not bokmål
    language: str
    tags: tuple[Choice, ...]
    #: where else the story stands
    places: tuple[Place, ...] = ()


def row(entry: Entry, names: Names, served: Services) -> Row:
    """Put one entry of a listing into words."""
    return Row(
        entry=entry,
        address=served.local(entry_url(served.settings.site, entry)),
        title=entry.title or untitled(names.language),
        beginning=summary_of(as_shown(entry), LENGTH),
        kind=kind_label(entry.kind, names.language),
        date=date_in_words(entry.published, names.language) if entry.published else "",
        machine_date=machine_date(entry.published) if entry.published else "",
        source=names.label("source", entry.source),
        language=language_marker(entry.language),
        tags=tag_links(entry, names, served),
        places=places_of(entry, served.settings.site, names.sources),
    )


def tag_links(entry: Entry, names: Names, served: Services) -> tuple[Choice, ...]:
    """Give an entry's tags, each with the address of its listing."""
    return tuple(
        Choice(names.label("tag", tag.slug), served.path("/", EntryQuery(tags=(tag.slug,))))
        for tag in entry.tags
    )


def rows_as_html(
    versions: Sequence[Version], sought: Sought, names: Names, served: Services
) -> list[Markup]:
    """Write the rows of a listing, each with the words that were sought marked in it."""
    if not versions:
        return []
    rows = _written(versions, names, served)
    marker = Marker(sought, served.store.entries.tokens_of)
    marker.read(text for one in rows.values() for text in (one.title, one.beginning))
    titles = {number: marker.mark(one.title) for number, one in rows.items()}
    excerpts = {number: marker.mark(one.beginning) for number, one in rows.items()}
    if sought:
        lacking = {n for n, one in rows.items() if one.is_open and not is_marked(excerpts[n])}
        found = _long_texts([one for one in versions if one.entry_id in lacking], served)
        marker.read(found.values())
        excerpts |= {n: told for n, text in found.items() if (told := passage(text, marker))}
    made = []
    for number, one in rows.items():
        title, excerpt, hit = titles[number], excerpts[number], ""
        is_told = is_marked(title) or (is_marked(excerpt) and not one.is_file)
        if sought and one.has_pages and not is_told:
            hit = _file_hit(number, marker, served)
        before, between, after, end = one.html
        made.append(Markup(f"{before}{title}{between}{excerpt}{after}{hit}{end}"))  # noqa: S704 - each is HTML
    return made


def _written(versions: Sequence[Version], names: Names, served: Services) -> dict[int, WrittenRow]:
    """Give rows by the numbers of their entries; only those that are not kept are written."""
    kept = served.rows
    number = kept.names(names.tags, names.sources)
    asked = {one.entry_id: RowName(one, number, names.language, chosen()) for one in versions}
    found = {number: kept.get(name) for number, name in asked.items()}
    for entry in served.store.entries.several([n for n, one in found.items() if one is None]):
        found[entry.id] = new = _write(entry, names, served)
        kept.put(asked[entry.id], new)
    # what was taken down since it was found has no row
    return {number: one for number, one in found.items() if one}


def _long_texts(versions: Sequence[Version], served: Services) -> dict[int, Text]:
    """Give the beginnings of entries' texts by their numbers; only those not kept are read."""
    kept = served.rows.texts
    found = {one: kept.get(one) for one in versions}
    missing = {one.entry_id: one for one, text in found.items() if text is None}
    for number, text in served.store.entries.texts([*missing], MOST_SEARCHED).items():
        found[missing[number]] = new = Text(text).to_keep()
        kept.put(missing[number], new)
    # what was taken down since it was found has none
    return {one.entry_id: text for one, text in found.items() if text}


def _write(entry: Entry, names: Names, served: Services) -> WrittenRow:
    shown = row(entry, names, served)
    html = get_template_attribute("rows.html", "row")(shown, _GAP, _GAP, _GAP)
    before, between, after, end = str(html).split(_GAP)
    return WrittenRow(
        html=(before, between, after, end),
        title=Text(shown.title).to_keep(),
        beginning=Text(shown.beginning).to_keep(),
        is_open=republish_of(entry, names.sources) is Republish.FULL and not entry.withdrawn,
        has_pages=any(file.pages for file in entry.attachments),
        is_file=not entry.url,
    )


def _file_hit(number: int, marker: Marker, served: Services) -> str:
    """Say which file and page of an entry has the words, where only a file has them."""
    store = served.store
    for entry in store.entries.several([number]):
        if found := page_with(entry, marker, lambda place: store.attachments.pages(number, place)):
            file, page = found
            told = (
                gettext("Treff i %(file)s, side %(page)s", file=file.label, page=page)
                if file.label
                else gettext("Treff i vedlegget, side %(page)s", page=page)
            )
            return str(get_template_attribute("rows.html", "file_hit")(told))
    return ""
