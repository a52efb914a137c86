"""One reader's way through everything, with nothing replaced but the publishers.

Crawl over loopback → listing → feed → sign-up → confirm → digest through a real SMTP server →
unsubscribe. Every step is a command or a request, as an operator and a reader would make it.
"""

import email
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from datetime import time as time_of_day
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import feedparser
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler

from imdifeed.demo.imdi_site import ImdiSite
from imdifeed.demo.press_room import PressRoom
from imdifeed.demo.press_room_api import PUBLISHER_ID
from imdifeed.demo.run import DOCUMENTS
from imdifeed.demo.server import SiteServer
from imdifeed.demo.texts import Release, load_news, load_releases
from imdifeed.sending.windows import OSLO
from nursery import run_imdifeed

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Postbox(MessageHandler):
    """Keeps what a mail server is given."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []

    def prepare_message(self, session: object, envelope: object) -> EmailMessage:
        return email.message_from_bytes(envelope.original_content, policy=default)

    def handle_message(self, message: EmailMessage) -> None:
        self.mails.append(message)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    handler, port = Postbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def publishers() -> Iterator[tuple[SiteServer, SiteServer]]:
    press_room = SiteServer(0, PressRoom(load_releases()))
    imdi = SiteServer(0, ImdiSite(load_news()))
    yield press_room, imdi
    press_room.stop()
    imdi.stop()


class Installation:
    """An imdifeed of its own, driven by its command and over HTTP."""

    def __init__(self, folder: Path, site_port: int, configuration: str) -> None:
        self.config = folder / "imdifeed.toml"
        self.config.write_text(configuration, "utf-8")
        self.port = site_port

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_imdifeed("--config", self.config, *words)

    def crawl(self) -> dict[str, dict[str, int]]:
        done = self.run("crawl", "--json")
        assert done.returncode == 0, done.stderr
        return {run["source"]: run for run in map(json.loads, done.stdout.splitlines())}

    def ask(
        self, path: str, form: dict[str, str] | None = None, method: str | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            body = urlencode(form) if form is not None else None
            connection.request(
                method or ("GET" if form is None else "POST"), path, body, FORM if body else {}
            )
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def page(self, path: str, form: dict[str, str] | None = None) -> str:
        status, headers, body = self.ask(path, form)
        assert status == 200, (path, status, body)
        assert "Set-Cookie" not in headers
        return body.decode()


@pytest.fixture
def installation(
    tmp_path: Path,
    publishers: tuple[SiteServer, SiteServer],
    postbox: tuple[Postbox, int],
) -> Iterator[Installation]:
    press_room, imdi = publishers
    port = free_port()
    made = Installation(
        tmp_path,
        port,
        f"""
        site_url = "http://127.0.0.1:{port}"
        secret_key = "0123456789abcdef"
        contact = "drift@imdifeed.example"
        [mail]
        transport = "smtp"
        port = {postbox[1]}
        sender = "IMDi-nytt <nytt@imdifeed.example>"
        [sources.imdi-press-releases]
        spider = "prs"
        base_url = "{press_room.base_url}"
        publisher_id = {PUBLISHER_ID}
        name = "IMDi: pressemeldinger"
        delay = 0
        [sources.imdi-news]
        spider = "imdi"
        base_url = "{imdi.base_url}"
        delay = 0
        [sources.documents]
        spider = "documents"
        """,
    )
    command = [sys.executable, "-m", "imdifeed", "--config", str(made.config)]
    with subprocess.Popen([*command, "serve", "--port", str(port)]) as site:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if made.ask("/healthz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield made
        site.send_signal(signal.SIGTERM)
        assert site.wait(timeout=15) in (0, -signal.SIGTERM)


def wait_for(postbox: Postbox, count: int) -> None:
    deadline = time.monotonic() + 20
    while len(postbox.mails) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(postbox.mails) == count


def bodies(mail: EmailMessage) -> tuple[str, str]:
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (part.get_content() if part else "" for part in parts)
    return str(text), str(html)


def links(mail: EmailMessage, installation: Installation) -> list[str]:
    """Every address of ours in a mail, as a path."""
    text, html = bodies(mail)
    found = re.findall(rf"http://127\.0\.0\.1:{installation.port}(/[^\s\"<>]*)", text + html)
    return list(dict.fromkeys(found))


def of_kind(paths: list[str], kind: str) -> list[str]:
    return [path for path in paths if path.startswith(kind)]


def without_the_newest(releases: tuple[Release, ...]) -> tuple[Release, ...]:
    newest = max(releases, key=lambda release: release.published)
    return tuple(release for release in releases if release is not newest)


def test_the_journey(
    installation: Installation,
    publishers: tuple[SiteServer, SiteServer],
    postbox: tuple[Postbox, int],
) -> None:
    press_room = publishers[0]
    mails = postbox[0].mails
    releases = load_releases()
    newest = max(releases, key=lambda release: release.published)
    press_room.site = PressRoom(without_the_newest(releases))

    # what IMDi has published so far is gathered once
    first = installation.crawl()
    assert first["imdi-press-releases"]["new"] >= 15
    assert first["imdi-news"]["new"] >= 10
    annex = str(DOCUMENTS / "fou-prosjekter-2020.md")
    imported = installation.run("import", annex, "--source", "documents")
    assert imported.returncode == 0, imported.stderr
    assert "24 new" in imported.stdout
    again = installation.crawl()
    assert all((run["new"], run["changed"]) == (0, 0) for run in again.values())

    # a reader finds the report on interpreters, in the listing and in the feed of its subject
    title = "For mye bruk av ukvalifiserte tolker i det offentlige"
    listing = installation.page("/?q=tolk")
    assert re.sub(r"</?mark>", "", listing).count(title) >= 1
    feed = feedparser.parse(installation.ask("/feed.atom?tag=interpreting")[2])
    assert feed.bozo == 0
    entry = next(entry for entry in feed.entries if entry.title == title)
    assert entry.id.startswith("tag:imdifeed.example,2026:entry/")
    assert feedparser.parse(installation.ask("/feed.rss?tag=interpreting")[2]).bozo == 0

    # signs up for a query, is asked to confirm, and does
    query = {"q": newest.versions[0].title.split()[0]}
    assert "e-post" in installation.page(f"/subscribe?{urlencode(query)}")
    answer = installation.page("/subscribe", query | {"email": "kari@kommune.example"})
    wait_for(postbox[0], 1)
    assert mails[0]["To"] == "kari@kommune.example"
    (confirm,) = of_kind(links(mails[0], installation), "/confirm/")
    installation.page(confirm)
    installation.ask(confirm, method="HEAD")
    assert "0 subscriptions" in installation.run("status").stdout
    installation.page(confirm, {})
    assert "1 subscriptions" in installation.run("status").stdout
    assert "kari@" not in answer.replace('value="kari@kommune.example"', "")

    # one more release appears, is crawled, and reaches the reader once
    press_room.site = PressRoom(releases)
    found = installation.crawl()["imdi-press-releases"]
    assert (found["new"], found["changed"]) == (len(newest.versions), 0)
    installation.run("digest", "send")
    assert len(mails) == 1, "a daily digest waits for seven in the morning"
    morning = datetime.combine(datetime.now(OSLO).date() + timedelta(days=1), time_of_day(7))
    sent = installation.run("digest", "send", "--now", morning.isoformat())
    assert sent.returncode == 0, sent.stderr
    wait_for(postbox[0], 2)
    digest = mails[1]
    text, html = bodies(digest)
    assert newest.versions[0].title in " ".join(text.split())
    assert newest.versions[0].title in re.sub(r"\s+", " ", html)
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    installation.run("digest", "send", "--now", morning.isoformat())
    assert len(mails) == 2

    # looking at every link of the mail changes nothing; the header's link ends it
    for path in links(digest, installation):
        assert installation.ask(path)[0] in (200, 301), path
        assert installation.ask(path, method="HEAD")[0] in (200, 301), path
    assert "1 subscriptions" in installation.run("status").stdout
    leave = urlsplit(str(digest["List-Unsubscribe"]).strip("<>")).path
    installation.page(leave, {"List-Unsubscribe": "One-Click"})
    assert "0 subscriptions" in installation.run("status").stdout
    installation.page(leave, {"List-Unsubscribe": "One-Click"})
