"""How a source fares, in the words readers meet.

Labels are bokmål, marked for translation; every function takes the language to write in.
"""

from collections.abc import Mapping
from typing import Final

from db.gaps import Gap
from db.models import Cause, CrawlRun, Language, Verdict
from feed.language import marked, translations

#: careful words: we see only that we cannot read a source, not why
VERDICT_LABELS: Final[Mapping[Verdict | None, str]] = {
    Verdict.OK: marked("Virker som den skal"),
    Verdict.QUIET: marked("Uvanlig stille"),
    Verdict.DEGRADED: marked("Virker bare delvis"),
    Verdict.BROKEN: marked("Kan være ødelagt"),
    None: marked("Ikke hentet ennå"),
}

CAUSE_WORDS: Final[Mapping[Cause, str]] = {
    Cause.UNREACHABLE: marked("vi fikk ikke svar fra kilden"),
    Cause.FORBIDDEN: marked("kilden tillater ikke at vi henter derfra"),
    Cause.MOVED: marked("siden vi henter fra, er flyttet eller borte"),
    Cause.CHALLENGE: marked("kilden slipper bare inn nettlesere"),
    Cause.LOGIN: marked("kilden krever innlogging"),
    Cause.ERROR_PAGE: marked("kilden viser en feilside"),
    Cause.EMPTIED: marked("listen hos kilden er tom"),
    Cause.REDESIGNED: marked("sidene hos kilden er bygd opp på en ny måte som vi ikke kan lese"),
    Cause.WRONG_PUBLISHER: marked("kilden viser saker fra en annen utgiver"),
    Cause.REJECTED: marked("noen saker kunne ikke leses"),
    Cause.INCOMPLETE: marked("noen saker mangler opplysninger som de pleier å ha"),
    Cause.FALLBACK: marked("mange saker måtte leses på en dårligere måte enn vanlig"),
    Cause.MANY_CHANGED: marked("uvanlig mange saker ble endret på en gang"),
    Cause.MANY_GONE: marked("uvanlig mange saker er borte på en gang"),
    Cause.SILENT: marked("det er lenge siden kilden publiserte noe"),
    Cause.INTERRUPTED: marked("hentingen ble avbrutt"),
    Cause.FAULT: marked("det oppsto en feil hos oss"),
}
_WORKING_DAYS: Final = {"week": 5, "month": 21, "year": 250}
#: every one, every second one, every so many
_DAYS: Final = (
    marked("vanligvis hver virkedag"),
    marked("vanligvis annenhver virkedag"),
    marked("vanligvis hver %(number)s. virkedag"),
)
_WEEKS: Final = (
    marked("vanligvis hver uke"),
    marked("vanligvis annenhver uke"),
    marked("vanligvis hver %(number)s. uke"),
)
_MONTHS: Final = (
    marked("vanligvis hver måned"),
    marked("vanligvis annenhver måned"),
    marked("vanligvis hver %(number)s. måned"),
)
_YEARS: Final = (
    marked("vanligvis hvert år"),
    marked("vanligvis annethvert år"),
    marked("vanligvis hvert %(number)s. år"),
)


def verdict_in_words(run: CrawlRun | None, language: Language = Language.BOKMAL) -> str:
    """Say how a source's newest run went: “Kan være ødelagt: kilden krever innlogging”."""
    say = translations(language)
    label = say.gettext(VERDICT_LABELS[run.verdict if run else None])
    return f"{label}: {say.gettext(CAUSE_WORDS[run.cause])}" if run and run.cause else label


def gap_in_words(gap: Gap, language: Language = Language.BOKMAL) -> str:
    """Say how often a source publishes: “vanligvis hver 4. virkedag”, “vanligvis annenhver uke”."""
    days = gap.median
    if days < _WORKING_DAYS["week"]:
        return _every(days, _DAYS, language)
    if days < _WORKING_DAYS["month"] - 3:
        return _every(round(days / _WORKING_DAYS["week"]), _WEEKS, language)
    if days < _WORKING_DAYS["year"] - 20:
        return _every(round(days / _WORKING_DAYS["month"]), _MONTHS, language)
    return _every(round(days / _WORKING_DAYS["year"]), _YEARS, language)


def _every(number: int, texts: tuple[str, str, str], language: Language) -> str:
    return translations(language).gettext(texts[min(max(number, 1), 3) - 1]) % {"number": number}
