"""The text of a PDF, read by a limited process of its own (`crawler.pdfs.pdf_child`).

Nothing a file holds reaches the caller as an exception: broken, encrypted, swollen, scanned and
disguised files are states, and so are a crash, a hang and an answer that is none.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from crawler.errors import CrawlerError
from crawler.pdfs.printed import page_texts
from crawler.pdfs.running_heads import PrintedLine, PrintedPage, without_running_heads
from db.models import AttachmentState
from db.text import one_line

#: first bytes within which a PDF says that it is one (ISO 32000, note on implementations)
_PREAMBLE = 1024
_MARK = b"%PDF-"
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--|<!doctype\s+html|<html|<head|<body|<\?xml)", re.I)
#: ends of the child that mean it asked for more than it may have; PDFium aborts without memory
_OVERSTEPPED = {
    -getattr(signal, name)
    for name in ("SIGABRT", "SIGKILL", "SIGXCPU", "SIGXFSZ", "SIGTRAP")
    if hasattr(signal, name)
}
#: how the child is started: without the current folder among the places modules come from
_CHILD = ("-P", "-m", "crawler.pdfs.pdf_child")
#: what Python needs of our surroundings to start; no settings, no secrets
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT")
_LONGEST_TITLE = 500
_LONGEST_LINE = 2_000


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """What reading one file may cost."""

    #: bytes of the file
    size: int = 50_000_000
    #: pages that are read; those beyond are left
    pages: int = 50
    #: seconds, by the clock and of computing
    seconds: int = 20
    #: bytes of address space
    memory: int = 800_000_000
    #: characters of text
    characters: int = 1_000_000
    #: bytes of the child's answer
    output: int = 40_000_000


#: for a file that comes with an entry: enough of it to be found by
INDEXED = PdfLimits()
#: for a document that is to become entries
IMPORTED = PdfLimits(pages=300, seconds=60, characters=3_000_000)


@dataclass(frozen=True, slots=True)
class PdfText:
    """What a PDF says."""

    #: text a page, a paragraph, heading or item a line, without running heads and page numbers
    pages: tuple[str, ...]
    #: as the file's properties have it; often empty, sometimes another document's
    title: str
    #: how many pages the file has, read or not
    count: int
    #: the lines `pages` was made of, where they stand
    layout: tuple[PrintedPage, ...]


def read_pdf(data: bytes | Path, *, limits: PdfLimits = INDEXED) -> PdfText | AttachmentState:
    """Read a PDF's text, or tell in a state why there is none.

    Raises:
        CrawlerError: a path cannot be opened; bytes raise nothing.
    """
    if isinstance(data, Path):
        try:
            with data.open("rb") as file:
                data = file.read(limits.size + 1)
        except OSError as error:
            raise CrawlerError(f"cannot be opened: {error.strerror or error}") from error
    if len(data) > limits.size:
        return AttachmentState.TOO_LARGE
    if not data.strip():
        return AttachmentState.BROKEN
    if not is_pdf(data):
        return AttachmentState.DISGUISED
    answer = _ask(data, limits)
    if isinstance(answer, AttachmentState):
        return answer
    try:
        return _text(answer, limits)
    except (KeyError, TypeError, ValueError):
        return AttachmentState.BROKEN


def is_pdf(data: bytes) -> bool:
    """Tell by its first bytes whether a file is a PDF; a web page that names one is none."""
    start = data[:_PREAMBLE]
    return _MARK in start and not _HTML.match(start)


def _ask(data: bytes, limits: PdfLimits) -> Any:
    """Give the child's answer, or the state its end means."""
    # A file takes the answer, not a pipe: the child's limit on file sizes then holds for it.
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                [sys.executable, *_CHILD, json.dumps(asdict(limits))],
                input=data,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=limits.seconds,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return AttachmentState.TOO_LARGE
        if done.returncode in _OVERSTEPPED:
            return AttachmentState.TOO_LARGE
        answer.seek(0)
        written = answer.read(limits.output + 1)
    if done.returncode != 0:
        return AttachmentState.BROKEN
    if len(written) > limits.output:
        return AttachmentState.TOO_LARGE
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return AttachmentState.BROKEN


def _text(answer: Any, limits: PdfLimits) -> PdfText | AttachmentState:
    """Check an answer piece by piece. Raises KeyError, TypeError or ValueError."""
    state = AttachmentState(answer["state"])
    if state is not AttachmentState.READ:
        return state
    found = [_page(*page) for page in answer["pages"][: limits.pages]]
    layout = without_running_heads(found)
    pages = tuple(page_texts(layout))
    if not any(pages):
        return AttachmentState.EMPTY
    title, count = answer["title"], answer["count"]
    if not isinstance(title, str) or not isinstance(count, int):
        raise TypeError("title and count")
    return PdfText(pages, one_line(title)[:_LONGEST_TITLE], max(count, len(pages)), tuple(layout))


def _page(height: Any, lines: Any) -> PrintedPage:
    return PrintedPage(_number(height), tuple(_line(*line) for line in lines))


def _line(text: Any, left: Any, right: Any, top: Any, size: Any, bold: Any) -> PrintedLine:
    if not isinstance(text, str):
        raise TypeError("text")
    return PrintedLine(
        text=text[:_LONGEST_LINE],
        left=_number(left),
        right=_number(right),
        top=_number(top),
        size=_number(size),
        bold=bool(bold),
    )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError("number")
    return float(value)
