"""A small battle in the suite; `make chaos` fights the whole one."""

from pathlib import Path

from chaos.harness import Battle
from chaos.postoffice import Fate, fate_of


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
