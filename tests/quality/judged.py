"""Reads the judged set: entries with their gold tags and language, queries with their answers."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from crawler.documents import read_document
from crawler.items import EntryItem
from crawler.tagging import load_taxonomy
from db.models import Kind, Language, Precision, PublisherDate, Source
from imdifeed.demo.markup import parse, press_room_html

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "imdifeed" / "demo"
SOURCE = Source("documents", "documents", "The judged set", "IMDi")
SHAPE = "judged"
#: files of queries, with the part they belong to where it is one
QUERIES = {"queries.toml": "", "queries_later.toml": "tune", "queries_unseen.toml": "unseen"}


@dataclass(frozen=True)
class LaterSet:
    """A set that somebody else wrote later: entries of its own, and queries."""

    #: from its parts to their files
    entries: Mapping[str, str]
    #: from files of queries to the part they belong to
    queries: Mapping[str, str]
    #: judged over its own entries alone, not over all so far
    alone: bool = False


LATER = (
    LaterSet(
        {f"third {half}": f"later/{half}/*.toml" for half in ("tune", "report")},
        {f"queries_third_{half}.toml": f"third {half}" for half in ("tune", "report")},
    ),
    LaterSet(
        {f"fourth {half}": f"fourth/{half}/*.toml" for half in ("tune", "report")},
        {f"queries_fourth_{half}.toml": f"fourth {half}" for half in ("tune", "report")},
    ),
    *(
        LaterSet(
            {f"{name} {part}": f"{name}/*.toml"},
            {f"queries_{name}_{part}.toml": f"{name} {part}"},
            alone=True,
        )
        for name, part in (
            ("fifth", "tune"),
            ("sixth", "tune"),
            ("seventh", "tune"),
            ("eighth", "tune"),
            ("ninth", "tune"),
            ("tenth", "tune"),
            ("eleventh", "tune"),
            ("twelfth", "tune"),
            ("thirteenth", "tune"),
            ("fourteenth", "tune"),
            ("fifteenth", "tune"),
            ("sixteenth", "report"),
            ("seventeenth", "report"),
            ("eighteenth", "tune"),
            ("nineteenth", "tune"),
            ("twentieth", "report"),
            ("twentyfirst", "report"),
            ("twentysecond", "tune"),
            ("twentythird", "tune"),
            ("twentyfourth", "tune"),
            ("twentyfifth", "tune"),
            ("twentysixth", "report"),
            ("twentyseventh", "report"),
            ("twentyeighth", "report"),
            ("twentyninth", "report"),
        )
    ),
)


@dataclass(frozen=True)
class JudgedEntry:
    """An entry before any pipeline, and what a person says it is."""

    id: str
    item: EntryItem
    tags: frozenset[str]
    language: Language
    #: whether the title by itself says which language it is in
    title_tells: bool


@dataclass(frozen=True)
class JudgedQuery:
    """A query and what answers it: 2 for an entry about it, 1 for one that says something of it."""

    q: str
    kind: str
    grades: dict[str, int]
    #: `tune`, `report`, `unseen`, or a part of a later set
    part: str


def part_of(name: str) -> str:
    """Give the part a query or entry belongs to, for good: half to tune on, half to report on."""
    return "tune" if sha256(name.encode()).digest()[0] % 2 else "report"


def load_entries() -> list[JudgedEntry]:
    """Read the entries that queries are judged against. Raises ValueError for a faulty one."""
    return _checked(entry for path in (HERE / "entries").glob("*.toml") for entry in _file(path))


def load_entries_apart(files: str) -> list[JudgedEntry]:
    """Read entries that only a later set's queries know, or none does. Raises ValueError."""
    return _checked(entry for path in HERE.glob(files) for entry in _file(path))


def _checked(found: Iterable[JudgedEntry]) -> list[JudgedEntry]:
    tags = _known_tags()
    entries = sorted(found, key=lambda entry: entry.id)
    for entry in entries:
        if unknown := entry.tags - tags:
            raise ValueError(f"{entry.id}: no tag is called {', '.join(sorted(unknown))}")
    if len({entry.id for entry in entries}) < len(entries):
        raise ValueError("two judged entries have one id")
    return entries


@cache
def _known_tags() -> frozenset[str]:
    return frozenset(tag.slug for tag in load_taxonomy(known_good=True).tags)


def load_queries(known: set[str], files: Mapping[str, str] = QUERIES) -> list[JudgedQuery]:
    """Read judged queries. Raises ValueError for an answer that is no judged entry."""
    queries = []
    for file, part in files.items():
        for row in tomllib.loads((HERE / file).read_text("utf-8"))["query"]:
            grades = {**dict.fromkeys(row.get("also", ()), 1), **dict.fromkeys(row["best"], 2)}
            if strangers := grades.keys() - known:
                raise ValueError(f"{row['q']}: no judged entry is called {', '.join(strangers)}")
            queries.append(JudgedQuery(row["q"], row["kind"], grades, part or part_of(row["q"])))
    return queries


def load_titles(file: str) -> list[tuple[str, Language]]:
    """Read titles that stand alone, with their language; `und` for what no word tells."""
    rows = tomllib.loads((HERE / file).read_text("utf-8"))
    return [(title, Language(code)) for code, titles in rows.items() for title in titles]


def _file(path: Path) -> Iterator[JudgedEntry]:
    table = tomllib.loads(path.read_text("utf-8"))
    documents: dict[str, list[EntryItem]] = {}
    for row in table["entry"]:
        item = _referenced(row, documents) if "file" in row else _written(row)
        item.key = row["id"]
        language = Language(row.get("language") or table["language"])
        tells = row.get("title_tells", True)
        yield JudgedEntry(row["id"], item, frozenset(row["tags"]), language, tells)


def _referenced(row: dict[str, Any], documents: dict[str, list[EntryItem]]) -> EntryItem:
    """Read a text of the demonstration, as its site or an import would give it."""
    path = DEMO / row["file"]
    if path.parent.name == "documents":
        if path.name not in documents:
            documents[path.name] = read_document(path, source=SOURCE)
        items = documents[path.name]
        chosen = [item for item in items if row.get("title", item.title) == item.title]
        if len(chosen) != 1:
            raise ValueError(f"{row['id']}: {len(chosen)} entries of {path.name} have this title")
        return chosen[0]
    _, head, body = path.read_text("utf-8").split("+++\n", 2)
    return _written({**tomllib.loads(head), "body": body, "kind": "news"})


def _written(row: dict[str, Any]) -> EntryItem:
    body = press_room_html(parse(row["body"]))
    noon = datetime.combine(row["published"], time(12), tzinfo=UTC)
    return EntryItem(
        key="",
        url="",
        kind=Kind(row["kind"]),
        title=row["title"],
        lead=row["lead"],
        body=body,
        keywords=tuple(row.get("keywords", ())),
        published=PublisherDate(noon, Precision.DAY),
        shape=SHAPE,
    )
