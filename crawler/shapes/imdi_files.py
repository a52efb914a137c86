"""Files that a page of imdi.no offers, each once though it is printed twice."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from parsel import Selector

from crawler.fetching.addresses import web_address
from crawler.shapes.html_page import attribute, words_of
from db.models import Attachment
from db.text import one_line

_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "zip": "application/zip",
}
_ENDING = re.compile(rf"\.({'|'.join(_MEDIA_TYPES)})$", re.I)
_NOTE = re.compile(
    rf"\(\s*(?:(?P<type>{'|'.join(_MEDIA_TYPES)})\b\s*[,;/]?\s*)?"
    r"(?P<size>[0-9]{1,6}(?:[.,][0-9]{1,3})?\s*[kmg]?b)?\s*\)",
    re.I,
)
#: a link's surroundings that are longer are a text in which it stands
_LONGEST_LINE = 300


def files_in(parts: Iterable[str], url: str) -> tuple[Attachment, ...]:
    """Give the files that HTML links to, in its order.

    A link is one to a file by the ending of its address, or by a note such as "(PDF, 1 MB)" in its
    words. The size may stand in the link or beside it.
    """
    found: dict[str, Attachment] = {}
    for file in _files("\n".join(parts), url):
        first = found.get(file.url)
        if first is None or (file.size_label and not first.size_label):
            found[file.url] = file
    return tuple(found.values())


def is_file_link(link: Selector, target: str) -> bool:
    """Tell whether a link leads to a file rather than to a page."""
    noted = _note(words_of(link))
    return bool(_ENDING.search(urlsplit(target).path) or (noted and noted["type"]))


def _files(html: str, url: str) -> Iterator[Attachment]:
    for link in Selector(text=html or "<p>", type="html").xpath("//a[@href]"):
        target = web_address(attribute(link, "href"), url).partition("#")[0]
        if not target or not is_file_link(link, target):
            continue
        shown = words_of(link)
        note = _note(shown) or _note(_beside(link))
        ending = _ENDING.search(urlsplit(target).path)
        kind = ending[1] if ending else note["type"] if note else ""
        label = one_line(_NOTE.sub(_without_note, shown))
        label = label or one_line(attribute(link, "title")) or _name(target)
        size = one_line(note["size"] or "") if note else ""
        yield Attachment(target, label, _MEDIA_TYPES.get(kind.lower(), ""), None, size)


def _note(text: str) -> re.Match[str] | None:
    """Find what a text says about a file: its kind, its size, or both."""
    return next((found for found in _NOTE.finditer(text) if found["type"] or found["size"]), None)


def _without_note(found: re.Match[str]) -> str:
    return "" if found["type"] or found["size"] else found[0]


def _beside(link: Selector) -> str:
    """Give the words around a link that is alone in its line."""
    around = link.xpath("..")
    if not around or len(around[0].xpath(".//a[@href]")) > 1:
        return ""
    words = words_of(around[0])
    return words if len(words) <= _LONGEST_LINE else ""


def _name(url: str) -> str:
    return one_line(unquote(urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]))
