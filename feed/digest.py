"""Subscriptions and entries to a digest: one message to one reader."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from db.models import EntryDeadline, Source, Tag, Told
from feed.digest_view import DigestView, page_of, view_digest
from feed.language import spoken
from feed.mail import MOST_HEADING_BYTES, compose_rest
from feed.sections import Notice as Notice
from feed.sections import Section as Section
from feed.site import Site
from feed.stories import Names, limited
from feed.templating import render_mail
from feed.wording import cut, rhythm_label

#: stories shown in one digest; the listing has the rest
MOST_STORIES: Final = 50
#: bytes of the whole message; Gmail cuts what is longer (near 102 kB)
MOST_BYTES: Final = 100_000
_SUBJECT_TITLE_CHARACTERS: Final = 70


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that lacks its heading (`feed.mail.compose_heading`)."""

    data: bytes
    subject: str
    #: what the message tells, shown in it or counted beside a link to the listing
    told: tuple[Told, ...]
    #: numbers of entries that would have broken it, for the operator; they stay untold
    left_out: tuple[int, ...]
    #: what its permanent web page shows, without the address (`feed.digest_view`)
    page: bytes = b""


def compose_digest(
    sections: Sequence[Section],
    *,
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
    sender: str,
    now: datetime,
    unsubscribe_url: str,
    page_url: str = "",
    manage_url: str = "",
    deadlines: Sequence[EntryDeadline] = (),
    notices: Sequence[Notice] = (),
) -> Digest | None:
    """Compose the digest of one reader's subscriptions; None where there is nothing to tell.

    Each story stands once, under the first subscription it matches, and names the others.
    `unsubscribe_url` ends all of them; `page_url` is the digest's permanent web page, `manage_url`
    leads to the reader's subscriptions; `now` dates the message.

    Raises:
        ValueError: sections of different readers, or a sender no mail can carry.
    """
    # older finds are counted where there is a mail anyway
    telling = [section for section in sections if section.tells or section.older]
    recipients = {section.subscription.email for section in telling}
    if len(recipients) > 1:
        raise ValueError("a digest is for one reader; these sections are for several")
    if not any(section.tells for section in telling):
        return None
    first = telling[0].subscription
    names = Names(site, tags, sources, spoken(first.language))
    viewed = view_digest(telling, names, deadlines=deadlines, notices=notices, now=now)
    subject = _subject(viewed.view, viewed.stories)
    if not subject:
        return None

    def message(view: DigestView) -> bytes:
        text, html = render_mail(
            "digest",
            view.language,
            view=view,
            site=site,
            rhythm=rhythm_label(first.rhythm, view.language),
            unsubscribe_url=unsubscribe_url,
            page_url=page_url,
            manage_url=manage_url,
        )
        return compose_rest(
            sender=sender,
            subject=subject,
            text=text,
            html=html,
            date=now,
            language=view.language,
            list_id=f"<digest.{site.authority_name.rpartition('@')[2]}>",
        )

    view, data = _fitting(viewed.view, message)
    return Digest(data, subject, viewed.told, viewed.left_out, page_of(view))


def _fitting(view: DigestView, message: Callable[[DigestView], bytes]) -> tuple[DigestView, bytes]:
    """Show as many stories as mailboxes show in full."""
    most, room = MOST_STORIES, MOST_BYTES - MOST_HEADING_BYTES
    while True:
        shown = replace(view, groups=tuple(limited(view.groups, most)))
        data = message(shown)
        if len(data) <= room or most <= 1:
            return shown, data
        # by what is too much, and at least by one
        most = min(most - 1, most * room // len(data))


def _subject(view: DigestView, stories: int) -> str:
    """Count the stories and name the first; empty where there is none to name."""
    titles = [story.title for group in view.groups for story in (*group.stories, *group.amended)]
    if not titles:
        return ""
    title = cut(titles[0], _SUBJECT_TITLE_CHARACTERS)
    more = max(stories, len(titles)) > 1 and not title.endswith("…")
    return f"{view.headline}: {title}{' …' if more else ''}"
