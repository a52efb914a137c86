"""PDFs of strangers: whatever they hold, reading them gives text or a state, and harms nothing."""

import io
import sys
import zlib
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

import crawler.pdf
from crawler.errors import CrawlerError
from crawler.pdf import PdfLimits, PdfText, is_pdf, read_pdf
from crawler.structure.blocks import paragraph
from db.models import AttachmentState
from pdf_files import Setting, print_blocks

#: small, so that what oversteps does so soon
TIGHT = PdfLimits(seconds=5, memory=400_000_000)


def printed(*pages: str, encrypt: StandardEncryption | None = None, title: str = "") -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=encrypt, pageCompression=1)
    canvas.setTitle(title)
    for page in pages:
        if page:
            canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def by_hand(content: bytes, *, filters: str = "/FlateDecode", pages: int = 1) -> bytes:
    """Write a PDF with one content stream, which every page shows."""
    kids = " ".join(["3 0 R"] * pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} /Filter [{filters}] >>\nstream\n".encode()
        + content
        + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    table = b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + b"xref\n0 %d\n" % size + table + end


def swollen(chunk: bytes, times: int) -> bytes:
    """Pack a chunk repeated so often, at the cost of packing it once (RFC 1950)."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    high, low = divmod(zlib.adler32(chunk), 65536)
    size, a, b = len(chunk), 1, 0
    for _ in range(times):
        a, b = (a + low - 1) % 65521, (b + size * (a - 1) + high) % 65521
    return b"\x78\xda" + packed * times + b"\x03\x00" + (b << 16 | a).to_bytes(4)


def test_a_pdf_gives_its_pages_and_the_title_in_its_properties(tmp_path: Path) -> None:
    data = printed("Bosetting av flyktninger", "", "Tolk på side tre", title="Årsrapport\x00 2008 ")
    read = read_pdf(data)
    assert isinstance(read, PdfText)
    assert read.pages == ("Bosetting av flyktninger", "", "Tolk på side tre")
    assert (read.title, read.count) == ("Årsrapport 2008", 3)
    path = tmp_path / "rapport.pdf"
    path.write_bytes(data)
    assert read_pdf(path) == read
    with pytest.raises(CrawlerError, match="cannot be opened"):
        read_pdf(tmp_path / "finnes-ikke.pdf")


def test_only_so_many_pages_are_read() -> None:
    data = by_hand(zlib.compress(b"BT /F1 10 Tf 50 700 Td (Hei) Tj ET"), pages=2000)
    read = read_pdf(data, limits=PdfLimits(pages=7))
    assert isinstance(read, PdfText)
    assert (len(read.pages), read.count) == (7, 2000)


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (b"", AttachmentState.BROKEN),
        (b" \n", AttachmentState.BROKEN),
        (b"%PDF-1.7\nhei", AttachmentState.BROKEN),
        (printed("Hei")[:400], AttachmentState.BROKEN),
        (printed("Hei", encrypt=StandardEncryption("hemmelig")), AttachmentState.ENCRYPTED),
        (printed("", ""), AttachmentState.EMPTY),
        (b"<!DOCTYPE html><p>Logg inn for %PDF-filer", AttachmentState.DISGUISED),
        (b"\xef\xbb\xbf\n<HTML><h1>404</h1>", AttachmentState.DISGUISED),
        (b"PK\x03\x04 dette er Word", AttachmentState.DISGUISED),
        (b"x" * 2000 + b"%PDF-1.4", AttachmentState.DISGUISED),
    ],
)
def test_what_is_no_readable_pdf_is_a_state(data: bytes, state: AttachmentState) -> None:
    assert read_pdf(data, limits=TIGHT) is state


def test_a_pdf_that_may_be_opened_without_a_password_is_read() -> None:
    read = read_pdf(printed("Hei", encrypt=StandardEncryption("", ownerPassword="eier")))
    assert isinstance(read, PdfText)
    assert read.pages == ("Hei",)


def test_a_mark_within_the_first_kilobyte_makes_a_pdf() -> None:
    assert is_pdf(b"\n" * 900 + b"%PDF-1.4")
    assert not is_pdf(b"<html>%PDF-1.4")


def test_limits_on_size_and_text_are_kept() -> None:
    data = printed("Hei på deg")
    assert read_pdf(data, limits=PdfLimits(size=100)) is AttachmentState.TOO_LARGE
    assert read_pdf(data, limits=PdfLimits(characters=5)) is AttachmentState.TOO_LARGE
    assert read_pdf(data, limits=PdfLimits(output=50)) is AttachmentState.TOO_LARGE


@pytest.mark.of_this_system
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold to RLIMIT_AS")
@pytest.mark.parametrize(
    "data",
    [
        by_hand(swollen(b" " * 1_000_000, 1500)),
        by_hand(swollen(b"q " * 500_000, 60)),
        by_hand(
            zlib.compress(swollen(b"BT /F1 9 Tf 50 700 Td (Hei) Tj ET\n" * 20_000, 800), 9),
            filters="/FlateDecode /FlateDecode",
        ),
    ],
    ids=["blanks", "states", "packed twice"],
)
def test_a_bomb_is_too_large(data: bytes) -> None:
    assert len(data) < 2_000_000
    assert read_pdf(data, limits=TIGHT) is AttachmentState.TOO_LARGE


@pytest.mark.parametrize(
    ("child", "state"),
    [
        ("import time; time.sleep(60)", AttachmentState.TOO_LARGE),
        ("import os; os.abort()", AttachmentState.TOO_LARGE),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", AttachmentState.BROKEN),
        ("raise SystemExit(3)", AttachmentState.BROKEN),
        ("", AttachmentState.BROKEN),
        ("print('hei')", AttachmentState.BROKEN),
        ("print('[' * 100_000)", AttachmentState.BROKEN),
        ("print('[1, 2]')", AttachmentState.BROKEN),
        ('print(\'{"state": "splendid"}\')', AttachmentState.BROKEN),
        ('print(\'{"state": "read"}\')', AttachmentState.BROKEN),
        ('print(\'{"state": "read", "pages": [[1, [[]]]]}\')', AttachmentState.BROKEN),
        (
            'print(\'{"state": "read", "title": 1, "count": 1, "pages":'
            ' [[842, [["Hei", 1, 1, NaN, 1, false]]]]}\')',
            AttachmentState.BROKEN,
        ),
        ("print('x' * 5_000)", AttachmentState.TOO_LARGE),
    ],
)
def test_nothing_the_child_does_reaches_the_parent(
    child: str, state: AttachmentState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawler.pdf, "_CHILD", ("-c", child))
    limits = PdfLimits(seconds=1, output=4_000 if "5_000" in child else 400_000)
    assert read_pdf(printed("Hei"), limits=limits) is state


def test_the_child_knows_nothing_of_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMDIFEED_SECRET_KEY", "hemmelig")
    tell = "import json, os; print(json.dumps({'state': 'read', 'title': '', 'count': 1, 'pages':"
    tell += " [[842, [[' '.join(os.environ), 1, 9, 400, 9, False]]]]}))"
    monkeypatch.setattr(crawler.pdf, "_CHILD", ("-c", tell))
    read = read_pdf(printed("Hei"))
    assert isinstance(read, PdfText)
    assert "PATH" in read.pages[0]
    assert "IMDIFEED" not in read.pages[0]


def test_a_wide_page_of_small_print_keeps_every_word() -> None:
    text = "Kommunene skal tilby bolig og kvalifisering til arbeid og utdanning. " * 40
    read = read_pdf(print_blocks([paragraph(text)], Setting(size=6, head="", foot="")))
    assert isinstance(read, PdfText)
    assert " ".join(read.pages).split() == text.split()
