"""What an engine promises of addresses and their owners."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from db.models import Bounce, Language, Message, Reader, Rhythm


class ReaderStore(Protocol):
    """Addresses and what their owners may see and do."""

    def request_link(
        self,
        email: str,
        *,
        address_key: str,
        token_hash: str,
        message: Message,
        now: datetime,
        expires: datetime,
    ) -> None:
        """Store a link to an address' subscriptions and the message that carries it.

        What is refused costs as much as what is taken.

        Raises:
            SignUpLimitError: the address has no subscriptions, or had three links since yesterday
                or one in the last five minutes. Nothing is stored.
            TooManySignUpsError: too many mails were asked for in this hour, by whomever.
        """

    def behind(self, token_hash: str, *, now: datetime) -> Reader:
        """Give the reader behind a link. Raises `TokenNotFoundError`."""

    def by_email(self, email: str) -> Reader | None:
        """Give what is known of an address, whatever the case of its letters."""

    def all(self) -> list[Reader]:
        """Give the addresses that are kept, by address."""

    def change(
        self,
        reader: Reader,
        subscription_id: int,
        *,
        query: str,
        rhythm: Rhythm,
        language: Language,
        corrections: bool,
        now: datetime,
    ) -> bool:
        """Change an active subscription. Another query tells only what appears from now on.

        False, and nothing changed, where the reader has another subscription to that query.
        """

    def pause(self, reader: Reader, subscription_id: int, *, now: datetime) -> None:
        """Send nothing for a subscription until it is resumed."""

    def resume(self, reader: Reader, subscription_id: int, *, now: datetime) -> None:
        """Tell again, from now on; what appeared in the pause is not made up for."""

    def end(
        self, reader: Reader, subscription_ids: Collection[int], *, reason: str, now: datetime
    ) -> int:
        """End some of a reader's subscriptions; give how many were still active."""

    def lift(self, reader: Reader) -> None:
        """Write to an address again from which messages came back."""

    def personal_data(self, reader: Reader) -> dict[str, object]:
        """Give all that is stored about a reader, as values that JSON can hold."""

    def erase(self, reader: Reader, *, now: datetime) -> None:
        """End everything and delete the address wherever it stands, with mails and their pages.

        What stays names nobody: that some subscription told some stories, and that links of mails
        lead to something ended.
        """

    def bounced(self, outbox_id: int, bounce: Bounce, *, reason: str, now: datetime) -> str:
        """Record that a message came back; give what was done, as a word for the operator.

        `suppressed`: nothing is sent to the address any more. `paused`: not for some hours, longer
        each time. `ignored`: it says nothing about the address, or was counted today already.
        `unknown`: there is no such message, or nobody behind it any more.
        """

    def digest_page(self, token_hash: str) -> bytes:
        """Give what a digest showed. Raises `TokenNotFoundError`."""

    def forget(self, *, ended_before: datetime, now: datetime) -> int:
        """Delete addresses whose last subscription ended before a moment, and spent links.

        Gives how many addresses.
        """
