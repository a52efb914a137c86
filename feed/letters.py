"""Mails that answer a reader: to confirm a sign-up, and to see one's subscriptions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from db.models import Language, Rhythm, Source, Tag
from db.query import EntryQuery
from feed.language import spoken, translations
from feed.mail import compose
from feed.site import Site
from feed.templating import render_mail
from feed.wording import query_in_words, rhythm_label

#: days a confirmation link works, as the mail says
CONFIRMATION_DAYS: Final = 7
#: hours a link to one's subscriptions works when it was asked for
LINK_HOURS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who a letter is from and to, and when; all that its headers need."""

    sender: str
    recipient: str
    message_id: str
    now: datetime
    language: Language


def compose_confirmation(
    envelope: Envelope,
    *,
    query: EntryQuery,
    rhythm: Rhythm,
    confirm_url: str,
    refuse_url: str,
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
) -> bytes:
    """Compose the mail that asks whether somebody really wants a digest of `query`.

    Raises:
        ValueError: an address no mail can carry.
    """
    language = spoken(envelope.language)
    subject = translations(language).gettext("Bekreft at du vil ha e-post fra %(site)s")
    return _letter(
        "confirmation",
        envelope,
        subject % {"site": site.name},
        site=site,
        words=query_in_words(query, tags, sources, language),
        rhythm=rhythm_label(rhythm, language),
        confirm_url=confirm_url,
        refuse_url=refuse_url,
        days=CONFIRMATION_DAYS,
    )


def compose_link(envelope: Envelope, *, manage_url: str, site: Site) -> bytes:
    """Compose the mail that leads a reader to their subscriptions.

    Raises:
        ValueError: an address no mail can carry.
    """
    subject = translations(spoken(envelope.language)).gettext("Abonnementene dine hos %(site)s")
    return _letter(
        "link",
        envelope,
        subject % {"site": site.name},
        site=site,
        manage_url=manage_url,
        hours=LINK_HOURS,
    )


def _letter(template: str, envelope: Envelope, subject: str, **values: object) -> bytes:
    language = spoken(envelope.language)
    text, html = render_mail(template, language, **values)
    return compose(
        sender=envelope.sender,
        recipient=envelope.recipient,
        subject=subject,
        text=text,
        html=html,
        message_id=envelope.message_id,
        date=envelope.now,
        language=language,
    )
