"""`make chaos`: the whole battle, with its figures."""

import tempfile
from pathlib import Path

import click

from chaos.harness import Battle


@click.command()
@click.option("--readers", default=2000, show_default=True)
@click.option("--senders", default=3, show_default=True)
@click.option("--kills", default=60, show_default=True)
@click.option("--seed", default=1, show_default=True, help="of the dice that choose whom and when")
def main(readers: int, senders: int, kills: int, seed: int) -> None:
    """Send digests under fire, and say what came of it; fail where a promise was broken."""
    with tempfile.TemporaryDirectory(prefix="imdifeed-chaos-") as folder:
        battle = Battle(Path(folder), readers, senders, kills, seed, say=click.echo)
        battle.office.pause = 0.08
        for name, figure in battle.fight().items():
            click.echo(f"{name}: {figure}")


if __name__ == "__main__":
    main()
