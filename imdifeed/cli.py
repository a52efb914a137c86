"""The `imdifeed` command."""

import click


@click.group()
def main() -> None:
    """Gather what IMDi publishes, and serve it as pages, feeds and emails."""
