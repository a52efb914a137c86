"""Several senders wait for the disk together, and none goes on before its own is stored."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import pytest

from db.errors import StoreAwayError
from db.store import Store
from imdifeed.sending.commits import Commits


class Slow:
    """A store whose commits wait until they are let go, and count what went in together."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.stored: list[tuple[str, ...]] = []
        self.go = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)

    @contextmanager
    def together(self, *, alone: bool) -> Iterator[None]:
        self.written = []
        yield
        self.begun.release()
        assert self.go.acquire(timeout=20)
        self.stored.append(tuple(self.written))

    def write(self, name: str) -> str:
        self.written.append(name)
        return name.upper()


def test_what_comes_meanwhile_is_stored_together_with_the_next() -> None:
    store = Slow()
    commits = Commits(store)  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(commits.record, partial(store.write, "a"))
        assert store.begun.acquire(timeout=20)
        others = [pool.submit(commits.record, partial(store.write, name)) for name in "bcd"]
        while len(commits._waiting) < 3:
            threading.Event().wait(0.01)
        assert not first.done()
        store.go.release()
        assert first.result(20) == "A"
        assert store.begun.acquire(timeout=20)
        # none of them goes on before it is stored
        assert not any(one.done() for one in others)
        store.go.release()
        assert sorted(one.result(20) for one in others) == ["B", "C", "D"]
    assert store.stored[0] == ("a",)
    assert sorted(store.stored[1]) == ["b", "c", "d"]
    assert len(store.stored) == 2


def test_a_write_that_fails_leaves_nothing_of_its_transaction(store: Store) -> None:
    commits = Commits(store)

    def wrong() -> None:
        store.vocabulary.declare([], [], now=None)  # type: ignore[arg-type]
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"):
        commits.record(wrong)
    assert commits.record(lambda: "next") == "next"


def test_a_write_that_fails_takes_no_other_with_it() -> None:
    store = Slow()
    commits = Commits(store)  # type: ignore[arg-type]

    def wrong() -> str:
        raise RuntimeError("no such message")

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(commits.record, partial(store.write, "a"))
        assert store.begun.acquire(timeout=20)
        others = [pool.submit(commits.record, partial(store.write, name)) for name in "bc"]
        failing = pool.submit(commits.record, wrong)
        while len(commits._waiting) < 3:
            threading.Event().wait(0.01)
        store.go.release(3)
        assert [one.result(20) for one in (first, *others)] == ["A", "B", "C"]
        with pytest.raises(RuntimeError, match="no such message"):
            failing.result(20)
    assert sorted(store.stored) == [("a",), ("b",), ("c",)]


def test_many_threads_lose_nothing() -> None:
    written: list[int] = []
    transactions = 0

    @contextmanager
    def together(*, alone: bool) -> Iterator[None]:
        nonlocal transactions
        transactions += 1
        yield

    commits = Commits(SimpleNamespace(together=together))

    def write(number: int) -> int:
        written.append(number)
        return number

    def work(first: int) -> list[int]:
        return [commits.record(partial(write, number)) for number in range(first, first + 500)]

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(work, range(0, 4000, 500)))
    assert [n for one in given for n in one] == list(range(4000))
    assert sorted(written) == list(range(4000))
    assert transactions <= 4000


def test_what_was_handed_over_is_recorded_when_the_store_is_back() -> None:
    away, waited = [StoreAwayError("restarting")] * 3, list[float]()

    @contextmanager
    def together(*, alone: bool) -> Iterator[None]:
        yield
        if away:
            raise away.pop()

    commits = Commits(SimpleNamespace(together=together), wait=waited.append)
    assert commits.record(lambda: "stored") == "stored"
    assert len(waited) == 3
    assert waited == sorted(waited)


def test_a_store_that_stays_away_is_told_of() -> None:
    waited = list[float]()

    @contextmanager
    def together(*, alone: bool) -> Iterator[None]:
        raise StoreAwayError("gone")
        yield

    commits = Commits(SimpleNamespace(together=together), wait=waited.append)
    with pytest.raises(StoreAwayError, match="gone"):
        commits.record(lambda: None)
    assert 60 < sum(waited) < 600
