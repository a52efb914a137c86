"""Measures search, tags and language on the judged set, and prints one table.

make quality                                        the table
PYTHONPATH=tests python -m quality.measure --tune   what goes wrong in the part to tune on
"""

import argparse
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from itertools import chain
from math import log2
from pathlib import Path
from statistics import mean

import snowballstemmer

import db
from crawler.language import detect_language
from crawler.run import import_items
from db.models import Entry
from db.query import EntryQuery, Paging
from db.store import Store
from db.text import words
from db.words.lexicon import is_small
from quality.judged import (
    LATER,
    SOURCE,
    JudgedEntry,
    JudgedQuery,
    LaterSet,
    load_entries,
    load_entries_apart,
    load_queries,
    load_titles,
    part_of,
)
from quality.results import MEASURES, TUNED, UNSEEN, Counts, Measured, table, with_together

#: when the measuring takes place, for whatever looks at an entry's age
NOW = datetime(2027, 1, 1, tzinfo=UTC)
#: kinds whose queries are a word, a name, a pair
SHORT = frozenset(
    {"word", "inflection", "nn-nb", "compound", "typo", "folding", "name", "number", "english"}
)
LONGER = frozenset({"several", "question"})
LENGTHS = {"short": SHORT, "longer": LONGER}

#: from a query to ids of judged entries, best first
Search = Callable[[str], Sequence[str]]


@dataclass
class Collection:
    """The judged entries as stored, and the searches over them."""

    #: those that are counted
    judged: list[JudgedEntry]
    stored: dict[str, Entry] = field(default_factory=dict)
    systems: dict[str, Search] = field(default_factory=dict)

    @cached_property
    def _leaders(self) -> dict[int, str]:
        return {entry.id: key for key, entry in self.stored.items()}

    def stories(self, ids: Iterable[str]) -> list[str]:
        """Name each story once, by its first entry, in the order given; a search shows one."""
        return list(dict.fromkeys(self._leaders[self.stored[key].story] for key in ids))


def measure(folder: Path) -> Measured:
    """Run everything once, with stores of its own in a folder."""
    tags: dict[tuple[str, str], Counts] = defaultdict(Counts)
    language: dict[tuple[str, str], list[bool]] = defaultdict(list)
    with closing(db.open_store(str(folder / "judged.db"))) as store:
        collection = _stored(load_entries(), store)
        search, faults = _search(collection, load_queries(set(collection.stored)))
        faults += _tags(collection, part_of, tags) + _language(collection, part_of, language)
        for later in LATER:
            found, missed = _later(later, store, folder, tags, language)
            for system, rows in found.items():
                search[system].update(rows)
            faults += missed
    for part, files in {"tune": "apart/tuned/*.toml", UNSEEN: "apart/unseen/*.toml"}.items():
        with closing(db.open_store(str(folder / f"{part}.db"))) as store:
            apart = _stored(load_entries_apart(files), store)
        faults += _tags(apart, lambda _, part=part: part, tags)
        faults += _language(apart, lambda _, part=part: part, language)
    faults += _titles(language)
    return with_together(Measured(search, tags, language, faults))


def _later(
    later: LaterSet,
    store: Store,
    folder: Path,
    tags: dict[tuple[str, str], Counts],
    language: dict[tuple[str, str], list[bool]],
) -> tuple[dict[str, dict[tuple[str, str], dict[str, float]]], list[str]]:
    """Run the queries of a later set; count tags and language of its entries."""
    own = {part: load_entries_apart(files) for part, files in later.entries.items()}
    with ExitStack() as opened:
        if later.alone:
            address = str(folder / f"{min(own)}.db")
            store = opened.enter_context(closing(db.open_store(address)))
        collection = _stored(list(chain(*own.values())), store)
        queries = load_queries(set(collection.stored), later.queries)
        search, faults = _search(collection, queries)
    for part, half in own.items():
        apart = Collection(half, collection.stored)
        faults += _tags(apart, lambda _, part=part: part, tags)
        faults += _language(apart, lambda _, part=part: part, language)
    return search, faults


def _stored(judged: list[JudgedEntry], store: Store) -> Collection:
    """Put entries through the real pipelines, beside what a store has."""
    store.vocabulary.declare([SOURCE], [], now=NOW)
    run = import_items([entry.item for entry in judged], SOURCE, store, now=NOW)
    if run.new != len(judged):
        raise RuntimeError(f"{run.new} of {len(judged)} judged entries were stored: {run.reason}")
    collection = Collection(judged)
    collection.stored = {entry.key: entry for entry in store.entries.walk()}
    every = Paging(per_page=len(collection.stored))

    def imdifeed(q: str) -> list[str]:
        return [entry.key for entry in store.entries.search(EntryQuery(q=q), every).entries]

    collection.systems = {"imdifeed": imdifeed, **_baselines(collection.stored)}
    return collection


def _baselines(stored: Mapping[str, Entry]) -> dict[str, Search]:
    """Give what SQLite does by itself, and what the usual engines add: Snowball's Norwegian stems.

    Those are what PostgreSQL, tantivy, Xapian and Whoosh have for Norwegian.
    """
    plain = sqlite3.connect(":memory:")
    plain.execute("CREATE VIRTUAL TABLE entry USING fts5(key UNINDEXED, title, text)")
    plain.executemany(
        "INSERT INTO entry VALUES (?, ?, ?)",
        [(key, entry.title, f"{entry.lead} {entry.body_text}") for key, entry in stored.items()],
    )

    def fts5(q: str) -> list[str]:
        words = " AND ".join(f'"{word}"' for word in q.replace('"', " ").split())
        sql = "SELECT key FROM entry WHERE entry MATCH ? ORDER BY bm25(entry, 0, 6, 1)"
        return [key for (key,) in plain.execute(sql, (words,))]

    stemmed = sqlite3.connect(":memory:")
    stemmed.execute("CREATE VIRTUAL TABLE entry USING fts5(key UNINDEXED, title, text)")
    stemmed.executemany(
        "INSERT INTO entry VALUES (?, ?, ?)",
        [
            (key, _stems(entry.title), _stems(f"{entry.lead} {entry.body_text}"))
            for key, entry in stored.items()
        ],
    )

    def snowball(q: str) -> list[str]:
        stems = " AND ".join(f'"{stem}"' for stem in _stems(q).split())
        sql = "SELECT key FROM entry WHERE entry MATCH ? ORDER BY bm25(entry, 0, 6, 1)"
        return [key for (key,) in stemmed.execute(sql, (stems or '""',))]

    def like(q: str) -> list[str]:
        words = q.replace('"', " ").split()
        condition = " AND ".join(["title || ' ' || text LIKE ?"] * len(words))
        sql = f"SELECT key FROM entry WHERE {condition}"
        return [key for (key,) in plain.execute(sql, [f"%{word}%" for word in words])]

    return {"FTS5 unicode61, AND": fts5, "Snowball stems, AND": snowball, "LIKE, AND": like}


def _stems(text: str) -> str:
    """Give the stems of a text's words, without the small ones, as the engines leave them out."""
    return " ".join(_stem(word) for word in words(text) if not is_small(word))


@cache
def _stem(word: str) -> str:
    stem: str = snowballstemmer.stemmer("norwegian").stemWord(word)
    return stem


def _search(
    collection: Collection, queries: Sequence[JudgedQuery]
) -> tuple[dict[str, dict[tuple[str, str], dict[str, float]]], list[str]]:
    measured: dict[str, dict[tuple[str, str], dict[str, float]]] = {}
    faults = []
    for name, search in collection.systems.items():
        rows: dict[tuple[str, str], list[tuple[float, ...]]] = defaultdict(list)
        for query in queries:
            grades: dict[str, int] = {}
            for key, grade in query.grades.items():
                (story,) = collection.stories([key])
                grades[story] = max(grade, grades.get(story, 0))
            found = collection.stories(search(query.q))
            row = score(found, grades)
            part = query.part
            sums = [name for name, kinds in LENGTHS.items() if query.kind in kinds]
            for kind in (query.kind, *sums, "all"):
                rows[part, kind].append(row)
            if name == "imdifeed" and part in TUNED and (row[1] < 0.9 or row[4] < 0.6):
                faults.append(_missed(query, found, grades, row))
        measured[name] = {
            where: {
                "n": len(found),
                **{
                    name: mean(column)
                    for name, column in zip(MEASURES, zip(*found, strict=True), strict=True)
                },
            }
            for where, found in rows.items()
        }
    return measured, faults


def score(found: Sequence[str], grades: Mapping[str, int]) -> tuple[float, ...]:
    """Give recall@10, nDCG@10 (gain 2^grade - 1), MRR, first hit right, and F1 of all found."""
    top = found[:10]
    gains = [2 ** grades.get(key, 0) - 1 for key in top]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:10]
    right = [place for place, key in enumerate(found, 1) if key in grades]
    return (
        sum(key in grades for key in top) / min(10, len(grades)),
        _discounted(gains) / _discounted(ideal),
        1 / right[0] if right else 0.0,
        float(right[:1] == [1]),
        2 * len(right) / (len(found) + len(grades)),
    )


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / log2(place + 1) for place, gain in enumerate(gains, 1))


def _missed(
    query: JudgedQuery, found: Sequence[str], grades: Mapping[str, int], row: tuple[float, ...]
) -> str:
    wrong = [key for key in found if key not in grades][:8]
    missed = [key for key in grades if key not in found][:8]
    return f"{query.kind}: {query.q}  nDCG {row[1]:.2f} F1 {row[4]:.2f}  +{wrong} -{missed}"


def _tags(
    collection: Collection,
    part_of: Callable[[str], str],
    counts: dict[tuple[str, str], Counts],
) -> list[str]:
    """Count how tags were given; give what went wrong in the part to tune on."""
    faults = []
    for entry in collection.judged:
        part = part_of(entry.id)
        given = {tag.slug: tag for tag in collection.stored[entry.id].tags}
        for slug in given.keys() | entry.tags:
            count = counts[part, slug]
            count.right += slug in given and slug in entry.tags
            count.wrong += slug not in entry.tags
            count.missed += slug not in given
        if part in TUNED:
            wrong = [f"+{slug} {given[slug].reason}" for slug in given.keys() - entry.tags]
            missed = [f"-{slug}" for slug in entry.tags - given.keys()]
            if wrong or missed:
                faults.append(f"tags: {entry.id}  {'; '.join([*wrong, *missed])}")
    return faults


def _language(
    collection: Collection,
    part_of: Callable[[str], str],
    right: dict[tuple[str, str], list[bool]],
) -> list[str]:
    """Note which languages were told right; give what went wrong in the part to tune on."""
    faults = []
    for entry in collection.judged:
        stored, part = collection.stored[entry.id], part_of(entry.id)
        sentence = stored.body_text.split(". ")[0]
        looked_at = [("full text", stored.language, entry.id)]
        looked_at.append(("first sentence", detect_language("", sentence, "")[0], sentence))
        if entry.title_tells:
            of_title = detect_language(stored.title, "", "")[0]
            looked_at.append(("title alone", of_title, stored.title))
        for what, found, text in looked_at:
            right[part, what].append(found is entry.language)
            if part in TUNED and found is not entry.language:
                faults.append(f"language: {entry.language} taken for {found}: {text}")
    return faults


def _titles(right: dict[tuple[str, str], list[bool]]) -> list[str]:
    faults = []
    apart = {
        "apart/tuned_titles.toml": "tune",
        "apart/tuned_titles_later.toml": "tune",
        "apart/tuned_titles_ordinary.toml": "tune",
        "apart/unseen_titles.toml": UNSEEN,
    }
    for file in ("titles.toml", *apart):
        for title, wanted in load_titles(file):
            found, _ = detect_language(title, "", "")
            part = apart.get(file) or part_of(title)
            right[part, "further titles"].append(found is wanted)
            if part == "tune" and found is not wanted:
                faults.append(f"language: {wanted} taken for {found}: {title}")
    return faults


def main() -> None:
    """Print the table, or the faults of the part to tune on."""
    parser = argparse.ArgumentParser(description="measure search, tags and language")
    parser.add_argument("--tune", action="store_true", help="list the faults to tune on")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder))
    print("\n".join(measured.faults) if given.tune else table(measured))


if __name__ == "__main__":
    main()
