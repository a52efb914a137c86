"""Commands that put stories right: what no rule can know, a person decides."""

from pathlib import Path

import click

from imdifeed.commands.opening import now, opened

_ENTRY = click.IntRange(1, 2**63 - 1)


@click.group()
def story() -> None:
    """Show, split and join stories: entries of several sources that are the same news."""


@story.command("show")
@click.argument("entry_id", type=_ENTRY, metavar="ID")
@click.pass_obj
def show_story(config_file: Path, entry_id: int) -> None:
    """Show the entries of an entry's story, and how each goes with the first."""
    from crawler.story import same_story
    from imdifeed.report import entry_as_line

    with opened(config_file) as (_, store):
        first, *others = store.stories.members(entry_id)
        sources = {source.slug: source for source in store.vocabulary.sources()}
        for entry in (first, *others):
            click.echo(entry_as_line(entry, sources))
            if entry.url:
                click.echo(f"        {entry.url}")
            if entry is not first:
                comparison = same_story(first, entry)
                click.echo(f"        {comparison.judgement} by rule: {comparison.reason}")
    if not others:
        click.echo(f"entry {entry_id} stands alone")


@story.command("split")
@click.argument("entry_id", type=_ENTRY, metavar="ID")
@click.pass_obj
def split_story(config_file: Path, entry_id: int) -> None:
    """Take an entry out of its story, for good: no rule joins it again."""
    with opened(config_file) as (_, store):
        done = store.stories.split(entry_id, now=now())
    click.echo(
        f"entry {entry_id} is a story of its own now"
        if done
        else f"entry {entry_id} stands alone; nothing was changed"
    )


@story.command("join")
@click.argument("entry_id", type=_ENTRY, metavar="ID")
@click.argument("other_id", type=_ENTRY, metavar="OTHER")
@click.pass_obj
def join_stories(config_file: Path, entry_id: int, other_id: int) -> None:
    """Make the stories of two entries one. Nobody is told of it again."""
    with opened(config_file) as (_, store):
        done = store.stories.join(entry_id, other_id, by_person=True, now=now())
        count = len(store.stories.members(entry_id))
    click.echo(
        f"{count} entries are one story now"
        if done
        else f"entries {entry_id} and {other_id} are one story already; nothing was changed"
    )
