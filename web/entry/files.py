"""The files that come with an entry, as pages show them."""

from dataclasses import dataclass

from db.models import Attachment, Language
from feed.language import marked
from feed.sanitise import safe_url
from web.entry.standing import reading_in_words
from web.language import gettext, ui

_TYPES = {
    "application/pdf": "PDF",
    "application/msword": "Word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.ms-excel": "Excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/zip": "ZIP",
    "text/html": marked("nettside"),
    "text/csv": "CSV",
}
_KILOBYTE = 1000
_MEGABYTE = 1000 * _KILOBYTE


@dataclass(frozen=True, slots=True)
class ShownFile:
    """An attachment, with what is worth knowing before opening it."""

    label: str
    #: empty where the publisher gave none that may be linked to
    address: str
    details: str


def shown_file(attachment: Attachment) -> ShownFile:
    """Put an attachment's type and size into words: “PDF, 2,1 MB”, unless its label has them."""
    address = safe_url(attachment.url)
    label = attachment.label or address.rpartition("/")[2] or gettext("Vedlegg")
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
        return gettext("%(count)s byte", count=length)
    if length < _MEGABYTE:
        return f"{round(length / _KILOBYTE)} kB"
    megabytes = f"{length / _MEGABYTE:.1f}".removesuffix(".0")
    point = "." if ui() is Language.ENGLISH else ","
    return f"{megabytes.replace('.', point)} MB"


def _type_in_words(attachment: Attachment) -> str:
    known = _TYPES.get(attachment.media_type.partition(";")[0].strip().lower())
    return gettext(known) if known else ("PDF" if attachment.url.lower().endswith(".pdf") else "")
