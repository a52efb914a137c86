"""`make load`: ten minutes of everything at once, with its figures."""

import tempfile
from pathlib import Path

import click

from load.harness import Load, as_lines


@click.command()
@click.option("--minutes", default=10.0, show_default=True)
@click.option("--readers", default=8, show_default=True)
@click.option("--kills", default=0, show_default=True, help="of site, crawls, digests, backups")
@click.option("--seed", default=1, show_default=True)
def main(minutes: float, readers: int, kills: int, seed: int) -> None:
    """Load one installation, and fail where a promise was broken."""
    with tempfile.TemporaryDirectory(prefix="imdifeed-load-") as folder:
        load = Load(
            Path(folder), minutes * 60, readers=readers, kills=kills, seed=seed, say=click.echo
        )
        click.echo(as_lines(load.run()))


if __name__ == "__main__":
    main()
