"""The search page against the bare full-text query that any page of its kind must ask."""

import contextlib
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from pathlib import Path

import db
from bench import pairs
from bench.archive import BODY, NEWEST, entries, put
from bench.language import Language
from bench.pairs import percentile
from bench.results import Better, Figure
from builders import SOURCES, TAGS
from db.models import EntryData
from feed.site import Site
from web import create_app
from web.settings import WebSettings

#: entries, the first unless a full run is asked for
SIZES = (10_000, 100_000)
#: searches of one turn, and turns
SEARCHES = 60
TURNS = 5
#: what people type about IMDi's field: words of most entries, of many and of some, each alone and
#: in pairs
_WORDS = (
    *("bosetting", "tolk", "arbeid", "kommune", "rapport", "integrering", "flyktninger", "språk"),
    *("introduksjonsprogram", "tilskudd", "kvinner", "imdi", "utdanning", "helse"),
    *("direktoratet", "tvangsekteskap", "Ukraina", "barnevern", "likestilling", "frivillighet"),
)
#: of all words, those that one entry in so many has
_RARE = (0.0002, 0.002)

_BARE = (
    "SELECT page.id, page.title, page.lead, page.published FROM page_fts"
    " JOIN page ON page.id = page_fts.rowid WHERE page_fts MATCH ? ORDER BY rank LIMIT 20"
)


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give p50 and p99 of the search page, at every size."""
    for count in SIZES if full else SIZES[:1]:
        database = archive(folder, count)
        bare = _bare_index(database)
        store = db.open_store(str(database))
        client = create_app(
            store,
            WebSettings(
                site=Site("http://127.0.0.1", authority="imdifeed.example,2026"),
                sender="IMDi-nytt <nytt@example.no>",
                secret_key="measured-on-this-machine-only",
                clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
                on_queued=lambda: None,
            ),
        ).test_client()
        queries = _queries(database, count)

        def page(q: str, client=client) -> None:  # type: ignore[no-untyped-def]
            answer = client.get("/", query_string={"q": q})
            if answer.status_code != 200:
                raise AssertionError(f"{q}: {answer.status}")

        def rows(q: str, bare: sqlite3.Connection = bare) -> None:
            bare.execute(_BARE, (" ".join(f'"{word}"' for word in q.split()),)).fetchall()

        altered = partial(_alter, database)
        for name, before in (("search page", altered), ("search page asked for again", _unaltered)):
            mine, other = _in_turns(page, rows, queries, before)
            for share, aim in ((0.5, 2.0), (0.99, 1.5)):
                yield Figure(
                    f"{name}, {count:,} entries, p{share * 100:.0f}", "ms",
                    [percentile(turn, share) for turn in mine], "FTS5 by rank",
                    [percentile(turn, share) for turn in other], Better.LOWER, aim,
                )  # fmt: skip
        store.close()
        bare.close()


def archive(folder: Path, count: int) -> Path:
    """Give a database whose entries say words as often as real ones do; made once in a folder."""
    path = folder / f"natural-{count}.db"
    if not path.exists():
        unfinished = path.with_name(f"unfinished-{path.name}")
        unfinished.unlink(missing_ok=True)
        store = db.open_store(str(unfinished))
        store.vocabulary.declare(SOURCES, TAGS, now=NEWEST)
        put(store, _natural(count))
        store.close()
        unfinished.rename(path)
    return path


def _natural(count: int) -> Iterator[EntryData]:
    language = Language(random.Random(1))
    for data in entries(count, body=0):
        title, lead = language.title(), language.sentence(200)
        text = [language.sentence(BODY // 6) for _ in range(6)]
        body = "".join(f"<p>{each}</p>" for each in text)
        yield replace(data, title=title, lead=lead, body=body, body_text="\n".join(text))


def _queries(database: Path, count: int) -> list[str]:
    """Give searches that all differ, the same each time: a third of them single words."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT surface FROM word WHERE n BETWEEN ? AND ? AND length(surface) > 6"
            " ORDER BY surface",
            [share * count for share in _RARE],
        ).fetchall()
    chance = random.Random(7)
    rare = [word for (word,) in chance.sample(rows, min(len(rows), len(_WORDS) // 2))]
    couples = [*combinations(_WORDS, 2), *zip(_WORDS, rare, strict=False)]
    single = [*_WORDS, *rare]
    return [*single, *map(" ".join, chance.sample(couples, SEARCHES - len(single)))]


def _in_turns(
    ours: Callable[[str], None],
    reference: Callable[[str], None],
    queries: Sequence[str],
    alter: Callable[[], None],
) -> tuple[list[list[float]], list[list[float]]]:
    """Time every search, ours and the reference's one after the other, so many turns."""
    found: tuple[list[list[float]], list[list[float]]] = ([], [])
    for turn in range(-pairs.UNCOUNTED, TURNS):
        # nothing of an earlier turn is still right
        alter()
        times: tuple[list[float], list[float]] = ([], [])
        for query in queries:
            for place, search in enumerate((ours, reference)):
                start = time.perf_counter()
                search(query)
                times[place].append(1000 * (time.perf_counter() - start))
        if turn >= 0:
            for place in (0, 1):
                found[place].append(times[place])
    return found


def _alter(database: Path) -> None:
    """Change an entry, as a crawl would: no answer that is kept by the data's state is of use."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE entry SET lead = lead || ' ' WHERE id = (SELECT max(id) FROM entry)"
        )
        connection.execute("UPDATE state SET change = change + 1")


def _unaltered() -> None:
    """Leave everything as it is: who asks for a page that was made since the last change."""


def _bare_index(database: Path) -> sqlite3.Connection:
    path = database.with_suffix(".bare")
    made = path.exists()
    bare = sqlite3.connect(path)
    if not made:
        bare.execute("ATTACH ? AS archive", (str(database),))
        bare.executescript(
            "CREATE TABLE page AS SELECT id, title, lead, body_text AS body, published"
            " FROM archive.entry;"
            "CREATE UNIQUE INDEX page_id ON page (id);"
            "CREATE VIRTUAL TABLE page_fts USING fts5 (title, lead, body, content=page,"
            " content_rowid=id);"
            "INSERT INTO page_fts (page_fts) VALUES ('rebuild');"
        )
    return bare
