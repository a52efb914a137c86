"""`make bench`, `make bench-full`: measure paths, and say which aims are met."""

import compileall
import importlib
import tempfile
from pathlib import Path

import click

from bench.machine import machine
from bench.results import Figure, as_json_line, as_row, as_table

#: what can be measured, one module each; what takes longest last, of a full run alone
AREAS = (
    "commands",
    "feeds",
    "search",
    "digests",
    "growth",
    "memory",
    "ingest",
    "crawl",
    "peers",
    "engines",
)

ROOT = Path(__file__).parents[2]
PACKAGES = ("crawler", "db", "feed", "imdifeed", "web")


@click.command()
@click.argument("areas", nargs=-1, type=click.Choice(AREAS))
@click.option("--full", is_flag=True, help="with archives of every size; takes hours")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False),
    help="where archives are made and kept; without it they are made anew",
)  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="add a line to FILE")
def main(areas: tuple[str, ...], full: bool, folder: Path | None, json_file: Path | None) -> None:
    """Measure all areas, or those that are named; the engines side by side only if asked to."""
    with tempfile.TemporaryDirectory(prefix="imdifeed-bench-") as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        # as pip leaves what it installs: commands would be compiled at each start where Python is
        # told to write no bytecode
        for package in PACKAGES:
            compileall.compile_dir(ROOT / package, quiet=1)
        figures: list[Figure] = []
        for area in areas or (AREAS if full else AREAS[:-1]):
            for figure in importlib.import_module(f"bench.{area}").measure(place, full=full):
                click.echo(as_row(figure), err=True)
                figures.append(figure)
    click.echo(as_table(figures, machine()))
    if json_file:
        with json_file.open("a", encoding="utf-8") as lines:
            lines.write(as_json_line(figures, machine()) + "\n")


if __name__ == "__main__":
    main()
