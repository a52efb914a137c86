"""Messages that come back: the return path that tells which, and what the report says of it.

Every message leaves with a return path of its own (VERP), signed, so that nobody can suppress
somebody else's address by a forged report. Reports are delivery status notifications (RFC 3464).
"""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Final

from db.models import Bounce
from db.text import one_line
from feed.mail import ascii_address

#: bytes of a report that are read; what stands behind is the message that came back
MOST_REPORT_BYTES: Final = 1_000_000
#: parts of a report that have parts; the parser calls itself for each
_MOST_NESTED_PARTS: Final = 30
_MOST_REASON_CHARACTERS: Final = 300

#: no such mailbox or domain, moved, switched off (RFC 3463; the list of PlanningAlerts and more)
_HARD: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4"})
#: bad sender, bad content, policy: says nothing about the mailbox
_BLAMELESS: Final = re.compile(r"[45]\.(?:1\.[78]|6\.\d+|7\.\d+)")
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_NESTED: Final = re.compile(rb"^content-type:[ \t]*(?:multipart|message)/", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery status notification says of its one recipient."""

    bounce: Bounce
    #: status and the mail server's words, for the reader and the operator
    reason: str


def return_path(template: str, outbox_id: int, secret: str) -> str:
    """Give the return path of a message: `bounce@a.no` becomes `bounce+<id>.<mac>@a.no`.

    Raises:
        ValueError: `template` is no address.
    """
    local, _, domain = ascii_address(template).rpartition("@")
    return f"{local}+{outbox_id}.{_mac(outbox_id, secret)}@{domain}"


def outbox_id_in(data: bytes, template: str, secret: str) -> int | None:
    """Find the message that a report is about, by a return path with our signature.

    Raises:
        ValueError: `template` is no address.
    """
    local, _, domain = ascii_address(template).rpartition("@")
    pattern = re.compile(
        rf"\b{re.escape(local)}\+(\d{{1,18}})\.([a-z2-7]{{16}})@{re.escape(domain)}".encode(),
        re.IGNORECASE,
    )
    for found in pattern.finditer(data[:MOST_REPORT_BYTES]):
        outbox_id = int(found[1])
        if hmac.compare_digest(found[2].lower().decode(), _mac(outbox_id, secret)):
            return outbox_id
    return None


def read_report(data: bytes) -> Report | None:
    """Read a delivery status notification; None for any other mail, such as an auto-reply."""
    data = data[:MOST_REPORT_BYTES]
    if len(_NESTED.findall(data)) > _MOST_NESTED_PARTS:
        return None
    message = BytesParser(policy=compat32).parsebytes(data)
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _blocks(part):
            action = fields.get("action", "").partition(" ")[0].lower()
            if action:
                return _report(action, fields)
    return None


def bounce_of(status: str) -> Bounce:
    """Tell what an enhanced status code (RFC 3463), such as `5.1.1`, says about the address."""
    if _BLAMELESS.fullmatch(status) or not status.startswith(("4.", "5.")):
        return Bounce.NONE
    return Bounce.HARD if status in _HARD else Bounce.SOFT


def status_in(reply: str) -> str:
    """Give the enhanced status code in a mail server's words; empty where there is none."""
    found = _STATUS.search(reply[:1000])
    return found[1] if found else ""


def _report(action: str, fields: Mapping[str, str]) -> Report:
    diagnostic = fields.get("diagnostic-code", "")
    status = status_in(fields.get("status", ""))
    if status.endswith(".0.0") or not status:
        # some servers say the general thing here and what they mean in their own words
        status = status_in(diagnostic.partition(";")[2]) or status
    reason = one_line(f"{status} {diagnostic}")[:_MOST_REASON_CHARACTERS]
    # `delayed` is still being tried; `delivered`, `relayed` and `expanded` are no trouble
    return Report(bounce_of(status) if action == "failed" else Bounce.NONE, reason)


def _blocks(part: Message) -> list[dict[str, str]]:
    """Give the groups of fields of a delivery status, names in lower case."""
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    return [
        {name.lower(): one_line(str(value)[:2000]) for name, value in block.items()}
        for block in blocks[:50]
        if isinstance(block, Message)
    ]


def _mac(outbox_id: int, secret: str) -> str:
    """Sign a number; letters and digits of one case, as mail servers may change it."""
    digest = hmac.digest(secret.encode(), f"return-path:{outbox_id}".encode(), hashlib.sha256)
    return b32encode(digest[:10]).decode("ascii").lower()
