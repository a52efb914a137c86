"""`/entries/<id>/history`: how the wording of an entry has changed at its publisher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, render_template

from db.models import Entry, Republish, Revision
from feed.changes import ChangedPart, changed_parts
from feed.links import entry_url
from feed.standing import as_shown, withdrawn_in_words
from feed.worddiff import LONGEST
from feed.wording import untitled
from web.entry.standing import publisher_of
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, validated
from web.language import ui
from web.naming import names_of, republish_of
from web.services import services

blueprint = Blueprint("history", __name__)

#: changes on one page; the newest ones
MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change: when it was seen, and what it did."""

    seen: datetime
    parts: tuple[ChangedPart, ...]
    #: whether more of the text was left out than is shown
    cut: bool


@blueprint.get("/entries/<entry_id:entry_id>/history")
def history(entry_id: int) -> Response:
    """Show the changes of an entry, newest first, with the words that went and came."""
    served = services()
    entry = served.store.entries.get(entry_id)
    response = validated("history", entry_id, cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    names = names_of(served)
    whole = republish_of(entry, names.sources) is Republish.FULL
    publisher = publisher_of(entry, names.sources.get(entry.source))
    revisions = [] if entry.withdrawn else served.store.entries.revisions(entry_id)
    response.set_data(
        render_template(
            "history.html",
            entry=entry,
            title=entry.title or untitled(ui()),
            address=served.local(entry_url(served.settings.site, entry)),
            publisher=publisher,
            withdrawn=withdrawn_in_words(publisher, ui()) if entry.withdrawn else "",
            changes=changes_of(as_shown(entry), revisions, whole=whole)[:MOST_CHANGES],
            earlier=max(0, len(revisions) - MOST_CHANGES),
            shortened=not whole,
        )
    )
    response.mimetype = "text/html"
    return response


def changes_of(entry: Entry, revisions: Sequence[Revision], *, whole: bool) -> list[ShownChange]:
    """Compare each earlier wording, newest first, with the one that followed it.

    Only the texts that may be shown are compared: without `whole`, title, lead and date.
    """
    found = []
    following: Entry | Revision = entry
    for revision in revisions:
        longest = max(len(revision.body_text), len(following.body_text))
        found.append(
            ShownChange(
                seen=revision.until,
                parts=changed_parts(revision, following, whole=whole, language=ui()),
                cut=whole and longest > LONGEST,
            )
        )
        following = revision
    return found
