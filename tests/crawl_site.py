"""A publisher on loopback, and whole crawls of it, each in a process of its own.

A reactor starts once in a process, and time is an argument: a crawl is told when it is.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from nursery import Child, run_script, start_script

SCRIPT = """
import json, sys
from dataclasses import asdict
from datetime import UTC, datetime
import db
from crawler.run import crawl
from db.models import Source
given = json.loads(sys.argv[1])
begun = datetime.now(UTC)
at = datetime.fromisoformat(given["at"]) if given.get("at") else begun
store = db.open_store(given["database"])
sources = [Source(**source) for source in given["sources"]]
store.vocabulary.declare(sources, [], now=datetime.now(UTC))
progress = []
runs = crawl(
    sources,
    store,
    contact="drift@example.no",
    full=given["full"],
    on_progress=progress.append,
    clock=lambda: at + (datetime.now(UTC) - begun),
)
store.close()
print(json.dumps({
    "runs": [asdict(run) for run in runs],
    "progress": [asdict(step) for step in progress],
}, default=str))
"""

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """A publisher on loopback: what it answers, and what it was asked."""

    answers: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, float, str]] = field(default_factory=list)
    base_url: str = ""
    #: answer with ETags, and 304 to who has it
    validates: bool = False
    #: how many answers were 304
    saved: int = 0

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def say(self, path: str, answer: Any, *, status: int = 200, **headers: str) -> None:
        if isinstance(answer, str):
            self.answers[path] = (status, {"Content-Type": "text/html", **headers}, answer.encode())
        else:
            content = json.dumps(answer).encode()
            self.answers[path] = (status, {"Content-Type": "application/json", **headers}, content)

    def publish(self, *releases: dict[str, Any]) -> None:
        paging = {"count": len(releases), "itemsPerPage": 50, "page": 0}
        self.say(LIST, {"paging": paging, "releases": list(releases)})
        for release in releases:
            self.say(f"/public-website-api/release/{release['id']}", release)


LIST = "/public-website-api/pressroom/89626/releases/50/0"


def release(number: int, title: str, body: str = "<p>Kommunene bosetter flyktninger.</p>") -> Any:
    return {
        "id": number,
        "date": f"2025-03-{number % 28 + 1:02}T07:00:00.000Z",
        "publisher": {"id": 89626},
        "versions": {"no": {"title": title, "type": "Pressemelding", "body": {"complete": body}}},
    }


@pytest.fixture(name="serve")
def serve_sites() -> Iterator[Callable[[], Site]]:
    """Give what starts a site; all of them end with the test."""
    servers: list[ThreadingHTTPServer] = []

    def start() -> Site:
        site = Site()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                agent = self.headers.get("User-Agent", "")
                site.asked.append((self.path, time.monotonic(), agent))
                answer = site.answers.get(self.path, (404, {}, b"<h1>404</h1>"))
                status, headers, body = answer() if callable(answer) else answer
                if site.validates and status == 200:
                    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                    headers = {**headers, "ETag": tag}
                    if self.headers.get("If-None-Match") == tag:
                        status, body = 304, b""
                        site.saved += 1
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        site.base_url = f"http://127.0.0.1:{server.server_port}"
        return site

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def press_room(base_url: str, slug: str = "imdi-press-releases", delay: float = 0.0) -> Any:
    return {
        "slug": slug,
        "spider": "prs",
        "name": "IMDi: pressemeldinger",
        "publisher": "IMDi",
        "base_url": base_url,
        "publisher_id": 89626,
        "delay": delay,
    }


def news(base_url: str) -> Any:
    return {
        "slug": "imdi-news",
        "spider": "imdi",
        "name": "IMDi: nyheter",
        "publisher": "IMDi",
        "base_url": base_url,
        "delay": 0.0,
    }


def _given(database: str, *sources: Any, full: bool, at: str) -> str:
    return json.dumps({"database": database, "sources": sources, "full": full, "at": at})


def start_crawl(database: str, *sources: Any, at: str = "") -> Child:
    """Start a crawl in a process of its own."""
    return start_script(SCRIPT, _given(database, *sources, full=False, at=at))


def crawl_apart(
    database: str, *sources: Any, full: bool = False, at: datetime | None = None
) -> Any:
    """Crawl in a process of its own, at a given moment or now; give runs and progress."""
    given = _given(database, *sources, full=full, at=at.isoformat() if at else "")
    done = run_script(SCRIPT, given, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def counts(run: Any) -> tuple[int, int, int, int]:
    return run["new"], run["changed"], run["unchanged"], run["rejected"]
