"""`/sources`: where entries come from, and how it went last time."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template

from db.models import Entry, Source
from db.query import EntryQuery
from feed.links import entry_url
from feed.sanitise import safe_url
from web.services import services
from web.wording import VERDICT_LABELS, entries_in_words, host_of

blueprint = Blueprint("sources", __name__)


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source in words."""

    source: Source
    address: str
    #: name of the verdict, for the style; `none` before the first run
    verdict: str
    verdict_label: str
    reason: str
    last_run: datetime | None
    newest: Entry | None
    newest_address: str
    total: str
    #: address of the publisher's site; empty for what is only imported
    site: str
    site_host: str


@blueprint.get("/sources")
def source_list() -> str:
    """Show every source with its last run, verdict and newest entry."""
    return render_template("sources.html", sources=shown_sources())


def shown_sources() -> list[ShownSource]:
    """Put every source into words."""
    served = services()
    runs = served.store.crawls.latest()
    counts = served.store.entries.facets(EntryQuery()).sources
    found = []
    for source in served.store.vocabulary.sources():
        run = runs.get(source.slug)
        verdict = run.verdict if run else None
        newest = next(
            iter(served.store.entries.newest(EntryQuery(sources=(source.slug,)), 1)), None
        )
        site = safe_url(source.base_url)
        found.append(
            ShownSource(
                source=source,
                address=served.path("/", source=source.slug),
                verdict=verdict or "none",
                verdict_label=VERDICT_LABELS[verdict] if site else "Legges inn for hånd",
                reason=run.reason if run else "",
                last_run=run.finished if run else None,
                newest=newest,
                newest_address=served.local(entry_url(served.settings.site, newest))
                if newest
                else "",
                total=entries_in_words(counts.get(source.slug, 0)),
                site=site,
                site_host=host_of(site),
            )
        )
    return found
