"""Press rooms at several hosts on loopback that go on publishing, and note who asks them when."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LIST = "/public-website-api/pressroom/"
_RELEASE = "/public-website-api/release/"
#: so that no two releases are the same news
_WORDS = (
    "bosetting", "tolking", "arbeid", "skole", "helse", "bolig", "kvalifisering", "mangfold",
    "familie", "idrett", "kultur", "forskning", "tilskudd", "statistikk", "høring", "konferanse",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: by whom, to which host, for what, and from when to when it was answered."""

    by: str
    host: str
    path: str
    begun: float
    ended: float


@dataclass
class Rooms:
    """What is published so far in each room, and what was asked for."""

    hosts: int
    rooms: int
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    published: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _dates: dict[int, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def host_of(self, room: int) -> str:
        """Give the host of a room; each has an address of its own."""
        return f"127.0.0.{room % self.hosts + 2}"

    def publish(self, room: int, *, days_ago: float = 0) -> None:
        """Publish one more release in a room."""
        with self._lock:
            number = len(self._dates) + 1
            self._dates[number] = datetime.now(UTC) - timedelta(days=days_ago)
            self.published[room].append(number)

    def answer(self, path: str) -> object | None:
        """Give what a path leads to."""
        with self._lock:
            if path.startswith(_LIST):
                room, page = path.removeprefix(_LIST).split("/releases/50/")
                numbers = self.published[int(room) - 1][::-1]
                start = int(page) * 50
                paging = {"count": len(numbers), "itemsPerPage": 50, "page": int(page)}
                shown = [self._release(int(room) - 1, one) for one in numbers[start : start + 50]]
                return {"paging": paging, "releases": shown}
            if path.startswith(_RELEASE):
                number = int(path.removeprefix(_RELEASE))
                for room, numbers in self.published.items():
                    if number in numbers:
                        return self._release(room, number)
            return None

    def _release(self, room: int, number: int) -> dict[str, object]:
        own = [f"{_WORDS[(number * step) % len(_WORDS)]}{number}" for step in (1, 3, 7, 11)]
        body = "".join(f"<p>Avsnitt om {one} i melding nummer {number}.</p>" for one in own)
        return {
            "id": number,
            "date": f"{self._dates[number]:%Y-%m-%dT%H:%M:%S}.000Z",
            "publisher": {"id": room + 1},
            "versions": {
                "no": {
                    "title": f"{own[0].capitalize()} og {own[1]}: sak {number}",
                    "type": "Pressemelding",
                    "body": {"complete": body},
                }
            },
        }


@contextmanager
def open_rooms(hosts: int, rooms: int) -> Iterator[Rooms]:
    """Serve rooms until the end."""
    found = Rooms(hosts, rooms)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            begun = time.monotonic()
            content = found.answer(self.path)
            body = json.dumps(content).encode()
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            agent = self.headers.get("User-Agent", "")
            host = str(self.connection.getsockname()[0])
            found.asked.append(Asked(agent, host, self.path, begun, time.monotonic()))
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    servers: list[ThreadingHTTPServer] = []
    for number in range(hosts):
        servers.append(ThreadingHTTPServer((found.host_of(number), found.port), Handler))
        found.port = servers[0].server_port
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield found
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
