"""What the configuration and the taxonomy name, made known to the store."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.store import Store
    from imdifeed.settings import Settings


def declare_sources(store: "Store", settings: "Settings", *, now: datetime) -> None:
    """Make sure that the configured sources are recorded, for whom tags are of no concern."""
    if not set(settings.sources) <= set(store.vocabulary.sources()):
        declare_vocabulary(store, settings, now=now)


def declare_vocabulary(store: "Store", settings: "Settings", *, now: datetime) -> None:
    """Record the configured sources and the taxonomy's tags, for readers to choose among."""
    # imported here: it brings the rules with it, and the words that they are made of
    from crawler.tags.taxonomy import read_former, read_tags

    store.vocabulary.declare(settings.sources, read_tags(), former=read_former(), now=now)
