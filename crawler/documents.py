"""Saved documents read into items: PDF, Markdown, text and HTML, one entry or a collection."""

import re
from pathlib import Path

from crawler.errors import CrawlerError, ShapeError
from crawler.fetching.addresses import same_site
from crawler.items import EntryItem
from crawler.pdf import IMPORTED, is_pdf, read_pdf
from crawler.pdfs.printed import read_printed
from crawler.shapes import imdi_report, regjeringen_page
from crawler.shapes.collection_outline import is_collection
from crawler.shapes.document import Known, parse_document
from crawler.shapes.imdi_news import parse_article
from crawler.shapes.pdf_report import is_report, known_title, parse_report
from crawler.shapes.report_collection import parse_collection
from crawler.shapes.saved_page import parse_saved_page
from crawler.structure.blocks import HEADINGS
from crawler.structure.markdown import is_markdown, read_markdown
from crawler.structure.plaintext import read_plaintext
from crawler.structure.reflow import join_cut, repair_lookalikes
from db.models import Attachment, AttachmentState, Source
from db.text import clean

#: bytes; what is larger is no text, unless it is a PDF
LARGEST = 20_000_000

#: what reads a saved page of a site that a spider reads too
_PAGES = {
    "imdi": parse_article,
    "imdi_reports": imdi_report.parse_report,
    "regjeringen": regjeringen_page.parse_page,
}
#: first bytes of what is no text, and what it is
_NOT_TEXT = (
    (b"PK\x03\x04", "a Word, Excel or zip file. Save it as text or HTML and import that"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file. Save it as text or HTML and import that"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file. Unpack it first"),
)
#: why a PDF gives nothing, and what to do
_UNREADABLE = {
    AttachmentState.BROKEN: "it is a damaged PDF. Fetch it again, or print it to a new one",
    AttachmentState.ENCRYPTED: "it is a PDF with a password. Save a copy without one",
    AttachmentState.EMPTY: "it is a PDF of pictures, without text. Have its text recognised first",
    AttachmentState.TOO_LARGE: (
        f"it is a PDF that takes more than {IMPORTED.size // 1_000_000} MB, {IMPORTED.seconds} "
        "seconds or too much memory to read. Import the part that matters"
    ),
}
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!doctype html|<html|<head|<body|<main|<article)", re.I
)
_HTML_PARTS = re.compile(r"</(?:p|div|h1|ul|table|article|main)>", re.I)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([a-z0-9_-]{2,20})", re.I)


def read_document(path: Path, *, source: Source, base_url: str = "") -> list[EntryItem]:
    """Read a saved document into items: one for each report it sums up, else one in all.

    What the document is, its content tells, not its name. A PDF that is one entry comes with it, as
    its first attachment. `base_url` completes relative links.

    Raises:
        CrawlerError: it cannot be read; names the file and what to do.
    """
    try:
        data = _bytes(path)
        if is_pdf(data):
            return _printed_items(data, path.name, source, base_url or source.base_url)
        text = _decoded(data)
        return _items(repair_lookalikes(clean(text)), source, base_url or source.base_url)
    except CrawlerError as error:
        raise type(error)(f"{path.name}: {error}") from error


def _items(text: str, source: Source, base_url: str) -> list[EntryItem]:
    if not text.strip():
        raise ShapeError("it is empty")
    known = None
    marked = True
    if _HTML.match(text) or (text.lstrip().startswith("<") and _HTML_PARTS.search(text)):
        known, blocks = parse_saved_page(text)
        if source.spider in _PAGES and same_site(known.url, source.base_url):
            # the page the spider would fetch: it must become the same entry
            return [_crawlable(text, known.url, source)]
    elif is_markdown(text):
        blocks = join_cut(read_markdown(text))
    else:
        blocks, marked = join_cut(read_plaintext(text)), False
    if is_collection(blocks):
        return parse_collection(blocks, source=source.slug, base_url=base_url)
    return [
        parse_document(blocks, source=source.slug, known=known, base_url=base_url, marked=marked)
    ]


def _printed_items(data: bytes, name: str, source: Source, base_url: str) -> list[EntryItem]:
    pdf = read_pdf(data, limits=IMPORTED)
    if isinstance(pdf, AttachmentState):
        raise CrawlerError(_UNREADABLE.get(pdf, "it is no PDF that can be read"))
    blocks = read_printed(pdf.layout)
    if is_collection(blocks):
        return parse_collection(blocks, source=source.slug, base_url=base_url)
    if is_report(blocks, pdf.count):
        item = parse_report(blocks, source=source.slug, title=pdf.title)
    else:
        item = parse_document(
            blocks,
            source=source.slug,
            known=Known(title=known_title(pdf.title, pdf.pages[0])),
            base_url=base_url,
            marked=any(block.tag in HEADINGS for block in blocks),
        )
    itself = Attachment("", name, "application/pdf", len(data), state=AttachmentState.READ)
    item.attachments = (itself, *item.attachments)
    item.pages = pdf.pages
    return [item]


def _crawlable(text: str, url: str, source: Source) -> EntryItem:
    parse = _PAGES[source.spider]
    item = parse(text.encode(), url=url, content_type="text/html; charset=utf-8")
    item.source = source.slug
    return item


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
            if is_pdf(data):
                data += file.read(IMPORTED.size + 1 - len(data))
    except OSError as error:
        raise CrawlerError(f"cannot be opened: {error.strerror or error}") from error
    if len(data) > LARGEST and not is_pdf(data):
        raise CrawlerError(f"is larger than {LARGEST // 1_000_000} MB, which no text is")
    if not data.strip():
        raise ShapeError("it is empty")
    for start, what in _NOT_TEXT:
        if data.startswith(start):
            raise CrawlerError(f"it is {what}")
    return data


def _decoded(data: bytes) -> str:
    """Decode text that says how it is encoded; without a word, it is UTF-8."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _decoded_as(data.removeprefix(mark) if encoding == "utf-8" else data, encoding)
    if b"\0" in data:
        raise CrawlerError("it is no text but binary data")
    declared = _CHARSET.search(data[:2000]) if data.lstrip()[:1] == b"<" else None
    return _decoded_as(data, declared[1].decode("ascii") if declared else "utf-8")


def _decoded_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise CrawlerError(
            f"it is not {encoding.upper()} text (byte {error.start}). Save it as UTF-8"
        ) from error
    except LookupError as error:
        raise CrawlerError(f"its encoding {encoding!r} is unknown. Save it as UTF-8") from error
