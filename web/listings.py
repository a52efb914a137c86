"""`/`: a query as a page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup

from db.models import Entry, Republish, SearchPage, Sought, Source
from db.query import EntryQuery, Paging
from feed import FORMATS
from feed.links import entry_url, feed_url
from feed.standing import Place, as_shown, places_of
from feed.wording import UNTITLED, date_in_words, query_in_words, query_title
from web import facets
from web.headers import PUBLIC_PAGE, is_unchanged, validated
from web.hints import hints_of
from web.query_args import read_paging, read_query
from web.services import Services, services
from web.snippets import excerpt, mark, page_with
from web.wording import hits_in_words, language_marker, machine_date

blueprint = Blueprint("listings", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a listing, in words."""

    entry: Entry
    address: str
    title: Markup
    excerpt: Markup
    date: str
    machine_date: str
    source: str
    #: name of the language where it is not what the page is written in
    language: str
    tags: tuple[facets.Choice, ...]
    #: file and page that have the words, where only a file has them
    file_hit: str = ""
    #: where else the story stands
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A query in one feed format."""

    name: str
    media_type: str
    title: str
    #: with host, to be copied into a feed reader
    address: str
    path: str


@blueprint.get("/")
def listing() -> Response:
    """Show one page of what a query chooses, with filters, feeds and sign-up for it."""
    served = services()
    pairs = list(request.args.items(multi=True))
    query = read_query(pairs, served.store.vocabulary.known())
    paging = read_paging(pairs)
    response = validated("listing", query.canonical(), paging, cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    found = served.store.entries.search(query, paging)
    if paging.page > 1 and not found.entries:
        abort(404)
    response.set_data(_page(query, paging, found, served))
    response.mimetype = "text/html"
    return response


def _page(query: EntryQuery, paging: Paging, found: SearchPage, served: Services) -> str:
    names = names_of(served)
    pages = -(-found.total // paging.per_page)
    per_page = None if paging.per_page == Paging().per_page else paging.per_page

    def address(page: int) -> str:
        return served.path("/", query, page=None if page == 1 else page, per_page=per_page)

    return render_template(
        "listing.html",
        query=query,
        heading=_heading(query, names),
        words=query_in_words(query, names.tags, names.sources),
        kept=_kept(query),
        count=hits_in_words(found.total),
        total=found.total,
        rows=[row(entry, found.sought, names, served) for entry in found.entries],
        hints=hints_of(query, paging, found, served),
        paging=paging,
        pages=pages,
        previous=address(paging.page - 1) if paging.page > 1 else None,
        next=address(paging.page + 1) if paging.page < pages else None,
        groups=facets.groups(query, served.store.entries, names, served),
        active=facets.active(query, names, served),
        sorts=facets.sorts(query, served),
        suggestions=_suggestions(query, names, served),
        feeds=feed_links(query, names, served),
    )


def names_of(served: Services) -> facets.Names:
    """Give the sources and tags that exist, by slug."""
    vocabulary = served.store.vocabulary
    return facets.Names(
        tags={tag.slug: tag for tag in vocabulary.tags()},
        sources={source.slug: source for source in vocabulary.sources()},
    )


def row(entry: Entry, sought: Sought, names: facets.Names, served: Services) -> Row:
    """Put one entry of a listing into words."""
    return Row(
        entry=entry,
        address=served.local(entry_url(served.settings.site, entry)),
        title=mark(entry.title or UNTITLED, sought),
        excerpt=excerpt(as_shown(entry), sought, republish_of(entry, names.sources)),
        date=date_in_words(entry.published) if entry.published else "",
        machine_date=machine_date(entry.published) if entry.published else "",
        source=names.label("source", entry.source),
        language=language_marker(entry.language),
        tags=tag_links(entry, names, served),
        file_hit=_file_hit(entry, sought, served),
        places=places_of(entry, served.settings.site, names.sources),
    )


def _file_hit(entry: Entry, sought: Sought, served: Services) -> str:
    found = page_with(entry, sought, lambda place: served.store.attachments.pages(entry.id, place))
    return f"Treff i {found[0].label or 'vedlegget'}, side {found[1]}" if found else ""


def republish_of(entry: Entry, sources: Mapping[str, Source]) -> Republish:
    """Tell what may be shown of an entry; the least where its source is not known."""
    source = sources.get(entry.source)
    return source.republish if source else Republish.SUMMARY


def tag_links(entry: Entry, names: facets.Names, served: Services) -> tuple[facets.Choice, ...]:
    """Give an entry's tags, each with the address of its listing."""
    return tuple(
        facets.Choice(names.label("tag", tag.slug), served.path("/", EntryQuery(tags=(tag.slug,))))
        for tag in entry.tags
    )


def feed_links(query: EntryQuery, names: facets.Names, served: Services) -> list[FeedLink]:
    """Give a query's feeds, one a format."""
    site = served.settings.site
    title = f"{site.name}: {query_title(query.selection(), names.tags, names.sources)}"
    addresses = {name: feed_url(site, query, name) for name in FORMATS}
    return [
        FeedLink(
            name=FORMATS[name].label,
            media_type=FORMATS[name].media_type.partition(";")[0],
            title=f"{title} ({FORMATS[name].label})",
            address=address,
            path=served.local(address),
        )
        for name, address in addresses.items()
    ]


def _heading(query: EntryQuery, names: facets.Names) -> str:
    if not query.selection().parameters():
        return "Nytt fra IMDi"
    title = query_title(query.selection(), names.tags, names.sources)
    return title[:1].upper() + title[1:]


def _kept(query: EntryQuery) -> list[tuple[str, str]]:
    """Give what a new search keeps: everything but the words and what has a field of its own."""
    return [pair for pair in query.parameters() if pair[0] not in {"q", "from", "to", "exact"}]


def _suggestions(query: EntryQuery, names: facets.Names, served: Services) -> list[facets.Choice]:
    found = []
    if query.exact:
        anyhow = replace(query, exact=False)
        found.append(facets.Choice("Søk etter ordene i alle former", served.path("/", anyhow)))
    elif '"' in query.q:
        loose = replace(query, q=query.q.replace('"', " ").strip())
        found.append(facets.Choice("Søk uten anførselstegn", served.path("/", loose)))
    if query.from_date and query.to_date and query.from_date > query.to_date:
        turned = replace(query, from_date=query.to_date, to_date=query.from_date)
        found.append(
            facets.Choice("Bytt om datoene, for fra er etter til", served.path("/", turned))
        )
    chosen = facets.active(query, names, served)
    if query.q and chosen:
        words = EntryQuery(q=query.q)
        found.append(facets.Choice("Søk etter ordene i alt, uten filtre", served.path("/", words)))
    found += [facets.Choice(f"Fjern filteret {one.label}", one.address) for one in chosen]
    if query.q and chosen:
        found.append(
            facets.Choice(
                "Behold filtrene og fjern ordene", served.path("/", replace(query, q="", sort=None))
            )
        )
    return found
