"""Telling a WebSub hub, over a real connection to this machine."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner

from builders import EXPENSES, entry_data, fill, put
from db.store import Store
from imdifeed.cli import main
from imdifeed.websub import Announcement, ping
from web_site import SITE


@dataclass
class Hub:
    """A hub on this machine, and what it was told."""

    address: str = ""
    status: int = 204
    told: list[dict[str, list[str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)


@pytest.fixture
def hub() -> Iterator[Hub]:
    running = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            running.told.append(parse_qs(body))
            running.agents.append(self.headers["User-Agent"])
            self.send_response(running.status)
            if running.status == 302:
                self.send_header("Location", running.address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.address = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield running
    server.shutdown()
    server.server_close()


def test_the_hub_is_told_of_the_feeds_that_changed(store: Store, now: datetime, hub: Hub) -> None:
    fill(store, seen=now)
    announcement = Announcement(store, replace(SITE, hub=hub.address))
    assert announcement.make() == 0
    assert hub.told == []
    put(store, entry_data(key="new"), seen=now + timedelta(hours=1))
    assert announcement.make() == 12
    (told,) = hub.told
    assert told["hub.mode"] == ["publish"]
    assert set(told["hub.url"]) == {
        f"https://imdifeed.example/feed.{name}{query}"
        for name in ("atom", "rss", "json")
        for query in ("", "?tag=interpreting", "?kind=news", "?source=imdi-news")
    }
    assert hub.agents == ["imdifeed (+drift@example.no)"]


def test_the_feed_of_changes_is_told_too(store: Store, now: datetime, hub: Hub) -> None:
    fill(store, seen=now)
    announcement = Announcement(store, replace(SITE, hub=hub.address))
    store.entries.withdraw(EXPENSES.source, [EXPENSES.key], now=now + timedelta(hours=1))
    announcement.make()
    assert "https://imdifeed.example/changes.atom" in hub.told[0]["hub.url"]


@pytest.mark.parametrize("status", [302, 400, 503])
def test_a_hub_that_refuses_is_named_in_the_log(
    hub: Hub, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    hub.status = status
    assert ping(hub.address, ["https://x.example/feed.atom"], agent="t") == 0
    assert f"the hub {hub.address} could not be told: HTTP Error {status}" in caplog.text
    assert len(hub.told) == 1


def test_a_hub_that_is_not_there_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ping(f"http://127.0.0.1:{port}/", ["https://x.example/"], agent="t") == 0
    assert "could not be told" in caplog.text


def test_a_hub_that_never_answers_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        begun = time.monotonic()
        assert ping(address, ["https://x.example/"], agent="t", all_seconds=0.2) == 0
        assert time.monotonic() - begun < 5
    assert f"the hub {address} did not answer within 0.2 seconds" in caplog.text


def test_many_feeds_are_told_in_parts(hub: Hub) -> None:
    topics = [f"https://x.example/{number}" for number in range(250)]
    assert ping(hub.address, topics, agent="t") == 250
    assert [len(told["hub.url"]) for told in hub.told] == [100, 100, 50]


def test_an_import_tells_the_hub(tmp_path: Path, hub: Hub) -> None:
    (tmp_path / "imdifeed.toml").write_text(
        f'secret_key = "0123456789abcdef0123456789abcdef"\nhub = "{hub.address}"\n'
        '[sources.documents]\nspider = "documents"\n',
        "utf-8",
    )
    document = tmp_path / "rapport.md"
    document.write_text(
        "# Bosetting av flyktninger\n\nPublisert 19. oktober 2020\n\nKommunene bosatte flere.\n"
    )
    config = ["--config", str(tmp_path / "imdifeed.toml")]
    for _ in range(2):
        result = CliRunner().invoke(
            main, [*config, "import", str(document), "--source", "documents"]
        )
        assert result.exit_code == 0, result.output
    # the second time there is nothing new
    assert len(hub.told) == 1
    assert "http://127.0.0.1:8000/feed.atom" in hub.told[0]["hub.url"]
    assert "http://127.0.0.1:8000/feed.json?source=documents" in hub.told[0]["hub.url"]
