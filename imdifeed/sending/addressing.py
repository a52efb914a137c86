"""From the form of a digest to the message of one reader, and its lines in the ledger."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.models import Category, DigestContents, Message, Rhythm, Shared, Told
from feed.circular import Circular
from feed.links import unsubscribe_url
from feed.mail import compose_heading, message_id
from imdifeed.sending.selection import Choice
from imdifeed.sending.windows import Window
from imdifeed.settings import Settings
from web.mail.tokens import hash_token

#: how long a mail's link to its reader's subscriptions works; a fresh one can be asked for
MANAGE_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Form:
    """A digest for all readers whose subscriptions have the same to tell.

    The words that are a reader's own are those of `own_words`. What stands by subscription stands
    in the order of the reader's subscriptions.
    """

    mail: Circular
    #: what its web page shows
    page: Shared
    #: stories by subscription: told, changes told, and owed because they cannot be shown
    told: tuple[tuple[int, ...], ...]
    amended: tuple[tuple[int, ...], ...]
    owed: tuple[tuple[int, ...], ...]
    #: numbers of entries that would have broken it
    left_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """One digest, ready for the outbox."""

    message: Message
    contents: DigestContents
    #: numbers of entries that would have broken it
    left_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The unguessable ends of a reader's links."""

    #: by subscription, to leave each alone
    leaving: tuple[str, ...]
    #: to leave all of them
    leaving_all: str
    page: str
    manage: str

    @property
    def in_order(self) -> tuple[str, ...]:
        """Give them all, as they are numbered in forms."""
        return (*self.leaving, self.leaving_all, self.page, self.manage)


def stand_ins(settings: Settings, subscriptions: int) -> OwnWords:
    """Give what stands for the words of readers while their form is composed."""
    names = [keyed(settings, f"stand-in:{number}") for number in range(subscriptions + 3)]
    return OwnWords(tuple(names[:-3]), *names[-3:])


def addressed(
    form: Form, choices: Sequence[Choice], settings: Settings, window: Window, *, now: datetime
) -> Rendered:
    """Make a reader's message of a form.

    Raises:
        ValueError: an address no mail can carry.
    """
    email = choices[0].follower.subscription.email
    numbers = [choice.follower.subscription.id for choice in choices]
    key = f"digest:{window.rhythm}:{window.name}:{keyed(settings, email)}"
    if window.rhythm is Rhythm.IMMEDIATE:
        # a minute may bring more than once, a day or a week is one mail
        key += f":{max(choice.progress.after for choice in choices)}"
    words = _own_words(settings, key, numbers)
    identity = message_id(key, settings.mail.sender)
    heading = compose_heading(email, identity, unsubscribe_url(settings.site, words.leaving_all))
    message = Message(
        category=Category.DIGEST,
        recipient=email,
        message_id=identity,
        data=form.mail.own(heading, words.in_order),
        dedupe_key=key,
        letter=form.mail.letter,
    )
    ended: dict[str, tuple[int, ...]] = {
        word: (number,) for word, number in zip(words.leaving, numbers, strict=True)
    }
    ended[words.leaving_all] = tuple(numbers)
    contents = DigestContents(
        told=_each(numbers, form.told),
        progress=tuple(choice.progress for choice in choices),
        amended=_each(numbers, form.amended),
        amended_until=window.cutoff,
        owed=_each(numbers, form.owed),
        tokens=tuple((hash_token(word), several) for word, several in ended.items()),
        page=(hash_token(words.page), form.page),
        manage=(hash_token(words.manage), now + MANAGE_FOR),
    )
    return Rendered(message, contents, form.left_out)


def keyed(settings: Settings, text: str) -> str:
    """Give what nobody without our secret can make of a text: 128 bits in 22 characters."""
    digest = hmac.digest(settings.secret_key.encode(), text.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")


def _own_words(settings: Settings, key: str, numbers: Sequence[int]) -> OwnWords:
    # unguessable, and the same for the same message
    leaving = tuple(keyed(settings, f"unsubscribe:{key}:{number}") for number in numbers)
    return OwnWords(
        leaving,
        # who leaves the only one leaves them all
        leaving[0] if len(leaving) == 1 else keyed(settings, f"unsubscribe:{key}"),
        keyed(settings, f"page:{key}"),
        keyed(settings, f"manage:{key}"),
    )


def _each(numbers: Iterable[int], stories: Iterable[tuple[int, ...]]) -> tuple[Told, ...]:
    return tuple(
        Told(subscription_id=number, story=story)
        for number, of_it in zip(numbers, stories, strict=True)
        for story in of_it
    )
