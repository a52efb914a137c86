"""Plan the digests that are due and put them into the outbox.

Safe to run twice, at once, and after any crash: a window is planned once, and a message is stored
together with what it tells. `imdifeed.handover` takes it from there.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from db.models import Category, Message, Rhythm, Source, Tag, Told
from db.query import EntryQuery
from db.store import Store
from feed.delivery import FolderTransport
from feed.digest import Section, compose_digest
from feed.links import unsubscribe_url
from feed.mail import message_id
from feed.site import Site
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
    queued = 0
    for rendered in render_digests(store, settings, run.local_date, cutoff=run.cutoff, now=now):
        queued += store.digests.enqueue(
            rendered.message, told=rendered.told, tokens=rendered.tokens, now=now
        )
    store.digests.complete(run.id, now=now)
    return queued


def render_digests(
    store: Store, settings: Settings, local_date: date, *, cutoff: datetime, now: datetime
) -> Iterator[Rendered]:
    """Render one digest an address, for the addresses that have something to be told."""
    site, tags, sources = _surroundings(store, settings)
    subscriptions = store.subscriptions.active(Rhythm.DAILY)
    for email, group in groupby(subscriptions, key=lambda subscription: subscription.email):
        key = _dedupe_key(settings, email, local_date)
        sections: list[Section] = []
        tokens: list[tuple[str, tuple[int, ...]]] = []
        for subscription in group:
            query = EntryQuery.from_canonical(subscription.query)
            entries = store.digests.untold(
                subscription, query, cutoff=cutoff, not_older_than=NOT_OLDER_THAN
            )
            token = _leaving_token(settings, f"{key}:{subscription.id}")
            tokens.append((hash_token(token), (subscription.id,)))
            sections.append(Section(subscription, query, entries, unsubscribe_url(site, token)))
        token = _leaving_token(settings, key)
        tokens.append((hash_token(token), tuple(s.subscription.id for s in sections)))
        identity = message_id(key, settings.mail.sender)
        digest = compose_digest(
            sections,
            site=site,
            tags=tags,
            sources=sources,
            sender=settings.mail.sender,
            message_id=identity,
            now=now,
            unsubscribe_url=unsubscribe_url(site, token),
        )
        if digest:
            message = Message(
                category=Category.DIGEST,
                recipient=email,
                message_id=identity,
                data=digest.data,
                dedupe_key=key,
            )
            yield Rendered(message, digest.told, tuple(tokens))


def forget(store: Store, *, now: datetime) -> None:
    """Delete what we need no longer: mails a week after, and sign-ups nobody confirmed."""
    store.subscriptions.forget_unconfirmed(now=now)
    store.digests.forget_settled(before=now - KEEP_MAILS)


def write_dry_run(store: Store, settings: Settings, folder: Path, *, now: datetime) -> int:
    """Write the digests that would be sent now as .eml files; change nothing in the store."""
    written = 0
    with FolderTransport(folder) as transport:
        for rendered in render_digests(store, settings, due_date(now), cutoff=now, now=now):
            message = rendered.message
            transport.hand_over(settings.mail.sender, message.recipient, message.data)
            written += 1
    return written


def _surroundings(
    store: Store, settings: Settings
) -> tuple[Site, dict[str, Tag], dict[str, Source]]:
    return (
        settings.site,
        {tag.slug: tag for tag in store.vocabulary.tags()},
        {source.slug: source for source in store.vocabulary.sources()},
    )


def _dedupe_key(settings: Settings, email: str, local_date: date) -> str:
    return f"digest:{Rhythm.DAILY}:{local_date}:{_keyed(settings, email)}"


def _leaving_token(settings: Settings, purpose: str) -> str:
    """Make the token of an unsubscribe link: unguessable, and the same for the same message."""
    return _keyed(settings, f"unsubscribe:{purpose}")


def _keyed(settings: Settings, text: str) -> str:
    digest = hmac.digest(settings.secret_key.encode(), text.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")
