"""Subscriptions and entries to a message: the digest, and the mail that asks to confirm one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from db.models import EntryDeadline, Language, Source, Tag, Told
from db.query import EntryQuery
from feed.mail import compose
from feed.sections import Notice as Notice
from feed.sections import Section as Section
from feed.site import Site
from feed.stories import Group, arrange, limited
from feed.templating import render_mail
from feed.wording import RHYTHM_LABELS, cut, query_in_words

#: stories shown in one digest; the listing has the rest
MOST_STORIES: Final = 50
#: Gmail cuts what is longer (near 102 kB)
MOST_HTML_BYTES: Final = 100_000
#: days a confirmation link works, as the mail says
CONFIRMATION_DAYS: Final = 7
_SUBJECT_TITLE_CHARACTERS: Final = 70


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready for the outbox."""

    data: bytes
    subject: str
    #: what the message tells, shown in it or counted beside a link to the listing
    told: tuple[Told, ...]
    #: numbers of entries that would have broken it, for the operator; they stay untold
    left_out: tuple[int, ...]
    #: what its permanent web page shows, without the address
    page: bytes = b""


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
    page_url: str = "",
    deadlines: Sequence[EntryDeadline] = (),
    notices: Sequence[Notice] = (),
) -> Digest | None:
    """Compose the digest of one reader's subscriptions; None where there is nothing to tell.

    Each story stands once, under the first subscription it matches, and names the others.
    `unsubscribe_url` ends all of them; `page_url` is the digest's permanent web page; `now` dates
    the message.

    Raises:
        ValueError: sections of different readers, or an address no mail can carry.
    """
    telling = [section for section in sections if section.entries]
    recipients = {section.subscription.email for section in telling}
    if len(recipients) > 1:
        raise ValueError("a digest is for one reader; these sections are for several")
    groups, left_out = arrange(telling, site, tags, sources)
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
        page_url=page_url,
        deadlines=deadlines,
        notices=notices,
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


def _fitting(groups: Sequence[Group], **values: object) -> tuple[str, str]:
    """Render with as many stories as mailboxes show in full."""
    most = MOST_STORIES
    while True:
        text, html = render_mail("digest", groups=limited(groups, most), **values)
        if len(html.encode()) <= MOST_HTML_BYTES or most <= 1:
            return text, html
        most = most * 4 // 5


def _told(sections: Sequence[Section], left_out: Collection[int]) -> tuple[Told, ...]:
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
