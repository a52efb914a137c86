"""The text of an entry as feeds carry it: safe HTML that stands by itself."""

from collections.abc import Sequence
from html import escape
from typing import Final

from db.models import Attachment, Entry
from db.text import one_line
from feed.sanitise import safe_url, sanitise
from feed.site import Site
from feed.standing import Place, withdrawn_in_words

#: a longer body is left to the entry's page; its lead stays
MOST_CONTENT_CHARACTERS: Final = 100_000


def content_of(
    entry: Entry, author: str, permalink: str, places: Sequence[Place], site: Site
) -> str:
    """Give an entry's text with lead, files, and where it comes from; empty where it has none."""
    if not (entry.lead or entry.body or entry.withdrawn):
        return ""
    lead = one_line(entry.lead)
    # some publishers begin the text with the lead
    repeated = one_line(entry.body_text[: 2 * len(entry.lead) + 100]).startswith(lead)
    parts = [] if repeated else [f"<p><strong>{escape(lead)}</strong></p>"]
    if entry.withdrawn:
        parts = [f'<p lang="nb"><strong>{escape(withdrawn_in_words(author))}</strong></p>']
    if len(entry.body) <= MOST_CONTENT_CHARACTERS:
        parts.append(sanitise(entry.body, entry.url))
    if entry.attachments:
        items = "".join(f"<li>{_attachment(attachment)}</li>" for attachment in entry.attachments)
        parts.append(f'<p lang="nb">Vedlegg:</p><ul>{items}</ul>')
    parts.append(
        f'<p lang="nb">Kilde: {escape(author)}.{_also(places)}'
        f' <a href="{escape(permalink)}">Saken hos {escape(site.name)}</a></p>'
    )
    return "\n".join(parts)


def _also(places: Sequence[Place]) -> str:
    if not places:
        return ""
    names = (escape(place.name) for place in places)
    links = (
        f'<a href="{escape(place.url)}">{name}</a>' if place.url else name
        for place, name in zip(places, names, strict=True)
    )
    return f" Også hos {', '.join(links)}."


def _attachment(attachment: Attachment) -> str:
    label = one_line(attachment.label) or one_line(attachment.url)
    size = one_line(attachment.size_label)
    text = escape(f"{label} ({size})" if size and size not in label else label)
    url = safe_url(attachment.url)
    return f'<a href="{escape(url)}">{text}</a>' if url else text
