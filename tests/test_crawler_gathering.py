"""Entries stored together when they come thick and fast, and alone when they do not."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from builders import NEWS, entry_data
from crawler.fetching.visits import MOST_WAITING
from crawler.runs import gathering as module
from crawler.runs.gathering import PAUSE, TOGETHER, Gathering
from crawler.runs.open_run import OpenRun
from db.errors import StoreError, StoreUnavailableError
from db.models import EntryData, Source
from db.store import Store

SOURCE = Source(slug=NEWS.slug, spider="imdi", name="N", publisher="IMDi", base_url="http://x")


def data(number: int) -> EntryData:
    return entry_data(source=SOURCE.slug, key=str(number), title=f"Sak {number}")


class Written:
    """Notes what is stored together; fails as it is told."""

    def __init__(self, fault: Callable[[str], Exception | None] = lambda key: None) -> None:
        self.groups: list[list[str]] = []
        self.fault = fault

    def __call__(self, entries: Sequence[EntryData]) -> None:
        keys = [entry.key for entry in entries]
        for key in keys:
            if error := self.fault(key):
                raise error
        self.groups.append(keys)


def put_at_once(gathering: Gathering, amount: int) -> list[BaseException | None]:
    async def work() -> list[BaseException | None]:
        puts = (gathering.put(data(number)) for number in range(amount))
        return await asyncio.gather(*puts, return_exceptions=True)

    return asyncio.run(work())


def test_the_first_is_stored_at_once_and_the_others_together_in_order() -> None:
    written = Written()
    assert put_at_once(Gathering(written), TOGETHER + 3) == [None] * (TOGETHER + 3)
    numbers = [str(number) for number in range(TOGETHER + 3)]
    assert written.groups == [numbers[:1], numbers[1 : TOGETHER + 1], numbers[TOGETHER + 1 :]]


def test_what_comes_after_a_pause_waits_for_nothing() -> None:
    written = Written()
    gathering = Gathering(written)

    async def work() -> None:
        await gathering.put(data(1))
        await asyncio.sleep(PAUSE)
        before = asyncio.get_running_loop().time()
        await gathering.put(data(2))
        assert asyncio.get_running_loop().time() - before < PAUSE

    asyncio.run(work())
    assert written.groups == [["1"], ["2"]]


def test_one_at_fault_costs_nobody_else_anything() -> None:
    written = Written(lambda key: ValueError(key) if key == "3" else None)
    came = put_at_once(Gathering(written), 6)
    assert [type(one) for one in came if one is not None] == [ValueError]
    assert isinstance(came[3], ValueError)
    assert [key for keys in written.groups for key in keys] == ["0", "1", "2", "4", "5"]


def test_a_store_that_gives_way_is_not_asked_again_for_each() -> None:
    asked: list[str] = []

    def full(key: str) -> Exception | None:
        asked.append(key)
        return StoreUnavailableError("the disk is full") if len(asked) > 1 else None

    came = put_at_once(Gathering(Written(full)), 6)
    assert came[0] is None
    assert all(isinstance(one, StoreError) for one in came[1:])
    assert asked == ["0", "1"]


def test_a_store_that_gives_way_among_the_singles_ends_it_too() -> None:
    def fault(key: str) -> Exception | None:
        if key == "2":
            return ValueError(key)
        return StoreUnavailableError("the disk is full") if key == "4" else None

    written = Written(fault)
    came = put_at_once(Gathering(written), 8)
    kinds = [type(one).__name__ for one in came]
    assert kinds == ["NoneType"] * 2 + ["ValueError", "NoneType"] + ["StoreUnavailableError"] * 4
    assert written.groups == [["0"], ["1"], ["3"]]


def test_a_run_that_asks_for_what_waits_finds_it(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 3600.0)
    run = OpenRun.begin(SOURCE, store, clock=lambda: now)

    async def work() -> None:
        await run.put_with_others(data(1))
        waiting = [asyncio.ensure_future(run.put_with_others(data(n))) for n in (2, 3, 4)]
        await asyncio.sleep(0)
        assert store.entries.known_keys(SOURCE.slug, ["1", "2"]) == {"1"}
        assert run.known(["9"]) == set()
        assert store.entries.known_keys(SOURCE.slug, ["2"]) == set()
        found = run.entry("2")
        assert found is not None
        assert run.is_current(data(3))
        await asyncio.wait_for(asyncio.gather(*waiting), 5)

    asyncio.run(work())
    assert run.tally.new == 4


def test_no_page_is_known_before_what_it_gave_is_stored(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 3600.0)
    run = OpenRun.begin(SOURCE, store, clock=lambda: now)
    known: list[set[str]] = []

    def record() -> None:
        known.append(store.entries.known_keys(SOURCE.slug, ["2"]))

    async def work() -> None:
        await run.put_with_others(data(1))
        waiting = asyncio.ensure_future(run.put_with_others(data(2)))
        await asyncio.sleep(0)
        for _ in range(MOST_WAITING):
            assert not known
            run.visits.later(record)
        await asyncio.wait_for(waiting, 5)

    asyncio.run(work())
    assert store.entries.known_keys(SOURCE.slug, ["2"]) == {"2"}
    assert len(known) == MOST_WAITING
