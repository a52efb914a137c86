"""What the reading side needs to know, given once by whoever starts it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feed.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Settings of the site; nothing here is read from the environment or from a request."""

    #: public address, authority, name and contact, as feeds and mails show them
    site: Site
    #: who mails come from, "IMDi-nytt <nytt@example.no>"
    sender: str
    #: turns addresses into keys where they are not to be kept
    secret_key: str
    #: the present moment, aware, in UTC
    clock: Callable[[], datetime]
    #: called after a confirmation has been put in the outbox; returns at once
    on_queued: Callable[[], None]
