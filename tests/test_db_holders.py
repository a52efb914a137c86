"""Whoever holds a lease is known to be dead only where that is sure."""

import subprocess
import sys

import pytest

from db.holders import has_died, own_name


def ended() -> str:
    code = "import db.holders as holders; print(holders.own_name())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_process_that_has_ended_is_dead_and_one_that_goes_on_is_not() -> None:
    assert has_died(ended(), one_machine=False)
    assert not has_died(own_name(), one_machine=True)


@pytest.mark.parametrize("answer", [None, PermissionError])
def test_a_process_that_is_hidden_from_us_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, answer: type[OSError] | None
) -> None:
    name = own_name()

    def kill(_process: int, _signal: int) -> None:
        if answer:
            raise answer

    monkeypatch.setattr("db.holders._started", lambda _process: "")
    monkeypatch.setattr("os.kill", kill)
    assert not has_died(name, one_machine=False)


@pytest.mark.parametrize("one_machine", [True, False])
def test_a_process_of_another_boot_is_dead_where_it_can_only_have_been_this_machine_s(
    one_machine: bool,
) -> None:
    host, _, *rest = ended().rsplit(":", 5)
    assert has_died(":".join((host, "00000000", *rest)), one_machine=one_machine) is one_machine


def test_a_process_of_another_container_is_left_alone() -> None:
    host, boot, _, *rest = ended().rsplit(":", 5)
    assert not has_died(":".join((host, boot, "1", *rest)), one_machine=True)


@pytest.mark.parametrize("name", ["prepared", "", "host:1:2:3", "h:00000000:1:1::1"])
def test_what_names_no_process_is_left_alone(name: str) -> None:
    assert not has_died(name, one_machine=False)
