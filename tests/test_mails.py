"""Mails as they leave: raw bytes, both bodies, and what following their links does."""

import email
import random
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import entry_data, fill
from db.models import EntryTag, Precision, PublisherDate, Rhythm
from db.query import EntryQuery
from db.store import Store
from db.text import one_line
from feed.digest import MOST_BYTES
from imdifeed.config import load_settings
from imdifeed.sending.digests import plan_and_queue
from imdifeed.sending.handover import hand_over, manner_of, transport_for
from imdifeed.settings import Settings
from test_feed_digest import ALL, WORDS, digest, section
from test_feed_mail import WORDS as TITLE_WORDS
from web_site import SITE, Running, run_site

DAY = timedelta(days=1)
KARI = "kari@kommune.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
#: what a link may not change; the rest is what the mails themselves are written down in
TABLES = (
    *("subscriber", "subscription", "subscription_request", "consent", "refusal"),
    *("unsubscribe_token", "manage_token", "asked", "told", "outbox"),
)


class Words(HTMLParser):
    """What a reader of HTML sees, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.languages: list[str] = []
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = self._hidden or tag in {"style", "title"}
        self.links += [value for name, value in attrs if name == "href" and value]
        self.languages += [value for name, value in attrs if name == "lang" and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag not in {"style", "title"}
        if tag in {"p", "li", "h1", "h2", "h3", "h4"}:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data


@pytest.fixture
def options(tmp_path: Path) -> Settings:
    path = tmp_path / "imdifeed.toml"
    lines = (
        'secret_key = "0123456789abcdef"',
        f'site_url = "{SITE.site_url}"',
        f'contact = "{SITE.contact}"',
        '[mail]\nreturn_path = "retur@imdifeed.example"',
    )
    path.write_text("\n".join(lines), "utf-8")
    return load_settings(path, {})


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now - DAY)
    return run_site(store, lambda: now)


def publish(store: Store, seen: datetime, **changes: object) -> None:
    """Store a new entry about interpreting and work."""
    tags = tuple(EntryTag(slug, "«tolk»", 3.0) for slug in ("interpreting", "work"))
    published = PublisherDate(seen, Precision.DAY)
    entry = entry_data(published=published, tags=tags, **changes)
    store.entries.put(entry, seen=seen, first_crawl=False)


def hand(store: Store, options: Settings, now: datetime) -> list[bytes]:
    """Hand over what waits; give the mails that left."""
    folder = options.mail.outbox_folder
    before = set(folder.glob("*.eml"))
    with transport_for(options.mail) as transport:
        hand_over(store, transport, manner_of(options), clock=lambda: now)
    return [path.read_bytes() for path in sorted(set(folder.glob("*.eml")) - before)]


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=default)  # type: ignore[return-value]


def bodies(data: bytes) -> tuple[str, str]:
    text, html = (part.get_content().replace("\r\n", "\n") for part in parsed(data).iter_parts())
    return text, html


def paths_in(data: bytes) -> Iterator[str]:
    """Give every address of ours in a mail, from both bodies and from its headers."""
    text, html = bodies(data)
    header = str(parsed(data).get("List-Unsubscribe", "")).strip("<>")
    for url in dict.fromkeys([*re.findall(r"https?://\S+", text), *Words(html).links, header]):
        if url.startswith(SITE.base):
            yield url.removeprefix(SITE.base) or "/"


def state_of(path: str) -> list[list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    try:
        return [list(connection.execute(f"SELECT * FROM {table}")) for table in TABLES]
    finally:
        connection.close()


@pytest.fixture
def mails(store: Store, site: Running, options: Settings, now: datetime) -> dict[str, list[bytes]]:
    """Walk a reader's way in each language; give all mails by what they are for."""
    sent: dict[str, list[bytes]] = {"confirmation": [], "link": [], "digest": []}
    for number, (language, query) in enumerate(
        [("nb", "tag=work"), ("nn", "q=tolk"), ("en", "q=tolk&tag=work")]
    ):
        site.client.post(
            f"/subscribe?ui={language}&{query}",
            data={"email": f"{language}@kommune.example", "rhythm": "daily", "corrections": "1"},
        )
        (mail,) = hand(store, options, now)
        sent["confirmation"].append(mail)
        token = re.search(r"/confirm/([\w-]+)", bodies(mail)[0])
        assert token
        assert site.client.post(f"/confirm/{token[1]}").status_code == 200
        site.client.post(
            f"/subscriptions?ui={language}", data={"email": f"{language}@kommune.example"}
        )
        sent["link"] += hand(store, options, now)
        assert len(sent["link"]) == number + 1
    for key, title in (("a", "Tolk på jobb æøå"), ("b", "Fleire i arbeid")):
        publish(store, now + timedelta(hours=1), key=key, title=title)
    plan_and_queue(store, options, now=now + DAY)
    sent["digest"] = hand(store, options, now + DAY)
    assert len(sent["digest"]) == 3
    return sent


def test_following_every_link_changes_nothing(
    store: Store, store_url: str, site: Running, mails: dict[str, list[bytes]]
) -> None:
    before = state_of(store_url)
    followed = set()
    for mail in (one for sent in mails.values() for one in sent):
        for path in paths_in(mail):
            followed.add(path.split("/")[1].split("?")[0])
            for ask in (site.client.get, site.client.head, site.client.options):
                response = ask(path)
                assert response.status_code in {200, 404}, path
                assert response.status_code == 200 or "entries" in path or "confirm" in path
    assert followed >= {
        "confirm",
        "refuse",
        "unsubscribe",
        "subscriptions",
        "digests",
        "sources",
    } - {"sources"}
    assert state_of(store_url) == before
    assert sum(len(store.subscriptions.active(rhythm)) for rhythm in Rhythm) == 3


def test_no_address_stands_in_a_link(mails: dict[str, list[bytes]]) -> None:
    for mail in (one for sent in mails.values() for one in sent):
        text, html = bodies(mail)
        for url in [*re.findall(r"https?://\S+", text), *Words(html).links]:
            assert "@" not in url.removeprefix(f"mailto:{SITE.contact}")
            assert "%40" not in url


def test_the_header_ends_all_and_the_body_one(
    store: Store, site: Running, options: Settings, now: datetime
) -> None:
    for query in ("q=tolk", "tag=work", "tag=interpreting"):
        site.client.post(f"/subscribe?{query}", data={"email": KARI})
        (mail,) = hand(store, options, now)
        token = re.search(r"/confirm/([\w-]+)", bodies(mail)[0])
        assert token
        site.client.post(f"/confirm/{token[1]}")
    publish(store, now + timedelta(hours=1), key="a")
    plan_and_queue(store, options, now=now + DAY)
    (mail,) = hand(store, options, now + DAY)
    leaving = [path for path in paths_in(mail) if path.startswith("/unsubscribe/")]
    header = str(parsed(mail)["List-Unsubscribe"]).strip("<>").removeprefix(SITE.base)
    assert len(leaving) == 4
    (single, *_) = [path for path in leaving if path != header]
    assert site.client.post(single, data=ONE_CLICK).status_code == 200
    assert len(store.subscriptions.active(Rhythm.DAILY)) == 2
    for _ in range(2):
        done = site.client.post(header, data=ONE_CLICK, content_type="multipart/form-data")
        assert done.status_code == 200
        assert store.subscriptions.active(Rhythm.DAILY) == []
    reader = store.readers.by_email(KARI)
    assert reader
    store.readers.erase(reader, now=now + DAY)
    for path in leaving:  # for ever
        for ask in (site.client.get, site.client.post):
            assert ask(path).status_code == 200


def test_raw_bytes(mails: dict[str, list[bytes]]) -> None:
    for kind, sent in mails.items():
        for data in sent:
            head, _, body = data.partition(b"\r\n\r\n")
            assert b"\n" not in data.replace(b"\r\n", b"")
            assert data.isascii()
            assert max(map(len, body.split(b"\r\n"))) <= 76
            assert len(data) <= MOST_BYTES
            assert body.count(b"Content-Transfer-Encoding: quoted-printable") == 2
            lines = head.split(b"\r\n")
            assert b"Auto-Submitted: auto-generated" in lines
            listed = [line for line in lines if line.lower().startswith(b"list-")]
            if kind != "digest":
                assert listed == []
                continue
            unsubscribe, post = (
                next(line for line in listed if line.startswith(name))
                for name in (b"List-Unsubscribe:", b"List-Unsubscribe-Post:")
            )
            assert re.fullmatch(rb"List-Unsubscribe: <https://[^>]+>", unsubscribe)
            assert post == b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"
            assert b"List-Id: <digest.imdifeed.example>" in listed


def test_both_bodies_say_the_same(mails: dict[str, list[bytes]]) -> None:
    for data in (one for sent in mails.values() for one in sent):
        text, html = bodies(data)
        seen = Words(html)
        assert _words(text) == _words(seen.text)
        in_text = set(re.findall(r"https?://\S+", text))
        assert in_text == {link for link in seen.links if not link.startswith("mailto:")}
        assert not re.search(r"<img|<link|<script|src=|url\(|@import|cid:", html)


def test_mails_are_in_the_reader_s_language(mails: dict[str, list[bytes]]) -> None:
    for sent in mails.values():
        by_reader = {str(parsed(data)["To"]).split("@")[0]: data for data in sent}
        for language, data in by_reader.items():
            assert parsed(data)["Content-Language"] == language
            assert Words(bodies(data)[1]).languages[0] == language
    for kind in ("confirmation", "link"):
        for data in mails[kind]:
            language = str(parsed(data)["Content-Language"])
            (path, *_) = [path for path in paths_in(data) if path.count("/") == 2]
            assert path.endswith(f"?ui={language}") is (language != "nb")


def _words(text: str) -> list[str]:
    """Give the words of a body in order of the alphabet, without addresses and furniture."""
    plain = re.sub(r"https?://\S+", " ", text)
    return sorted(set(re.findall(r"[^\W_]+", plain)))


# hostile and random titles


def test_titles_survive_in_subject_and_bodies() -> None:
    chance = random.Random(2026)
    for _ in range(300):
        title = " ".join(chance.choices(TITLE_WORDS, k=chance.randint(1, 12)))
        composed = digest(section(1, EntryQuery(), replace(WORDS.entries[0], title=title)))
        assert parsed(composed.data)["Subject"] == composed.subject
        text, html = bodies(composed.data)
        assert one_line(title) in text
        assert one_line(title) in Words(html).text


ANYTHING = st.text(st.characters(codec=None), max_size=80)


@settings(max_examples=60)
@given(title=ANYTHING, lead=ANYTHING, url=ANYTHING, words=ANYTHING, publisher=ANYTHING)
def test_nothing_crawled_or_sought_becomes_a_header_or_markup(
    title: str, lead: str, url: str, words: str, publisher: str
) -> None:
    hostile = replace(WORDS.entries[0], title=title, lead=lead, url=url, publisher=publisher)
    usual = digest(WORDS).data
    composed = digest(section(1, EntryQuery(q=one_line(words)), hostile))
    assert list(parsed(composed.data)) == list(parsed(usual))
    assert parsed(composed.data)["Subject"] == composed.subject
    assert len(composed.subject.splitlines()) <= 1
    assert f"\r\nList-Unsubscribe: <{ALL}>\r\n".encode() in composed.data
    assert max(map(len, composed.data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    _, html = bodies(composed.data)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {
        *("html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "h3", "p", "a"),
        *("ul", "li", "b"),
    }


@given(words=st.text(min_size=1, max_size=40))
@settings(max_examples=30)
def test_no_sign_up_becomes_a_header(words: str) -> None:
    from test_feed_digest import confirmation

    usual = list(parsed(confirmation(EntryQuery())))
    assert list(parsed(confirmation(EntryQuery(q=one_line(words))))) == usual


# what a reader changed


def told(store: Store, options: Settings, now: datetime) -> list[str]:
    """Send what is due; give the texts of the digests."""
    plan_and_queue(store, options, now=now)
    sent = [mail for mail in hand(store, options, now) if parsed(mail)["List-Id"]]
    return [bodies(mail)[0] for mail in sent]


def test_neither_a_pause_nor_another_query_brings_a_flood(
    store: Store, site: Running, options: Settings, now: datetime
) -> None:
    site.client.post("/subscribe?q=tolk", data={"email": KARI})
    (mail,) = hand(store, options, now)
    token = re.search(r"/confirm/([\w-]+)", bodies(mail)[0])
    assert token
    site.client.post(f"/confirm/{token[1]}")
    reader = store.readers.by_email(KARI)
    assert reader
    (one,) = reader.subscriptions
    hour = timedelta(hours=1)
    store.readers.pause(reader, one.id, now=now + hour)
    publish(store, now + 2 * hour, key="a", title="Tolk i pausen")
    publish(store, now + 2 * hour, key="b", title="Bosetting i pausen", lead="", body_text="")
    assert told(store, options, now + DAY) == []
    store.readers.resume(reader, one.id, now=now + DAY + hour)
    publish(store, now + DAY + 2 * hour, key="c", title="Tolk etter pausen")
    (text,) = told(store, options, now + 2 * DAY)
    assert "Tolk etter pausen" in text
    assert "i pausen" not in text
    store.readers.change(
        reader, one.id, query="q=bosetting", rhythm=Rhythm.DAILY, language=one.language,
        corrections=False, now=now + 2 * DAY + hour,
    )  # fmt: skip
    publish(
        store, now + 2 * DAY + 2 * hour, key="d", title="Bosetting etterpå", lead="", body_text=""
    )
    (text,) = told(store, options, now + 3 * DAY)
    assert "Bosetting etterpå" in text
    assert "i pausen" not in text


def test_what_waits_for_a_reader_who_paused_or_bounced_is_not_sent(
    store: Store, site: Running, options: Settings, now: datetime
) -> None:
    for name in ("kari", "ola"):
        site.client.post("/subscribe?q=tolk", data={"email": f"{name}@kommune.example"})
        (mail,) = hand(store, options, now)
        token = re.search(r"/confirm/([\w-]+)", bodies(mail)[0])
        assert token
        site.client.post(f"/confirm/{token[1]}")
    publish(store, now + timedelta(hours=1), key="a")
    plan_and_queue(store, options, now=now + DAY)  # rendered, not yet handed over
    kari, ola = (store.readers.by_email(f"{name}@kommune.example") for name in ("kari", "ola"))
    assert kari
    assert ola
    store.readers.pause(kari, kari.subscriptions[0].id, now=now + DAY)
    store.readers.end(ola, [ola.subscriptions[0].id], reason="page", now=now + DAY)
    assert hand(store, options, now + DAY) == []
