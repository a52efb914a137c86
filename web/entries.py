"""`/entries/<id>/<slug>`: one entry as a page."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template
from markupsafe import Markup
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as AnyResponse

from db.models import Attachment, Entry, EntryTag, Republish
from db.text import one_line
from feed.links import entry_url, history_url
from feed.sanitise import safe_url, sanitise, summary_of
from feed.standing import as_shown, places_of, withdrawn_in_words
from feed.wording import UNTITLED
from web.facets import Names
from web.headers import PUBLIC_PAGE, is_unchanged, validated
from web.listings import names_of, republish_of
from web.services import Services, services
from web.standing import edition_links, publisher_of, reading_in_words, version_links
from web.wording import host_of, language_marker

blueprint = Blueprint("entries", __name__)

_TYPES = {
    "application/pdf": "PDF",
    "application/msword": "Word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.ms-excel": "Excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/zip": "ZIP",
    "text/html": "nettside",
    "text/csv": "CSV",
}
_KILOBYTE = 1000
_MEGABYTE = 1000 * _KILOBYTE


class EntryId(BaseConverter):
    """The number of an entry in an address; what no store can hold is no number."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Read the digits of an address."""
        return int(value)


@dataclass(frozen=True, slots=True)
class ShownTag:
    """A tag of an entry, with its listing and why it was given."""

    label: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShownFile:
    """An attachment, with what is worth knowing before opening it."""

    label: str
    #: empty where the publisher gave none that may be linked to
    address: str
    details: str


@blueprint.get("/entries/<entry_id:entry_id>", strict_slashes=False)
@blueprint.get("/entries/<entry_id:entry_id>/<slug>")
def entry_page(entry_id: int, slug: str = "") -> AnyResponse:
    """Show an entry at its canonical address, and send every other address there."""
    served = services()
    entry = served.store.entries.get(entry_id)
    url = entry_url(served.settings.site, entry)
    if url.rpartition("/")[2] != slug:
        return redirect(served.local(url), 301)
    response = validated("entry", entry_id, cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    return _fill(response, entry, url, served)


def _fill(response: Response, stored: Entry, url: str, served: Services) -> Response:
    entry, names, site = as_shown(stored), names_of(served), served.settings.site
    source = names.sources.get(entry.source)
    whole = republish_of(entry, names.sources) is Republish.FULL
    publisher = publisher_of(entry, source)
    original = safe_url(entry.url)
    response.set_data(
        render_template(
            "entry.html",
            entry=entry,
            title=entry.title or UNTITLED,
            lead=_lead(entry) if whole else summary_of(entry),
            body=Markup(sanitise(entry.body, entry.url)) if whole else "",  # noqa: S704 (sanitised here)
            shortened=not whole and not entry.withdrawn,
            withdrawn=withdrawn_in_words(publisher) if entry.withdrawn else "",
            history=served.local(history_url(site, entry.id)) if entry.revised else "",
            places=[
                (place, served.local(place.permalink))
                for place in places_of(entry, site, names.sources)
            ],
            versions=version_links(served.store.entries.versions(entry.id), served),
            editions=edition_links(entry, served.store.entries.editions(entry.id), served),
            description=summary_of(entry, 160),
            canonical=original or url,
            original=original,
            original_host=host_of(original),
            publisher=publisher,
            source_name=names.label("source", entry.source),
            language=language_marker(entry.language),
            attachments=[shown_file(one) for one in entry.attachments],
            tags=[_shown_tag(tag, names, served) for tag in entry.tags],
        )
    )
    response.mimetype = "text/html"
    return response


def _lead(entry: Entry) -> str:
    """Give the lead, unless the body begins with it and so shows it anyway."""
    lead = one_line(entry.lead)
    return "" if one_line(entry.body_text[: 2 * len(entry.lead) + 100]).startswith(lead) else lead


def shown_file(attachment: Attachment) -> ShownFile:
    """Put an attachment's type and size into words: “PDF, 2,1 MB”, unless its label has them."""
    address = safe_url(attachment.url)
    label = attachment.label or address.rpartition("/")[2] or "Vedlegg"
    details = [
        _type_in_words(attachment),
        attachment.size_label or size_in_words(attachment.length),
        reading_in_words(attachment),
    ]
    return ShownFile(
        label=label,
        address=address,
        details=", ".join(one for one in details if one and one.lower() not in label.lower()),
    )


def size_in_words(length: int | None) -> str:
    """Give a size in bytes as people read it: “2,1 MB”; empty where it is not known."""
    if length is None:
        return ""
    if length < _KILOBYTE:
        return f"{length} byte"
    if length < _MEGABYTE:
        return f"{round(length / _KILOBYTE)} kB"
    return f"{length / _MEGABYTE:.1f}".replace(".", ",").removesuffix(",0") + " MB"


def _type_in_words(attachment: Attachment) -> str:
    known = _TYPES.get(attachment.media_type.partition(";")[0].strip().lower())
    return known or ("PDF" if attachment.url.lower().endswith(".pdf") else "")


def _shown_tag(tag: EntryTag, names: Names, served: Services) -> ShownTag:
    return ShownTag(names.label("tag", tag.slug), served.path("/", tag=tag.slug), tag.reason)
