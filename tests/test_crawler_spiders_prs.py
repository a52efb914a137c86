"""Press rooms over several runs: what is asked for, how often, and what becomes of it."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.pipelines import pipelines_for
from crawler.runs.open_run import OpenRun
from crawler.spiders.prs import MOST_PAGES, PrsSpider
from db.models import CrawlRun, Entry, Page, Source, Verdict
from db.query import EntryQuery
from db.store import Store

BASE = "https://kommunikasjon.ntb.no"
LIST = "/public-website-api/pressroom/89626/releases/5/{}"
FEED = "/json/v2/releases?publisher=89626&size=5&page={}"
RSS = "/rss/releases/latest?publisherId=89626"
SOURCE = Source(
    slug="imdi-press-releases",
    spider="prs",
    name="IMDi: pressemeldinger",
    publisher="IMDi",
    base_url=BASE,
    publisher_id=89626,
)


class Room:
    """A press room whose answers are made as they are asked for."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store = store
        self.now = now
        self.releases: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.size = 5
        store.vocabulary.declare([SOURCE], [], now=now)

    def publish(self, number: int, title: str = "", **version: Any) -> dict[str, Any]:
        release = {
            "id": number,
            "date": "2026-10-01T07:21:34.266Z",
            "versions": {
                "no": {
                    "title": title or f"Pressemelding {number}",
                    "metadescription": "Kort sagt.",
                    "body": f"<p>Tekst {number}.</p>",
                    "url": f"/release/{number}/slug?publisherId=89626&lang=no",
                    **version,
                }
            },
        }
        self.releases.insert(0, release)
        return release

    def crawl(self, *, full: bool = False, revisit: Page | None = None) -> CrawlRun:
        """Run the spider once; a day passes."""
        self.asked = []
        self.now += timedelta(days=1)
        run = OpenRun.begin(SOURCE, self.store, clock=lambda: self.now, full=full)
        spider = PrsSpider(open_run=run)
        pipelines = pipelines_for(run)
        waiting: deque[Request] = deque(asyncio.run(_first(spider)))
        if revisit is not None and (request := spider.revisit(revisit)):
            waiting.append(request)
        while waiting:
            request = waiting.popleft()
            for output in self._answer(request):
                if isinstance(output, Request):
                    waiting.append(output)
                    continue
                try:
                    for pipeline in pipelines:
                        output = pipeline.process_item(output)
                except DropItem as error:
                    run.reject(output.key, str(error))
        return run.finish()

    def entries(self) -> dict[str, Entry]:
        found = self.store.entries.newest(EntryQuery(), 1000)
        return {entry.key: entry for entry in found}

    def _answer(self, request: Request) -> Iterator[Any]:
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.asked.append(path)
        status, body = self._page(path)
        kind = responsetypes.from_args(headers=None, url=request.url, body=body)
        headers = {"Content-Type": "text/html; charset=utf-8"}
        response: Response = kind(url=request.url, status=status, body=body, headers=headers)
        response.request = request
        if status == 200:
            yield from request.callback(response, **request.cb_kwargs) or ()
        else:
            failure = Failure(HttpError(response))
            failure.request = request
            yield from request.errback(failure) or ()

    def _page(self, path: str) -> tuple[int, bytes]:
        answer = self.answers.get(path)
        if callable(answer):
            answer = answer()
        if answer is None and path.startswith("/public-website-api/"):
            answer = self._interface(path)
        if isinstance(answer, int):
            return answer, b"<html></html>"
        if answer is None:
            return 404, b"<html></html>"
        return 200, answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()

    def _interface(self, path: str) -> Any:
        last = int(path.rsplit("/", 1)[-1])
        if "/pressroom/" in path:
            paging = {"count": len(self.releases), "itemsPerPage": self.size, "page": last}
            shown = self.releases[last * self.size : (last + 1) * self.size]
            return {"paging": paging, "releases": shown}
        return next((release for release in self.releases if release["id"] == last), None)


async def _first(spider: PrsSpider) -> list[Request]:
    return [request async for request in spider.start()]


@pytest.fixture
def room(store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr("crawler.spiders.prs.PAGE_SIZE", 5)
    return Room(store, now)


def detail(number: int) -> str:
    return f"/public-website-api/release/{number}"


def test_all_of_history_and_then_one_request_a_run(room: Room) -> None:
    for number in range(1, 13):
        room.publish(number)
    assert room.crawl().new == 12
    assert room.asked.count(LIST.format(0)) == 1
    assert len(room.asked) == 15
    assert room.crawl().verdict is Verdict.OK
    assert room.asked == [LIST.format(0)]


def test_a_new_release_is_two_requests_more(room: Room) -> None:
    for number in range(1, 13):
        room.publish(number)
    room.crawl()
    room.publish(13)
    assert room.crawl().new == 1
    assert room.asked == [LIST.format(0), detail(13), LIST.format(1)]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Rettet tittel"},
        {"metadescription": "Rettet ingress."},
    ],
)
def test_what_the_list_says_anew_is_read_again_once(room: Room, change: dict[str, str]) -> None:
    for number in range(1, 5):
        room.publish(number)
    room.crawl()
    room.releases[2]["versions"]["no"].update(change)
    run = room.crawl()
    assert room.asked == [LIST.format(0), detail(2)]
    assert run.changed == 1
    room.crawl()
    assert room.asked == [LIST.format(0)]


def test_a_change_whose_release_could_not_be_had_is_tried_again(room: Room) -> None:
    room.publish(2)
    room.publish(1, metadescription="Før.")
    room.crawl()
    room.releases[0]["versions"]["no"]["metadescription"] = "Etter."
    room.answers[detail(1)] = 500
    assert room.crawl().verdict is Verdict.DEGRADED
    del room.answers[detail(1)]
    assert room.crawl().changed == 1
    assert room.entries()["1/no"].lead == "Etter."


def test_a_full_run_reads_all_and_changes_nothing(room: Room) -> None:
    for number in range(1, 7):
        room.publish(number)
    room.crawl()
    run = room.crawl(full=True)
    assert (run.new, run.changed, run.unchanged) == (0, 0, 6)
    assert len(room.asked) == 8


def test_equal_titles_are_releases_of_their_own(room: Room) -> None:
    for number in (1, 2, 3):
        room.publish(number, "Møte i nemnda")
    room.crawl()
    assert set(room.entries()) == {"1/no", "2/no", "3/no"}


def test_language_versions_are_linked(room: Room) -> None:
    release = room.publish(7)
    release["versions"]["en"] = {"title": "Press release", "body": "<p>Text.</p>"}
    room.publish(8)
    room.crawl()
    entries = room.entries()
    assert [(key, entries[key].work) for key in sorted(entries)] == [
        *(("7/en", "7"), ("7/no", "7"), ("8/no", ""))
    ]
    (other,) = room.store.entries.versions(entries["7/no"].id)
    assert other.key == "7/en"


def test_a_language_that_comes_later_is_found(room: Room) -> None:
    release = room.publish(7)
    room.crawl()
    release["versions"]["en"] = {"title": "Press release", "body": "<p>Text.</p>"}
    assert room.crawl().new == 1
    assert {entry.work for entry in room.entries().values()} == {"7"}


def test_scheduled_releases_may_lie_ahead(room: Room) -> None:
    release = room.publish(7)
    release["date"] = (room.now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    room.crawl()
    published = room.entries()["7/no"].published
    assert published is not None
    assert published.moment > room.now


def test_releases_that_come_while_paging_are_read_once(room: Room) -> None:
    for number in range(1, 13):
        room.publish(number)

    def later() -> Any:
        if len(room.releases) == 12:
            room.publish(13)
        return room._interface(LIST.format(1))

    room.answers[LIST.format(1)] = later
    assert room.crawl().new == 12
    assert len(room.asked) == len(set(room.asked))
    assert room.crawl().new == 1


def test_a_page_full_that_comes_while_paging_hides_none(room: Room) -> None:
    for number in range(1, 13):
        room.publish(number)

    def later() -> Any:
        if len(room.releases) == 12:
            for number in range(13, 18):
                room.publish(number)
        return room._interface(LIST.format(1))

    room.answers[LIST.format(1)] = later
    assert room.crawl().new == 12
    assert room.crawl().new == 5


def test_releases_that_go_while_paging_hide_none(room: Room) -> None:
    for number in range(1, 13):
        room.publish(number)

    def later() -> Any:
        if len(room.releases) == 12:
            del room.releases[3]
        return room._interface(LIST.format(1))

    room.answers[LIST.format(1)] = later
    room.crawl()
    assert {int(key.partition("/")[0]) for key in room.entries()} >= {
        release["id"] for release in room.releases
    }


def endless(room: Room) -> Callable[[], Any]:
    numbers = iter(range(10**6, 0, -1))

    def answer() -> Any:
        versions = {"no": {"title": "Uten ende"}}
        return {"releases": [{"id": next(numbers), "versions": versions}]}

    return answer


def test_servers_without_an_end_are_left(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.spiders.prs.MOST_PAGES", 5)
    answer = endless(room)
    for page in range(MOST_PAGES):
        room.answers[LIST.format(page)] = answer
    run = room.crawl()
    assert len([path for path in room.asked if "/pressroom/" in path]) == 5
    assert run.verdict is not Verdict.OK


def test_a_list_that_goes_round_is_left(room: Room) -> None:
    for number in range(1, 4):
        room.publish(number)
    page = {"paging": {"count": 10**6}, "releases": room.releases}
    for number in range(10):
        room.answers[LIST.format(number)] = page
    assert room.crawl().new == 3
    assert len(room.asked) == 5


def test_a_later_page_that_fails_loses_no_other(room: Room) -> None:
    for number in range(1, 13):
        room.publish(number)
    room.answers[LIST.format(1)] = 500
    run = room.crawl()
    assert (run.new, run.verdict) == (5, Verdict.DEGRADED)
    del room.answers[LIST.format(1)]
    assert room.crawl().new == 7


def release_page(number: int, title: str, text: str) -> str:
    return (
        f"<html><head><link rel='canonical' href='/pressemelding/{number}/slug'></head><body>"
        f"<h1 class='text-elements__Title-sc-1-0'>{title}</h1>"
        "<p class='release__Byline-sc-1-1'>1.10.2026 09:21:34 CEST | Pressemelding</p>"
        "<p class='text-elements__Leadtext-sc-1-2'>Kort sagt.</p>"
        f"<div class='release__PublicationContent-sc-1-0'>{text}</div></body></html>"
    )


def page_of(number: int) -> str:
    return f"/pressemelding/{number}/slug?publisherId=89626&lang=no"


def test_a_release_without_record_is_read_from_its_page(room: Room) -> None:
    room.publish(1)
    room.publish(2)
    room.answers[detail(1)] = 500
    room.answers[page_of(1)] = release_page(1, "Pressemelding 1", "<p>Tekst 1.</p>")
    room.crawl()
    entries = room.entries()
    assert (entries["1/no"].shape, entries["2/no"].shape) == ("prs_page", "prs_api")
    assert entries["1/no"].body_text == "Tekst 1."


def wall_in(room: Room) -> None:
    """Close the interface and open RSS and pages."""
    for path in (LIST.format(0), FEED.format(0), *map(detail, range(10))):
        room.answers[path] = 403
    items = ""
    for release in room.releases:
        version = release["versions"]["no"]
        link = f"{BASE}{page_of(release['id'])}".replace("&", "&amp;")
        items += f"<item><title>{version['title']}</title><link>{link}</link></item>"
        text = release_page(release["id"], version["title"], version["body"])
        room.answers[page_of(release["id"])] = text
    room.answers[RSS] = f"<rss version='2.0'><channel>{items}</channel></rss>"


def test_what_was_read_better_stays_while_a_way_stands_in(room: Room) -> None:
    room.publish(1, body="<p>Tekst <b>en</b>.</p>")
    room.publish(2)
    room.crawl()
    before = room.entries()
    room.publish(3)
    wall_in(room)
    run = room.crawl()
    assert (run.new, run.changed, run.verdict) == (1, 0, Verdict.DEGRADED)
    assert "403 Forbidden; the releases were listed by RSS instead" in run.reason
    assert room.asked == [LIST.format(0), FEED.format(0), RSS, page_of(3)]
    after = room.entries()
    assert after.pop("3/no").shape == "prs_page"
    assert after == before
    room.answers.clear()
    assert room.crawl().verdict is Verdict.OK


def test_a_full_run_by_pages_does_not_spoil_what_the_interface_gave(room: Room) -> None:
    room.publish(1)
    room.crawl()
    wall_in(room)
    room.answers[page_of(1)] = release_page(1, "Pressemelding 1", "<p>En annen form.</p>")
    run = room.crawl(full=True)
    assert (run.changed, run.unchanged) == (0, 1)
    assert room.entries()["1/no"].body_text == "Tekst 1."


def test_a_changed_title_is_taken_from_any_form(room: Room) -> None:
    room.publish(1)
    room.crawl()
    room.releases[0]["versions"]["no"]["title"] = "Ny tittel"
    wall_in(room)
    assert room.crawl().changed == 1
    assert room.entries()["1/no"].title == "Ny tittel"


def test_the_json_feed_is_read_without_details_and_stops_early(room: Room) -> None:
    def record(number: int) -> dict[str, Any]:
        return {
            "id": number,
            "title": f"Pressemelding {number}",
            "body": f"<p>Tekst {number}.</p>",
            "published": "2026-10-01T09:21:34+02:00",
            "publisher": {"id": 89626},
            "language": "no",
        }

    for page in range(3):
        numbers = range(15 - page * 5, 10 - page * 5, -1)
        following = page + 1 if page < 2 else None
        room.answers[FEED.format(page)] = {
            "releases": [record(number) for number in numbers],
            "nextPage": following,
        }
    room.answers[LIST.format(0)] = "<html>Vedlikehold</html>"
    assert room.crawl().new == 15
    assert room.asked == [LIST.format(0), *(FEED.format(page) for page in range(3))]
    assert {entry.shape for entry in room.entries().values()} == {"prs_json_v2"}
    assert room.crawl().unchanged == 5
    assert room.asked == [LIST.format(0), FEED.format(0)]


def test_revisits_ask_again_where_a_release_was_read(room: Room) -> None:
    room.publish(1)
    room.crawl()
    room.releases[0]["versions"]["no"]["body"] = "<p>Rettet tekst.</p>"
    known = Page(
        source=SOURCE.slug, url=BASE + detail(1), keys=("1/no",), fetched=room.now, due=room.now
    )
    assert room.crawl(revisit=known).changed == 1
    assert room.asked == [LIST.format(0), detail(1)]
    by_page = Page(
        source=SOURCE.slug, url=BASE + page_of(1), keys=("1/no",), fetched=room.now, due=room.now
    )
    room.store.pages.put(by_page)
    room.crawl(revisit=by_page)
    assert room.asked == [LIST.format(0), detail(1)], "the interface is back"
    assert room.store.pages.due(SOURCE.slug, now=room.now, limit=9) == []
    unknown = Page(source=SOURCE.slug, url=BASE + detail(9), keys=("9/no",), fetched=room.now)
    room.crawl(revisit=unknown)
    assert room.asked == [LIST.format(0)]


def test_a_release_gone_from_interface_and_page_is_gone(room: Room) -> None:
    room.publish(1)
    room.publish(2)
    room.crawl()
    known = Page(
        source=SOURCE.slug, url=BASE + detail(1), keys=("1/no",), fetched=room.now, due=room.now
    )
    room.store.pages.put(known)
    room.releases.pop()
    for _ in range(2):
        run = room.crawl(revisit=room.store.pages.get(SOURCE.slug, known.url))
        assert room.asked == [LIST.format(0), detail(1), page_of(1)]
        assert run.rejected == 0
    assert room.entries()["1/no"].withdrawn is not None


def test_a_release_whose_page_still_stands_is_not_gone(room: Room) -> None:
    room.publish(1)
    room.publish(2)
    room.crawl()
    known = Page(
        source=SOURCE.slug, url=BASE + detail(1), keys=("1/no",), fetched=room.now, due=room.now
    )
    room.store.pages.put(known)
    room.releases.pop()
    room.answers[page_of(1)] = release_page(1, "Pressemelding 1", "<p>Tekst 1.</p>")
    for _ in range(2):
        room.crawl(revisit=room.store.pages.get(SOURCE.slug, known.url))
    assert room.entries()["1/no"].withdrawn is None
