"""Every spider over every frozen case: what it asks for, what it gives, what it refuses.

A case is a folder `fixtures/<spider>/<case>/` with `pages.json`, the pages it names, and the golden
`items.json`. Pages are driven through the spider's own callbacks, without a reactor.
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urljoin

import pytest
from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawler.health import judge
from crawler.items import EntryItem
from crawler.pipelines import CleanPipeline
from crawler.run import SPIDERS
from crawler.runs.open_run import OpenRun
from db.models import CrawlRun, Page, Source
from db.store import Store

FIXTURES = Path(__file__).parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/pages.json"))


class KnownEntries:
    """As much of a store as spiders look at."""

    def __init__(self, keys: Iterable[str], urls: Iterable[str], shapes: Mapping[str, str]) -> None:
        self.keys = {*keys, *shapes}
        self.stored_urls = set(urls)
        self.shapes = shapes

    @property
    def entries(self) -> "KnownEntries":
        return self

    def known_keys(self, source: str, keys: Iterable[str]) -> set[str]:
        return self.keys & set(keys)

    @property
    def pages(self) -> "KnownEntries":
        return self

    def get(self, source: str, url: str) -> None:
        """Know nothing of any address."""

    def put(self, page: Page) -> None:
        """Forget what is learnt of an address."""

    def urls(self, source: str) -> set[str]:
        return self.stored_urls

    def by_key(self, source: str, key: str) -> SimpleNamespace | None:
        """Give a stored entry as far as it matters: which shape read it, and its date."""
        shape = self.shapes.get(key)
        return SimpleNamespace(shape=shape, published=None) if shape else None


class Drive:
    """A spider driven over the pages of one case."""

    def __init__(self, case: Path, now: datetime) -> None:
        given = json.loads((case / "pages.json").read_text())
        assert given["origin"] in {"authored", "captured"}
        source = Source(**given["source"])
        first = given.get("first", True)
        known = KnownEntries(
            given.get("known", []), given.get("known_urls", []), given.get("stored", {})
        )
        self.open_run = OpenRun(
            source=source,
            store=cast(Store, known),
            run=CrawlRun(id=1, source=source.slug, started=now, first=first),
            clock=lambda: now,
            full=given.get("full", False),
            thorough=first,
        )
        self.pages = {urljoin(source.base_url, page["url"]): page for page in given["pages"]}
        self.case = case
        self.requested: list[str] = []
        self.items: list[EntryItem] = []
        self.rejected: list[list[str]] = []
        self.spider = load_object(SPIDERS[source.spider])(open_run=self.open_run)
        self.clean = CleanPipeline(source.base_url)

    def run(self) -> dict[str, Any]:
        reject = OpenRun.reject

        def record(open_run: OpenRun, what: str, why: str, **cause: Any) -> None:
            self.rejected.append([what, why])
            reject(open_run, what, why, **cause)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(OpenRun, "reject", record)
            waiting = deque(asyncio.run(self._start()))
            while waiting:
                for output in self._answer(waiting.popleft()):
                    if isinstance(output, Request):
                        waiting.append(output)
                    else:
                        self._take(output)
            judgement = judge(self.open_run.tally)
        return {
            "items": [as_json(item) for item in self.items],
            "rejected": self.rejected,
            "verdict": judgement.verdict,
            "reason": judgement.reason,
        }

    async def _start(self) -> list[Request]:
        return [request async for request in self.spider.start()]

    def _answer(self, request: Request) -> Iterable[Any]:
        self.requested.append(request.url)
        page = self.pages[request.url]
        response = make_response(request.url, page, (self.case / page["file"]).read_bytes())
        response.request = request
        if response.status == 200:
            return request.callback(response, **request.cb_kwargs) or ()
        failure = Failure(HttpError(response))
        failure.request = request
        return request.errback(failure) or ()

    def _take(self, item: EntryItem) -> None:
        try:
            self.items.append(self.clean.process_item(item))
            self.open_run.tally.new += 1
        except DropItem as error:
            self.open_run.reject(item.url or item.key, str(error))


def make_response(url: str, page: dict[str, Any], body: bytes) -> Response:
    headers = {"Content-Type": page["content_type"]}
    kind = responsetypes.from_args(headers=None, url=url, body=body)
    return kind(url=url, status=page.get("status", 200), headers=headers, body=body)


def as_json(item: EntryItem) -> dict[str, Any]:
    return {
        name: json.loads(json.dumps(value, default=str))
        for name, value in asdict(item).items()
        if value not in ("", (), None)
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_spider_gives_what_the_golden_says(
    case: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    drive = Drive(case, now)
    found = drive.run()
    golden = case / "items.json"
    expected = json.loads(golden.read_text()) if golden.exists() else None
    if found != expected and request.config.getoption("--update-golden", default=False):
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        pytest.fail(f"{golden.name} was written: read it and run again")
    assert found == expected
    assert set(drive.requested) == set(drive.pages)
    assert len(drive.requested) == len(set(drive.requested)), "a page was asked for twice"


def test_every_spider_has_a_case_and_a_name_in_the_runner() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    loader = SpiderLoader.from_settings(settings)
    assert set(loader.list()) == set(SPIDERS) == {case.parent.name for case in CASES}
    for name, path in SPIDERS.items():
        assert loader.load(name) is load_object(path)


def test_every_file_of_a_case_is_used() -> None:
    for case in CASES:
        named = {page["file"] for page in json.loads((case / "pages.json").read_text())["pages"]}
        there = {path.name for path in case.iterdir()} - {"pages.json", "items.json"}
        assert there == named, case
