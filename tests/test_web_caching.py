"""Answers as caches on the way treat them: the proxy of `deploy/nginx`, before the site."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from builders import entry_data, fill, put
from db.store import Store
from web.data import feeds
from web_site import run_site

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
DELIVERED = Path(__file__).parent.parent / "deploy" / "nginx" / "imdifeed.conf"
#: pages that belong to one reader, and forms
PRIVATE = ["/subscriptions/x", "/confirm/x", "/unsubscribe/x"]
pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed")


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *_: object) -> None:
        """Do nothing."""


@dataclass
class Behind:
    """A site behind a proxy that keeps answers."""

    port: int
    #: what came as far as the site: path, and the tag it was asked about
    asked: list[tuple[str, str]] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Ask the proxy; give status, headers in lower case, and bytes."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _lower(answer.headers), answer.read()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, _lower(answer.headers), answer.read()


def _lower(headers: object) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}  # type: ignore[attr-defined]


@pytest.fixture
def behind(store: Store, now: datetime, tmp_path: Path) -> Iterator[Behind]:
    fill(store, seen=now)
    site = run_site(store, lambda: now + timedelta(hours=2))
    found = Behind(_free_port())

    def asked(environ, start_response):  # type: ignore[no-untyped-def]
        found.asked.append((environ["PATH_INFO"], environ.get("HTTP_IF_NONE_MATCH", "")))
        return site.app.wsgi_app(environ, start_response)

    with make_server("127.0.0.1", 0, asked, WSGIServer, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        (tmp_path / "nginx.conf").write_text(
            _configuration(tmp_path, found.port, server.server_port), "utf-8"
        )
        command = [str(NGINX), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx:
            try:
                _wait(found.port)
                yield found
            finally:
                nginx.terminate()
                nginx.wait(10)
                server.shutdown()
                thread.join()


def _configuration(folder: Path, port: int, site: int) -> str:
    """Give the delivered configuration without TLS and limits, with folders of the test."""
    text = DELIVERED.read_text("utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{site}")
    text = re.sub(r"/var/(?:log|cache)/nginx", str(folder), text)
    text = re.sub(r"\n *(ssl_|limit_|listen |add_header |server_name )[^\n]*", "", text)
    # the first of the two servers leads to TLS
    head, _, secure = text.partition("server {\n")
    served = "server {" + secure.partition("\nserver {")[2].replace("$host;", "localhost;", 1)
    served = served.replace("server {", f"server {{ listen 127.0.0.1:{port};", 1)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"daemon off; {user} pid {folder}/pid; events {{ }} http {{ {temporary}\n{head}"
        f"add_header X-Cache $upstream_cache_status always;\n{served}\n}}"
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx did not start")


@pytest.mark.parametrize("address", ["/feed.atom", "/feed.json?tag=work", "/opml"])
def test_a_feed_is_kept_and_given_with_its_validators(behind: Behind, address: str) -> None:
    status, first, body = behind.get(address)
    assert (status, first["x-cache"]) == (200, "MISS")
    assert first["cache-control"] == "public, max-age=900"
    assert "Accept-Encoding" in first["vary"]
    status, again, same = behind.get(address)
    assert (status, again["x-cache"], same) == (200, "HIT", body)
    assert again["etag"] == first["etag"]
    status, known, nothing = behind.get(address, If_None_Match=first["etag"])
    assert (status, nothing) == (304, b"")
    assert {name: known[name] for name in ("etag", "cache-control", "vary")} == {
        name: first[name] for name in ("etag", "cache-control", "vary")
    }
    assert len(behind.asked) == 1


def test_codings_are_kept_apart(behind: Behind) -> None:
    whole = behind.get("/feed.atom")[2]
    for coding in ("gzip", "br"):
        for _ in range(2):
            _, headers, body = behind.get("/feed.atom", Accept_Encoding=coding)
            assert headers["content-encoding"] == coding
            assert body != whole
    assert behind.get("/feed.atom")[2] == whole
    assert len(behind.asked) == 3


def test_a_feed_whose_time_is_over_is_asked_about_and_not_sent_again(
    behind: Behind, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PUBLIC_FEED", "public, max-age=1")
    _, first, body = behind.get("/feed.atom")
    time.sleep(2.1)
    status, again, same = behind.get("/feed.atom")
    assert (status, again["x-cache"], same) == (200, "REVALIDATED", body)
    assert behind.asked[-1] == ("/feed.atom", first["etag"])
    put(store, entry_data(key="new", title="Helt nytt"), seen=now + timedelta(minutes=5))
    time.sleep(2.1)
    assert "Helt nytt" in behind.get("/feed.atom")[2].decode()


def test_a_listing_is_asked_about_each_time_and_never_old(
    behind: Behind, store: Store, now: datetime
) -> None:
    first = behind.get("/")[1]
    assert first["cache-control"] == "public, no-cache"
    assert {"Accept-Encoding", "Accept-Language"} <= set(first["vary"].split(", "))
    assert behind.get("/", If_None_Match=first["etag"])[0] == 304
    put(store, entry_data(key="new", title="Helt nytt"), seen=now + timedelta(minutes=5))
    status, _, body = behind.get("/", If_None_Match=first["etag"])
    assert status == 200
    assert "Helt nytt" in body.decode()
    assert "Published" in behind.get("/", Accept_Language="en")[2].decode()
    assert len(behind.asked) == 4


@pytest.mark.parametrize("address", PRIVATE)
def test_what_belongs_to_one_reader_is_kept_by_nobody(behind: Behind, address: str) -> None:
    for _ in range(2):
        headers = behind.get(address)[1]
        assert headers["cache-control"] == "no-store"
        assert "x-cache" not in headers or headers["x-cache"] in {"", "MISS", "BYPASS"}
    assert len(behind.asked) == 2
