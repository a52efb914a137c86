"""Both engines, side by side: the same writes and queries give the same results."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import db
from builders import declare
from db.models import (
    Attachment,
    EntryTag,
    Kind,
    Language,
    Precision,
    PublisherDate,
)
from db.query import EntryQuery
from engine_runs import Run, outcome, seen
from postgres_server import Server

HOUR = timedelta(hours=1)
LATEST = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)


#: words that meet in compounds, inflections, both languages and in rows
WORDS = [
    *("tolk", "tolken", "tolkene", "tolketjenesten", "bosetting", "bosettinger", "busetjing"),
    *("flyktning", "flyktninger", "introduksjonsprogram", "introduksjonsprogrammet", "arbeid"),
    *("arbeidsliv", "arbeidslivet", "kommune", "kommunene", "innvandrere", "integrering"),
    *("i", "og", "på", "2025", "15", "400", "Åse", "Ærlig", "CO₂", "straße"),
]


texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


keys = st.integers(1, 6)


numbers = st.integers(1, 9)


changes = st.fixed_dictionaries(
    {},
    optional={
        "title": titles,
        "lead": texts,
        "body_text": texts,
        "keywords": st.lists(titles, max_size=2).map(tuple),
        "kind": st.sampled_from(Kind),
        "language": st.sampled_from(Language),
        "work": st.sampled_from(("", "samme")),
        "series": st.sampled_from(("", "serie")),
        "tags": st.sets(st.sampled_from(("work", "settlement", "interpreting"))).map(
            lambda slugs: tuple(EntryTag(slug, "fordi", 2.0) for slug in sorted(slugs))
        ),
        "published": st.none()
        | st.builds(
            PublisherDate,
            st.integers(0, 3 * 365 * 24).map(lambda hours: LATEST - hours * HOUR),
            st.sampled_from(Precision),
        ),
        "attachments": st.lists(
            st.builds(Attachment, st.sampled_from(("https://x.example/a.pdf", "")), titles),
            max_size=2,
        ).map(tuple),
    },
)


operations = st.one_of(
    st.tuples(st.just("put"), keys, st.booleans(), changes),
    st.tuples(st.just("put"), keys, st.booleans(), changes),
    st.tuples(st.just("reread"), numbers, changes),
    st.tuples(st.just("retag"), numbers, st.sampled_from(("work", "settlement"))),
    st.tuples(st.just("withdraw"), keys),
    st.tuples(st.just("join"), numbers, numbers, st.booleans()),
    st.tuples(st.just("split"), numbers),
    st.tuples(st.just("take_down"), numbers),
    st.tuples(st.just("lift"), numbers),
    st.tuples(st.just("read_file"), numbers, st.lists(texts, max_size=2)),
    st.tuples(st.just("deadline"), numbers, st.integers(-5, 5)),
    st.tuples(st.just("crawl"), numbers, st.sampled_from(("ok", "broken", "quiet"))),
    st.tuples(st.just("page"), keys),
    st.tuples(st.just("rename"), st.booleans()),
    st.tuples(
        *(st.just("subscribe"), st.integers(1, 3)),
        st.sampled_from(("q=tolk", "tag=work", "", "kind=news&q=bosetting")),
        st.sampled_from(("immediate", "daily", "weekly")),
    ),
    st.tuples(
        *(st.just("follow_else"), st.integers(1, 3)),
        st.sampled_from(("pause", "resume", "erase", "end")),
    ),
    st.tuples(st.just("send")),
    st.tuples(st.just("reindex")),
)


@contextmanager
def both(server: Server, database: str, now: datetime) -> Iterator[tuple[Run, Run]]:
    """Give the same empty store on both engines."""
    with TemporaryDirectory() as folder:
        runs = []
        for name, url in (
            ("sqlite", f"{folder}/imdifeed.db"), ("postgres", server.fresh(database)),
        ):  # fmt: skip
            (own := Path(folder) / name).mkdir()
            runs.append(Run(db.open_store(url), now, own))
            declare(runs[-1].store, now=now)
        try:
            yield runs[0], runs[1]
        finally:
            for run in runs:
                run.store.close()


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(operations, min_size=3, max_size=18), apart=st.integers(1, 40))
def test_the_same_writes_and_queries_give_the_same_results(
    server: Server, worker_id: str, now: datetime, steps: Iterable[tuple[Any, ...]], apart: int
) -> None:
    with both(server, f"engines_{worker_id}", now) as runs:
        since = [0, 0]
        for name, *values in steps:
            results, touched = [], []
            for place, run in enumerate(runs):
                run.now += apart * HOUR
                results.append(outcome(getattr(run, name), values))
                found = run.store.entries.changes(EntryQuery(), since=since[place], limit=50)
                since[place] = found.last
                touched.append({entry.id for entry in found.entries})
            assert results[1] == results[0], name
            assert touched[1] == touched[0], f"changed by {name}"
        for (what, one), (_, other) in zip(*map(seen, runs), strict=True):
            assert other == one, what
