"""From what readers are to be told to the digests that tell it, composed once for all alike."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from db.models import (
    CrawlRun,
    Entry,
    EntryDeadline,
    Language,
    Republish,
    Shared,
    Source,
    Verdict,
)
from db.query import EntryQuery
from db.store import Store
from feed.circular import circular
from feed.digest import MOST_STORIES, compose_digest
from feed.links import digest_page_url, manage_url, unsubscribe_url
from feed.sections import Notice, Passage, Section
from imdifeed.sending.addressing import Form, Rendered, addressed, stand_ins
from imdifeed.sending.passages import matched_sentence
from imdifeed.sending.selection import Choice
from imdifeed.sending.windows import OSLO, Window
from imdifeed.settings import Settings

#: deadlines further ahead than this are left for a later digest
DEADLINES_AHEAD = timedelta(days=30)
#: deadlines, and corrected or withdrawn entries, that one message names
MOST_DEADLINES = 20
MOST_AMENDED = 20
#: entries, and queries' deadlines, kept in memory
_MOST_KEPT = 500
#: sentences kept: those of a few hundred queries, all that each shows
_MOST_PASSAGES = 20_000
#: composed digests kept: those of a few hundred queries in three languages, some 30 MB
_MOST_FORMS = 1_000

#: all that two digests of one window may differ in, but for their readers
_Content = tuple[tuple[str, Language, tuple[int, ...], int, tuple[int, ...]], ...]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Composer:
    """Renders the digests of one window."""

    def __init__(self, store: Store, settings: Settings, window: Window, *, now: datetime) -> None:
        self._store = store
        self._settings = settings
        self._window = window
        self._now = now
        self._tags = {tag.slug: tag for tag in store.vocabulary.tags()}
        self._sources = {source.slug: source for source in store.vocabulary.sources()}
        self._ailing = _ailing(self._sources.values(), store.crawls.latest())
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._passages: OrderedDict[tuple[str, int], Passage | None] = OrderedDict()
        self._deadlines: OrderedDict[str, tuple[EntryDeadline, ...]] = OrderedDict()
        self._forms: OrderedDict[_Content, Form | None] = OrderedDict()

    def digest(self, choices: Sequence[Choice]) -> Rendered | None:
        """Render a reader's digest; None where there is nothing to tell.

        It is composed once for all who are to be told the same.

        Raises:
            ValueError: an address no mail can carry.
        """
        amended = [self._amended(choice) for choice in choices]
        if not any(amended) and not any(choice.fresh for choice in choices):
            return None
        content = tuple(
            (
                choice.follower.subscription.query,
                choice.follower.subscription.language,
                tuple(one.entry_id for one in choice.fresh),
                choice.older,
                tuple(entry.id for entry in entries),
            )
            for choice, entries in zip(choices, amended, strict=True)
        )
        if content not in self._forms:
            _keep(self._forms, content, self._form(choices, amended), _MOST_FORMS)
        form = self._forms[content]
        if form is None:
            return None
        return addressed(form, choices, self._settings, self._window, now=self._now)

    def _form(self, choices: Sequence[Choice], amended: Sequence[tuple[Entry, ...]]) -> Form | None:
        site, words = self._settings.site, stand_ins(self._settings, len(choices))
        sections = [
            self._section(choice, entries, unsubscribe_url(site, word))
            for choice, entries, word in zip(choices, amended, words.leaving, strict=True)
        ]
        digest = compose_digest(
            sections,
            site=site,
            tags=self._tags,
            sources=self._sources,
            sender=self._settings.mail.sender,
            now=self._now,
            unsubscribe_url=unsubscribe_url(site, words.leaving_all),
            page_url=digest_page_url(site, words.page),
            manage_url=manage_url(site, words.manage),
            deadlines=self._deadlines_of(choices),
            notices=self._notices(choices),
        )
        if digest is None:
            return None
        return Form(
            mail=circular(digest.data, words.in_order),
            page=Shared.of(digest.page),
            told=tuple(
                tuple(
                    one.story
                    for one in digest.told
                    if one.subscription_id == section.subscription.id
                )
                for section in sections
            ),
            amended=tuple(tuple(entry.story for entry in one.amended) for one in sections),
            owed=tuple(
                tuple(entry.story for entry in section.entries if entry.id in digest.left_out)
                for section in sections
            ),
            left_out=digest.left_out,
        )

    def _amended(self, choice: Choice) -> tuple[Entry, ...]:
        subscription = choice.follower.subscription
        if not subscription.corrections:
            return ()
        return self._store.digests.amended(
            subscription.id, cutoff=self._window.cutoff, limit=MOST_AMENDED
        )

    def _section(self, choice: Choice, amended: tuple[Entry, ...], leaving_url: str) -> Section:
        shown, more = choice.fresh[:MOST_STORIES], choice.fresh[MOST_STORIES:]
        entries = self._load([one.entry_id for one in shown])
        return Section(
            choice.follower.subscription,
            choice.query,
            entries,
            leaving_url,
            more=tuple(one.story for one in more),
            older=choice.older,
            amended=amended,
            passages=self._passages_of(choice, entries),
        )

    def _load(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        missing = [number for number in numbers if number not in self._entries]
        found = {number: self._entries[number] for number in numbers if number in self._entries}
        if missing:
            found |= {entry.id: entry for entry in self._store.digests.entries(missing)}
        for number, entry in found.items():
            _keep(self._entries, number, entry)
        return tuple(found[number] for number in numbers if number in found)

    def _passages_of(self, choice: Choice, entries: Iterable[Entry]) -> dict[int, Passage]:
        if not choice.candidates.sought:
            return {}
        found = {}
        for entry in entries:
            key = (choice.follower.subscription.query, entry.id)
            if key not in self._passages:
                source = self._sources.get(entry.source)
                republish = source.republish if source else Republish.SUMMARY
                passage = matched_sentence(entry, choice.candidates.sought, republish)
                _keep(self._passages, key, passage, _MOST_PASSAGES)
            if passage := self._passages[key]:
                found[entry.id] = passage
        return found

    def _deadlines_of(self, choices: Iterable[Choice]) -> list[EntryDeadline]:
        found: dict[int, EntryDeadline] = {}
        for choice in choices:
            text = choice.follower.subscription.query
            if text not in self._deadlines:
                _keep(self._deadlines, text, self._ahead(choice.query))
            found |= {one.deadline.id: one for one in self._deadlines[text]}
        soonest = sorted(found.values(), key=lambda one: (one.deadline.day, one.deadline.id))
        return soonest[:MOST_DEADLINES]

    def _ahead(self, query: EntryQuery) -> tuple[EntryDeadline, ...]:
        today = self._now.astimezone(OSLO).date()
        ahead = self._store.deadlines.ahead(query, from_day=today, limit=MOST_DEADLINES)
        return tuple(one for one in ahead if one.deadline.day <= today + DEADLINES_AHEAD)

    def _notices(self, choices: Iterable[Choice]) -> list[Notice]:
        chosen = [choice.query.sources for choice in choices]
        return [
            notice
            for notice in self._ailing
            if any(not slugs or notice.source.slug in slugs for slugs in chosen)
        ]


def _ailing(sources: Iterable[Source], runs: dict[str, CrawlRun]) -> list[Notice]:
    return [
        Notice(source, runs[source.slug])
        for source in sources
        if source.slug in runs and runs[source.slug].verdict in (Verdict.QUIET, Verdict.BROKEN)
    ]


def _keep(
    kept: OrderedDict[_Key, _Value], key: _Key, value: _Value, most: int = _MOST_KEPT
) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)
