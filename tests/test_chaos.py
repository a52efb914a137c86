"""Small battles in the suite; `make chaos` and `make chaos-copies` fight the whole ones."""

import os
import tempfile
from pathlib import Path

import pytest

from chaos.copies import Copies, own_server
from chaos.harness import Battle
from chaos.postoffice import Fate, fate_of
from postgres_server import why_not


def test_senders_that_are_killed_lose_nothing_and_repeat_only_what_may_not_have_arrived(
    tmp_path: Path,
) -> None:
    battle = Battle(tmp_path, readers=40, senders=2, kills=3, seed=7, say=lambda _line: None)
    battle.office.pause = 0.05
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
        assert not os.environ.get("CI"), reason
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
