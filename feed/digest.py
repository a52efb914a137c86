"""Subscriptions and entries to a message: the digest, and the mail that asks to confirm one."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from db.models import Entry, Language, Source, Subscription, Tag, Told
from db.query import EntryQuery
from feed.links import entry_url, listing_url
from feed.mail import compose
from feed.sanitise import safe_url, summary_of
from feed.site import Site
from feed.templating import render_mail
from feed.wording import (
    KIND_LABELS,
    RHYTHM_LABELS,
    UNTITLED,
    cut,
    date_in_words,
    query_in_words,
    query_title,
)

#: stories shown in one digest; the listing has the rest
MOST_STORIES: Final = 50
#: Gmail cuts what is longer (near 102 kB)
MOST_HTML_BYTES: Final = 100_000
#: days a confirmation link works, as the mail says
CONFIRMATION_DAYS: Final = 7
_TITLE_CHARACTERS: Final = 200
_SUBJECT_TITLE_CHARACTERS: Final = 70
_SUMMARY_CHARACTERS: Final = 280

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Section:
    """One of a reader's subscriptions and what it has to tell."""

    subscription: Subscription
    query: EntryQuery
    #: matching and not yet told, newest first
    entries: tuple[Entry, ...]
    #: ends this subscription alone
    unsubscribe_url: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready for the outbox."""

    data: bytes
    subject: str
    #: what the message tells, shown in it or counted beside a link to the listing
    told: tuple[Told, ...]
    #: numbers of entries that would have broken it, for the operator; they stay untold
    left_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Story:
    title: str
    url: str
    #: kind, publisher and date
    facts: str
    summary: str
    #: language of title and summary where it is known and not the mail's own
    language: str
    #: the reader's other subscriptions that it matches
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    words: str
    listing_url: str
    unsubscribe_url: str
    stories: tuple[_Story, ...]
    #: stories that only the listing shows
    rest: int = 0


def compose_digest(
    sections: Sequence[Section],
    *,
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
    sender: str,
    message_id: str,
    now: datetime,
    unsubscribe_url: str,
) -> Digest | None:
    """Compose the digest of one reader's subscriptions; None where there is nothing to tell.

    Each story stands once, under the first subscription it matches, and names the others.
    `unsubscribe_url` ends all of them; `now` dates the message.

    Raises:
        ValueError: sections of different readers, or an address no mail can carry.
    """
    telling = [section for section in sections if section.entries]
    recipients = {section.subscription.email for section in telling}
    if len(recipients) > 1:
        raise ValueError("a digest is for one reader; these sections are for several")
    groups, left_out = _groups(telling, site, tags, sources)
    stories = [story for group in groups for story in group.stories]
    if not stories:
        return None
    subject = _subject(len(stories), stories[0].title)
    text, html = _fitting(
        groups,
        site=site,
        headline=_count(len(stories)),
        rhythm=RHYTHM_LABELS[telling[0].subscription.rhythm],
        unsubscribe_url=unsubscribe_url,
    )
    data = compose(
        sender=sender,
        recipient=recipients.pop(),
        subject=subject,
        text=text,
        html=html,
        message_id=message_id,
        date=now,
        language=Language.BOKMAL,
        list_id=f"<digest.{site.authority_name.rpartition('@')[2]}>",
        unsubscribe_url=unsubscribe_url,
    )
    return Digest(data, subject, _told(telling, left_out), tuple(sorted(left_out)))


def compose_confirmation(
    *,
    query: EntryQuery,
    confirm_url: str,
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
    sender: str,
    recipient: str,
    message_id: str,
    now: datetime,
) -> bytes:
    """Compose the mail that asks whether somebody really wants a digest of `query`.

    Raises:
        ValueError: an address no mail can carry.
    """
    text, html = render_mail(
        "confirmation",
        site=site,
        words=query_in_words(query, tags, sources),
        confirm_url=confirm_url,
        days=CONFIRMATION_DAYS,
    )
    return compose(
        sender=sender,
        recipient=recipient,
        subject=f"Bekreft at du vil ha e-post fra {site.name}",
        text=text,
        html=html,
        message_id=message_id,
        date=now,
        language=Language.BOKMAL,
    )


def _groups(
    sections: Sequence[Section],
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
) -> tuple[list[_Group], set[int]]:
    titles = [query_title(section.query, tags, sources) for section in sections]
    matches: dict[int, list[str]] = {}
    for section, title in zip(sections, titles, strict=True):
        for story in dict.fromkeys(entry.story for entry in section.entries):
            matches.setdefault(story, []).append(title)
    groups: list[_Group] = []
    placed: set[int] = set()
    left_out: set[int] = set()
    for section, title in zip(sections, titles, strict=True):
        stories = []
        for entry in section.entries:
            if entry.story in placed:
                continue
            try:
                stories.append(_story(entry, site, sources, tuple(matches[entry.story][1:])))
            except Exception:
                _log.exception("entry %d is left out of a digest", entry.id)
                left_out.add(entry.id)
            else:
                placed.add(entry.story)
        groups.append(
            _Group(
                title=title,
                words=query_in_words(section.query, tags, sources),
                listing_url=listing_url(site, section.query),
                unsubscribe_url=section.unsubscribe_url,
                stories=tuple(stories),
            )
        )
    return groups, left_out


def _story(
    entry: Entry, site: Site, sources: Mapping[str, Source], also: tuple[str, ...]
) -> _Story:
    source = sources.get(entry.source)
    publisher = cut(entry.publisher or (source.publisher if source else ""), 100)
    date = date_in_words(entry.published) if entry.published else "uten dato"
    foreign = entry.language not in {Language.BOKMAL, Language.UNDETERMINED}
    return _Story(
        title=cut(entry.title, _TITLE_CHARACTERS) or UNTITLED,
        url=safe_url(entry.url) or entry_url(site, entry),
        facts=" · ".join(filter(None, (KIND_LABELS[entry.kind], publisher, date))),
        summary=summary_of(entry, _SUMMARY_CHARACTERS),
        language=entry.language.value if foreign else "",
        also=also,
    )


def _fitting(groups: Sequence[_Group], **values: object) -> tuple[str, str]:
    """Render with as many stories as mailboxes show in full."""
    most = MOST_STORIES
    while True:
        text, html = render_mail("digest", groups=_limited(groups, most), **values)
        if len(html.encode()) <= MOST_HTML_BYTES or most <= 1:
            return text, html
        most = most * 4 // 5


def _limited(groups: Sequence[_Group], most: int) -> list[_Group]:
    """Share `most` stories out in turns, so that a busy subscription leaves room for the others."""
    shown = [0] * len(groups)
    while sum(shown) < most and any(
        shown[i] < len(group.stories) for i, group in enumerate(groups)
    ):
        for i, group in enumerate(groups):
            if sum(shown) < most and shown[i] < len(group.stories):
                shown[i] += 1
    return [
        _Group(
            title=group.title,
            words=group.words,
            listing_url=group.listing_url,
            unsubscribe_url=group.unsubscribe_url,
            stories=group.stories[:count],
            rest=len(group.stories) - count,
        )
        for group, count in zip(groups, shown, strict=True)
    ]


def _told(sections: Sequence[Section], left_out: set[int]) -> tuple[Told, ...]:
    return tuple(
        dict.fromkeys(
            Told(subscription_id=section.subscription.id, story=entry.story)
            for section in sections
            for entry in section.entries
            if entry.id not in left_out
        )
    )


def _subject(count: int, first_title: str) -> str:
    title = cut(first_title, _SUBJECT_TITLE_CHARACTERS)
    more = " …" if count > 1 and not title.endswith("…") else ""
    return f"{_count(count)}: {title}{more}"


def _count(stories: int) -> str:
    return "1 ny sak" if stories == 1 else f"{stories} nye saker"
