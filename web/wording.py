"""What pages say that feeds and mails do not: counts, errors (bokmål)."""

from datetime import datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from db.errors import QueryError, UnknownValueError
from db.models import Entry, Language, Precision, PublisherDate
from db.query import Sort, Vocabulary
from feed.wording import LANGUAGE_LABELS, cut, day_in_words, in_oslo

SORT_LABELS = {
    Sort.NEWEST: "Nyeste først",
    Sort.RELEVANCE: "Mest relevant",
    Sort.OLDEST: "Eldste først",
}
_UNKNOWN = {"tag": "noe tema", "kind": "noen type", "source": "noen kilde", "lang": "noe språk"}
#: longest piece of what was asked for that an error repeats
_MOST_REPEATED = 80
_NO_BREAK = "\u00a0"


def number_in_words(number: int) -> str:
    """Give a number with its thousands apart, as Norwegians write it."""
    return f"{number:,}".replace(",", _NO_BREAK) if number > 9999 else str(number)


def hits_in_words(total: int) -> str:
    """Say how many entries a query found."""
    return f"{number_in_words(total)} treff" if total else "Ingen treff"


def entries_in_words(total: int) -> str:
    """Say how many entries there are of something."""
    return "1 sak" if total == 1 else f"{number_in_words(total)} saker"


def moment_in_words(moment: datetime) -> str:
    """Give a moment as “19. oktober 2020 kl. 10.47”, in Oslo time."""
    local = in_oslo(moment)
    return f"{day_in_words(local)} kl. {local:%H.%M}"


def machine_moment(moment: datetime) -> str:
    """Give a moment for the `datetime` attribute, in Oslo time."""
    return in_oslo(moment).isoformat(timespec="minutes")


def machine_date(published: PublisherDate) -> str:
    """Give a publisher's date for the `datetime` attribute, no more exact than it was given."""
    local = in_oslo(published.moment)
    return {
        Precision.YEAR: f"{local:%Y}".zfill(4),
        Precision.MONTH: f"{local:%Y-%m}".zfill(7),
        Precision.DAY: local.date().isoformat(),
        Precision.MINUTE: local.isoformat(timespec="minutes"),
    }[published.precision]


def language_marker(language: Language) -> str:
    """Name the language of a text that readers of bokmål would like to be told of; else nothing."""
    told = language not in {Language.BOKMAL, Language.UNDETERMINED}
    return LANGUAGE_LABELS[language].capitalize() if told else ""


def lang_attribute(entry: Entry) -> Markup:
    """Give the `lang` attribute of an entry's text; empty where it is the page's own or unknown."""
    told = entry.language not in {Language.BOKMAL, Language.UNDETERMINED}
    return Markup(' lang="%s"') % entry.language if told else Markup()


def host_of(url: str) -> str:
    """Give the host of an address, for people; empty where it has none that can be read."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def explain(error: QueryError, known: Vocabulary) -> str:
    """Tell a reader what in the address cannot be used, and what can."""
    value = f"«{cut(error.value, _MOST_REPEATED)}»"
    if isinstance(error, UnknownValueError):
        choices = {"tag": known.tags, "source": known.sources}.get(error.parameter, frozenset())
        hint = f" Disse finnes: {', '.join(sorted(choices))}." if choices else ""
        return f"Det finnes ikke {_UNKNOWN[error.parameter]} som heter {value}.{hint}"
    if error.parameter in {"from", "to"}:
        return f"{value} er ikke en dato. Skriv datoen slik: 2026-01-31."
    if error.parameter == "page":
        return f"{value} er ikke et sidetall. Sidene er nummerert fra 1."
    if error.parameter == "per_page":
        return f"{value} kan ikke brukes som antall treff på en side. Velg et tall fra 1 til 100."
    if error.parameter == "sort":
        return f"{value} er ikke en sortering. Velg mellom {', '.join(Sort)}."
    if error.parameter == "exact":
        return f"{value} kan ikke brukes her. Skriv exact=1 for ord nøyaktig som skrevet."
    if error.parameter == "q":
        return "Søket er for langt. Skriv noen få ord."
    return "Adressen har for mange valg. Begynn på nytt fra forsiden."
