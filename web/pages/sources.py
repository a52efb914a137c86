"""`/sources`: where entries come from and how it goes; `/status.atom` for who keeps it going."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, render_template, request

from db.gaps import usual_gap
from db.models import CrawlRun, Entry, Source
from db.query import EntryQuery
from feed import atom
from feed.links import entry_url
from feed.sanitise import safe_url
from feed.status import PATH, status_channel, verdict_changes
from feed.verdicts import gap_in_words, verdict_in_words
from feed.wording import in_oslo
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, open_to_all, validated
from web.language import gettext, ui
from web.services import Services, services
from web.wording import entries_in_words, host_of

blueprint = Blueprint("sources", __name__)

#: entries from which the usual gap is told, as the crawler does
_MOMENTS = 100
#: runs of a source that are looked through for changes of verdict: about three weeks of hours
_RUNS = 500
#: changes in the feed
_MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source in words."""

    source: Source
    address: str
    #: name of the verdict, for the style; `none` before the first run
    verdict: str
    verdict_words: str
    #: the operator's sentence, in English
    reason: str
    last_run: datetime | None
    newest: Entry | None
    newest_address: str
    #: how often it publishes, “vanligvis hver uke”; empty where that cannot be told yet
    gap: str
    total: str
    #: address of the publisher's site; empty for what is only imported
    site: str
    site_host: str


@blueprint.get("/sources")
def source_list() -> Response:
    """Show every source with its last run, verdict and newest entry."""
    served = services()
    runs = served.store.crawls.latest()
    # a run that finds nothing new moves nothing in the store's state
    known = sorted((slug, run.id, run.verdict) for slug, run in runs.items())
    today = in_oslo(served.settings.clock()).date()
    response = validated("sources", known, today, cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    response.set_data(
        render_template(
            "sources.html", sources=shown_sources(served), status_feed=served.path(PATH)
        )
    )
    response.mimetype = "text/html"
    return response


@blueprint.get(PATH)
def status_feed() -> Response:
    """Give the changes of the sources' verdicts as a feed."""
    served = services()
    sources = {source.slug: source for source in served.store.vocabulary.sources()}
    runs = {slug: served.store.crawls.recent(slug, limit=_RUNS) for slug in sources}
    changes = [run for found in runs.values() for run in verdict_changes(found)]
    newest = sorted(changes, key=lambda run: run.id, reverse=True)[:_MOST_CHANGES]
    begun = [run.finished for found in runs.values() for run in found[-1:] if run.finished]
    channel = status_channel(
        newest,
        site=served.settings.site,
        sources=sources,
        started=min(begun, default=served.settings.clock()),
    )
    response = Response(atom.render(channel).data, content_type=atom.MEDIA_TYPE)
    response.set_etag(hashlib.sha256(response.data).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = PUBLIC_PAGE
    open_to_all(response)
    response.make_conditional(request)
    return response


def shown_sources(served: Services) -> list[ShownSource]:
    """Put every source into words."""
    runs = served.store.crawls.latest()
    counts = served.store.entries.facets(EntryQuery()).sources
    return [
        _shown(served, source, runs.get(source.slug), counts.get(source.slug, 0))
        for source in served.store.vocabulary.sources()
    ]


def _shown(served: Services, source: Source, run: CrawlRun | None, total: int) -> ShownSource:
    newest = next(iter(served.store.entries.newest(EntryQuery(sources=(source.slug,)), 1)), None)
    site = safe_url(source.base_url)
    gap = _gap(served, source) if site else ""
    return ShownSource(
        source=source,
        address=served.path("/", source=source.slug),
        verdict=(run.verdict if run else None) or "none",
        verdict_words=verdict_in_words(run, ui())
        if site
        else gettext("Sakene legges inn for hånd"),
        reason=run.reason if run else "",
        last_run=run.finished if run else None,
        newest=newest,
        newest_address=served.local(entry_url(served.settings.site, newest)) if newest else "",
        gap=gap,
        total=entries_in_words(total),
        site=site,
        site_host=host_of(site),
    )


def _gap(served: Services, source: Source) -> str:
    moments = served.store.crawls.moments(source.slug, limit=_MOMENTS)
    gap = usual_gap(moments, now=served.settings.clock())
    return gap_in_words(gap, ui()) if gap else ""
