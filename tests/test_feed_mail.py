"""Messages as bytes: what a mail server and a mailbox see."""

import email
import email.policy
import random
import re
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Language
from db.text import one_line
from feed.mail import POLICY, ascii_address, compose, message_id, parse_sender
from feed_samples import at

UNSUBSCRIBE = "https://imdifeed.example/unsubscribe/" + "Ab3_-" * 30
WORDS = re.split(
    " ",
    "flere innvandrere i distriktene og ærlige øyne på Årdal kommune bosetter flyktninger tolk "
    "rapport – «Hvordan går det?» blåbær 15 400 IMDis æ ø å introduksjonsprogrammet, Sjøvegan: "
    "kjønnslemlestelse sysselsettingstiltak (PDF) A/B 34 % e-post @ = ? _ utgifter",
)


def composed(**changes: Any) -> bytes:
    given: dict[str, Any] = {
        "sender": "IMDi-nytt <nytt@example.no>",
        "recipient": "leser@example.org",
        "subject": "3 nye saker",
        "text": "Hei på deg\n",
        "html": "<p>Hei på deg</p>",
        "message_id": "<abc@example.no>",
        "date": at("2026-11-23T06:00:00"),
        "language": Language.BOKMAL,
    }
    return compose(**given | changes)


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def headers(data: bytes) -> list[str]:
    """Give the header lines as they travel, folded lines apart."""
    return data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def test_headers_of_an_automatic_message() -> None:
    data = composed(list_id="<digest.example.no>", unsubscribe_url=UNSUBSCRIBE)
    lines = headers(data)
    assert "From: IMDi-nytt <nytt@example.no>" in lines
    assert "To: leser@example.org" in lines
    assert "Subject: 3 nye saker" in lines
    assert "Date: Mon, 23 Nov 2026 06:00:00 +0000" in lines
    assert "Message-ID: <abc@example.no>" in lines
    assert "Auto-Submitted: auto-generated" in lines
    assert "X-Auto-Response-Suppress: OOF, AutoReply" in lines
    assert "Content-Language: nb" in lines
    assert "List-Id: <digest.example.no>" in lines
    assert f"List-Unsubscribe: <{UNSUBSCRIBE}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert lines.count("MIME-Version: 1.0") == 1


def test_a_message_that_is_no_list_says_nothing_of_lists() -> None:
    assert not [line for line in headers(composed()) if line.startswith("List-")]


def test_ids_and_lists_stay_on_one_line_however_long() -> None:
    long_id = f"<{'x' * 300}@example.no>"
    lines = headers(composed(message_id=long_id, unsubscribe_url=UNSUBSCRIBE))
    assert f"Message-ID: {long_id}" in lines
    assert f"List-Unsubscribe: <{UNSUBSCRIBE}>" in lines


def test_text_first_then_html_both_quoted_printable() -> None:
    message = read(composed())
    parts = list(message.iter_parts())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["quoted-printable"] * 2
    assert [part.get_content_charset() for part in parts] == ["utf-8"] * 2
    assert [part.get_content().strip() for part in parts] == ["Hei på deg", "<p>Hei på deg</p>"]


def test_lines_are_short_and_end_as_mail_wants() -> None:
    text = ".\nFrom oss\n" + "øæå " * 400 + "\n" + "x" * 2000 + "\n  slutt  \n"
    data = composed(text=text, html=f"<p>{'<b>é</b>' * 900}</p>", subject="Ø" * 400)
    assert max(len(line) for line in data.split(b"\r\n")) <= 76
    assert b"\n" not in data.replace(b"\r\n", b"")
    plain = read(data).get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == text.splitlines()


def test_the_same_message_is_the_same_bytes() -> None:
    assert composed() == composed()
    assert composed(message_id="<other@example.no>") != composed()


def test_norwegian_subjects_survive() -> None:
    chance = random.Random(2026)
    for _ in range(3000):
        title = " ".join(chance.choices(WORDS, k=chance.randint(1, 25)))
        line = POLICY.fold_binary("Subject", title)
        assert read(line)["Subject"] == title
        assert max(map(len, line.split(b"\r\n"))) <= 76


def test_norwegian_sender_names_survive() -> None:
    chance = random.Random(2026)
    for _ in range(1500):
        name = " ".join(chance.choices(WORDS, k=chance.randint(1, 8)))
        name = one_line(re.sub(r'[()<>,:;"@]', "", name))
        if not name:
            continue
        line = POLICY.fold_binary("From", *_parsed("From", Address(name, addr_spec="nytt@a.no")))
        # Python's address parser puts a space between two encoded words; RFC 2047 (6.2) does not
        raw = email.message_from_bytes(line, policy=email.policy.compat32)["From"]
        decoded = str(make_header(decode_header(raw)))
        assert parseaddr(decoded) == (name, "nytt@a.no")
        assert max(map(len, line.split(b"\r\n"))) <= 76


def _parsed(name: str, value: object) -> tuple[object]:
    return POLICY.header_store_parse(name, value)[1:]


@given(st.text(st.characters(codec=None), max_size=120))
def test_no_subject_becomes_a_header(subject: str) -> None:
    data = composed(subject=subject)
    known = {name.lower() for name in read(composed())}
    message = read(data)
    assert {name.lower() for name in message} == known
    assert message["Subject"] == one_line(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Hei\r\nBcc: alle@example.org",
        "=?utf-8?q?a=0D=0ABcc:_alle@example.org?=",
        "=?utf-8?b?DQpCY2M6IHg=?= x",
        "Hei\u2028Bcc: x\x85Bcc: y\x0bz\x00",
    ],
)
def test_injection_stays_text(subject: str) -> None:
    message = read(composed(subject=subject))
    assert message["Bcc"] is None
    assert message["Subject"] == one_line(subject)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "a@example.org\r\nBcc: b@example.org"),
        ("recipient", "a@example.org, b@example.org"),
        ("recipient", "alice@example.org)bob@evil.example"),
        ("recipient", ""),
        ("sender", "IMDi-nytt"),
        ("message_id", "<a@example.no>\r\nBcc: b@example.org"),
        ("unsubscribe_url", "https://example.no/\r\nBcc: b"),
        ("unsubscribe_url", "https://example.no/ø"),
        ("list_id", "<" + "x" * 2000 + ">"),
    ],
)
def test_what_no_header_carries_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        composed(**{field: value})


def test_a_date_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        composed(date=at("2026-01-01T00:00:00").replace(tzinfo=None))


def test_characters_no_mail_carries_are_dropped() -> None:
    message = read(composed(text="a\x00b\ud800c\ufffe\n", html="<p>\x00\udfff</p>"))
    parts = [part.get_content().strip() for part in message.iter_parts()]
    assert parts == ["abc", "<p></p>"]


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("ola.nordmann+imdi@as.kommune.no", "ola.nordmann+imdi@as.kommune.no"),
        (" leser@ås.kommune.no ", "leser@xn--s-1fa.kommune.no"),
        ("leser@localhost", "leser@localhost"),
    ],
)
def test_addresses_become_plain(address: str, plain: str) -> None:
    assert ascii_address(address) == plain


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "@b.no", "a@", "a@b..no", "a b@c.no", "øla@imdi.no", "a@b@c.no", "<a@b.no>"),
        *("a" * 65 + "@b.no", "a@" + "b" * 64 + ".no", "a@\ud800.no", ".a@b.no", "a@-b.no"),
        "x@" * 9999,
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="is no address for mail"):
        ascii_address(address)


def test_message_ids_are_stable_and_in_the_senders_domain() -> None:
    sender = "IMDi-nytt <nytt@example.no>"
    assert message_id("digest:1", sender) == message_id("digest:1", sender)
    assert message_id("digest:1", sender) != message_id("digest:2", sender)
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.no>", message_id("digest:1", sender))
    assert parse_sender(sender).display_name == "IMDi-nytt"
