"""`python -m bench.planning DATABASE CONFIG`: plan the digests that are due; print what it took."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import db
from bench.archive import NEWEST
from db.models import Rhythm
from db.query import EntryQuery, Paging
from db.store import Store
from imdifeed.config import load_settings
from imdifeed.sending import composing, digests
from imdifeed.sending.composing import Composer
from imdifeed.sending.selection import Choice, Selector
from imdifeed.sending.windows import due_windows
from imdifeed.settings import Settings

#: after seven in Oslo
NOW = NEWEST.replace(hour=7)
#: mails that are rendered one by one, to tell what all of them would take
SAMPLE = 40


def main(database: str, config: str) -> None:
    """Plan, with the parts of it timed; then render some of the mails each by itself."""
    store, settings = db.open_store(database), load_settings(Path(config), {})
    # the dictionaries are read once a process, however much is planned
    store.entries.search(EntryQuery(q="tolk"), Paging())
    sample = _sample(store)
    spent: Counter[str] = Counter()
    with (
        patch.object(Composer, "_form", _timed(spent, "rendering", Composer._form)),
        patch.object(composing, "addressed", _timed(spent, "rendering", composing.addressed)),
        patch.object(digests, "_queue", _timed(spent, "storing", digests._queue)),
    ):
        plan = _timed(spent, "all", digests.plan_and_queue)
        plan(store, settings, now=NOW, let_go=True)
    mails = store.digests.counts().get("queued", 0)
    alone = _alone(store, settings, sample)
    print(json.dumps({**spent, "mails": mails, "alone": alone * mails}))
    store.close()


def _sample(store: Store) -> list[tuple[Choice, ...]]:
    cutoff = due_windows(NOW)[1].cutoff
    readers = Selector(store, Rhythm.DAILY, cutoff=cutoff, now=NOW).readers()
    return list(islice((one for one in readers if any(two.fresh for two in one)), SAMPLE))


def _alone(store: Store, settings: Settings, sample: list[tuple[Choice, ...]]) -> float:
    """Give the seconds that rendering one mail by itself takes, all it needs being at hand."""
    spent = 0.0
    composer = Composer(store, settings, due_windows(NOW)[1], now=NOW)
    for choices in sample:
        composer.digest(choices)  # loads what it needs
        composer._forms.clear()
        start = time.perf_counter()
        composer.digest(choices)
        spent += time.perf_counter() - start
        composer._forms.clear()
    return spent / len(sample)


def _timed(spent: Counter[str], name: str, work: Callable[..., object]) -> Callable[..., object]:
    def run(*given: object, **named: object) -> object:
        start = time.perf_counter()
        try:
            return work(*given, **named)
        finally:
            spent[name] += time.perf_counter() - start

    return run


if __name__ == "__main__":
    main(*sys.argv[1:])
