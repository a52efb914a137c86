"""A press room on loopback that goes on publishing."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = 50
_LIST = "/public-website-api/pressroom/89626/releases/50/"
_RELEASE = "/public-website-api/release/"
_WORDS = ("bosetting", "tolk", "arbeid", "norskopplæring", "flyktninger", "introduksjonsprogram")


@dataclass(slots=True)
class Publisher:
    """What is published so far, and where."""

    base_url: str
    count: int

    def publish(self, number: int) -> None:
        """Publish so many more."""
        self.count += number


def _release(number: int) -> dict[str, object]:
    word = _WORDS[number % len(_WORDS)]
    body = "".join(
        f"<p>Avsnitt {n} i melding {number} om {word}, kommunene og det de melder.</p>"
        for n in range(12)
    )
    date = datetime.now(UTC) - timedelta(days=2, minutes=number)
    return {
        "id": number,
        "date": f"{date:%Y-%m-%dT%H:%M:%S}.000Z",
        "publisher": {"id": 89626},
        "versions": {
            "no": {
                "title": f"Melding {number} om {word}",
                "type": "Pressemelding",
                "body": {"complete": body},
            }
        },
    }


@contextmanager
def publishing(count: int) -> Iterator[Publisher]:
    """Serve a press room with so many releases to begin with."""
    dates: dict[int, dict[str, object]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content: object | None = None
            if self.path.startswith(_LIST):
                page = int(self.path.removeprefix(_LIST))
                numbers = range(publisher.count - page * PAGE, 0, -1)[:PAGE]
                content = {
                    "paging": {"count": publisher.count, "itemsPerPage": PAGE, "page": page},
                    "releases": [dates.setdefault(n, _release(n)) for n in numbers],
                }
            elif self.path.startswith(_RELEASE):
                number = int(self.path.removeprefix(_RELEASE))
                content = dates.setdefault(number, _release(number))
            body = json.dumps(content).encode() if content else b""
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher = Publisher(f"http://127.0.0.1:{server.server_port}", count)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
