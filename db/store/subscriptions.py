"""What an engine promises of sign-ups and subscriptions."""

from datetime import datetime
from typing import Protocol

from db.models import Message, Rhythm, Subscription, SubscriptionRequest


class SubscriptionStore(Protocol):
    """Who wants to be written to. Tokens come hashed; ended subscriptions are kept, not deleted."""

    def request(
        self,
        request: SubscriptionRequest,
        *,
        token_hash: str,
        message: Message,
        now: datetime,
        expires: datetime,
    ) -> None:
        """Record a sign-up and its confirmation message, in one transaction.

        What is refused costs as much as what is taken, so that no clock tells them apart.

        Raises:
            SignUpLimitError: the same was asked for an hour ago or less, three sign-ups of this
                address wait unconfirmed since yesterday, or its owner has refused. Nothing is
                stored.
            TooManySignUpsError: too many mails were asked for in this hour, by whomever.
        """

    def requested(self, token_hash: str, *, now: datetime) -> SubscriptionRequest:
        """Give the sign-up behind a token; without its address once confirmed.

        Raises `TokenNotFoundError`.
        """

    def confirm(self, token_hash: str, *, now: datetime) -> Subscription:
        """Make the sign-up a subscription; a second time gives the same one.

        The same query again changes rhythm and language in place. What kept the address from being
        written to is lifted. Raises `TokenNotFoundError`.
        """

    def present(self, token_hash: str, *, now: datetime) -> Subscription | None:
        """Give the subscription that a sign-up would change, where its query is followed already.

        Raises `TokenNotFoundError`.
        """

    def refuse(self, token_hash: str, *, now: datetime) -> None:
        """Send no more confirmations to the address of a sign-up, and end what it started.

        Raises `TokenNotFoundError`.
        """

    def is_refused(self, token_hash: str) -> bool:
        """Tell whether the address was refused by this token."""

    def allow(self, token_hash: str) -> None:
        """Take a refusal by this token back; does nothing where there is none."""

    def forget_unconfirmed(self, *, now: datetime) -> int:
        """Delete the sign-ups whose time has run out; give how many."""

    def active(self, rhythm: Rhythm, *, now: datetime | None = None) -> list[Subscription]:
        """Give the subscriptions of a rhythm that may be written to, by address.

        Those that ended or pause and those of suppressed addresses are left out; with `now`, so are
        those of addresses from which a message came back for the time being.
        """

    def behind(self, token_hash: str) -> list[Subscription]:
        """Give the subscriptions an unsubscribe link stands for, ended ones too.

        Raises `TokenNotFoundError`.
        """

    def end(self, token_hash: str, *, reason: str, now: datetime) -> int:
        """End what an unsubscribe link stands for; give how many were still active.

        Works for ever and any number of times. Raises `TokenNotFoundError`.
        """
