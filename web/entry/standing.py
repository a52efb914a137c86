"""What an entry's page says of its standing: other places, languages, editions, corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.models import Attachment, AttachmentState, Entry, Language, Source
from feed.language import marked
from feed.links import entry_url
from feed.wording import date_in_words, language_label, untitled
from web.language import gettext, ngettext, ui
from web.services import Services

#: editions of a series that a page lists
MOST_EDITIONS = 30

_STATES = {
    AttachmentState.EMPTY: marked("har ingen tekst som kan søkes i"),
    AttachmentState.BROKEN: marked("kunne ikke leses"),
    AttachmentState.ENCRYPTED: marked("er låst"),
    AttachmentState.TOO_LARGE: marked("er for stor til å bli lest"),
    AttachmentState.DISGUISED: marked("er ikke den filen den gir seg ut for"),
    AttachmentState.UNREACHABLE: marked("kunne ikke hentes"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another entry's page here."""

    label: str
    address: str
    #: language of the page it leads to; empty where it is the same or unknown
    language: str = ""
    #: date in words
    date: str = ""


def publisher_of(entry: Entry, source: Source | None) -> str:
    """Name the organisation that published an entry."""
    return entry.publisher or (source.publisher if source else "") or gettext("utgiveren")


def version_links(versions: Sequence[Entry], served: Services) -> list[Link]:
    """Give a link to each other language version: “Denne saken på engelsk”."""
    return [
        Link(
            label=gettext(
                "Denne saken på %(language)s", language=language_label(version.language, ui())
            ),
            address=served.local(entry_url(served.settings.site, version)),
            language=version.language,
        )
        for version in versions
        if version.language is not Language.UNDETERMINED
    ]


def edition_links(
    entry: Entry, editions: Sequence[Entry], served: Services
) -> dict[str, list[Link]]:
    """Give the other editions of a series by heading, newer and earlier ones, newest first."""
    newer, earlier = gettext("Nyere utgaver"), gettext("Tidligere utgaver")
    found: dict[str, list[Link]] = {newer: [], earlier: []}
    for edition in editions[:MOST_EDITIONS]:
        is_newer = _place_in_time(edition) > _place_in_time(entry)
        found[newer if is_newer else earlier].append(
            Link(
                label=edition.title or untitled(ui()),
                address=served.local(entry_url(served.settings.site, edition)),
                language=_foreign(edition.language),
                date=date_in_words(edition.published, ui()) if edition.published else "",
            )
        )
    return {heading: links for heading, links in found.items() if links}


def reading_in_words(attachment: Attachment) -> str:
    """Say how long a file is, or why its text cannot be searched; empty where neither is known."""
    if attachment.state is AttachmentState.READ and attachment.pages:
        return ngettext("%(num)s side", "%(num)s sider", attachment.pages)
    state = _STATES.get(attachment.state)
    return gettext(state) if state else ""


def related_links(entries: Sequence[Entry], served: Services) -> list[Link]:
    """Give a link to each entry that is about the same."""
    return [
        Link(
            label=entry.title or untitled(ui()),
            address=served.local(entry_url(served.settings.site, entry)),
            language=_foreign(entry.language),
            date=date_in_words(entry.published, ui()) if entry.published else "",
        )
        for entry in entries
    ]


def _foreign(language: Language) -> str:
    told = language not in {ui(), Language.UNDETERMINED}
    return language.value if told else ""


def _place_in_time(entry: Entry) -> tuple[str, int]:
    moment = entry.published.moment if entry.published else entry.appeared
    return moment.isoformat(), entry.id
