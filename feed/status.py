"""The feed for operators: an entry each time a source's verdict becomes another one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import pairwise

from db.models import CrawlRun, Language, Source, Verdict
from feed.channel import Channel, FeedEntry
from feed.site import Site
from feed.verdicts import verdict_in_words

#: path of the feed
PATH = "/status.atom"


def verdict_changes(runs: Sequence[CrawlRun]) -> list[CrawlRun]:
    """Choose of one source's finished runs, newest first, those with another verdict or cause.

    The oldest run given counts as a change where something was wrong. What a reason says in
    detail is no change, so that a source that stays broken is told of once.
    """
    if not runs:
        return []
    changes = [
        run
        for run, before in pairwise(runs)
        if (run.verdict, run.cause) != (before.verdict, before.cause)
    ]
    return changes + [run for run in runs[-1:] if run.verdict is not Verdict.OK]


def status_channel(
    changes: Sequence[CrawlRun], *, site: Site, sources: Mapping[str, Source], started: datetime
) -> Channel:
    """Make runs that changed a verdict into a feed, newest first.

    `sources` is by slug. `started` is stated as the time of an empty feed.
    """
    ordered = sorted(changes, key=lambda run: (_moment(run), run.id), reverse=True)
    return Channel(
        id=f"tag:{site.authority}:status",
        title=f"{site.name}: kildenes tilstand",
        subtitle="Når en kilde slutter å virke, og når den virker igjen. For den som drifter.",
        author=site.name,
        alternate_url=f"{site.base}/sources",
        self_url=f"{site.base}{PATH}",
        language=Language.BOKMAL,
        updated=_moment(ordered[0]) if ordered else started.astimezone(UTC),
        entries=tuple(_entry(run, site, sources.get(run.source)) for run in ordered),
    )


def _entry(run: CrawlRun, site: Site, source: Source | None) -> FeedEntry:
    name = source.name if source else run.source
    url = f"{site.base}/sources#{run.source}"
    counts = (
        f"{run.requests} requests, {run.new} new, {run.changed} changed,"
        f" {run.unchanged} unchanged, {run.rejected} rejected"
    )
    told = "".join(f"<p>{escape(line)}</p>" for line in (run.reason, counts) if line)
    return FeedEntry(
        number=run.id,
        id=f"tag:{site.authority}:status/{run.source}/{run.id}",
        url=url,
        permalink=url,
        title=f"{name}: {verdict_in_words(run)}",
        summary=run.reason,
        # the operator's words are English, and so is what is told in full
        content_html=f'<div lang="en">{told}</div>',
        published=_moment(run),
        updated=_moment(run),
        language=Language.BOKMAL,
        author=site.name,
        categories=((str(run.verdict), str(run.verdict)),) if run.verdict else (),
        enclosures=(),
    )


def _moment(run: CrawlRun) -> datetime:
    return (run.finished or run.started).astimezone(UTC)
