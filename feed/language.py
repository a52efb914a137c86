"""The languages that pages and mails are written in: their words and their dates.

What stands in code and templates is bokmål and names itself; `feed/translations/` has the others.
The catalogues are read as they are (`.po`), so nothing has to be built before it can be run.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from db.models import Language

#: languages of pages and mails; the first one is what is meant where nothing is chosen
SPOKEN: Final = (Language.BOKMAL, Language.NYNORSK, Language.ENGLISH)
#: the catalogues, as gettext lays them out: `<language>/LC_MESSAGES/<domain>.po`
CATALOGUES: Final = Path(__file__).parent / "translations"
DOMAIN: Final = "imdifeed"

#: patterns of Unicode's locale data (UTS 35), by language: day, month, and day with time
_DAY: Final[Mapping[Language, str]] = {
    Language.BOKMAL: "d. MMMM y",
    Language.NYNORSK: "d. MMMM y",
    Language.ENGLISH: "d MMMM y",
}
_WEEKDAY: Final[Mapping[Language, str]] = {
    Language.BOKMAL: "EEEE d. MMMM y",
    Language.NYNORSK: "EEEE d. MMMM y",
    Language.ENGLISH: "EEEE d MMMM y",
}
_MONTH: Final = "MMMM y"
_MINUTE: Final[Mapping[Language, str]] = {
    Language.BOKMAL: "d. MMMM y 'kl.' HH.mm",
    Language.NYNORSK: "d. MMMM y 'kl.' HH.mm",
    Language.ENGLISH: "d MMMM y 'at' HH:mm",
}


def spoken(language: Language) -> Language:
    """Give a language that we write in: the one given where it is one, else bokmål."""
    return language if language in SPOKEN else SPOKEN[0]


@cache
def translations(language: Language) -> NullTranslations:
    """Give the words of a language, `gettext` and `ngettext`; of bokmål, what is asked for."""
    path = catalogue_path(spoken(language))
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language.value, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def catalogue_path(language: Language) -> Path:
    """Give where the catalogue of a language is; bokmål has none."""
    return CATALOGUES / language.value / "LC_MESSAGES" / f"{DOMAIN}.po"


def marked(text: str) -> str:
    """Mark a text that is translated where it is used, for whoever collects what to translate."""
    return text


def format_day(day: date, language: Language) -> str:
    """Give a day as “19. oktober 2020”; a `datetime` is taken by its own calendar day."""
    return _day(day.year, day.month, day.day, language)


def format_weekday(day: date, language: Language) -> str:
    """Give a day as “mandag 19. oktober 2020”."""
    return _format(datetime(day.year, day.month, day.day), _WEEKDAY, language)  # noqa: DTZ001 (no zone in a day)


def format_month(day: date, language: Language) -> str:
    """Give the month of a day as “mai 2020”."""
    return _format(datetime(day.year, day.month, 1), dict.fromkeys(SPOKEN, _MONTH), language)  # noqa: DTZ001 (no zone in a month)


def format_minute(moment: datetime, language: Language) -> str:
    """Give a moment, in the zone it comes in, as “19. oktober 2020 kl. 10.47”."""
    return _format(moment.replace(tzinfo=None), _MINUTE, language)


# a listing names twenty days, most of which the one before named as well
@lru_cache(maxsize=2048)
def _day(year: int, month: int, day: int, language: Language) -> str:
    return _format(datetime(year, month, day), _DAY, language)  # noqa: DTZ001 (no zone in a day)


def _format(moment: datetime, patterns: Mapping[Language, str], language: Language) -> str:
    used = spoken(language)
    # the locale of British English; without a country, babel takes the dates of the United States
    return format_datetime(moment, patterns[used], locale="en_GB" if used == "en" else used.value)
