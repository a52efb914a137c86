"""From what a reader is to be told to the message that tells it, and its line in the ledger."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from db.models import (
    Category,
    CrawlRun,
    DigestContents,
    Entry,
    EntryDeadline,
    Message,
    Republish,
    Rhythm,
    Shared,
    Source,
    Told,
    Verdict,
)
from db.query import EntryQuery
from db.store import Store
from feed.digest import MOST_STORIES, compose_digest
from feed.links import digest_page_url, manage_url, unsubscribe_url
from feed.mail import message_id
from feed.sections import Notice, Passage, Section
from imdifeed.config import Settings
from imdifeed.sending.passages import matched_sentence
from imdifeed.sending.selection import Choice
from imdifeed.sending.windows import OSLO, Window
from web.tokens import hash_token

#: how long a mail's link to its reader's subscriptions works; a fresh one can be asked for
MANAGE_FOR = timedelta(days=30)
#: deadlines further ahead than this are left for a later digest
DEADLINES_AHEAD = timedelta(days=30)
#: deadlines, and corrected or withdrawn entries, that one message names
MOST_DEADLINES = 20
MOST_AMENDED = 20
#: entries, and queries' deadlines, kept in memory
_MOST_KEPT = 500
#: sentences kept: those of a few hundred queries, all that each shows
_MOST_PASSAGES = 20_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One digest, ready for the outbox."""

    message: Message
    contents: DigestContents
    #: numbers of entries that would have broken it
    left_out: tuple[int, ...]


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

    def digest(self, choices: Sequence[Choice]) -> Rendered | None:
        """Render a reader's digest; None where there is nothing to tell.

        Raises:
            ValueError: an address no mail can carry.
        """
        settings, email = self._settings, choices[0].follower.subscription.email
        key = f"digest:{self._window.rhythm}:{self._window.name}:{keyed(settings, email)}"
        if self._window.rhythm is Rhythm.IMMEDIATE:
            # a minute may bring more than once, a day or a week is one mail
            key += f":{max(choice.progress.after for choice in choices)}"
        tokens: list[tuple[str, tuple[int, ...]]] = []

        def leaving_url(purpose: str, numbers: Sequence[int]) -> str:
            # unguessable, and the same for the same message
            token = keyed(settings, f"unsubscribe:{purpose}")
            tokens.append((hash_token(token), tuple(numbers)))
            return unsubscribe_url(settings.site, token)

        sections = []
        for choice in choices:
            number = choice.follower.subscription.id
            sections.append(self._section(choice, leaving_url(f"{key}:{number}", [number])))
        if not any(section.tells for section in sections):
            return None
        identity = message_id(key, settings.mail.sender)
        page_token = keyed(settings, f"page:{key}")
        manage_token = keyed(settings, f"manage:{key}")
        digest = compose_digest(
            sections,
            site=settings.site,
            tags=self._tags,
            sources=self._sources,
            sender=settings.mail.sender,
            message_id=identity,
            now=self._now,
            unsubscribe_url=leaving_url(
                key, [choice.follower.subscription.id for choice in choices]
            ),
            page_url=digest_page_url(settings.site, page_token),
            manage_url=manage_url(settings.site, manage_token),
            deadlines=self._deadlines_of(choices),
            notices=self._notices(choices),
        )
        if digest is None:
            return None
        message = Message(
            category=Category.DIGEST,
            recipient=email,
            message_id=identity,
            data=digest.data,
            dedupe_key=key,
        )
        contents = DigestContents(
            told=digest.told,
            progress=tuple(choice.progress for choice in choices),
            amended=tuple(
                Told(subscription_id=section.subscription.id, story=entry.story)
                for section in sections
                for entry in section.amended
            ),
            amended_until=self._window.cutoff,
            owed=tuple(
                Told(subscription_id=section.subscription.id, story=entry.story)
                for section in sections
                for entry in section.entries
                if entry.id in digest.left_out
            ),
            tokens=tuple(tokens),
            page=(hash_token(page_token), Shared.of(digest.page)),
            manage=(hash_token(manage_token), self._now + MANAGE_FOR),
        )
        return Rendered(message, contents, digest.left_out)

    def _section(self, choice: Choice, leaving_url: str) -> Section:
        subscription = choice.follower.subscription
        shown, more = choice.fresh[:MOST_STORIES], choice.fresh[MOST_STORIES:]
        entries = self._load([one.entry_id for one in shown])
        amended: tuple[Entry, ...] = ()
        if subscription.corrections:
            amended = self._store.digests.amended(
                subscription.id, cutoff=self._window.cutoff, limit=MOST_AMENDED
            )
        return Section(
            subscription,
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


def keyed(settings: Settings, text: str) -> str:
    """Give what nobody without our secret can make of a text: 128 bits in 22 characters."""
    digest = hmac.digest(settings.secret_key.encode(), text.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")


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
