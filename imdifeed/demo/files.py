"""Files the sites offer, made from text and colour so that no binary needs keeping."""

import struct
import textwrap
import zlib

_LINES_PER_PAGE = 48
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def text_pdf(title: str, text: str) -> bytes:
    """Set a text in Helvetica on A4 pages, as PDF 1.4 with WinAnsi encoding.

    Characters outside Windows-1252 become question marks. Format: ISO 32000-1, clause 7.
    """
    lines = [title, ""]
    for line in text.strip().splitlines():
        lines += textwrap.wrap(line, 82) or [""]
    pages = [lines[i : i + _LINES_PER_PAGE] for i in range(0, len(lines), _LINES_PER_PAGE)]
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (" + _escaped(title) + b") >>",
    ]
    for number, page in enumerate(pages):
        stream = b"BT /F1 11 Tf 15 TL 60 780 Td\n"
        stream += b"".join(b"(" + _escaped(line) + b") Tj T*\n" for line in page) + b"ET"
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (6 + 2 * number),
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        ]
    return _assembled(objects)


def colour_png(width: int, height: int, rgb: tuple[int, int, int]) -> bytes:
    """Make a picture of one colour. Format: PNG, ISO/IEC 15948."""
    rows = (b"\x00" + bytes(rgb) * width) * height
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return _PNG_SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _escaped(line: str) -> bytes:
    data = line.encode("cp1252", "replace")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _assembled(objects: list[bytes]) -> bytes:
    """Number the objects from 1, the fourth being the information dictionary, and index them."""
    data, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%b"
        b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(data))
    )
