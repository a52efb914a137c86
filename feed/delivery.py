"""Handing rendered messages over: what a way out for mail promises, and the one to a folder.

Each takes the stored bytes as they are, so every attempt hands over the same message.
"""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from db.models import Delivery


class TransportError(Exception):
    """No message can be handed over until a person has looked; none of them has failed."""


@dataclass(frozen=True, slots=True)
class Handover:
    """How one attempt went."""

    outcome: Delivery
    #: what the other side answered, for the operator
    reply: str
    #: whether the server is closing (421) and wants to be left alone for a while
    closing: bool = False


class Transport(Protocol):
    """Takes messages off the outbox; closed by leaving a `with` block."""

    def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
        """Hand one message to one recipient.

        Raises:
            TransportError: no message can be handed over at present.
        """

    def close(self) -> None:
        """Let go of the connection, if there is one."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Closing:
    """What a transport needs to be used in a `with` block."""

    def close(self) -> None:
        """Let go of the connection, if there is one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class FolderTransport(Closing):
    """Writes each message as one `.eml` file, named for its Message-ID: a retry writes it again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
        """Write the message so that no one ever sees half of it."""
        target = self._folder / _file_name(data)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_whole(target, data)
        except OSError as error:
            raise TransportError(
                f"cannot write to the outbox folder {self._folder}: {error}"
            ) from (error)
        return Handover(Delivery.SENT, f"written to {target.name}")


def _file_name(data: bytes) -> str:
    found = BytesHeaderParser(policy=policy.compat32).parsebytes(data)["Message-ID"]
    identity = str(found).strip(" <>") if found else hashlib.sha256(data).hexdigest()
    safe = re.sub(r"[^A-Za-z0-9@._-]", "_", identity).lstrip(".")[:150]
    return f"{safe or hashlib.sha256(data).hexdigest()}.eml"


def _write_whole(target: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
