"""`/`: a query as a page."""

from dataclasses import dataclass
from datetime import date, datetime, time

from flask import Blueprint, Response, render_template, request

from db.models import SearchPage, Version
from db.query import EntryQuery, Paging
from feed.frequency import pace_in_words
from feed.wording import OSLO, in_oslo, query_in_words, query_title
from web.every_request.errors import error_page
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, validated
from web.language import gettext, ngettext
from web.listing import facets
from web.listing.hints import hints_of
from web.listing.rows import rows_as_html
from web.listing.suggestions import suggestions
from web.naming import feed_links, names_of
from web.query_args import read_paging, read_query
from web.services import Services, services
from web.wording import capitalised, hits_in_words

blueprint = Blueprint("listings", __name__)

#: pages that are linked to before and after the present one
_AROUND = 2


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to another page of a listing; where pages are left out, neither number nor address."""

    number: int = 0
    address: str = ""


@blueprint.get("/")
def listing() -> Response:
    """Show one page of what a query chooses, with filters, feeds and sign-up for it."""
    served = services()
    pairs = list(request.args.items(multi=True))
    query = read_query(pairs, served.store.vocabulary.known())
    paging = read_paging(pairs)
    # how often something comes is counted anew each day
    today = in_oslo(served.settings.clock()).date()
    response = validated(
        "listing", query.canonical(), paging, today, cache=PUBLIC_PAGE, until=_end(today)
    )
    if is_unchanged(response):
        return response
    found = served.store.entries.find(query, paging)
    if paging.page > 1 and not found.entries:
        return _beyond(query, paging, found.total, served)
    response.set_data(_page(query, paging, found, served))
    response.mimetype = "text/html"
    return response


def _end(day: date) -> datetime:
    return datetime.combine(day, time.max, OSLO)


def _beyond(query: EntryQuery, paging: Paging, total: int, served: Services) -> Response:
    last = max(1, _pages(total, paging))
    return error_page(
        404,
        explanation=ngettext(
            "Siden finnes ikke. Søket gir bare %(num)s side.",
            "Siden finnes ikke. Søket gir bare %(num)s sider.",
            last,
        ),
        way_on=(gettext("Gå til den siste siden"), _address(query, paging, last, served)),
    )


def _pages(total: int, paging: Paging) -> int:
    return -(-total // paging.per_page)


def _address(query: EntryQuery, paging: Paging, page: int, served: Services) -> str:
    per_page = None if paging.per_page == Paging().per_page else paging.per_page
    return served.path("/", query, page=None if page == 1 else page, per_page=per_page)


def _page(query: EntryQuery, paging: Paging, found: SearchPage[Version], served: Services) -> str:
    names = names_of(served)
    pages = _pages(found.total, paging)
    entries = served.store.entries
    hints = hints_of(query, paging, found, served)
    end = len(found.entries) if hints.rows_with_all is None else hints.rows_with_all
    return render_template(
        "listing.html",
        query=query,
        chosen=bool(query.selection().parameters()),
        heading=_heading(query, names),
        words=query_in_words(query, names.tags, names.sources, names.language),
        kept_by_words=_kept(query, without={"q", "exact"}),
        kept_by_dates=_kept(query, without={"from", "to"}),
        count=hits_in_words(found.total),
        total=found.total,
        rows=[
            *rows_as_html(found.entries[:end], found.sought, names, served),
            *rows_as_html(found.entries[end:], found.sought_close, names, served),
        ],
        hints=hints,
        paging=paging,
        pages=pages,
        page_links=_page_links(query, paging, pages, served),
        groups=facets.groups(query, entries, names, served),
        active=facets.active(query, names, served),
        sorts=facets.sorts(query, served),
        # each of them is a search of its own
        suggestions=[] if found.total else suggestions(query, names, served),
        feeds=feed_links(query, names, served),
        pace=pace_in_words(
            entries.pace(query.selection(), served.settings.clock()), names.language
        ),
    )


def _page_links(
    query: EntryQuery, paging: Paging, pages: int, served: Services
) -> dict[str, list[PageLink]]:
    """Give the links to the pages before and after, with the first and last one."""
    here = paging.page

    def link(page: int) -> PageLink:
        return PageLink(page, _address(query, paging, page, served))

    before = [link(page) for page in range(max(1, here - _AROUND), here)]
    after = [link(page) for page in range(here + 1, min(pages, here + _AROUND) + 1)]
    if before and before[0].number > 1:
        before = [link(1), *([PageLink()] if before[0].number > 2 else []), *before]
    if after and after[-1].number < pages:
        after += [*([PageLink()] if after[-1].number < pages - 1 else []), link(pages)]
    return {"before": before, "after": after}


def _heading(query: EntryQuery, names: facets.Names) -> str:
    if not query.selection().parameters():
        return gettext("Nytt fra IMDi")
    return capitalised(query_title(query.selection(), names.tags, names.sources, names.language))


def _kept(query: EntryQuery, *, without: set[str]) -> list[tuple[str, str]]:
    """Give what a form keeps of the query: everything that it has no field for."""
    return [pair for pair in query.parameters() if pair[0] not in without]
