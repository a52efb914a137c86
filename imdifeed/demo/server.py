"""Serves the two demonstration sites on this machine, and only to it."""

import hashlib
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qsl, quote, unquote

from imdifeed.demo.answers import Answer
from imdifeed.demo.imdi_site import ImdiSite
from imdifeed.demo.press_room import PressRoom
from imdifeed.demo.press_room_api import PUBLISHER_ID
from imdifeed.demo.texts import load_news, load_releases

_HOST = "127.0.0.1"
_STALLED_SECONDS = 10


class Site(Protocol):
    """What answers the paths of one site."""

    def answer(self, path: str, query: dict[str, str], base_url: str) -> Answer:
        """Answer GET of one path."""
        ...


class DemoSites:
    """The running press room and imdi.no; ends both when the `with` block is left."""

    #: number of IMDi's press room
    publisher_id = PUBLISHER_ID

    def __init__(self, press_room: "SiteServer", imdi: "SiteServer") -> None:
        self._servers = (press_room, imdi)
        #: addresses without a final slash, `http://127.0.0.1:40001`
        self.press_room_url = press_room.base_url
        self.imdi_url = imdi.base_url

    def close(self) -> None:
        """Stop both sites and wait for their threads; closing twice is harmless."""
        for server in self._servers:
            server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def serve_demo_sites(port: int = 0) -> DemoSites:
    """Start both sites on 127.0.0.1: the press room on `port` and imdi.no on the next one.

    With 0 the system picks two free ports.

    Raises:
        OSError: a port is taken.
        OverflowError: a port lies beyond 65535.
        ContentError: a text cannot be read.
    """
    releases, news = PressRoom(load_releases()), ImdiSite(load_news())
    press_room = SiteServer(port, releases)
    try:
        imdi = SiteServer(port + 1 if port else 0, news)
    except (OSError, OverflowError):
        press_room.stop()
        raise
    return DemoSites(press_room, imdi)


class SiteServer(ThreadingHTTPServer):
    """One site on one port, in threads that all end with it."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, port: int, site: Site) -> None:
        super().__init__((_HOST, port), _Handler)
        self.site = site
        self.base_url = f"http://{_HOST}:{self.server_address[1]}"
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), name="demo-site")
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember an open connection."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that is being closed."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong, unless it is only a reader who hung up or fell silent."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """End the site and every connection to it, and wait until they have ended."""
        self.shutdown()
        self._thread.join()
        with self._lock:
            waiting = list(self._open)
        for request in waiting:  # a browser may hold a connection open without asking anything
            request.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD, one request a connection."""

    server: SiteServer
    server_version = "demonstration"
    sys_version = ""
    timeout = _STALLED_SECONDS

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def _respond(self, *, with_body: bool) -> None:
        path, _, asked = self.path.partition("?")
        query = dict(reversed(parse_qsl(asked)))
        answer = self.server.site.answer(unquote(path), query, self.server.base_url)
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:24]}"'
        fresh = answer.status == 200 and self.headers.get("If-None-Match") == tag
        self.send_response(304 if fresh else answer.status)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", answer.media_type)
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.file_name:
            name = quote(answer.file_name)
            self.send_header("Content-Disposition", f"attachment; filename*=UTF-8''{name}")
        if not fresh:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body and not fresh:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Write no log: the terminal belongs to the demonstration."""
