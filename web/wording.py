"""What pages say that feeds and mails do not: counts, errors, in the language of the page."""

from datetime import datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from db.errors import QueryError, UnknownValueError
from db.models import Entry, Language, Precision, PublisherDate
from db.query import Sort, Vocabulary
from feed.language import marked
from feed.wording import cut, in_oslo, language_label, quoted
from web.language import gettext, lang_of, ngettext, ui

SORT_LABELS = {
    Sort.NEWEST: marked("Nyeste først"),
    Sort.RELEVANCE: marked("Mest relevant"),
    Sort.OLDEST: marked("Eldste først"),
}
_UNKNOWN = {
    "tag": marked("Det finnes ikke noe tema som heter %(value)s."),
    "kind": marked("Det finnes ikke noen type som heter %(value)s."),
    "source": marked("Det finnes ikke noen kilde som heter %(value)s."),
    "lang": marked("Det finnes ikke noe språk som heter %(value)s."),
}
_UNREADABLE = {
    "from": marked("%(value)s er ikke en dato. Skriv datoen slik: 2026-01-31."),
    "to": marked("%(value)s er ikke en dato. Skriv datoen slik: 2026-01-31."),
    "page": marked("%(value)s er ikke et sidetall. Sidene er nummerert fra 1."),
    "per_page": marked(
        "%(value)s kan ikke brukes som antall treff på en side. Velg et tall fra 1 til 100."
    ),
    "sort": marked("%(value)s er ikke en sortering. Velg mellom %(choices)s."),
    "exact": marked("%(value)s kan ikke brukes her. Skriv exact=1 for ord nøyaktig som skrevet."),
    "q": marked("Søket er for langt. Skriv noen få ord."),
}
#: longest piece of what was asked for that an error repeats
_MOST_REPEATED = 80
#: characters of a moment (ISO 8601) that are as exact as a date was given; a minute has its zone
_LENGTHS = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}
_NO_BREAK = "\u00a0"


def number_in_words(number: int) -> str:
    """Give a number with its thousands apart, as readers of the page's language write it."""
    between = "," if ui() is Language.ENGLISH else _NO_BREAK
    return f"{number:,}".replace(",", between) if number > 9999 else str(number)


def hits_in_words(total: int) -> str:
    """Say how many entries a query found."""
    if not total:
        return gettext("Ingen treff")
    return ngettext("%(count)s treff", "%(count)s treff", total, count=number_in_words(total))


def entries_in_words(total: int) -> str:
    """Say how many entries there are of something."""
    return ngettext("%(count)s sak", "%(count)s saker", total, count=number_in_words(total))


def machine_moment(moment: datetime) -> str:
    """Give a moment for the `datetime` attribute, in Oslo time."""
    return in_oslo(moment).isoformat(timespec="minutes")


def machine_date(published: PublisherDate) -> str:
    """Give a publisher's date for the `datetime` attribute, no more exact than it was given."""
    minute = in_oslo(published.moment).isoformat(timespec="minutes")
    return minute[: _LENGTHS.get(published.precision)]


def language_marker(language: Language) -> str:
    """Name the language of a text that is not bokmål, which most are; else nothing."""
    told = language not in {Language.BOKMAL, Language.UNDETERMINED}
    return capitalised(language_label(language, ui())) if told else ""


def capitalised(text: str) -> str:
    """Give a text with a capital letter first and the others as they are."""
    return text[:1].upper() + text[1:]


def lang_attribute(entry: Entry) -> Markup:
    """Give the `lang` attribute of an entry's text; empty where it is the page's own or unknown."""
    return lang_of(entry.language)


def host_of(url: str) -> str:
    """Give the host of an address, for people; empty where it has none that can be read."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def explain(error: QueryError, known: Vocabulary) -> str:
    """Tell a reader what in the address cannot be used, and what can."""
    value = quoted(cut(error.value, _MOST_REPEATED), ui())
    if isinstance(error, UnknownValueError):
        choices = {"tag": known.tags, "source": known.sources}.get(error.parameter, frozenset())
        text = gettext(_UNKNOWN[error.parameter], value=value)
        if not choices:
            return text
        listed = ", ".join(sorted(choices))
        there = gettext("Disse finnes: %(choices)s.", choices=listed)
        return f"{text} {there}"
    if not error.parameter:
        return gettext("Adressen har for mange valg. Begynn på nytt fra forsiden.")
    if error.parameter not in _UNREADABLE:
        return gettext(
            "%(value)s kan ikke brukes som «%(parameter)s» i adressen.",
            value=value,
            parameter=error.parameter,
        )
    return gettext(_UNREADABLE[error.parameter], value=value, choices=", ".join(Sort))
