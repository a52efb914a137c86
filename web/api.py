"""`/api/`: entries, tags and sources as JSON."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, json, request

from db.models import CrawlRun, Entry, SearchPage, Source
from db.query import EntryQuery, Paging
from db.store import EntryStore
from feed.links import entry_url
from feed.site import Site
from feed.standing import as_shown
from web.headers import PUBLIC_PAGE, is_unchanged, open_to_all, validated
from web.query_args import read_paging, read_query
from web.services import services

blueprint = Blueprint("api", __name__, url_prefix="/api")

#: entries on one page of the API
MOST_PER_PAGE = 1000


@blueprint.get("/entries")
def entries() -> Response:
    """Give one page of what a query chooses. A page past the end is empty."""
    served = services()
    pairs = list(request.args.items(multi=True))
    query = read_query(pairs, served.store.vocabulary.known())
    paging = read_paging(pairs, most=MOST_PER_PAGE)
    response = open_to_all(validated("api", query.canonical(), paging, cache=PUBLIC_PAGE))
    if is_unchanged(response):
        return response
    found = served.store.entries.search(query, paging)
    return _fill(response, page_as_json(found, paging, served.settings.site, served.store.entries))


@blueprint.get("/entries/<entry_id:entry_id>")
def entry(entry_id: int) -> Response:
    """Give one entry."""
    served = services()
    response = open_to_all(validated("api entry", entry_id, cache=PUBLIC_PAGE))
    found = served.store.entries.get(entry_id)
    if is_unchanged(response):
        return response
    return _fill(response, entry_as_json(found, served.settings.site, served.store.entries))


@blueprint.get("/tags")
def tags() -> Response:
    """Give every tag, with its labels and how many entries carry it."""
    served = services()
    response = open_to_all(validated("api tags", cache=PUBLIC_PAGE))
    if is_unchanged(response):
        return response
    counts = served.store.entries.facets(EntryQuery()).tags
    return _fill(
        response,
        {
            "tags": [
                {
                    "slug": tag.slug,
                    "labels": {"nb": tag.label_nb, "nn": tag.label_nn, "en": tag.label_en},
                    "entries": counts.get(tag.slug, 0),
                }
                for tag in served.store.vocabulary.tags()
            ]
        },
    )


@blueprint.get("/sources")
def sources() -> Response:
    """Give every source, with how its last crawl went."""
    served = services()
    counts = served.store.entries.facets(EntryQuery()).sources
    runs = served.store.crawls.latest()
    found = []
    for source in served.store.vocabulary.sources():
        newest = served.store.entries.newest(EntryQuery(sources=(source.slug,)), 1)
        found.append(
            source_as_json(
                source,
                runs.get(source.slug),
                newest=(
                    entry_as_json(newest[0], served.settings.site, served.store.entries)
                    if newest
                    else None
                ),
                entries=counts.get(source.slug, 0),
            )
        )
    response = open_to_all(Response())
    response.headers["Cache-Control"] = "no-cache"
    return _fill(response, {"sources": found})


def page_as_json(
    found: SearchPage, paging: Paging, site: Site, entries: EntryStore
) -> dict[str, Any]:
    """Give one page of a query's answer as the API shows it; `entries` knows the versions.

    Three more keys come where there is something to say: `corrections`, `also_searched`, and
    `partial_from`, the number of hits that have all of the words.
    """
    said: dict[str, Any] = {}
    if found.corrections:
        said["corrections"] = [{"typed": one.typed, "used": one.used} for one in found.corrections]
    if found.also_searched:
        said["also_searched"] = list(found.also_searched)
    if found.partial_from is not None:
        said["partial_from"] = found.partial_from
    return {
        "total": found.total,
        "page": paging.page,
        "per_page": paging.per_page,
        "entries": [entry_as_json(entry, site, entries) for entry in found.entries],
    } | said


def entry_as_json(stored: Entry, site: Site, entries: EntryStore) -> dict[str, Any]:
    """Give an entry as the API shows it. Moments are UTC; what is not known is null."""
    entry = as_shown(stored)
    # most entries have one language, and need not be asked for
    versions = entries.versions(entry.id) if entry.work else ()
    return {
        "id": entry.id,
        "title": entry.title,
        "lead": entry.lead,
        "url": entry.url or None,
        "permalink": entry_url(site, entry),
        "source": entry.source,
        "kind": entry.kind,
        "language": entry.language,
        "published": _moment(entry.published.moment) if entry.published else None,
        "published_precision": entry.published.precision if entry.published else None,
        "updated": _moment(entry.updated.moment) if entry.updated else None,
        "first_seen": _moment(entry.first_seen),
        "appeared": _moment(entry.appeared),
        "revised": _moment(entry.revised) if entry.revised else None,
        "withdrawn": _moment(entry.withdrawn) if entry.withdrawn else None,
        "tags": [{"slug": tag.slug, "reason": tag.reason} for tag in entry.tags],
        "also_at": [also.url for also in entry.also_at if also.url],
        "versions": [
            {
                "id": version.id,
                "language": version.language,
                "permalink": entry_url(site, version),
            }
            for version in versions
        ],
        "attachments": [
            {
                "url": attachment.url or None,
                "label": attachment.label,
                "media_type": attachment.media_type or None,
                "length": attachment.length,
                "pages": attachment.pages,
            }
            for attachment in entry.attachments
        ],
        "deadlines": [],
    }


def source_as_json(
    source: Source, run: CrawlRun | None, *, newest: dict[str, Any] | None, entries: int
) -> dict[str, Any]:
    """Give a source as the API shows it."""
    return {
        "slug": source.slug,
        "name": source.name,
        "publisher": source.publisher,
        "spider": source.spider,
        "base_url": source.base_url or None,
        "republish": source.republish,
        "entries": entries,
        "verdict": run.verdict if run else None,
        "reason": run.reason if run else None,
        "last_run": _run_as_json(run) if run else None,
        "newest": newest,
    }


def _run_as_json(run: CrawlRun) -> dict[str, Any]:
    return {
        "started": _moment(run.started),
        "finished": _moment(run.finished) if run.finished else None,
        "requests": run.requests,
        "new": run.new,
        "changed": run.changed,
        "unchanged": run.unchanged,
        "rejected": run.rejected,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _fill(response: Response, content: dict[str, Any]) -> Response:
    response.set_data(json.dumps(content, ensure_ascii=False) + "\n")
    response.mimetype = "application/json"
    return response
