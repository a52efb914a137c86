"""The feed of regjeringen.no: everything the ministries publish, of which some concerns us."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.dates import parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.fetching.addresses import canonical_path, origin, web_address
from crawler.fetching.challenge import refuse_challenge
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes.regjeringen_kind import kind_of
from crawler.shapes.regjeringen_page import page_number
from crawler.shapes.rss import RssItem, parse_rss
from crawler.tags.terms import Matcher
from crawler.tags.words import Text
from db.models import PublisherDate
from db.text import one_line

#: what concerns IMDi and integration, bokmål, nynorsk and English, as `crawler.tags.terms` reads it
DEFAULT_WORDS = (
    *("IMDi", "integrering*", "integreringsmangfald*", "hverdagsintegrering*", "kvardagsintegrer*"),
    *("Integrerings- og mangfoldsdirektoratet", "inkludering*", "innvandr*", "*innvandrere"),
    *("*innvandrarar", "*innvandring", "flyktning*", "*flyktninger", "*flyktningar", "fordrevne"),
    *("fordrivne", "nyankomne", "nykomne", "enslige mindreårige", "einslege mindreårige"),
    *("bosetting*", "busetjing*", "busetting*", "bosettes", "busetjast", "introduksjonsprogram*"),
    *("introduksjonslov*", "introduksjonsordning*", "norskopplæring*", "norskprøve*"),
    *("samfunnskunnskap*", "=tolk", "tolken*", "=tolker", "=tolkar", "tolkane*", "tolking*"),
    *("tolketj*", "tolketen*", "tolkelov*", "tolkebruk*"),
    *(
        "tolkeområde*",
        "tolkeutdanning*",
        "negativ sosial kontroll",
        "æresrelatert*",
        "æresmotivert*",
    ),
    *(
        "tvangsekteskap*",
        "tvangsgifte*",
        "kjønnslemlest*",
        "minoritetsrådgiv*",
        "minoritetsrådgjev*",
    ),
    *("minoritetsbakgrunn", "mangfoldspris*", "mangfaldspris*", "jobbsjansen", "integration"),
    *(
        "integrate",
        "immigrant*",
        "immigration*",
        "refugee*",
        "settlement of refugees",
        "interpreters",
    ),
    *("forced marriage*", "Directorate of Integration and Diversity"),
)

_TERM = re.compile(r"[=*]?[^\W_]+\*?")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item that concerns us: the entry it makes by itself, and where its page is."""

    item: EntryItem
    #: path of its page at the source; empty where it has none there
    path: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What the feed holds."""

    #: how many items it names, whatever they are about
    listed: int
    entries: tuple[FeedEntry, ...]
    #: items that cannot be used, each with the reason
    rejected: tuple[tuple[str, str], ...]


def parse_feed(
    body: bytes, *, base_url: str, words: Sequence[str] = (), now: datetime | None = None
) -> Feed:
    """Choose from the feed what holds any of `words` in title or description, each number once.

    Raises:
        ShapeError: no RSS, or a challenge in place of the feed.
    """
    refuse_challenge(body)
    matcher = matcher_of(words or DEFAULT_WORDS)
    items = parse_rss(body)
    entries: dict[str, FeedEntry] = {}
    rejected = []
    for item in items:
        lead = one_line(text_of(item.description))
        if not any(matcher.find(Text.of(f"{item.title}\n{lead}"))):
            continue
        try:
            entry = _entry(item, lead, base_url, now)
        except ShapeError as error:
            rejected.append((item.link or item.title, str(error)))
            continue
        entries.setdefault(entry.item.key, entry)
    return Feed(len(items), tuple(entries.values()), tuple(rejected))


def matcher_of(words: Sequence[str]) -> Matcher:
    """Make a matcher of words as people write them: hyphens and other signs only part words."""
    return Matcher(" ".join(_TERM.findall(word)) for word in words)


def _entry(item: RssItem, lead: str, base_url: str, now: datetime | None) -> FeedEntry:
    link = web_address(item.link, base_url) if item.link else ""
    number = page_number(link)
    guid = item.guid.strip()
    path = canonical_path(link) if number else ""
    number = number or (guid if re.fullmatch(r"[0-9]{1,12}", guid) else "")
    if not number:
        raise ShapeError("the item has no number, neither in its link nor as its guid")
    return FeedEntry(
        EntryItem(
            key=f"id{number}",
            url=origin(base_url) + path if path else link,
            kind=kind_of("", item.title, link),
            title=item.title,
            lead=lead,
            published=_date(item.published, now),
            shape="rss",
        ),
        path,
    )


def _date(text: str, now: datetime | None) -> PublisherDate | None:
    try:
        return parse_date(text, now=now)
    except UnreadableDateError:
        return None
