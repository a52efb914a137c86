"""What the configuration and the taxonomy name, made known to the store."""

from datetime import datetime

from crawler.tags.taxonomy import read_former, read_tags
from db.store import Store
from imdifeed.config import Settings


def declare_vocabulary(store: Store, settings: Settings, *, now: datetime) -> None:
    """Record the configured sources and the taxonomy's tags, for readers to choose among."""
    store.vocabulary.declare(settings.sources, read_tags(), former=read_former(), now=now)
