"""Where what an entry's page shows comes from: fetched when, read by what, known by which hash."""

from dataclasses import dataclass
from datetime import datetime

from db.models import Entry
from feed.language import marked
from web.language import gettext
from web.services import Services

#: parts of an entry, as the tag rules name them in their reasons
_PARTS = {
    "tittel": marked("tittel"),
    "ingress": marked("ingress"),
    "nøkkelord": marked("nøkkelord"),
    "kapittel": marked("kapittel"),
    "tekst": marked("tekst"),
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """How an entry came to be as it is shown."""

    #: the source's own name of it
    key: str
    #: when its page last answered; None where it was not fetched as a page of its own
    fetched: datetime | None
    #: file of the parser that read it; empty for what was stored before parsers were named
    parser: str
    #: hash of the publisher's words
    fingerprint: str


def provenance_of(entry: Entry, served: Services) -> Provenance:
    """Tell where an entry comes from."""
    page = served.store.pages.get(entry.source, entry.url) if entry.url else None
    return Provenance(
        key=entry.key,
        fetched=page.fetched if page else None,
        parser=f"crawler/shapes/{entry.shape}.py" if entry.shape else "",
        fingerprint=entry.fingerprint,
    )


def reason_in_words(reason: str) -> str:
    """Give why a tag was given, with the parts of the entry named in the language of the page."""
    parts = []
    for part in reason.split("; "):
        name, colon, words = part.partition(": ")
        parts.append(f"{gettext(_PARTS[name])}: {words}" if colon and name in _PARTS else part)
    return "; ".join(parts)
