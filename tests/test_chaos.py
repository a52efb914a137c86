"""Small battles in the suite; `make chaos` and `make chaos-copies` fight the whole ones."""

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chaos import judging
from chaos.copies import Copies, own_server
from chaos.harness import Battle
from chaos.postoffice import Fate, Taken, fate_of
from chaos.rooms import Asked
from db.models import CrawlRun
from postgres_server import why_not


def test_senders_that_are_killed_lose_nothing_and_repeat_only_what_may_not_have_arrived(
    tmp_path: Path,
) -> None:
    # the third dies while there is still something to send: nobody waits for what is to be repeated
    battle = Battle(
        tmp_path, readers=40, senders=2, kills=3, seed=7, pause=(0.05, 0.2), say=lambda _line: None
    )
    battle.office.pause = 0.1
    figures = battle.fight()
    assert figures["lost"] == 0
    assert figures["kills"] == 3
    assert figures["exactly one mail"] + figures["more than one, same Message-ID"] == (
        40 - figures["addresses refused for good"]
    )


def test_every_fate_befalls_somebody() -> None:
    addresses = [f"leser{number:05}@kommune.example" for number in range(2000)]
    assert {fate_of(address) for address in addresses} == set(Fate)


@pytest.mark.timeout(300)
def test_copies_that_are_killed_over_a_server_that_restarts_lose_and_double_nothing(
    tmp_path: Path,
) -> None:
    if reason := why_not():
        pytest.skip(reason)
    with (
        tempfile.TemporaryDirectory(prefix="imdifeed-postgres-") as data,
        own_server(Path(data)) as server,
    ):
        copies = Copies(
            tmp_path, server, server.make("copies"), kills=4, seed=2, pause=(0.3, 1.0),
            crawlers=2, senders=2, sites=1, hosts=2, rooms=2, readers=5, restarts=1,
            say=lambda _line: None,
        )  # fmt: skip
        figures = copies.fight()
    assert copies.killed.total() == 4
    assert copies.killed["server"] == 1
    assert figures["stories told to each reader"] > 0
    assert figures["answers: 200"] > 0


def test_who_judges_finds_what_was_lost_doubled_or_asked_for_at_once(now: datetime) -> None:
    def mail(address: str, message: str, *numbers: int, known: bool = False) -> Taken:
        links = "\n".join(f"http://127.0.0.2:1/pressemelding/{number}" for number in numbers)
        data = f"Message-ID: {message}\nContent-Type: text/plain\n\n{links}\n".encode()
        return Taken(address, message, data, known)

    well = next(f"{n}@x" for n in range(99) if fate_of(f"{n}@x") is Fate.WELL)
    assert not [*judging.told([mail(well, "a", 1, 2), mail(well, "a", 1, 2)], [well], {1, 2})]
    assert [*judging.told([mail(well, "a", 1)], [well], {1, 2})]
    assert [*judging.told([mail(well, "a", 1, 2), mail(well, "b", 2)], [well], {1, 2})]
    again = [mail(well, "a", 1, known=True), mail(well, "a", 1)]
    assert [*judging.told(again, [well], {1})]

    runs = [CrawlRun(id=n, source="s", started=now, finished=now) for n in range(2)]
    assert not [*judging.crawled({"s": runs})]
    runs[0] = replace(runs[0], finished=now + timedelta(seconds=1))
    assert [*judging.crawled({"s": runs})]

    apart = [Asked("+a@x", "h", "/", 0.0, 1.0), Asked("+b@x", "h", "/", 1.5, 2.0)]
    assert not [*judging.asked(apart, [])]
    at_once = [apart[0], replace(apart[1], begun=1.01)]
    assert [*judging.asked(at_once, [])]
    assert not [*judging.asked(at_once, ["a"])], "it was cut off"


def test_a_fault_in_a_log_is_told_from_a_store_that_gave_way(tmp_path: Path) -> None:
    line = "2026-11-23T06:00:00.000Z error x\n  Traceback (most recent call last):\n    File\n  "
    log = tmp_path / "a.log"
    log.write_text(f"{line}psycopg.OperationalError: x\n\n  db.errors.StoreAwayError: y\n")
    assert not [*judging.logged(tmp_path)]
    log.write_text(f"{line}KeyError: 'x'\n{line}db.errors.StoreAwayError: y\n")
    assert [*judging.logged(tmp_path)]
