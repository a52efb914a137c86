"""What a digest shows: a reader's subscriptions, each with its stories, none of them twice."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from db.models import Entry, Language, Source, Tag
from feed.links import entry_url, listing_url
from feed.sanitise import safe_url, summary_of
from feed.sections import Section as Section
from feed.site import Site
from feed.standing import as_shown, places_in_words, places_of
from feed.wording import (
    KIND_LABELS,
    UNTITLED,
    cut,
    date_in_words,
    query_in_words,
    query_title,
)

_TITLE_CHARACTERS: Final = 200
_SUMMARY_CHARACTERS: Final = 280

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Story:
    """A story as a digest shows it."""

    title: str
    url: str
    #: kind, publisher and date
    facts: str
    summary: str
    #: language of title and summary where it is known and not the mail's own
    language: str
    #: the reader's other subscriptions that it matches
    also: tuple[str, ...]
    #: where else it stands, “imdi.no og regjeringen.no”; mostly empty
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A subscription as a digest shows it."""

    #: name of its query, as a heading
    title: str
    #: its query in a sentence
    words: str
    listing_url: str
    unsubscribe_url: str
    stories: tuple[Story, ...]
    #: stories that only the listing shows
    rest: int = 0


def arrange(
    sections: Sequence[Section],
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
) -> tuple[list[Group], frozenset[int]]:
    """Place each story once, under the first subscription it matches, with the others' names.

    Gives the groups and the numbers of the entries that cannot be shown; those are logged.
    """
    titles = [query_title(section.query, tags, sources) for section in sections]
    matches = _matches(sections, titles)
    groups: list[Group] = []
    placed: set[int] = set()
    left_out: set[int] = set()
    for section, title in zip(sections, titles, strict=True):
        stories = []
        for entry in section.entries:
            if entry.story in placed:
                continue
            try:
                stories.append(_story(entry, site, sources, also=matches[entry.story][1:]))
            except Exception:
                _log.exception("entry %d is left out of a digest", entry.id)
                left_out.add(entry.id)
            else:
                placed.add(entry.story)
        words = query_in_words(section.query, tags, sources)
        listing = listing_url(site, section.query)
        groups.append(Group(title, words, listing, section.unsubscribe_url, tuple(stories)))
    return groups, frozenset(left_out)


def _matches(sections: Sequence[Section], titles: Sequence[str]) -> dict[int, tuple[str, ...]]:
    matches: dict[int, tuple[str, ...]] = {}
    for section, title in zip(sections, titles, strict=True):
        for story in dict.fromkeys(entry.story for entry in section.entries):
            matches[story] = (*matches.get(story, ()), title)
    return matches


def _story(
    entry: Entry, site: Site, sources: Mapping[str, Source], *, also: tuple[str, ...]
) -> Story:
    source = sources.get(entry.source)
    publisher = cut(entry.publisher or (source.publisher if source else ""), 100)
    date = date_in_words(entry.published) if entry.published else "uten dato"
    withdrawn = "trukket tilbake" if entry.withdrawn else ""
    foreign = entry.language not in {Language.BOKMAL, Language.UNDETERMINED}
    return Story(
        title=cut(entry.title, _TITLE_CHARACTERS) or UNTITLED,
        url=safe_url(entry.url) or entry_url(site, entry),
        facts=" · ".join(filter(None, (KIND_LABELS[entry.kind], publisher, date, withdrawn))),
        summary=summary_of(as_shown(entry), _SUMMARY_CHARACTERS),
        language=entry.language.value if foreign else "",
        also=also,
        elsewhere=places_in_words(places_of(entry, site, sources)),
    )


def limited(groups: Sequence[Group], most: int) -> list[Group]:
    """Share `most` stories out in turns, so that a busy subscription leaves room for the others."""
    shown = [0] * len(groups)
    while sum(shown) < most and any(
        shown[i] < len(group.stories) for i, group in enumerate(groups)
    ):
        for i, group in enumerate(groups):
            if sum(shown) < most and shown[i] < len(group.stories):
                shown[i] += 1
    return [
        replace(group, stories=group.stories[:count], rest=len(group.stories) - count)
        for group, count in zip(groups, shown, strict=True)
    ]
