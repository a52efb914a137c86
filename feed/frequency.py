"""How often a query has had something new, in the words readers meet."""

from typing import Final

from db.models import Language, Pace
from feed.language import translations

_WEEKS_IN_A_MONTH: Final = 365 / 12 / 7
#: from here on a number is rounded to more than one
_SEVERAL: Final = 1.5
_ABOUT_ONE: Final = 0.75


def pace_in_words(pace: Pace, language: Language = Language.BOKMAL) -> str:
    """Say how often to expect something, as “Omtrent 2 i uken. De siste 30 dagene: 6.” does."""
    say = translations(language)
    if not pace.per_week:
        return say.gettext("Ingen det siste året.")
    recent = say.gettext("De siste 30 dagene: %(count)s.") % {"count": pace.last_30_days}
    return f"{_usual(pace.per_week, language)} {recent}"


def _usual(per_week: float, language: Language) -> str:
    say = translations(language)
    per_month = per_week * _WEEKS_IN_A_MONTH
    if per_week >= _SEVERAL:
        return say.gettext("Omtrent %(count)s i uken.") % {"count": round(per_week)}
    if per_week >= _ABOUT_ONE:
        return say.gettext("Omtrent én i uken.")
    if per_month >= _SEVERAL:
        return say.gettext("Omtrent %(count)s i måneden.") % {"count": round(per_month)}
    if per_month >= _ABOUT_ONE:
        return say.gettext("Omtrent én i måneden.")
    return say.gettext("Sjeldnere enn én i måneden.")
