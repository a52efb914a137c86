"""Several crawlers, on one machine or on many: who crawls what, and when a host is asked again."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

import db
from builders import NEWS, PRESS
from crawl_site import Answer, Site, crawl_apart, press_room, release, serve_sites, start_crawl
from crawler.runs.turns import LASTING, Turn, Turns, at_work
from db.errors import LeaseLostError
from db.models import CrawlRun, Source
from db.store import Store

__all__ = ["serve_sites"]

SECOND = timedelta(seconds=1)
ELSEWHERE = "elsewhere:11111111:1:1:1:1"


class Crawler:
    """A crawler whose clock the test holds."""

    def __init__(
        self, store: Store, at: list[datetime], *sources: Source, full: bool = False
    ) -> None:
        self.left: list[tuple[str, CrawlRun | None]] = []
        self.store = store
        self.turns = Turns(
            sources,
            store,
            clock=lambda: at[0],
            full=full,
            on_left=lambda source, run: self.left.append((source.slug, run)),
        )

    def next(self) -> Turn:
        turn = self.turns.next()
        assert turn is not None
        return turn

    def finish(self, turn: Turn, at: list[datetime], *, host_free: datetime | None = None) -> None:
        run = self.store.crawls.begin(turn.source.slug, now=at[0])
        self.store.crawls.finish(replace(run, finished=at[0], complete=True))
        self.turns.give_back(turn, host_free=host_free or at[0])


def sources(count: int, host: str = "https://kommunikasjon.ntb.no") -> list[Source]:
    return [replace(PRESS, slug=f"room-{number}", base_url=host) for number in range(count)]


def test_two_crawlers_share_what_there_is_and_nothing_is_crawled_twice(
    store: Store, now: datetime
) -> None:
    at = [now]
    chosen = [*sources(4), NEWS]
    both = [Crawler(store, at, *chosen), Crawler(store, at, *chosen)]
    crawled = []
    waited = 0
    while any(one.turns.waiting for one in both):
        taken = [(one, one.turns.next()) for one in both]
        hosts = [turn.host.name for _, turn in taken if turn]
        assert len(hosts) == len(set(hosts)), "a host meets one of them at a time"
        waited += None in [turn for _, turn in taken]
        for one, turn in taken:
            if turn:
                crawled.append(turn.source.slug)
                one.finish(turn, at)
        at[0] += SECOND
    assert sorted(crawled) == sorted(source.slug for source in chosen)
    assert waited
    left = [(slug, run) for one in both for slug, run in one.left]
    assert sorted(slug for slug, _ in left) == sorted(crawled)
    assert any(run and run.finished for _, run in left)
    assert any(run is None for _, run in left)


def test_what_another_is_at_work_on_is_left_to_it(store: Store, now: datetime) -> None:
    at = [now]
    (room,) = sources(1)
    first, second = Crawler(store, at, room), Crawler(store, at, room)
    turn = first.next()
    assert at_work(store, now=now) == {"room-0"}
    assert second.turns.next() is None
    assert (second.turns.waiting, second.left) == (False, [("room-0", None)])
    first.finish(turn, at)
    assert at_work(store, now=now) == set()


def test_a_full_crawl_does_not_take_another_s_word(store: Store, now: datetime) -> None:
    at = [now]
    (room,) = sources(1)
    full, quick = Crawler(store, at, room, full=True), Crawler(store, at, room)
    quick.finish(quick.next(), at)
    assert full.next().source is room


def test_a_host_is_left_in_peace_for_its_delay(store: Store, now: datetime) -> None:
    at = [now]
    crawler = Crawler(store, at, *sources(2), NEWS)
    crawler.finish(crawler.next(), at, host_free=now + 2 * SECOND)
    assert crawler.next().source is NEWS, "another host is asked meanwhile"
    assert crawler.turns.next() is None
    assert crawler.turns.pause() == 1.0, "others may give up a host at any time"
    at[0] += 1.75 * SECOND
    assert crawler.turns.pause() == 0.25
    at[0] += 0.25 * SECOND
    assert crawler.next().source.slug == "room-1"
    assert not crawler.turns.waiting


def test_a_crawler_that_died_elsewhere_is_followed_when_its_lease_runs_out(
    store: Store, now: datetime
) -> None:
    at = [now]
    (room,) = sources(1)
    for name in ("host kommunikasjon.ntb.no", "source room-0"):
        assert store.leases.take(name, ELSEWHERE, now=now, lasting=LASTING)
    at[0] += LASTING - SECOND
    store.one_machine = False  # type: ignore[misc]
    impatient = Crawler(store, at, room)
    assert impatient.turns.next() is None
    assert impatient.left == [("room-0", None)]
    at[0] += SECOND
    assert Crawler(store, at, room).next().source is room


def test_a_crawler_that_died_here_is_followed_at_once(store: Store, now: datetime) -> None:
    at = [now]
    (room,) = sources(1)
    code = "import db.holders as holders; print(holders.own_name())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in ("host kommunikasjon.ntb.no", "source room-0"):
        assert store.leases.take(name, ended.stdout.strip(), now=now, lasting=LASTING)
    assert Crawler(store, at, room).next().source is room


def test_who_was_away_for_too_long_learns_that_it_lost_its_turn(
    store: Store, now: datetime
) -> None:
    at = [now]
    (room,) = sources(1)
    slow = Crawler(store, at, room)
    turn = slow.next()
    at[0] += LASTING / 2
    assert slow.turns.renew() == []
    at[0] += LASTING
    other = Crawler(store, at, room)
    other.next()
    assert slow.turns.renew() == [turn]
    with pytest.raises(LeaseLostError):
        store.fenced(turn.lease).crawls.begin(room.slug, now=at[0])
    slow.turns.give_back(turn, host_free=at[0])
    assert other.turns.renew() == [], "giving back what is lost takes nothing from others"


def publish(site: Site, rooms: int) -> list[dict[str, object]]:
    """Put press rooms of three releases each on a site; give them as sources."""
    made = []
    for room in range(rooms):
        releases = [release(100 * room + number, f"Melding {number}") for number in range(1, 4)]
        for one in releases:
            one["publisher"]["id"] = room
            site.say(f"/public-website-api/release/{one['id']}", one)
        paging = {"count": 3, "itemsPerPage": 50, "page": 0}
        path = f"/public-website-api/pressroom/{room}/releases/50/0"
        site.say(path, {"paging": paging, "releases": releases})
        made.append({**press_room(site.base_url, f"room-{room}"), "publisher_id": room})
    return made


def test_three_processes_at_once_ask_for_everything_once_and_keep_the_pause_between_them(
    serve: Callable[[], Site], store_url: str
) -> None:
    site = serve()
    delay = 0.15
    rooms = [{**room, "delay": delay} for room in publish(site, 3)]
    db.open_store(store_url).close()
    crawls = [start_crawl(store_url, *rooms) for _ in range(3)]
    outputs = [json.loads(crawl.end(timeout=100).stdout) for crawl in crawls]
    runs = [run for output in outputs for run in output["runs"]]
    assert sorted(run["source"] for run in runs) == ["room-0", "room-1", "room-2"]
    assert all((run["new"], run["verdict"]) == (3, "ok") for run in runs)
    pages = [path for path in site.paths if path != "/robots.txt"]
    assert sorted(pages) == sorted(set(pages))
    moments = [moment for _, moment, _ in site.asked]
    assert min(after - before for before, after in pairwise(moments)) >= delay


def test_the_pause_begins_when_a_request_is_answered(
    serve: Callable[[], Site], store_url: str
) -> None:
    site = serve()
    (room,) = publish(site, 1)
    answered = []

    def slowly(path: str) -> Callable[[], Answer]:
        answer = site.answers[path]
        assert isinstance(answer, tuple)

        def answering() -> Answer:
            time.sleep(0.2)
            answered.append(time.monotonic())
            return answer

        return answering

    site.say("/robots.txt", "")
    site.answers = {path: slowly(path) for path in site.answers}
    (run,) = crawl_apart(store_url, {**room, "delay": 0.3})["runs"]
    assert run["new"] == 3
    came = [moment for _, moment, _ in site.asked]
    assert len(came) == 5
    assert min(after - before for before, after in zip(answered, came[1:], strict=False)) >= 0.3


def test_a_crawler_that_was_stopped_for_too_long_stores_nothing_any_more(
    serve: Callable[[], Site], store_url: str
) -> None:
    site = serve()
    (room,) = publish(site, 1)
    released = []

    def slowly() -> tuple[int, dict[str, str], bytes]:
        while not released:
            time.sleep(0.01)
        return answer

    path = "/public-website-api/release/1"
    answer = site.answers[path]
    assert isinstance(answer, tuple)
    site.answers[path] = slowly
    crawl = start_crawl(store_url, room)
    while path not in site.paths:
        assert crawl.poll() is None
        time.sleep(0.01)
    crawl.send_signal(signal.SIGSTOP)
    store = db.open_store(store_url)
    before = [entry.key for entry in store.entries.walk()]
    # as another machine would, two minutes later
    later = datetime.now(UTC) + LASTING + SECOND
    assert store.leases.take("source room-0", ELSEWHERE, now=later, lasting=LASTING)
    crawl.send_signal(signal.SIGCONT)
    released.append(True)
    done = crawl.end(timeout=60)
    assert json.loads(done.stdout)["runs"] == [], done.stderr
    assert "room-0: source room-0 was taken over by another process" in done.stderr
    assert [entry.key for entry in store.entries.walk()] == before
    assert store.crawls.recent("room-0", limit=5) == []
    store.close()
