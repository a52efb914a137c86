"""What the figures were measured on."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

import click


def machine() -> str:
    """Name the processor, its cores, the memory and the programs that matter."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory()} GB,"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def resident(pid: int) -> float:
    """Give the memory of a process and all its children, in MB (Linux)."""
    total = _status(pid, "VmRSS")
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return total + sum(resident(int(child)) for child in children.read_text().split())


def together(pid: int) -> float:
    """Give the memory of a process and its children, in MB (Linux).

    What they share is counted once; programs and libraries by whoever has most of them, for others
    on the machine may use the same ones.
    """
    pids = [pid]
    for parent in pids:
        pids += map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
    own = sum(
        _field(Path(f"/proc/{one}/smaps_rollup"), name)
        for one in pids
        for name in ("Pss_Anon", "Pss_Shmem")
    )
    return own + max(_status(one, "RssFile") for one in pids)


def peak(pid: int) -> float:
    """Give the most memory a living process has had, in MB (Linux)."""
    return _status(pid, "VmHWM")


def run_and_peak(command: Sequence[str]) -> tuple[str, float]:
    """Run a command to its end; give what it printed, and the most memory it had, in MB (Linux).

    Raises:
        click.ClickException: it failed; says what it printed.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        said = process.stdout.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"{' '.join(command)} failed: {said}")
    return said, used.ru_maxrss / 1024


def _status(pid: int, name: str) -> float:
    return _field(Path(f"/proc/{pid}/status"), name)


def _field(file: Path, name: str) -> float:
    for line in file.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
