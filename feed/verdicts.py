"""How a source fares, in the words readers meet (bokmål)."""

from collections.abc import Mapping
from typing import Final

from db.gaps import Gap
from db.models import Cause, CrawlRun, Verdict

#: careful words: we see only that we cannot read a source, not why
VERDICT_LABELS: Final[Mapping[Verdict | None, str]] = {
    Verdict.OK: "Virker som den skal",
    Verdict.QUIET: "Uvanlig stille",
    Verdict.DEGRADED: "Virker bare delvis",
    Verdict.BROKEN: "Kan være ødelagt",
    None: "Ikke hentet ennå",
}

CAUSE_WORDS: Final[Mapping[Cause, str]] = {
    Cause.UNREACHABLE: "vi fikk ikke svar fra kilden",
    Cause.FORBIDDEN: "kilden tillater ikke at vi henter derfra",
    Cause.MOVED: "siden vi henter fra, er flyttet eller borte",
    Cause.CHALLENGE: "kilden slipper bare inn nettlesere",
    Cause.LOGIN: "kilden krever innlogging",
    Cause.ERROR_PAGE: "kilden viser en feilside",
    Cause.EMPTIED: "listen hos kilden er tom",
    Cause.REDESIGNED: "sidene hos kilden er bygd opp på en ny måte som vi ikke kan lese",
    Cause.WRONG_PUBLISHER: "kilden viser saker fra en annen utgiver",
    Cause.REJECTED: "noen saker kunne ikke leses",
    Cause.INCOMPLETE: "noen saker mangler opplysninger som de pleier å ha",
    Cause.FALLBACK: "mange saker måtte leses på en dårligere måte enn vanlig",
    Cause.MANY_CHANGED: "uvanlig mange saker ble endret på en gang",
    Cause.MANY_GONE: "uvanlig mange saker er borte på en gang",
    Cause.SILENT: "det er lenge siden kilden publiserte noe",
    Cause.INTERRUPTED: "hentingen ble avbrutt",
    Cause.FAULT: "det oppsto en feil hos oss",
}
_WORKING_DAYS: Final = {"week": 5, "month": 21, "year": 250}


def verdict_in_words(run: CrawlRun | None) -> str:
    """Say how a source's newest run went: “Kan være ødelagt: kilden krever innlogging”."""
    if run is None:
        return VERDICT_LABELS[None]
    label = VERDICT_LABELS[run.verdict]
    return f"{label}: {CAUSE_WORDS[run.cause]}" if run.cause else label


def gap_in_words(gap: Gap) -> str:
    """Say how often a source publishes: “vanligvis hver 4. virkedag”, “vanligvis annenhver uke”."""
    days = gap.median
    if days < _WORKING_DAYS["week"]:
        return f"vanligvis {_every(days)} virkedag"
    if days < _WORKING_DAYS["month"] - 3:
        return f"vanligvis {_every(round(days / _WORKING_DAYS['week']))} uke"
    if days < _WORKING_DAYS["year"] - 20:
        return f"vanligvis {_every(round(days / _WORKING_DAYS['month']))} måned"
    years = round(days / _WORKING_DAYS["year"])
    return "vanligvis hvert år" if years <= 1 else f"vanligvis hvert {years}. år"


def _every(number: int) -> str:
    if number <= 1:
        return "hver"
    return "annenhver" if number == 2 else f"hver {number}."
