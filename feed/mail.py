"""Emails as bytes, with headers that survive the way to a reader.

Python's own folding breaks long `List-Unsubscribe` addresses into encoded words and loses spaces
in Norwegian subjects (python/cpython #92081, #144156); `MailPolicy` writes those headers itself.
"""

import hashlib
import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formataddr, parseaddr
from functools import lru_cache
from typing import Any, Final

from db.models import Language
from db.text import clean, one_line

#: longest line of a header or body (RFC 2045, 2047)
MOST_LINE_CHARACTERS: Final = 76
#: longest line of a header that must not be folded, name and colon included (RFC 5322, 2.1.1)
_MOST_UNFOLDED_CHARACTERS: Final = 998
_MOST_ADDRESS_CHARACTERS: Final = 320
#: bytes of what `compose_heading` gives, with room for the longest address
MOST_HEADING_BYTES: Final = 1_000
_LINE_END: Final = "\r\n"

# dot-atom and LDH domain (RFC 5321, 4.1.2): what sign-up accepts; quoted local parts are not
_ADDRESS: Final = re.compile(
    r"(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*",
    re.ASCII | re.IGNORECASE,
)


class MailPolicy(EmailPolicy):
    """Keep the id of a list on one line; encode Subject and From without loss.

    Id and subject are kept as given instead of being parsed: an encoded word inside a crawled title
    stays text, and no decoded line end can become a header.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Refuse line ends. Raises `ValueError`."""
        if name.lower() in ("list-id", "subject"):
            if len(str(value).splitlines()) > 1:
                raise ValueError(f"{name} may not hold a line end: {value!r}")
            return name, str(value)
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """Write a header as text, with its line end."""
        line = self._own_line(name, value)
        return str(super().fold(name, value)) if line is None else line

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a header as bytes, with its line end."""
        line = self._own_line(name, value)
        return bytes(super().fold_binary(name, value)) if line is None else line.encode("ascii")

    def _own_line(self, name: str, value: Any) -> str | None:
        lower = name.lower()
        if lower == "list-id":
            return _unfolded(name, str(value))
        if lower == "subject":
            return f"{name}: {self._words(name, str(value))}{self.linesep}"
        if lower == "from":
            return f"{name}: {self._sender(name, value.addresses[0])}{self.linesep}"
        return None

    def _sender(self, name: str, sender: Address) -> str:
        display, address = sender.display_name, f"<{sender.addr_spec}>"
        if not _is_plain(name, display):
            return f"{self._words(name, display)}{self.linesep} {address}"
        whole = formataddr((display, sender.addr_spec))
        short = len(f"{name}: {whole}") <= MOST_LINE_CHARACTERS
        return whole if short else whole.replace(f" {address}", f"{self.linesep} {address}")

    def _words(self, name: str, value: str) -> str:
        if _is_plain(name, value):
            return value
        header = Header(value, "utf-8", maxlinelen=MOST_LINE_CHARACTERS, header_name=name)
        return header.encode(linesep=self.linesep)


POLICY: Final = MailPolicy(linesep=_LINE_END, max_line_length=MOST_LINE_CHARACTERS)


def compose(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    date: datetime,
    language: Language,
    list_id: str | None = None,
    unsubscribe_url: str | None = None,
) -> bytes:
    """Compose an automatic message as the bytes to hand over, the same for the same arguments.

    Arguments and errors are those of `compose_heading` and `compose_rest`.
    """
    return compose_heading(recipient, message_id, unsubscribe_url) + compose_rest(
        sender=sender, subject=subject, text=text, html=html, date=date, language=language,
        list_id=list_id,
    )  # fmt: skip


def compose_heading(recipient: str, message_id: str, unsubscribe_url: str | None = None) -> bytes:
    """Compose the headers that no two messages share; the rest of the message goes behind them.

    `recipient` is one address. `unsubscribe_url` is an https address that ends the subscription by
    a bare POST (RFC 8058).

    Raises:
        ValueError: an address or id that no mail can carry.
    """
    lines = _unfolded("To", ascii_address(recipient)) + _unfolded("Message-ID", message_id)
    if unsubscribe_url:
        lines += _unfolded("List-Unsubscribe", f"<{unsubscribe_url}>")
        lines += _unfolded("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return lines.encode("ascii")


def compose_rest(
    *,
    sender: str,
    subject: str,
    text: str,
    html: str,
    date: datetime,
    language: Language,
    list_id: str | None = None,
) -> bytes:
    """Compose all of a message but its heading: what it may have in common with others.

    `sender` is “Name <address>”, `date` aware.

    Raises:
        ValueError: a sender, id or date that no mail can carry.
    """
    if date.tzinfo is None:
        raise ValueError(f"the date of a message needs a time zone: {date.isoformat()}")
    message = EmailMessage(policy=POLICY)
    message["From"] = parse_sender(sender)
    message["Subject"] = one_line(subject)
    message["Date"] = date
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if list_id:
        message["List-Id"] = list_id
    _set_body(message, text, html)
    # setting a body moves earlier Content- headers into it
    message["Content-Language"] = language.value
    return message.as_bytes()


def message_id(key: str, sender: str) -> str:
    """Make a Message-ID that stays the same for the same key, in the sender's domain."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{parse_sender(sender).domain}>"


@lru_cache(maxsize=16)
def parse_sender(text: str) -> Address:
    """Read “Name <address>” or a bare address. Raises `ValueError`."""
    name, address = parseaddr(text)
    return Address(display_name=one_line(name), addr_spec=ascii_address(address))


def ascii_address(address: str) -> str:
    """Give an address as every mail server takes it, the domain in IDNA. Raises `ValueError`."""
    local, _, domain = address.strip()[:_MOST_ADDRESS_CHARACTERS].rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}" if domain else ""
    except UnicodeError as error:
        raise ValueError(f"{address!r} is no address for mail: {error}") from error
    if not _ADDRESS.fullmatch(plain):
        raise ValueError(f"{address!r} is no address for mail; it takes the form name@example.no")
    return plain


def _set_body(message: EmailMessage, text: str, html: str) -> None:
    message.set_content(clean(text), charset="utf-8", cte="quoted-printable")
    message.add_alternative(clean(html), subtype="html", charset="utf-8", cte="quoted-printable")
    for part in message.iter_parts():
        del part["MIME-Version"]  # the standard library repeats the whole message's
    # “=_” cannot stand in quoted-printable text, so no body can hold the boundary
    message.set_boundary(f"=_{hashlib.sha256(message['Subject'].encode()).hexdigest()[:32]}")


def _is_plain(name: str, value: str) -> bool:
    short = len(f"{name}: {value}") <= MOST_LINE_CHARACTERS
    return value.isascii() and value.isprintable() and short and "=?" not in value


def _unfolded(name: str, value: str) -> str:
    line = f"{name}: {value}"
    if not (line.isascii() and line.isprintable() and len(line) <= _MOST_UNFOLDED_CHARACTERS):
        raise ValueError(f"{name} takes one line of plain characters, not {value!r}")
    return line + _LINE_END
