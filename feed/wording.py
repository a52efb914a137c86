"""Dates, kinds, languages and queries in the words readers meet (bokmål)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from db.models import Kind, Language, Precision, PublisherDate, Rhythm, Source, Tag
from db.query import EntryQuery
from db.text import one_line

OSLO: Final = ZoneInfo("Europe/Oslo")

#: title of an entry whose publisher gave none
UNTITLED: Final = "Uten tittel"

KIND_LABELS: Final[Mapping[Kind, str]] = {
    Kind.PRESS_RELEASE: "Pressemelding",
    Kind.NEWS: "Nyhet",
    Kind.REPORT: "Rapport",
    Kind.REPORT_SUMMARY: "Rapportsammendrag",
    Kind.NOTICE: "Kunngjøring",
    Kind.BROCHURE: "Brosjyre",
}

LANGUAGE_LABELS: Final[Mapping[Language, str]] = {
    Language.BOKMAL: "bokmål",
    Language.NYNORSK: "nynorsk",
    Language.ENGLISH: "engelsk",
    Language.SAMI: "nordsamisk",
    Language.UNDETERMINED: "ukjent språk",
}

RHYTHM_LABELS: Final[Mapping[Rhythm, str]] = {
    Rhythm.IMMEDIATE: "straks",
    Rhythm.DAILY: "daglig",
    Rhythm.WEEKLY: "ukentlig",
}

_MONTHS: Final = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)
#: longest search text repeated in a title
_MOST_SEARCH_CHARACTERS: Final = 100


def in_oslo(moment: datetime) -> datetime:
    """Give a moment as clocks in Oslo show it; the last hours of year 9999 stay in UTC."""
    try:
        return moment.astimezone(OSLO)
    except OverflowError:
        return moment.astimezone(UTC)


def day_in_words(day: date) -> str:
    """Give a day as “19. oktober 2020”. A `datetime` is taken by its own calendar day."""
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def date_in_words(published: PublisherDate, *, with_time: bool = False) -> str:
    """Give a publisher's date with the precision it was given, in Oslo time.

    “19. oktober 2020”, “mai 2020”, “2008”; `with_time` adds “kl. 10.47” where the minute is known.
    """
    local = in_oslo(published.moment)
    if published.precision is Precision.YEAR:
        return str(local.year)
    if published.precision is Precision.MONTH:
        return f"{_MONTHS[local.month - 1]} {local.year}"
    if published.precision is Precision.MINUTE and with_time:
        return f"{day_in_words(local)} kl. {local:%H.%M}"
    return day_in_words(local)


def cut(text: str, limit: int) -> str:
    """Give a text on one line, cut at a word to at most `limit` characters, “…” included."""
    line = one_line(text[: 8 * limit + 200])
    if len(line) <= limit:
        return line
    head = line[:limit].rpartition(" ")[0] or line[: limit - 1]
    return head.rstrip(" ,;:–-") + "…"


def tag_label(tag: Tag, language: Language = Language.BOKMAL) -> str:
    """Give a tag's name in the language of the text it stands by; bokmål where we have no other."""
    if language is Language.NYNORSK:
        return tag.label_nn
    return tag.label_en if language is Language.ENGLISH else tag.label_nb


def query_in_words(
    query: EntryQuery, tags: Mapping[str, Tag], sources: Mapping[str, Source]
) -> str:
    """Say in a sentence part what a query chooses: “tema Tolking, ord «tolk»”."""
    parts = [
        f"{name} {words}"
        for name, words in (
            ("tema", _tags(query, tags)),
            ("type", _kinds(query)),
            ("kilde", _sources(query, sources)),
            ("språk", _languages(query)),
            ("ord", _search(query)),
        )
        if words
    ]
    return ", ".join(parts + _days(query)) or "alle saker"


def query_title(query: EntryQuery, tags: Mapping[str, Tag], sources: Mapping[str, Source]) -> str:
    """Name a query as a heading does: “Tolking, søk «tolk»”; “Alle saker” for all of them."""
    search = _search(query)
    parts = [
        _tags(query, tags),
        _kinds(query),
        _sources(query, sources),
        _languages(query),
        f"søk {search}" if search else "",
        *_days(query),
    ]
    return ", ".join(filter(None, parts)) or "Alle saker"


def _tags(query: EntryQuery, tags: Mapping[str, Tag]) -> str:
    # a stored query outlives its tags: then the slug itself is all there is to say
    return _either(tag_label(tags[slug]) if slug in tags else slug for slug in query.tags)


def _kinds(query: EntryQuery) -> str:
    return _either(KIND_LABELS[kind] for kind in query.kinds)


def _sources(query: EntryQuery, sources: Mapping[str, Source]) -> str:
    return _either(sources[slug].name if slug in sources else slug for slug in query.sources)


def _languages(query: EntryQuery) -> str:
    return _either(LANGUAGE_LABELS[language] for language in query.languages)


def _search(query: EntryQuery) -> str:
    return f"«{cut(query.q, _MOST_SEARCH_CHARACTERS)}»" if query.q else ""


def _days(query: EntryQuery) -> list[str]:
    days = [f"fra {day_in_words(query.from_date)}"] if query.from_date else []
    return days + ([f"til {day_in_words(query.to_date)}"] if query.to_date else [])


def _either(words: Iterable[str]) -> str:
    return " eller ".join(words)
