"""Dates, kinds, languages and queries in the words readers meet.

Labels are bokmål, marked for translation; every function takes the language to write in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from db.models import Kind, Language, Precision, PublisherDate, Rhythm, Source, Tag
from db.query import EntryQuery
from db.text import one_line
from feed.language import format_day, format_minute, format_month, marked, translations

OSLO: Final = ZoneInfo("Europe/Oslo")

#: title of an entry whose publisher gave none
UNTITLED: Final = marked("Uten tittel")

KIND_LABELS: Final[Mapping[Kind, str]] = {
    Kind.PRESS_RELEASE: marked("Pressemelding"),
    Kind.NEWS: marked("Nyhet"),
    Kind.REPORT: marked("Rapport"),
    Kind.REPORT_SUMMARY: marked("Rapportsammendrag"),
    Kind.NOTICE: marked("Kunngjøring"),
    Kind.BROCHURE: marked("Brosjyre"),
}

LANGUAGE_LABELS: Final[Mapping[Language, str]] = {
    Language.BOKMAL: marked("bokmål"),
    Language.NYNORSK: marked("nynorsk"),
    Language.ENGLISH: marked("engelsk"),
    Language.SAMI: marked("nordsamisk"),
    Language.UNDETERMINED: marked("ukjent språk"),
}

RHYTHM_LABELS: Final[Mapping[Rhythm, str]] = {
    Rhythm.IMMEDIATE: marked("straks"),
    Rhythm.DAILY: marked("daglig"),
    Rhythm.WEEKLY: marked("ukentlig"),
}

#: longest search text repeated in a title
_MOST_SEARCH_CHARACTERS: Final = 100


def in_oslo(moment: datetime) -> datetime:
    """Give a moment as clocks in Oslo show it; the last hours of year 9999 stay in UTC."""
    try:
        return moment.astimezone(OSLO)
    except OverflowError:
        return moment.astimezone(UTC)


def kind_label(kind: Kind, language: Language = Language.BOKMAL) -> str:
    """Name a kind: “Pressemelding”."""
    return translations(language).gettext(KIND_LABELS[kind])


def language_label(named: Language, language: Language = Language.BOKMAL) -> str:
    """Name a language, as it stands within a sentence: “nynorsk”."""
    return translations(language).gettext(LANGUAGE_LABELS[named])


def rhythm_label(rhythm: Rhythm, language: Language = Language.BOKMAL) -> str:
    """Name a rhythm, as it stands within a sentence: “daglig”."""
    return translations(language).gettext(RHYTHM_LABELS[rhythm])


def untitled(language: Language = Language.BOKMAL) -> str:
    """Give what stands for the title of an entry that has none."""
    return translations(language).gettext(UNTITLED)


def day_in_words(day: date, language: Language = Language.BOKMAL) -> str:
    """Give a day as “19. oktober 2020”. A `datetime` is taken by its own calendar day."""
    return format_day(day, language)


def moment_in_words(moment: datetime, language: Language = Language.BOKMAL) -> str:
    """Give a moment as “19. oktober 2020 kl. 10.47”, in Oslo time."""
    return format_minute(in_oslo(moment), language)


def date_in_words(
    published: PublisherDate, language: Language = Language.BOKMAL, *, with_time: bool = False
) -> str:
    """Give a publisher's date with the precision it was given, in Oslo time.

    “19. oktober 2020”, “mai 2020”, “2008”; `with_time` adds “kl. 10.47” where the minute is known.
    """
    local = in_oslo(published.moment)
    if published.precision is Precision.YEAR:
        return str(local.year)
    if published.precision is Precision.MONTH:
        return format_month(local, language)
    if published.precision is Precision.MINUTE and with_time:
        return format_minute(local, language)
    return format_day(local, language)


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
    query: EntryQuery,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
    language: Language = Language.BOKMAL,
) -> str:
    """Say in a sentence part what a query chooses: “tema Tolking, ord «tolk»”."""
    say = translations(language)
    chosen = _Chosen(query, tags, sources, language)
    parts = [
        text % {"value": words}
        for text, words in (
            (say.gettext("tema %(value)s"), chosen.tags()),
            (say.gettext("type %(value)s"), chosen.kinds()),
            (say.gettext("kilde %(value)s"), chosen.sources()),
            (say.gettext("språk %(value)s"), chosen.languages()),
            (say.gettext("ord %(value)s"), chosen.search()),
        )
        if words
    ]
    year = chosen.year()
    days = [say.gettext("år %(year)s") % {"year": year}] if year else chosen.days()
    return ", ".join(parts + days) or say.gettext("alle saker")


def query_title(
    query: EntryQuery,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
    language: Language = Language.BOKMAL,
) -> str:
    """Name a query as a heading does: “Tolking, søk «tolk»”; “Alle saker” for all of them."""
    say = translations(language)
    chosen = _Chosen(query, tags, sources, language)
    search = chosen.search()
    parts = [
        chosen.tags(),
        chosen.kinds(),
        chosen.sources(),
        chosen.languages(),
        say.gettext("søk %(value)s") % {"value": search} if search else "",
        *([chosen.year()] if chosen.year() else chosen.days()),
    ]
    return ", ".join(filter(None, parts)) or say.gettext("Alle saker")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a query chooses, each field in words; empty where it chooses nothing."""

    query: EntryQuery
    by_tag: Mapping[str, Tag]
    by_source: Mapping[str, Source]
    language: Language

    def tags(self) -> str:
        # a stored query outlives its tags: then the slug itself is all there is to say
        return self._either(
            tag_label(self.by_tag[slug], self.language) if slug in self.by_tag else slug
            for slug in self.query.tags
        )

    def kinds(self) -> str:
        return self._either(kind_label(kind, self.language) for kind in self.query.kinds)

    def sources(self) -> str:
        return self._either(
            self.by_source[slug].name if slug in self.by_source else slug
            for slug in self.query.sources
        )

    def languages(self) -> str:
        return self._either(language_label(one, self.language) for one in self.query.languages)

    def search(self) -> str:
        return quoted(cut(self.query.q, _MOST_SEARCH_CHARACTERS), self.language)

    def year(self) -> str:
        first, last = self.query.from_date, self.query.to_date
        whole = first and last and first.year == last.year and (first.month, first.day) == (1, 1)
        return str(last.year) if whole and last and (last.month, last.day) == (12, 31) else ""

    def days(self) -> list[str]:
        say = translations(self.language)
        first, last = self.query.from_date, self.query.to_date
        days = []
        if first:
            days.append(say.gettext("fra %(day)s") % {"day": format_day(first, self.language)})
        if last:
            days.append(say.gettext("til %(day)s") % {"day": format_day(last, self.language)})
        return days

    def _either(self, words: Iterable[str]) -> str:
        return translations(self.language).gettext(" eller ").join(words)


def quoted(text: str, language: Language = Language.BOKMAL) -> str:
    """Put a text between the quotation marks of a language; empty stays empty."""
    return translations(language).gettext("«%(text)s»") % {"text": text} if text else ""
