"""A mail server with a fate for every address; keeps what it took, and whether the client knew."""

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

#: seconds; longer than a sender waits
SILENCE = 3.0


class Fate(StrEnum):
    """What the server does to an address; what is not for good happens the first time only."""

    WELL = "taken"
    BUSY = "450 at RCPT, twice"
    LATER = "451 after the message"
    CLOSING = "421 at RCPT"
    NOBODY = "550 5.1.1, for good"
    POLICY = "550 5.7.1, for good"
    REFUSED = "554, for good"
    HANGS_BEFORE = "silence at RCPT"
    HANGS_AFTER = "taken, then silence"
    DROPS_BEFORE = "hangs up before the dot"
    DROPS_AFTER = "taken, then hangs up"


#: of a hundred addresses; the rest fares well
SHARES = {
    Fate.BUSY: 6, Fate.LATER: 6, Fate.CLOSING: 2, Fate.NOBODY: 3, Fate.POLICY: 3, Fate.REFUSED: 3,
    Fate.HANGS_BEFORE: 1, Fate.HANGS_AFTER: 1, Fate.DROPS_BEFORE: 4, Fate.DROPS_AFTER: 4,
}  # fmt: skip
FOR_GOOD = frozenset({Fate.NOBODY, Fate.POLICY, Fate.REFUSED})
AMBIGUOUS = frozenset({Fate.HANGS_AFTER, Fate.DROPS_AFTER})


def fate_of(address: str) -> Fate:
    """Give the fate of an address, always the same."""
    number = hashlib.sha256(address.encode()).digest()[0] * 100 // 256
    for fate, share in SHARES.items():
        if number < share:
            return fate
        number -= share
    return Fate.WELL


@dataclass
class Taken:
    """A message the server took responsibility for."""

    address: str
    message_id: str
    data: bytes
    #: whether the client has shown that it knows: it went on, or said goodbye
    known: bool = False


@dataclass
class PostOffice:
    """Answers senders, and remembers."""

    #: a server in order does as every address would like
    in_order: bool = False
    #: seconds that every message takes
    pause: float = 0.0
    taken: list[Taken] = field(default_factory=list)
    attempts: Counter[str] = field(default_factory=Counter)
    _last: WeakKeyDictionary[Session, Taken] = field(default_factory=WeakKeyDictionary)

    def _fate(self, address: str) -> Fate:
        fate = Fate.WELL if self.in_order else fate_of(address)
        often = 2 if fate is Fate.BUSY else 1
        return fate if fate in FOR_GOOD or self.attempts[address] <= often else Fate.WELL

    def _goes_on(self, session: Session) -> None:
        if last := self._last.pop(session, None):
            last.known = True

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._goes_on(session)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts[address] += 1
        match self._fate(address):
            case Fate.BUSY:
                return "450 4.2.1 Mailbox busy"
            case Fate.CLOSING:
                return "421 4.3.2 Closing"
            case Fate.NOBODY:
                return "550 5.1.1 No such user"
            case Fate.HANGS_BEFORE:
                await asyncio.sleep(SILENCE)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.pause)
        (address,) = envelope.rcpt_tos
        fate = self._fate(address)
        match fate:
            case Fate.LATER:
                return "451 4.3.0 Try again later"
            case Fate.POLICY:
                return "550 5.7.1 Refused by policy"
            case Fate.REFUSED:
                return "554 5.6.0 Refused"
        assert isinstance(envelope.content, bytes)
        message_id = str(message_from_bytes(envelope.content)["Message-ID"])
        taken = Taken(address, message_id, envelope.content)
        self.taken.append(taken)
        if fate is Fate.DROPS_AFTER:
            hang_up(server)
        if fate is Fate.HANGS_AFTER:
            await asyncio.sleep(SILENCE)
        self._last[session] = taken
        return "250 OK"

    async def handle_QUIT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self._goes_on(session)
        return "221 Bye"

    def drops(self, address: str) -> bool:
        """Tell whether to hang up while the message is on its way."""
        return self._fate(address) is Fate.DROPS_BEFORE


def hang_up(server: SMTP) -> None:
    """End the connection at once."""
    assert server.transport is not None
    server.transport.abort()
    raise asyncio.CancelledError


class _Server(SMTP):
    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        assert self.envelope is not None
        assert isinstance(self.event_handler, PostOffice)
        if self.envelope.rcpt_tos and self.event_handler.drops(self.envelope.rcpt_tos[0]):
            await self.push("354 Go on")
            await asyncio.sleep(0.01)
            hang_up(self)
        await super().smtp_DATA(arg)


class Counters(Controller):
    """Listens on a port that the system picks."""

    def factory(self) -> SMTP:
        """Make the server of one connection."""
        return _Server(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def open_counters(office: PostOffice) -> Any:
    """Start to listen; give the controller, with its port."""
    counters = Counters(office, hostname="127.0.0.1", port=0)
    counters.start()
    return counters
