"""Return paths that cannot be forged, and reports as mail servers write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Bounce
from feed.bounces import (
    MOST_REPORT_BYTES,
    bounce_of,
    outbox_id_in,
    read_report,
    return_path,
    status_in,
)

TEMPLATE = "retur@example.no"
SECRET = "0123456789abcdef"

POSTFIX = """\
Return-Path: <>
Delivered-To: {to}
Date: Mon, 23 Nov 2026 07:00:05 +0100 (CET)
From: MAILER-DAEMON@mx.example.no (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4f/mx"
Message-Id: <20261123060005.4f@mx.example.no>

This is a MIME-encapsulated message.

--4f/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4f/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.no
X-Postfix-Queue-ID: 4f
Arrival-Date: Mon, 23 Nov 2026 07:00:04 +0100 (CET)

Final-Recipient: rfc822; kari@kommune.example
Original-Recipient: rfc822;kari@kommune.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.kommune.example
Diagnostic-Code: {diagnostic}

--4f/mx
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <{to}>
From: IMDi-nytt <nytt@example.no>
To: kari@kommune.example
Subject: 3 nye saker

Hei
--4f/mx--
"""


def report(
    outbox_id: int = 7,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <kari@kommune.example>: User unknown",
    to: str = "",
) -> bytes:
    address = to or return_path(TEMPLATE, outbox_id, SECRET)
    text = POSTFIX.format(to=address, action=action, status=status, diagnostic=diagnostic)
    return text.encode()


# return paths


@given(st.integers(0, 10**18 - 1))
def test_a_return_path_leads_to_its_message(outbox_id: int) -> None:
    address = return_path(TEMPLATE, outbox_id, SECRET)
    assert re.fullmatch(r"retur\+\d+\.[a-z2-7]{16}@example\.no", address)
    assert len(address.partition("@")[0]) <= 64
    for seen in (address, address.upper(), f"To: <{address}>", f"x;{address};"):
        assert outbox_id_in(seen.encode(), TEMPLATE, SECRET) == outbox_id


@pytest.mark.parametrize(
    "address",
    [
        "retur@example.no",
        "retur+7@example.no",
        "retur+7.@example.no",
        "retur+7.aaaaaaaaaaaaaaaa@example.no",
        return_path(TEMPLATE, 8, SECRET).replace("+8.", "+7."),
        return_path(TEMPLATE, 7, "another secret"),
        return_path("retur@other.example", 7, SECRET),
        return_path(TEMPLATE, 7, SECRET)[:-12] + "evil.example",
    ],
)
def test_a_forged_return_path_leads_nowhere(address: str) -> None:
    assert outbox_id_in(report(to=address), TEMPLATE, SECRET) is None


def test_the_first_genuine_one_counts() -> None:
    forged = b"To: retur+1.aaaaaaaaaaaaaaaa@example.no\r\n"
    assert outbox_id_in(forged + report(7) + report(8), TEMPLATE, SECRET) == 7


# reports


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "bounce"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 User unknown", Bounce.HARD),
        ("failed", "5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", Bounce.HARD),
        ("failed", "5.4.1", "smtp; 550 5.4.1 Recipient address rejected", Bounce.HARD),
        ("failed", "5.4.4", "X-Postfix; Host or domain name not found", Bounce.HARD),
        ("Failed", "5.0.0", "smtp; 550 5.1.1 no mailbox here", Bounce.HARD),
        ("failed", "5.0.0", "smtp; 550 no mailbox here", Bounce.SOFT),
        ("failed", "5.2.2", "smtp; 552 5.2.2 mailbox full", Bounce.SOFT),
        ("failed", "4.4.1", "X-Postfix; connect: Connection timed out", Bounce.SOFT),
        ("failed", "5.7.1", "smtp; 550 5.7.1 blocked by policy", Bounce.NONE),
        ("failed", "5.7.515", "smtp; 550 5.7.515 not authenticated", Bounce.NONE),
        ("failed", "4.7.0", "smtp; 451 4.7.0 try later", Bounce.NONE),
        ("failed", "5.1.8", "smtp; 550 5.1.8 bad sender", Bounce.NONE),
        ("failed", "5.6.0", "smtp; 554 5.6.0 bad content", Bounce.NONE),
        ("failed", "rubbish", "rubbish", Bounce.NONE),
        ("delayed", "4.4.1", "X-Postfix; connect: Connection timed out", Bounce.NONE),
        ("delivered", "2.0.0", "smtp; 250 ok", Bounce.NONE),
        ("relayed", "2.0.0", "smtp; 250 ok", Bounce.NONE),
    ],
)
def test_what_a_report_says_of_the_address(
    action: str, status: str, diagnostic: str, bounce: Bounce
) -> None:
    found = read_report(report(action=action, status=status, diagnostic=diagnostic))
    assert found
    assert found.bounce is bounce


def test_the_reason_is_one_line_and_short() -> None:
    found = read_report(report(diagnostic="smtp; 550 5.1.1 " + "x" * 900 + "\r\n  folded\x00"))
    assert found
    assert found.reason.startswith("5.1.1 smtp; 550 5.1.1 xxx")
    assert len(found.reason) <= 300
    assert found.reason.isprintable()


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_line_ends_do_not_matter(line_end: bytes) -> None:
    found = read_report(report().replace(b"\n", line_end))
    assert found
    assert found.bounce is Bounce.HARD


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 5000,
        b"Subject: Fra kontoret\nAuto-Submitted: auto-replied\n\nJeg er bortreist.\n",
        b"Hi. This is the qmail-send program at mx.example.no.\n\nI'm afraid I wasn't able to\n",
        b"Content-Type: multipart/report; boundary=x\n\n--x\n",
        b"Content-Type: message/delivery-status\n\n",
        b"Content-Type: message/delivery-status\n\n\n\n\nAction\n\n",
        b"Content-Type: multipart/mixed; boundary=\n\n",
        b"Content-Type: multipart/report; boundary=x\nContent-Transfer-Encoding: base64\n\nAAAA\n",
    ],
)
def test_other_mail_is_no_report(data: bytes) -> None:
    assert read_report(data) is None


def test_parts_within_parts_end_somewhere() -> None:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)
    )
    assert read_report(head + report()) is None


def test_a_huge_report_is_read_as_far_as_it_is_worth() -> None:
    found = read_report(report() + b"x" * 3 * MOST_REPORT_BYTES)
    assert found
    assert found.bounce is Bounce.HARD
    assert read_report(b"X: " + b"y" * 3 * MOST_REPORT_BYTES) is None
    many = b"".join(b"H%d: x\n" % n for n in range(200_000))
    assert read_report(many) is None


@given(st.binary(max_size=2000))
def test_no_bytes_break_it(data: bytes) -> None:
    assert read_report(data) is None or data
    assert outbox_id_in(data, TEMPLATE, SECRET) is None


@given(st.data())
def test_no_damaged_report_breaks_it(data: st.DataObject) -> None:
    whole = report()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole)))
        length = data.draw(st.integers(0, 60))
        whole = whole[:place] + data.draw(st.binary(max_size=40)) + whole[place + length :]
    read_report(whole)
    assert outbox_id_in(whole, TEMPLATE, SECRET) in {7, None}


def test_status_codes_are_found_in_a_server_s_words() -> None:
    assert status_in("550 5.1.1 <x>: user unknown") == "5.1.1"
    assert status_in("550 no such user") == ""
    assert bounce_of("") is Bounce.NONE
    assert bounce_of("2.1.5") is Bounce.NONE
