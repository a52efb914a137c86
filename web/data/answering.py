"""From what a store holds to what the API answers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property

from msgspec import UNSET

from db.models import CrawlRun, Deadline, Entry, Republish, SearchPage, Source
from db.query import Paging
from db.store import Store
from feed.deadlines import deadline_uid, evidence_of
from feed.links import entry_url
from feed.sanitise import safe_url
from feed.site import Site
from feed.standing import as_shown
from web.data.answers import (
    Corrected,
    DeadlineAnswer,
    Entries,
    EntryAnswer,
    File,
    Run,
    SourceAnswer,
    TagGiven,
    Version,
)


class Answers:
    """Puts what a store holds into answers; it asks for names of sources once."""

    def __init__(self, store: Store, site: Site) -> None:
        self._store = store
        self._site = site

    @cached_property
    def _republish(self) -> Mapping[str, Republish]:
        return {one.slug: one.republish for one in self._store.vocabulary.sources()}

    def page(self, found: SearchPage[Entry], paging: Paging) -> Entries:
        """Give one page of a query's answer, with what there is to say about the search."""
        return Entries(
            total=found.total,
            page=paging.page,
            per_page=paging.per_page,
            entries=[self.entry(entry) for entry in found.entries],
            corrections=[Corrected(typed=one.typed, used=one.used) for one in found.corrections]
            or UNSET,
            also_searched=list(found.also_searched) or UNSET,
            partial_from=UNSET if found.partial_from is None else found.partial_from,
        )

    def entry(self, stored: Entry) -> EntryAnswer:
        """Give one entry, as far as it may be shown."""
        entry = as_shown(stored)
        # most entries have one language, and need not be asked for
        versions = self._store.entries.versions(entry.id) if entry.work else ()
        return EntryAnswer(
            id=entry.id,
            title=entry.title,
            lead=entry.lead,
            url=safe_url(entry.url) or None,
            permalink=entry_url(self._site, entry),
            source=entry.source,
            kind=entry.kind,
            language=entry.language,
            published=_moment(entry.published.moment) if entry.published else None,
            published_precision=entry.published.precision if entry.published else None,
            updated=_moment(entry.updated.moment) if entry.updated else None,
            first_seen=_moment(entry.first_seen),
            appeared=_moment(entry.appeared),
            revised=_moment(entry.revised) if entry.revised else None,
            withdrawn=_moment(entry.withdrawn) if entry.withdrawn else None,
            tags=[TagGiven(slug=tag.slug, reason=tag.reason) for tag in entry.tags],
            also_at=[url for also in entry.also_at if (url := safe_url(also.url))],
            versions=[
                Version(
                    id=version.id,
                    language=version.language,
                    permalink=entry_url(self._site, version),
                )
                for version in versions
            ],
            attachments=[
                File(
                    url=safe_url(file.url) or None,
                    label=file.label,
                    media_type=file.media_type or None,
                    length=file.length,
                    pages=file.pages,
                )
                for file in entry.attachments
            ],
            deadlines=[self._deadline(entry, one) for one in entry.deadlines],
        )

    def source(
        self, source: Source, run: CrawlRun | None, *, newest: Entry | None, entries: int
    ) -> SourceAnswer:
        """Give a source, with its last run and its newest entry."""
        return SourceAnswer(
            slug=source.slug,
            name=source.name,
            publisher=source.publisher,
            spider=source.spider,
            base_url=source.base_url or None,
            republish=source.republish,
            entries=entries,
            verdict=run.verdict if run else None,
            reason=run.reason if run else None,
            last_run=_run(run) if run else None,
            newest=self.entry(newest) if newest else None,
        )

    def _deadline(self, entry: Entry, deadline: Deadline) -> DeadlineAnswer:
        republish = self._republish.get(entry.source, Republish.SUMMARY)
        return DeadlineAnswer(
            id=deadline.id,
            uid=deadline_uid(self._site, deadline),
            kind=deadline.kind,
            date=deadline.day,
            time=deadline.time.strftime("%H:%M") if deadline.time else None,
            sentence=evidence_of(entry, deadline, republish) or None,
        )


def _run(run: CrawlRun) -> Run:
    return Run(
        started=_moment(run.started),
        finished=_moment(run.finished) if run.finished else None,
        requests=run.requests,
        new=run.new,
        changed=run.changed,
        unchanged=run.unchanged,
        rejected=run.rejected,
    )


def _moment(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
