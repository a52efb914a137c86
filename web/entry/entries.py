"""`/entries/<id>/<slug>`: one entry as a page."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template
from markupsafe import Markup
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as AnyResponse

from db.models import Entry, EntryTag, Republish
from db.query import EntryQuery
from db.text import one_line
from feed.citation_formats import CITATION_FORMATS
from feed.links import entry_url, history_url
from feed.metadata import metadata_of
from feed.sanitise import safe_url, sanitise, summary_of
from feed.standing import as_shown, places_of, withdrawn_in_words
from feed.wording import in_oslo, kind_label, untitled
from web.entry.body import in_order, in_reach
from web.entry.due import shown_deadlines
from web.entry.files import shown_file
from web.entry.provenance import provenance_of, reason_in_words
from web.entry.standing import edition_links, publisher_of, related_links, version_links
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, validated
from web.language import gettext
from web.listing.facets import Names
from web.naming import names_of, republish_of
from web.services import Services, services
from web.wording import host_of, language_marker

blueprint = Blueprint("entries", __name__)

#: entries about the same that a page lists
MOST_RELATED = 5


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


@blueprint.get("/entries/<entry_id:entry_id>", strict_slashes=False)
@blueprint.get("/entries/<entry_id:entry_id>/<slug>")
def entry_page(entry_id: int, slug: str = "") -> AnyResponse:
    """Show an entry at its canonical address, and send every other address there."""
    served = services()
    entry = served.store.entries.get(entry_id)
    url = entry_url(served.settings.site, entry)
    if url.rpartition("/")[2] != slug:
        return redirect(served.local(url), 301)
    # a deadline is over when its day is
    today = in_oslo(served.settings.clock()).date()
    response = validated("entry", entry_id, today, cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    return _fill(response, entry, url, served)


def _fill(response: Response, stored: Entry, url: str, served: Services) -> Response:
    entry, names, site = as_shown(stored), names_of(served), served.settings.site
    source = names.sources.get(entry.source)
    republish = republish_of(entry, names.sources)
    whole = republish is Republish.FULL
    publisher = publisher_of(entry, source)
    original = safe_url(entry.url)
    response.set_data(
        render_template(
            "entry.html",
            entry=entry,
            title=entry.title or untitled(names.language),
            lead=_lead(entry) if whole else summary_of(entry),
            body=_text(entry) if whole else "",
            shortened=not whole and not entry.withdrawn,
            withdrawn=withdrawn_in_words(publisher, names.language) if entry.withdrawn else "",
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
            kind=kind_label(entry.kind, names.language),
            related=related_links(served.store.entries.related(entry.id, MOST_RELATED), served),
            provenance=provenance_of(stored, served),
            deadlines=shown_deadlines(stored, republish, served.settings.clock()),
            citations=[
                (form.label, served.path(f"/entries/{entry.id}.{form.name}"))
                for form in CITATION_FORMATS.values()
            ],
            metadata=metadata_of(stored, site, names.sources),
            data=served.path(f"/entries/{entry.id}.json"),
        )
    )
    response.mimetype = "text/html"
    return response


def _text(entry: Entry) -> Markup:
    safe = in_order(sanitise(entry.body, entry.url))
    return Markup(in_reach(safe, gettext("Tabell")))  # noqa: S704 (sanitised here)


def _lead(entry: Entry) -> str:
    """Give the lead, unless the body begins with it and so shows it anyway."""
    lead = one_line(entry.lead)
    return "" if one_line(entry.body_text[: 2 * len(entry.lead) + 100]).startswith(lead) else lead


def _shown_tag(tag: EntryTag, names: Names, served: Services) -> ShownTag:
    address = served.path("/", EntryQuery(tags=(tag.slug,)))
    return ShownTag(names.label("tag", tag.slug), address, reason_in_words(tag.reason))
