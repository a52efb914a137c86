"""What publishers changed: two wordings compared, and the feed of corrections and withdrawals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from html import escape
from typing import Final

from db.models import Alteration, Entry, Language, PublisherDate, Republish, Revision, Source, Tag
from db.query import EntryQuery
from db.text import clean, one_line
from feed.channel import Channel, FeedEntry, authority_begun
from feed.isolation import made_of
from feed.language import translations
from feed.links import changes_uri, changes_url, entry_uri, history_url, listing_url
from feed.sanitise import safe_url
from feed.site import Site
from feed.standing import withdrawn_in_words
from feed.worddiff import Change, Piece, compare
from feed.wording import UNTITLED, date_in_words, query_title, tag_label

#: path of the feed
PATH: Final = "/changes.atom"
#: characters of comparison in one entry of the feed; the entry's history has the rest
_MOST_CHARACTERS: Final = 20_000
_MARKS: Final = {Change.REMOVED: "del", Change.ADDED: "ins"}


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """One part of an entry that a change touched."""

    name: str
    pieces: tuple[Piece, ...]


def changed_parts(
    before: Revision, after: Entry | Revision, *, whole: bool, language: Language
) -> tuple[ChangedPart, ...]:
    """Compare two wordings part by part; without `whole`, title, lead and date alone."""
    say = translations(language)
    pairs = [
        (say.gettext("Tittel"), before.title, after.title),
        (
            say.gettext("Publisert"),
            _date(before.published, language),
            _date(after.published, language),
        ),
        (say.gettext("Ingress"), before.lead, after.lead),
    ]
    if whole:
        pairs.append((say.gettext("Tekst"), before.body_text, after.body_text))
    compared = (ChangedPart(name, tuple(compare(old, new))) for name, old, new in pairs)
    return tuple(part for part in compared if part.pieces)


def changes_channel(
    alterations: Sequence[Alteration],
    *,
    query: EntryQuery,
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
) -> Channel:
    """Make corrections and withdrawals, newest first, into a feed; each has an id of its own."""
    left_out: list[int] = []
    made = made_of(
        alterations,
        lambda one: _entry(one, site, tags, sources.get(one.entry.source)),
        name=lambda one: f"entry {one.entry.id}",
        where=changes_url(site, query),
        leave_out=lambda one: left_out.append(one.entry.id),
    )
    entries = [entry for _, entry in made]
    return Channel(
        id=changes_uri(site, query),
        title=f"{site.name}, rettelser: {query_title(query.selection(), tags, sources)}",
        subtitle=(
            "Hva utgiverne har rettet eller trukket tilbake, og hva som er endret."
            f" {site.name} er en uoffisiell tjeneste."
        ),
        author=site.name,
        alternate_url=listing_url(site, query.selection()),
        self_url=changes_url(site, query),
        language=Language.BOKMAL,
        updated=max((entry.updated for entry in entries), default=authority_begun(site)),
        entries=tuple(entries),
        hub=site.hub,
        left_out=tuple(left_out),
    )


def _entry(
    alteration: Alteration, site: Site, tags: Mapping[str, Tag], source: Source | None
) -> FeedEntry:
    entry, moment = alteration.entry, alteration.moment.astimezone(UTC)
    publisher = one_line(entry.publisher or (source.publisher if source else "")) or site.name
    history = history_url(site, entry.id)
    withdrawn = alteration.before is None
    if withdrawn:
        kind, name = "Trukket tilbake", f"withdrawal/{moment:%Y-%m-%dT%H%M%SZ}"
        summary, content = withdrawn_in_words(publisher), ""
    else:
        kind, name = "Rettet", f"correction/{alteration.number}"
        summary, content = _correction(alteration, publisher, source)
    ways = [("Endringene", history), ("Originalen", safe_url(entry.url))]
    links = ", ".join(f'<a href="{escape(url)}">{text}</a>' for text, url in ways if url)
    return FeedEntry(
        number=entry.id,
        id=f"{entry_uri(site, entry.id)}/{name}",
        url=history,
        permalink=history,
        title=f"{kind}: {one_line(entry.title) or UNTITLED}",
        summary=summary,
        content_html=f"<p>{escape(summary)}</p>{content}<p>{links}</p>",
        published=moment,
        updated=moment,
        language=Language.BOKMAL,
        author=publisher,
        categories=tuple(
            (given.slug, tag_label(tags[given.slug])) for given in entry.tags if given.slug in tags
        ),
        enclosures=(),
    )


def _correction(alteration: Alteration, publisher: str, source: Source | None) -> tuple[str, str]:
    """Say what was corrected, in a sentence and word by word."""
    entry, before = alteration.entry, alteration.before
    assert before is not None  # noqa: S101 - the caller has asked
    if entry.withdrawn:
        # what a publisher has taken away is not told in its earlier wordings either
        return f"{publisher} har endret saken, og siden trukket den tilbake.", ""
    full = source is not None and source.republish is Republish.FULL
    after = alteration.after or entry
    parts = changed_parts(before, after, whole=full, language=Language.BOKMAL)
    names = [part.name.lower() for part in parts]
    if not full and before.body_text != after.body_text:
        names.append("tekst")
    what = " og ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "utformingen"
    shown = "".join(_part(part, entry.language) for part in parts)
    return f"{publisher} har endret {what}.", shown


def _part(part: ChangedPart, language: Language) -> str:
    lang = "" if language is Language.UNDETERMINED else f' lang="{language}"'
    marked = "".join(_bounded(part.pieces)).replace("\n", "<br>")
    return f"<p><strong>{escape(part.name)}</strong></p><p{lang}>{marked}</p>"


def _bounded(pieces: Iterable[Piece]) -> Iterable[str]:
    left = _MOST_CHARACTERS
    for piece in pieces:
        text = escape(clean(piece.text[:left])) if piece.change is not Change.SKIPPED else " … "
        left -= len(piece.text)
        mark = _MARKS.get(piece.change)
        yield f"<{mark}>{text}</{mark}>" if mark else text
        if left <= 0:
            yield " … "
            return


def _date(published: PublisherDate | None, language: Language) -> str:
    if published is None:
        return translations(language).gettext("dato ukjent")
    return date_in_words(published, language, with_time=True)
