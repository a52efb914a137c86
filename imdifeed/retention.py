"""Delete what is needed no longer: mails, sign-ups nobody confirmed, addresses of who has left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.store import Store

#: how long rendered mails and the addresses on them are kept once settled
KEEP_MAILS = timedelta(days=7)
#: how long an address is kept once its last subscription has ended
KEEP_ADDRESSES = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted."""

    mails: int
    sign_ups: int
    addresses: int


def forget(store: Store, *, now: datetime) -> Forgotten:
    """Delete what has been kept for as long as the privacy page says; safe to repeat."""
    return Forgotten(
        mails=store.digests.forget_settled(before=now - KEEP_MAILS),
        sign_ups=store.subscriptions.forget_unconfirmed(now=now),
        addresses=store.readers.forget(ended_before=now - KEEP_ADDRESSES, now=now),
    )
