"""Servers that mean harm: the crawl ends with a verdict, in bounded time and memory."""

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import feedparser
import pytest

import db
from crawl_site import LIST, SCRIPT, Site, news, press_room, release, serve_sites
from nursery import run_script
from web_site import run_site

__all__ = ["serve_sites"]

#: megabytes a crawl may take whatever comes
MOST_MEMORY = 300
#: VmHWM of proc(5), and answers awaited for two seconds instead of thirty
MEASURED = (
    "import crawler.settings\ncrawler.settings.DOWNLOAD_TIMEOUT = 2\n"
    + SCRIPT
    + "\nimport re, pathlib\nstatus = pathlib.Path('/proc/self/status').read_text()"
    "\nprint(int(re.search(r'VmHWM:\\s*([0-9]+) kB', status)[1]) // 1024)"
)
SCRIPTED = '<script>alert(1)</script><img src=x onerror="alert(2)">'


class Active(HTMLParser):
    """Finds what would run in a browser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # a block of data is no script (HTML, 4.12.1.1), and the policy forbids all others
        is_data = tag == "script" and ("type", "application/ld+json") in attrs
        if tag in {"script", "iframe", "object", "embed", "img"} and not is_data:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{name}={value}")


def crawl(store_url: str, source: Any) -> dict[str, Any]:
    """Crawl in a process of its own; give the run, after looking at what it took."""
    given = {"database": store_url, "sources": [source], "full": False}
    done = run_script(MEASURED, json.dumps(given), timeout=100)
    assert done.returncode == 0, done.stderr[-3000:]
    told, megabytes = done.stdout.splitlines()
    assert int(megabytes) < MOST_MEMORY
    (run,) = json.loads(told)["runs"]
    return dict(run)


def zeros(megabytes: int, *, wbits: int) -> bytes:
    """Compress so many megabytes of spaces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    chunk = b" " * (1 << 20)
    return b"".join(packer.compress(chunk) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize(
    # a robots.txt that is too large counts as none
    ("path", "verdicts"),
    [("/robots.txt", {"ok", "quiet"}), (LIST, {"broken"})],
)
def test_two_hundred_megabytes_in_a_small_parcel(
    serve: Callable[[], Site], store_url: str, path: str, verdicts: set[str]
) -> None:
    site = serve()
    site.publish(release(1, "Kommunene bosetter flyktninger"))
    bomb = zeros(200, wbits=31)
    assert len(bomb) < 300_000
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    site.answers[path] = (200, headers, bomb)
    assert crawl(store_url, press_room(site.base_url))["verdict"] in verdicts


def test_a_parcel_in_a_parcel(serve: Callable[[], Site], store_url: str) -> None:
    site = serve()
    body = gzip.compress(zeros(200, wbits=31))
    headers = {"Content-Encoding": "gzip, gzip", "Content-Type": "application/json"}
    site.answers[LIST] = (200, headers, body)
    assert crawl(store_url, press_room(site.base_url))["verdict"] == "broken"


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
    + ']><rss version="2.0"><channel><title>&k;</title><item><title>&k;</title></item>'
    "</channel></rss>"
)
SECRET_FILE = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<rss version="2.0"><channel><item><title>&x;</title><guid>1</guid></item></channel></rss>'
)


@pytest.mark.parametrize("feed", [BILLION_LAUGHS, SECRET_FILE], ids=["laughs", "file"])
def test_entities_are_not_expanded(serve: Callable[[], Site], store_url: str, feed: str) -> None:
    site = serve()
    site.answers["/no/rss/Rss/2581966/"] = (200, {"Content-Type": "text/xml"}, feed.encode())
    source = news(site.base_url) | {"slug": "regjeringen", "spider": "regjeringen"}
    run = crawl(store_url, source)
    assert run["new"] == 0
    assert "root:" not in json.dumps(run)


def test_markup_ten_thousand_deep(serve: Callable[[], Site], store_url: str) -> None:
    site = serve()
    deep = "<div>" * 10_000 + "Kommunene bosetter flyktninger." + "</div>" * 10_000
    site.publish(
        release(1, "Dyp", deep), release(2, "Grunn"), release(3, "Uendelig", "<b>" * 100_000)
    )
    site.say("/", deep)
    run = crawl(store_url, press_room(site.base_url))
    assert run["new"] + run["rejected"] == 3
    assert run["new"] >= 1
    assert crawl(store_url, news(site.base_url))["verdict"] == "broken"


def test_brackets_ten_thousand_deep_in_a_record(serve: Callable[[], Site], store_url: str) -> None:
    site = serve()
    body = b"[" * 100_000 + b"]" * 100_000
    site.answers[LIST] = (200, {"Content-Type": "application/json"}, body)
    assert crawl(store_url, press_room(site.base_url))["verdict"] == "broken"


def test_redirects_without_end_and_to_elsewhere(serve: Callable[[], Site], store_url: str) -> None:
    site, elsewhere = serve(), serve()
    counter = iter(range(10**9))
    site.answers[LIST] = lambda: (302, {"Location": f"{LIST}?{next(counter)}"}, b"")
    ways = {"Location": f"{elsewhere.base_url}/", "Content-Type": "text/html"}
    for n in range(100):
        site.answers[f"{LIST}?{n}"] = (302, {"Location": f"{LIST}?{n + 1}"}, b"")
    for path in ("/json/v2/releases?publisherId=89626", "/rss/releases/latest?publisherId=89626"):
        site.answers[path] = (302, ways, b"")
    run = crawl(store_url, press_room(site.base_url))
    assert run["verdict"] == "broken"
    assert len(site.asked) < 60
    assert elsewhere.asked == []


def test_script_in_every_field_reaches_nobody(serve: Callable[[], Site], store_url: str) -> None:
    site = serve()
    made = release(1, f"Melding {SCRIPTED}", f"<p>Tekst {SCRIPTED}</p><iframe src=//evil></iframe>")
    version = made["versions"]["no"]
    for name in ("type", "leadtext", "summary", "ingress", "url", "keywords"):
        version[name] = SCRIPTED
    made["date"] = f"2025-03-02T07:00:00.000Z{SCRIPTED}"
    made["images"] = made["documents"] = [{"url": "javascript:alert(3)", "description": SCRIPTED}]
    plain = release(2, f"Melding {SCRIPTED}", f"<p>Tekst {SCRIPTED}</p>")
    site.publish(made, plain)
    run = crawl(store_url, press_room(site.base_url))
    assert run["new"] >= 1

    store = db.open_store(store_url)
    at = next(store.entries.walk()).first_seen
    client = run_site(store, lambda: at).client
    pages = ["/", "/sources", *(f"/entries/{entry.id}" for entry in store.entries.walk())]
    texts = [client.get(path, follow_redirects=True).get_data(as_text=True) for path in pages]
    for path in ("/feed.atom", "/feed.rss"):
        feed = feedparser.parse(client.get(path).get_data(), sanitize_html=False)
        assert feed.entries
        texts += [part.value for entry in feed.entries for part in entry.get("content", [])]
        texts += [entry.summary for entry in feed.entries]
    texts += [one["content_html"] for one in client.get("/feed.json").get_json()["items"]]
    for text in texts:
        assert "Melding" in text or "Tekst" in text or "Saken" in text or "Kilder" in text
        assert not Active(text).found
    store.close()


@pytest.fixture
def dripping() -> Iterator[str]:
    """Serve headers a byte a second, and never come to an end."""
    stop = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def drip(connection: socket.socket) -> None:
        with connection:
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 10_000:
                if stop.wait(0.25):
                    return
                try:
                    connection.send(bytes([byte]))
                except OSError:
                    return

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    stop.set()
    server.close()


def test_a_server_that_drips(dripping: str, store_url: str) -> None:
    begun = time.monotonic()
    run = crawl(store_url, press_room(dripping))
    assert (run["verdict"], run["cause"]) == ("broken", "unreachable")
    assert time.monotonic() - begun < 60
