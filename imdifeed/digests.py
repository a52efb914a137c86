"""Plan the digests that are due and put them into the outbox.

Safe to run twice, at once, and after any crash: a window is planned once, and a message is stored
together with what it tells. `imdifeed.handover` takes it from there.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from db.errors import AlreadyToldError
from db.models import Category, Message, Rhythm, Subscription, Told
from db.query import EntryQuery
from db.store import Store
from feed.delivery import FolderTransport
from feed.digest import Section, compose_digest
from feed.links import unsubscribe_url
from feed.mail import message_id
from imdifeed.config import Settings
from web.tokens import hash_token

OSLO = ZoneInfo("Europe/Oslo")
#: hour of the day, in Oslo, from which a day's digest is due
DIGEST_HOUR = 7
#: what is older than this when it is found is listed, not mailed
NOT_OLDER_THAN = timedelta(days=30)


#: how long rendered mails and the addresses on them are kept once settled
KEEP_MAILS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One digest, ready for the outbox."""

    message: Message
    told: tuple[Told, ...]
    #: hashes of unsubscribe tokens with the subscriptions they end
    tokens: tuple[tuple[str, tuple[int, ...]], ...]


def due_date(now: datetime) -> date:
    """Give the Oslo date whose daily digest is the newest one due."""
    local = now.astimezone(OSLO)
    return local.date() if local.hour >= DIGEST_HOUR else local.date() - timedelta(days=1)


def plan_and_queue(store: Store, settings: Settings, *, now: datetime) -> int:
    """Put the due daily digests into the outbox; give how many. Safe to repeat after any crash."""
    run = store.digests.plan(Rhythm.DAILY, due_date(now), now=now)
    if run.completed:
        return 0
    compose = _Composer(store, settings, run.local_date, cutoff=run.cutoff, now=now)
    queued = sum(_queue(store, compose, *reader, now=now) for reader in _readers(store))
    store.digests.complete(run.id, now=now)
    return queued


def _queue(
    store: Store,
    compose: "_Composer",
    email: str,
    subscriptions: Sequence[Subscription],
    *,
    now: datetime,
) -> bool:
    """Put a reader's digest into the outbox; False where there is nothing to tell."""
    while rendered := compose.digest(email, subscriptions):
        try:
            return store.digests.enqueue(
                rendered.message, told=rendered.told, tokens=rendered.tokens, now=now
            )
        except AlreadyToldError:
            # Another run told part of it just now: what is left untold is less each time.
            continue
    return False


def _readers(store: Store) -> Iterator[tuple[str, list[Subscription]]]:
    """Give each address with its subscriptions."""
    active = store.subscriptions.active(Rhythm.DAILY)
    for email, group in groupby(active, key=lambda subscription: subscription.email):
        yield email, list(group)


class _Composer:
    """Renders the digests of one window."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        local_date: date,
        *,
        cutoff: datetime,
        now: datetime,
    ) -> None:
        self._store = store
        self._settings = settings
        self._local_date = local_date
        self._cutoff = cutoff
        self._now = now
        self._tags = {tag.slug: tag for tag in store.vocabulary.tags()}
        self._sources = {source.slug: source for source in store.vocabulary.sources()}

    def digest(self, email: str, subscriptions: Sequence[Subscription]) -> Rendered | None:
        """Render a reader's digest; None where there is nothing to tell."""
        settings = self._settings
        key = f"digest:{Rhythm.DAILY}:{self._local_date}:{_keyed(settings, email)}"
        tokens: list[tuple[str, tuple[int, ...]]] = []

        def leaving_url(purpose: str, numbers: tuple[int, ...]) -> str:
            # unguessable, and the same for the same message
            token = _keyed(settings, f"unsubscribe:{purpose}")
            tokens.append((hash_token(token), numbers))
            return unsubscribe_url(settings.site, token)

        sections = [
            self._section(one, leaving_url(f"{key}:{one.id}", (one.id,))) for one in subscriptions
        ]
        identity = message_id(key, settings.mail.sender)
        digest = compose_digest(
            sections,
            site=settings.site,
            tags=self._tags,
            sources=self._sources,
            sender=settings.mail.sender,
            message_id=identity,
            now=self._now,
            unsubscribe_url=leaving_url(key, tuple(one.id for one in subscriptions)),
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
        return Rendered(message, digest.told, tuple(tokens))

    def _section(self, subscription: Subscription, leaving_url: str) -> Section:
        query = EntryQuery.from_canonical(subscription.query)
        entries = self._store.digests.untold(
            subscription, query, cutoff=self._cutoff, not_older_than=NOT_OLDER_THAN
        )
        return Section(subscription, query, entries, leaving_url)


def forget(store: Store, *, now: datetime) -> None:
    """Delete what we need no longer: mails a week after, and sign-ups nobody confirmed."""
    store.subscriptions.forget_unconfirmed(now=now)
    store.digests.forget_settled(before=now - KEEP_MAILS)


def write_dry_run(store: Store, settings: Settings, folder: Path, *, now: datetime) -> int:
    """Write the digests that would be sent now as .eml files; change nothing in the store."""
    written = 0
    with FolderTransport(folder) as transport:
        compose = _Composer(store, settings, due_date(now), cutoff=now, now=now)
        for email, subscriptions in _readers(store):
            if rendered := compose.digest(email, subscriptions):
                transport.hand_over(settings.mail.sender, email, rendered.message.data)
                written += 1
    return written


def _keyed(settings: Settings, text: str) -> str:
    digest = hmac.digest(settings.secret_key.encode(), text.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")
