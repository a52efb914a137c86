"""The process that opens a PDF: `python -P -m crawler.pdfs.pdf_child LIMITS < file > answer`.

PDFium is large, written in C++ and fed by strangers. What goes wrong in it ends this process and no
other: `crawler.pdf` starts it, limits it and believes nothing it says. It takes its own limits
before the first byte is read, opens no file, and answers one JSON object:
`{"state": …, "title": …, "count": …, "pages": [[height, [[text, left, right, top, size,
bold], …]], …]}`, in points from the left and upper edges.
"""

import contextlib
import ctypes
import json
import sys
from collections.abc import Iterator
from typing import Any

try:
    import resource
except ImportError:  # Windows: the parent's clock is the only limit there
    resource = None  # type: ignore[assignment]

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

#: what PDFium gives for a hyphen at a line end: in the text, and as a character of its own
_LINE_END_HYPHENS = (0x02, 0xFFFE)
#: a gap wider than so many times the type's size parts columns and cells
_GAP = 1.0
_BOLD = ("bold", "black", "heavy", "demi")
#: characters on one page; what has more is no page
_FULLEST_PAGE = 200_000

#: text, left, right, top, size, bold
Piece = tuple[str, float, float, float, float, bool]


def main() -> None:
    """Read the file on standard input; write the answer to standard output."""
    limits = json.loads(sys.argv[1])
    _take_limits(limits)
    try:
        answer = _read(sys.stdin.buffer.read(), limits["pages"], limits["characters"])
    except MemoryError:
        answer = {"state": "too_large"}
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD
        answer = {"state": "encrypted" if encrypted else "broken"}
    written = json.dumps(answer)
    sys.stdout.write(written if len(written) < limits["output"] else '{"state": "too_large"}')


def _take_limits(limits: dict[str, int]) -> None:
    if resource is None:
        return
    for name, most in (
        ("RLIMIT_AS", limits["memory"]),
        ("RLIMIT_CPU", limits["seconds"]),
        ("RLIMIT_FSIZE", limits["output"]),
        ("RLIMIT_CORE", 0),
    ):
        # some systems know a limit and refuse to set it; the parent's clock stays
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _read(data: bytes, most_pages: int, most_characters: int) -> dict[str, Any]:
    document = pypdfium2.PdfDocument(data)
    count = len(document)
    pages: list[tuple[float, list[Piece]]] = []
    characters = unreadable = 0
    for number in range(min(count, most_pages)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            unreadable += 1
            pages.append((0.0, []))
            continue
        characters += text.count_chars()
        if characters > most_characters or text.count_chars() > _FULLEST_PAGE:
            return {"state": "too_large"}
        left, bottom, _, top = page.get_bbox()
        pages.append((top - bottom, list(_pieces(text, left, top))))
        text.close()
        page.close()
    if not pages or unreadable == len(pages):
        return {"state": "broken"}
    title = document.get_metadata_value("Title")
    return {"state": "read", "title": title, "count": count, "pages": pages}


def _pieces(text: pypdfium2.PdfTextPage, left: float, top: float) -> Iterator[Piece]:
    """Give a page's lines in the order of the file, divided where they leave a wide gap."""
    letters: list[str] = []
    places: list[int] = []
    gap_after = False

    def piece() -> Piece | None:
        words = "".join(letters)
        return _piece(text, words, places, left, top) if words.strip() else None

    for place in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, place)
        hyphen = code in _LINE_END_HYPHENS
        if hyphen or code in (0x0A, 0x0D):
            if hyphen:
                letters.append("-")
                places.append(place)
            if found := piece():
                yield found
            letters, places, gap_after = [], [], False
            continue
        blank = code in (0x20, 0x09, 0xA0)
        if not blank and gap_after and places and _is_gap(text, places, place):
            if found := piece():
                yield found
            letters, places = [], []
        gap_after = blank
        letters.append(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " ")
        if not blank:
            places.append(place)
    if found := piece():
        yield found


def _is_gap(text: pypdfium2.PdfTextPage, places: list[int], place: int) -> bool:
    """Tell whether a character stands far from the one before; PDFium may take it for one line."""
    gap = text.get_charbox(place)[0] - text.get_charbox(places[-1])[2]
    return bool(abs(gap) > _GAP * _size(text, place))


def _piece(
    text: pypdfium2.PdfTextPage,
    words: str,
    places: list[int],
    left: float,
    top: float,
) -> Piece:
    samples = sorted({places[len(places) // 4], places[len(places) // 2], places[-1]})
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text.raw, places[0], x, y)
    return (
        words,
        round(text.get_charbox(places[0])[0] - left, 1),
        round(text.get_charbox(places[-1])[2] - left, 1),
        round(top - y.value, 1),
        round(sorted(_size(text, sample) for sample in samples)[len(samples) // 2], 1),
        all(_is_bold(text, sample) for sample in samples),
    )


def _size(text: pypdfium2.PdfTextPage, place: int) -> float:
    """Give a character's size in points; the font's own number means nothing without its matrix."""
    matrix = pdfium.FS_MATRIX()
    size = float(pdfium.FPDFText_GetFontSize(text.raw, place))
    if pdfium.FPDFText_GetMatrix(text.raw, place, matrix):
        size *= (matrix.c**2 + matrix.d**2) ** 0.5
    return size


def _is_bold(text: pypdfium2.PdfTextPage, place: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(text.raw, place) >= 600:
        return True
    name = ctypes.create_string_buffer(200)
    length = pdfium.FPDFText_GetFontInfo(text.raw, place, name, len(name), ctypes.c_int())
    return 0 < length <= len(name) and any(
        word in name.value.decode("utf-8", "replace").lower() for word in _BOLD
    )


if __name__ == "__main__":
    main()
