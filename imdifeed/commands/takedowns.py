"""The command that takes entries down when somebody has a right to it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from imdifeed.commands.opening import now, opened

if TYPE_CHECKING:
    from db.models import Takedown
    from db.store import Store

_ENTRY = click.IntRange(1, 2**63 - 1)


@click.command()
@click.argument("entries", nargs=-1, type=_ENTRY, metavar="[ENTRY]...")
@click.option("--reason", default="", help="why, and who asked; kept with the date")
@click.option("--undo", is_flag=True, help="let them come back when they are next crawled")
@click.pass_obj
def takedown(config_file: Path, entries: tuple[int, ...], reason: str, *, undo: bool) -> None:
    """Take entries down for good, or list those that were.

    Texts, files, earlier wordings and the page as it came are deleted; the address answers 410; no
    crawl or import brings them back. Without ENTRY, every takedown is listed.
    """
    if not entries and (reason or undo):
        raise click.UsageError("name the numbers of the entries")
    with opened(config_file) as (settings, store):
        if undo:
            for number in dict.fromkeys(entries):
                lifted = store.takedowns.lift(number, now=now())
                click.echo(
                    f"entry {number} may come back: imdifeed crawl {lifted.source} --full, or"
                    " import it again"
                )
        elif entries:
            # all of them or none
            with store.together():
                for number in dict.fromkeys(entries):
                    _take_down(store, number, reason, site_url=settings.site_url)
        else:
            for one in store.takedowns.all():
                click.echo(_line(one))


def _take_down(store: "Store", number: int, reason: str, *, site_url: str) -> None:
    from feed.digest_view import mentions

    entry = store.entries.get(number)
    others = [other.id for other in store.stories.members(number) if other.id != number]
    addresses = (entry.url, f"{site_url}/entries/{number}")
    store.takedowns.take_down(
        number, reason=reason, is_about=lambda page: mentions(page, addresses), now=now()
    )
    click.echo(f"took down {number}  {entry.source}: {entry.title}")
    if others:
        click.echo(f"        the same news is still there as {', '.join(map(str, others))}")


def _line(one: "Takedown") -> str:
    line = f"{one.entry_id:>6}  {one.taken:%Y-%m-%d}  {one.source} {one.key}  {one.reason}".rstrip()
    return f"{line}  (lifted {one.lifted:%Y-%m-%d})" if one.lifted else line
