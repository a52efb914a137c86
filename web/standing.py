"""What an entry's page says of its standing: other places, languages, editions, corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.models import Attachment, AttachmentState, Entry, Language, Source
from feed.links import entry_url
from feed.wording import LANGUAGE_LABELS, UNTITLED, date_in_words
from web.services import Services
from web.wording import language_marker

#: editions of a series that a page lists
MOST_EDITIONS = 30

_STATES = {
    AttachmentState.EMPTY: "har ingen tekst som kan søkes i",
    AttachmentState.BROKEN: "kunne ikke leses",
    AttachmentState.ENCRYPTED: "er låst",
    AttachmentState.TOO_LARGE: "er for stor til å bli lest",
    AttachmentState.DISGUISED: "er ikke den filen den gir seg ut for",
    AttachmentState.UNREACHABLE: "kunne ikke hentes",
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
    return entry.publisher or (source.publisher if source else "") or "utgiveren"


def version_links(versions: Sequence[Entry], served: Services) -> list[Link]:
    """Give a link to each other language version: “Denne saken på engelsk”."""
    return [
        Link(
            label=f"Denne saken på {LANGUAGE_LABELS[version.language]}",
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
    found: dict[str, list[Link]] = {"Nyere utgaver": [], "Tidligere utgaver": []}
    for edition in editions[:MOST_EDITIONS]:
        newer = _place_in_time(edition) > _place_in_time(entry)
        found["Nyere utgaver" if newer else "Tidligere utgaver"].append(
            Link(
                label=edition.title or UNTITLED,
                address=served.local(entry_url(served.settings.site, edition)),
                language=edition.language if language_marker(edition.language) else "",
                date=date_in_words(edition.published) if edition.published else "",
            )
        )
    return {heading: links for heading, links in found.items() if links}


def reading_in_words(attachment: Attachment) -> str:
    """Say how long a file is, or why its text cannot be searched; empty where neither is known."""
    if attachment.state is AttachmentState.READ and attachment.pages:
        return "1 side" if attachment.pages == 1 else f"{attachment.pages} sider"
    return _STATES.get(attachment.state, "")


def _place_in_time(entry: Entry) -> tuple[str, int]:
    moment = entry.published.moment if entry.published else entry.appeared
    return moment.isoformat(), entry.id
