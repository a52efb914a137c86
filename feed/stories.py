"""What a digest shows: a reader's subscriptions, each with its stories, none of them twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from db.models import Entry, Language, Republish, Source, Tag
from db.text import one_line
from feed.isolation import made_of
from feed.language import format_day, translations
from feed.links import entry_url, listing_url
from feed.sanitise import safe_url, summary_of
from feed.sections import Passage
from feed.sections import Section as Section
from feed.site import Site
from feed.standing import as_shown, places_in_words, places_of
from feed.wording import (
    cut,
    date_in_words,
    in_oslo,
    kind_label,
    query_in_words,
    query_title,
    untitled,
)

_TITLE_CHARACTERS: Final = 200
_SUMMARY_CHARACTERS: Final = 280
_PASSAGE_CHARACTERS: Final = 400


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of a text, marked where it holds the words searched for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A story as a digest shows it."""

    title: str
    url: str
    #: kind, publisher, date and, of one that was amended, what became of it
    facts: str
    summary: str
    #: language of title and summary where it is known and not the mail's own
    language: str
    #: the reader's other subscriptions that it matches
    also: tuple[str, ...]
    #: where else it stands, “imdi.no og regjeringen.no”; mostly empty
    elsewhere: str = ""
    #: the sentence that shows why it is here, where the summary does not hold it
    passage: tuple[Words, ...] = ()


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
    #: how many were old when they were found: counted, not shown
    older: int = 0
    #: told earlier, and corrected or taken away since
    amended: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What entries and queries are put into words with."""

    site: Site
    tags: Mapping[str, Tag]
    sources: Mapping[str, Source]
    language: Language


def arrange(sections: Sequence[Section], names: Names) -> tuple[list[Group], frozenset[int]]:
    """Place each story once, under the first subscription it matches, with the others' names.

    Gives the groups and the numbers of the entries that cannot be shown; those are logged.
    """
    placing = _Placing(sections, names)
    return [placing.group(section) for section in sections], frozenset(placing.left_out)


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
        replace(
            group,
            stories=group.stories[:count],
            rest=group.rest + len(group.stories) - count,
            amended=group.amended[:most],
        )
        for group, count in zip(groups, shown, strict=True)
    ]


class _Placing:
    """Remembers what a digest shows already."""

    def __init__(self, sections: Sequence[Section], names: Names) -> None:
        self._names = names
        self._matches: dict[int, tuple[str, ...]] = {}
        self._placed: set[int] = set()
        self._amended: set[int] = set()
        self.left_out: set[int] = set()
        for section in sections:
            title = self._title(section)
            for story in dict.fromkeys([*(one.story for one in section.entries), *section.more]):
                self._matches[story] = (*self._matches.get(story, ()), title)

    def group(self, section: Section) -> Group:
        """Show a subscription with what stands nowhere before it."""
        names = self._names
        return Group(
            title=self._title(section),
            words=query_in_words(section.query, names.tags, names.sources, names.language),
            listing_url=listing_url(names.site, section.query),
            unsubscribe_url=section.unsubscribe_url,
            stories=self._shown(section, section.entries, self._placed),
            # what another subscription shows is not missing here
            rest=len([story for story in section.more if story not in self._placed]),
            older=section.older,
            amended=self._shown(section, section.amended, self._amended),
        )

    def _title(self, section: Section) -> str:
        names = self._names
        return query_title(section.query, names.tags, names.sources, names.language)

    def _shown(
        self, section: Section, entries: Sequence[Entry], placed: set[int]
    ) -> tuple[Story, ...]:
        def show(entry: Entry) -> Story:
            if placed is self._amended:
                return _amended(entry, self._names)
            also = self._matches.get(entry.story, ())[1:]
            return _story(entry, self._names, section.passages.get(entry.id), also)

        stories = []
        for entry, story in made_of(
            # asked one by one: a story that was just placed is not shown again
            (entry for entry in entries if entry.story not in placed),
            show,
            name=lambda entry: f"entry {entry.id}",
            where="a digest",
            leave_out=lambda entry: self.left_out.add(entry.id),
        ):
            stories.append(story)
            placed.add(entry.story)
        return tuple(stories)


def story_of(entry: Entry, names: Names) -> Story:
    """Show an entry as a digest of one subscription would."""
    return _story(entry, names, None, ())


def _amended(entry: Entry, names: Names) -> Story:
    """Show an entry that was told before, with what became of it."""
    story = _story(entry, names, None, ())
    if entry.withdrawn or not entry.revised:
        return story
    day = format_day(in_oslo(entry.revised), names.language)
    corrected = translations(names.language).gettext("rettet %(day)s") % {"day": day}
    return replace(story, facts=f"{story.facts} · {corrected}")


def _story(entry: Entry, names: Names, passage: Passage | None, also: tuple[str, ...]) -> Story:
    say = translations(names.language)
    source = names.sources.get(entry.source)
    date = date_in_words(entry.published, names.language) if entry.published else ""
    facts = (
        kind_label(entry.kind, names.language),
        cut(entry.publisher or (source.publisher if source else ""), 100),
        date or say.gettext("uten dato"),
        say.gettext("trukket tilbake") if entry.withdrawn else "",
    )
    summary = summary_of(as_shown(entry), _SUMMARY_CHARACTERS)
    own = entry.language in {names.language, Language.UNDETERMINED}
    return Story(
        title=cut(entry.title, _TITLE_CHARACTERS) or untitled(names.language),
        # what was taken away stands with its publisher no more
        url=("" if entry.withdrawn else safe_url(entry.url)) or entry_url(names.site, entry),
        facts=" · ".join(filter(None, facts)),
        summary=summary,
        language="" if own else entry.language.value,
        also=also,
        elsewhere=places_in_words(places_of(entry, names.site, names.sources), names.language),
        passage=_words(passage, entry, summary, source) if passage else (),
    )


def _words(
    passage: Passage, entry: Entry, summary: str, source: Source | None
) -> tuple[Words, ...]:
    """Give a passage in pieces; nothing where it may not be shown or stands there already."""
    may_show = source is not None and source.republish is Republish.FULL and not entry.withdrawn
    sentence = one_line(passage.text)
    if not may_show or not sentence or sentence.rstrip(" .…") in f"{entry.title} {summary}":
        return ()
    pieces, end, left = [], 0, _PASSAGE_CHARACTERS
    for start, stop in sorted(passage.spans):
        if end <= start < stop <= len(passage.text):
            pieces += [Words(passage.text[end:start]), Words(passage.text[start:stop], marked=True)]
            end = stop
    pieces.append(Words(passage.text[end:]))
    shown = []
    for piece in pieces:
        text = " ".join(piece.text[:left].split("\n")) if left > 0 else ""
        left -= len(piece.text)
        if text:
            shown.append(Words(text if left >= 0 else f"{text.rpartition(' ')[0]}…", piece.marked))
    return tuple(shown)
