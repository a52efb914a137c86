"""Start-up: commands against an interpreter that imports only what every command needs."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench.archive import stored
from bench.pairs import alternate, command_seconds
from bench.results import Better, Figure
from bench.serving import COMMAND

_BARE = [sys.executable, "-c", "import click, sqlite3"]


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give the time of `--help` and `status`."""
    del full  # a command's start is the same however long one measures
    config = folder / "commands.toml"
    config.write_text(
        'site_url = "http://127.0.0.1:8000"\nauthority = "imdifeed.example,2026"\n'
        f'database = "{stored(folder, 1_000)}"\nsecret_key = "measured-on-this-machine-only"\n'
        'contact = "drift@example.no"\n'
    )
    program = [str(COMMAND), "--config", str(config)]
    for name in ("--help", "status"):
        ours, bare = alternate(
            lambda name=name: 1000 * command_seconds([*program, name]),  # type: ignore[misc]
            lambda: 1000 * command_seconds(_BARE),
        )
        yield Figure(
            f"imdifeed {name}", "ms", ours, "import click, sqlite3", bare, Better.LOWER, 1.5
        )
