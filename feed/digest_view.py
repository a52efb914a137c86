"""All that a digest shows, in words: what its mail and its web page are both made from."""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import msgspec

from db.models import EntryDeadline, Language, Told
from feed.language import format_day, format_minute, translations
from feed.links import entry_url
from feed.sections import Notice, Section
from feed.stories import Group, Names, arrange
from feed.verdicts import verdict_in_words
from feed.wording import cut, in_oslo, untitled

#: deadlines named in one digest
MOST_DEADLINES: Final = 10
_TITLE_CHARACTERS: Final = 150


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A deadline ahead, as a digest shows it."""

    day: str
    title: str
    url: str
    #: language of the title where it is known and not the mail's own
    language: str


@dataclass(frozen=True, slots=True)
class DigestView:
    """What a digest shows; its texts are in the digest's language.

    It is kept for good: a field added here, or in what it holds, needs a default.
    """

    language: Language
    headline: str
    #: day it was written, in Oslo
    day: date
    groups: tuple[Group, ...]
    deadlines: tuple[DeadlineLine, ...]
    #: what is wrong with the sources
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Viewed:
    """A digest in words, with what that means for the ledger."""

    view: DigestView
    told: tuple[Told, ...]
    #: numbers of entries that cannot be shown
    left_out: tuple[int, ...]

    @property
    def stories(self) -> int:
        """How many stories it tells, shown or not."""
        return len({one.story for one in self.told})


def view_digest(
    sections: Sequence[Section],
    names: Names,
    *,
    deadlines: Sequence[EntryDeadline],
    notices: Sequence[Notice],
    now: datetime,
) -> Viewed:
    """Put the sections of one digest into words."""
    groups, left_out = arrange(sections, names)
    told = _told(sections, left_out)
    amended = sum(len(group.amended) for group in groups)
    view = DigestView(
        language=names.language,
        headline=_headline(len({one.story for one in told}), amended, names.language),
        day=in_oslo(now).date(),
        groups=tuple(groups),
        deadlines=tuple(_deadline(one, names) for one in deadlines[:MOST_DEADLINES]),
        notices=tuple(_notice(one, names.language) for one in notices),
    )
    return Viewed(view, told, tuple(sorted(left_out)))


def page_of(view: DigestView) -> bytes:
    """Write down what a digest shows, without the links by which its reader can leave."""
    nameless = tuple(replace(group, unsubscribe_url="") for group in view.groups)
    return zlib.compress(msgspec.json.encode(replace(view, groups=nameless)), level=9)


def view_from(page: bytes) -> DigestView:
    """Read what `page_of` wrote."""
    return msgspec.json.decode(zlib.decompress(page), type=DigestView)


def mentions(page: bytes, addresses: Collection[str]) -> bool:
    """Tell whether what `page_of` wrote links to one of some addresses, or to what is below it."""
    text = zlib.decompress(page)
    return any(
        f'"{address}{end}'.encode() in text for address in addresses if address for end in '"/'
    )


def _told(sections: Sequence[Section], left_out: Collection[int]) -> tuple[Told, ...]:
    return tuple(
        dict.fromkeys(
            Told(subscription_id=section.subscription.id, story=story)
            for section in sections
            for story in (
                *(entry.story for entry in section.entries if entry.id not in left_out),
                *section.more,
            )
        )
    )


def _headline(stories: int, amended: int, language: Language) -> str:
    say = translations(language)
    if not stories:
        text = say.ngettext("%(num)s sak er endret", "%(num)s saker er endret", amended)
        return text % {"num": amended}
    return say.ngettext("%(num)s ny sak", "%(num)s nye saker", stories) % {"num": stories}


def _deadline(found: EntryDeadline, names: Names) -> DeadlineLine:
    entry, deadline = found.entry, found.deadline
    # the clock of Oslo, as the deadline has it; nothing is converted
    at = deadline.time and datetime.combine(deadline.day, deadline.time)
    day = format_minute(at, names.language) if at else format_day(deadline.day, names.language)
    own = entry.language in {names.language, Language.UNDETERMINED}
    return DeadlineLine(
        day=day,
        title=cut(entry.title, _TITLE_CHARACTERS) or untitled(names.language),
        url=entry_url(names.site, entry),
        language="" if own else entry.language.value,
    )


def _notice(notice: Notice, language: Language) -> str:
    return f"{notice.source.name}: {verdict_in_words(notice.run, language)}"
