"""What the reading side needs to know, given once by whoever starts it."""

from collections.abc import Callable, Mapping
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
    #: names under which the site answers, besides that of `site` and this machine's own
    hosts: tuple[str, ...] = ()
    #: proxies of ours before the site
    proxies: int = 0
    #: requests a minute from one network; 0 for no limit
    requests_per_minute: int = 0
    #: how often what runs beside the site has crashed, by its name
    crashes: Callable[[], Mapping[str, int]] = dict
