"""An archive of any size to measure with: authored entries with a vocabulary like the real one."""

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import db
from bench.copying import multiply
from builders import SOURCES, TAGS
from crawler.run import TOGETHER
from db.models import EntryData, EntryTag, Kind, Language, Precision, PublisherDate
from db.store import Store

#: the newest entry's moment
NEWEST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
#: characters of a body: like a press release
BODY = 3_000
#: characters of a body where its length does not matter, and the most entries not made by copying
SHORT, MOST_MADE = 600, 10_000

_OPENINGS = (
    "IMDi ber kommunene bosette flere flyktninger",
    "Kommunane skal busetje fleire flyktningar",
    "For mye bruk av ukvalifiserte tolker",
    "Flere innvandrere i arbeid",
    "Ny rapport om introduksjonsprogrammet",
    "Municipalities asked to settle more refugees",
    "Høring om endringer i integreringsloven",
    "Tilskudd til frivillige organisasjoner",
)
_COMMON_WORDS = """
    kommune kommuner kommunene bosetting busetjing bosatt flyktninger flyktningar integrering
    arbeid arbeidsliv arbeidsgiver tolk tolking tolker tolketjeneste introduksjonsprogram norsk
    norskopplæring opplæring deltakere rapport undersøkelse andel prosent tall kvinner menn barn
    ungdom utdanning kompetanse språk samfunn frivillighet tilskudd søknad frist regjeringen
    direktoratet innvandrere innvandring mangfold likestilling tvangsekteskap negativ sosial
    kontroll helse bolig økonomi fylke Oslo Bergen Trondheim Stavanger Tromsø ukrainske Ukraina
"""
_SMALL_WORDS = """
    og i å er det som en et på for med av til at har ikke de vi kan skal om fra eller
"""
_BITS = "ar be da el fo gu ha ik jo ka li mo ne op pre ran ske tun ut vei yt æra øst ånd stor lit"
_COMMON, _SMALL, _SYLLABLES = _COMMON_WORDS.split(), _SMALL_WORDS.split(), _BITS.split()


def fill(store: Store, count: int, *, seed: int = 1, body: int = BODY) -> None:
    """Store `count` entries, oldest first, each with a body of so many characters."""
    store.vocabulary.declare(SOURCES, TAGS, now=NEWEST)
    put(store, entries(count, seed=seed, body=body))


def put(store: Store, given: Iterable[EntryData]) -> None:
    """Store entries as an import does: so many in one transaction, appeared when published."""
    coming = iter(given)
    while batch := list(islice(coming, TOGETHER)):
        with store.together():
            for data in batch:
                store.entries.put(data, seen=NEWEST, first_crawl=True)


def stored(folder: Path, count: int, *, body: int = BODY) -> Path:
    """Give a database with `count` entries; made once in a folder."""
    return _made(folder / f"archive-{count}-{body}.db", lambda store: fill(store, count, body=body))


def short(folder: Path, count: int) -> Path:
    """Give a database with `count` entries of short texts; made once in a folder.

    Above `MOST_MADE` they are copies of as many, each a moment earlier: for what depends on how
    many entries there are, and not on what they say.
    """
    times = -(-count // MOST_MADE)
    if times == 1:
        return stored(folder, count, body=SHORT)
    path = folder / f"archive-{times * MOST_MADE}-{SHORT}.db"
    if path.exists():
        return path
    unfinished = folder / f"unfinished-{path.name}"
    shutil.copyfile(stored(folder, MOST_MADE, body=SHORT), unfinished)
    with contextlib.closing(sqlite3.connect(unfinished)) as connection:
        multiply(connection, times)
    return unfinished.rename(path)


def _made(path: Path, make: Callable[[Store], None]) -> Path:
    if not path.exists():
        unfinished = path.with_name(f"unfinished-{path.name}")
        unfinished.unlink(missing_ok=True)
        store = db.open_store(str(unfinished))
        make(store)
        store.close()
        unfinished.rename(path)
    return path


def entries(count: int, *, seed: int = 1, body: int = BODY) -> Iterator[EntryData]:
    """Give `count` entries, the same for the same seed."""
    chance = random.Random(seed)
    rare = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(40_000)]
    for number in range(count):
        yield _entry(number, count, chance, rare, body)


def _entry(number: int, count: int, chance: random.Random, rare: list[str], body: int) -> EntryData:
    opening = chance.choice(_OPENINGS)
    slugs = chance.sample([tag.slug for tag in TAGS], k=chance.randint(0, 2))
    paragraphs = [_sentences(chance, rare, body // 6) for _ in range(6)]
    return EntryData(
        source=chance.choice(SOURCES).slug,
        key=f"bench/{number}",
        url=f"https://www.imdi.no/aktuelt/{number}/",
        kind=chance.choice((Kind.PRESS_RELEASE, Kind.NEWS, Kind.REPORT)),
        title=f"{opening} {chance.choice(rare)} {number}",
        lead=_sentences(chance, rare, 200),
        body="".join(f"<p>{text}</p>" for text in paragraphs),
        body_text="\n".join(paragraphs),
        language=Language.BOKMAL,
        published=PublisherDate(_moment(number, count), Precision.MINUTE),
        tags=tuple(EntryTag(slug, "title: bosetting", 1.0) for slug in slugs),
    )


def _sentences(chance: random.Random, rare: list[str], length: int) -> str:
    words: list[str] = []
    size = 0
    while size < length:
        draw = chance.random()
        source = _SMALL if draw < 0.45 else _COMMON if draw < 0.85 else rare
        word = chance.choice(source)
        words.append(word)
        size += len(word) + 1
    return f"{' '.join(words)}.".capitalize()


def _moment(number: int, count: int) -> datetime:
    # two a day, so that a large archive reaches back as a real one would
    return NEWEST - timedelta(hours=12) * (count - number) / max(count / 8_000, 1)
