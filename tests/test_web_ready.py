"""Answers kept ahead of Flask: equal to what Flask gives, and never older than the store."""

import gzip
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import EnvironBuilder, TestResponse

import db
import db.sql.index
import db.sql.index_version
from builders import DISTRICTS, entry_data, fill, put
from db.models import EntryTag
from db.sql.indexed import fields_of
from db.store import Store
from web.every_request import ready
from web_site import Running, run_site

ADDRESSES = ["/", "/?q=tolk", "/?ui=nn&page=1", "/feed.atom", "/feed.json?tag=work", "/opml"]
ASKING = [
    {},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br;q=0.5, zstd"},
    {"Accept-Language": "nn"},
    {"Accept-Language": "en-GB,en;q=0.8", "Host": "localhost"},
]


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now + timedelta(hours=2))


@pytest.fixture
def site(store: Store, now: datetime, clock: Clock) -> Running:
    fill(store, seen=now)
    return run_site(store, clock)


@pytest.fixture
def flask_asked(site: Running) -> list[str]:
    """The addresses that came as far as Flask."""
    asked: list[str] = []
    front = site.app.wsgi_app
    assert isinstance(front, ready.Ready)
    inner = front._inner

    def note(environ, start_response):  # type: ignore[no-untyped-def]
        asked.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    front._inner = note
    return asked


def told(answer: TestResponse) -> tuple[object, ...]:
    return answer.status, sorted(answer.headers), answer.data


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_ready_is_what_flask_would_say(
    site: Running, flask_asked: list[str], address: str
) -> None:
    for headers in ASKING:
        made = site.client.get(address, headers=headers)
        assert made.status_code == 200
        del flask_asked[:]
        ready = site.client.get(address, headers=headers)
        assert not flask_asked, "it was not ready"
        assert told(ready) == told(made)
        for condition in (
            {"If-None-Match": made.headers["ETag"]},
            {"If-None-Match": f'"x", {made.headers["ETag"].removeprefix("W/")}'},
            {"If-None-Match": made.headers["ETag"].removeprefix("W/")},
            {"If-None-Match": "*"},
            {"If-Modified-Since": made.headers["Last-Modified"]},
        ):
            by_flask = site.client.get(address, headers=headers | condition)
            assert len(flask_asked) == 1
            unchanged = site.client.get(address, headers=headers | condition)
            assert len(flask_asked) == 1
            assert told(unchanged) == told(by_flask)
            assert (unchanged.status_code, unchanged.data) == (304, b"")
            assert unchanged.headers["ETag"] == made.headers["ETag"]
            assert "Content-Length" not in unchanged.headers
            del flask_asked[:]
        other = site.client.get(address, headers=headers | {"If-None-Match": 'W/"other"'})
        assert not flask_asked
        assert told(other) == told(made)
        brief = [site.client.head(address, headers=headers) for _ in range(2)]
        assert len(flask_asked) == 1
        for one in brief:
            assert (one.status, sorted(one.headers), one.data) == (*told(made)[:2], b"")


def test_who_has_it_already_makes_nothing_and_is_told_at_once(
    site: Running, flask_asked: list[str]
) -> None:
    tag = site.client.get("/feed.atom").headers["ETag"]
    asking = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert [site.client.get("/feed.atom", headers=asking).status_code for _ in range(3)] == [
        304
    ] * 3
    assert len(flask_asked) == 2
    whole = site.client.get("/feed.atom", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(whole.data) == site.client.get("/feed.atom").data


def test_beside_a_tag_no_date_counts(site: Running) -> None:
    since = {"If-Modified-Since": site.client.get("/").headers["Last-Modified"]}
    assert [site.client.get("/", headers=since).status_code for _ in range(2)] == [304, 304]
    # of the same moment, in another language
    other = since | {"If-None-Match": site.client.get("/?ui=nn").headers["ETag"]}
    assert [site.client.get("/", headers=other).status_code for _ in range(2)] == [200, 200]


def test_an_index_with_other_words_makes_answers_anew(
    store: Store, site: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ("/?q=tolk", "/feed.atom?q=tolk", "/api/entries?q=tolk", "/export.csv?q=tolk")
    former = {one: [site.client.get(one) for _ in range(2)][1] for one in addresses}
    assert all(b"/entries/" in answer.data for answer in former.values())
    monkeypatch.setattr(db.sql.index, "fields_of", lambda *_: fields_of(DISTRICTS, ()))
    monkeypatch.setattr(db.sql.index, "index_version", lambda: "other words")
    monkeypatch.setattr(db.sql.index_version, "index_version", lambda: "other words")
    assert store.entries.reindex() > 0
    for address, answer in former.items():
        present = site.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (present.status_code, b"/entries/" in present.data) == (200, False), address


def test_a_server_may_change_the_headers_it_is_given(site: Running) -> None:
    given: list[list[tuple[str, str]]] = []

    def start_response(
        _status: str, headers: list[tuple[str, str]], _error: object = None, /
    ) -> Callable[[bytes], object]:
        given.append(list(headers))
        headers.append(("Server", "granian"))
        return len

    for _ in range(3):
        environ = EnvironBuilder("/", base_url="http://localhost").get_environ()
        assert b"".join(site.app.wsgi_app(environ, start_response))
    assert given[0] == given[1] == given[2]


def test_what_is_written_here_or_elsewhere_is_seen_at_once(
    store: Store, store_url: str, site: Running, clock: Clock
) -> None:
    other = db.open_store(store_url)
    for number, (writer, address) in enumerate(
        [(store, "/"), (other, "/"), (store, "/feed.atom"), (other, "/feed.atom")]
    ):
        before = site.client.get(address)
        title = f"Ganske ny nummer {number}"
        put(writer, entry_data(key=title, title=title), seen=clock.now)
        clock.now += timedelta(seconds=5)
        after = site.client.get(address, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert title in after.text
        assert title not in before.text
    other.close()


def test_nothing_is_kept_while_its_date_may_still_be_that_of_something_else(
    store: Store, site: Running, clock: Clock
) -> None:
    clock.now = clock.now.replace(microsecond=200_000)
    put(store, entry_data(key="a", title="Først"), seen=clock.now)
    early = site.client.get("/feed.atom")
    clock.now = clock.now.replace(microsecond=600_000)
    put(store, entry_data(key="b", title="Så"), seen=clock.now)
    site.client.get("/feed.atom")
    clock.now += timedelta(seconds=1)
    later = {"If-Modified-Since": early.headers["Last-Modified"]}
    assert site.client.get("/feed.atom", headers=later).status_code == 200


def test_a_listing_is_made_anew_each_day_in_oslo(
    site: Running, clock: Clock, flask_asked: list[str]
) -> None:
    clock.now = clock.now.replace(hour=22, minute=59, second=59)
    site.client.get("/")
    site.client.get("/")
    assert len(flask_asked) == 1
    clock.now += timedelta(seconds=1)
    site.client.get("/")
    assert len(flask_asked) == 2


def test_pages_that_depend_on_more_are_left_to_flask(site: Running, flask_asked: list[str]) -> None:
    for address in ("/sources", "/healthz", "/api/entries", "/?tag=nothing", f"/?q={'x' * 2000}"):
        site.client.get(address)
        site.client.get(address)
    assert len(flask_asked) == 10
    site.client.get("/feed.atom")
    assert site.client.get("/feed.atom", headers={"If-Match": '"x"'}).status_code == 412
    assert site.client.post("/feed.atom").status_code == 405


def test_hosts_and_too_many_requests_are_refused_as_ever(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    site = run_site(store, lambda: now + timedelta(hours=2), requests_per_minute=5)
    statuses = [
        site.client.get("/feed.atom", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code
        for _ in range(8)
    ]
    assert (statuses[0], statuses[-1]) == (200, 429)
    assert site.client.get("/feed.atom", headers={"Host": "evil.example"}).status_code == 400
    assert site.client.get("/feed.atom", headers={"Host": "localhost:1"}).status_code == 200


def test_what_is_ready_is_counted(site: Running) -> None:
    tag = site.client.get("/feed.atom").headers["ETag"]
    for _ in range(3):
        site.client.get("/feed.atom", headers={"If-None-Match": tag})
    said = site.client.get("/metrics").text
    assert 'imdifeed_feed_requests_total{status="304"} 3.0' in said
    assert 'imdifeed_request_seconds_count{view="feeds.feed"} 4.0' in said


def test_what_is_kept_is_bounded(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "MOST_BYTES", 100_000)
    fill(store, seen=clock.now - timedelta(hours=2))
    site = run_site(store, clock)
    front = site.app.wsgi_app
    assert isinstance(front, ready.Ready)
    for number in range(50):
        site.client.get(f"/?q=tolk{number}")
        assert front._answers.size <= 100_000
    assert 0 < len(front._answers) < 50
    for number in range(50):
        site.client.get("/feed.atom", headers={"If-None-Match": f'W/"{number}", W/"x"'})
        assert front._answers.size <= 100_000


@pytest.mark.parametrize("address", ["/", "/feed.json", "/feed.atom?tag=work"])
def test_no_answer_is_older_than_what_was_stored_before_it_was_asked_for(
    store: Store, store_url: str, now: datetime, address: str
) -> None:
    """Two writers store numbered titles; four readers ask all the while."""
    fill(store, seen=now)
    site = run_site(store, lambda: datetime.now(UTC))
    stored = [0, 0]
    done = threading.Event()
    faults: list[str] = []

    def write(writer: int) -> None:
        own = db.open_store(store_url)
        for number in range(1, 40):
            title = f"Nummer {writer}-{number:03}-"
            tags = (EntryTag("work", "title: arbeid", 1.0),)
            data = entry_data(key=f"w{writer}", title=title, tags=tags)
            own.entries.put(data, seen=datetime.now(UTC), first_crawl=False)
            stored[writer] = number
        own.close()

    def read() -> None:
        client, tag, seen = site.app.test_client(), "", [0, 0]
        while not done.is_set():
            least = list(stored)
            answer = client.get(address, headers={"If-None-Match": tag})
            if answer.status_code != 304:
                tag, seen = answer.headers["ETag"], list(_numbers(answer.text))
            if any(one < other for one, other in zip(seen, least, strict=True)):
                faults.append(f"{least} was stored, {seen} was given")

    readers = [threading.Thread(target=read) for _ in range(4)]
    writers = [threading.Thread(target=write, args=(number,)) for number in (0, 1)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert not faults


def _numbers(text: str) -> Iterator[int]:
    for writer in (0, 1):
        yield max(map(int, re.findall(rf"Nummer {writer}-(\d+)-", text)), default=0)
