"""PDFs to test with, made of the seeds' texts: annexes and reports as a printer sets them."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from crawler.structure.blocks import HEADINGS, Block
from crawler.structure.markdown import read_markdown
from crawler.structure.plaintext import read_plaintext
from crawler.structure.reflow import join_cut, repair_lookalikes
from db.text import clean

SEEDS = Path(__file__).parent.parent / "imdifeed" / "demo" / "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a document is set."""

    columns: int = 1
    justified: bool = True
    #: sizes of the text and of headings; equal sizes leave weight to tell them
    size: float = 10
    headings: tuple[float, ...] = (16, 13, 11.5)
    bold_headings: bool = True
    #: points between paragraphs
    apart: float = 5
    #: first line of a paragraph, in points
    indent: float = 0
    head: str = "IMDi – FoU-prosjekter 2020"
    #: "{}" is the page's number
    foot: str = "{}"
    serif: bool = True


def annex_blocks() -> list[Block]:
    """Give the annex of 2020: 24 summaries of reports in five chapters."""
    text = (SEEDS / "fou-prosjekter-2020.md").read_text(encoding="utf-8")
    return join_cut(read_markdown(repair_lookalikes(clean(text))))


def foreword_blocks() -> list[Block]:
    """Give the foreword of the annual report for 2008, its heading first."""
    text = (SEEDS / "aarsrapport-2008-forord.txt").read_text(encoding="utf-8")
    heading, *rest = join_cut(read_plaintext(clean(text)))
    return [Block("h2", heading.runs), *rest]


def print_blocks(blocks: Sequence[Block], setting: Setting, *, title: str = "") -> bytes:
    """Print blocks as a PDF, with running heads and page numbers."""
    return print_document([blocks], setting, title=title)


def print_document(
    parts: Sequence[Sequence[Block]], setting: Setting, *, title: str = "", password: str = ""
) -> bytes:
    """Print parts, each from a page of its own, with running heads and page numbers."""
    story: list[Flowable] = []
    for part in parts:
        story += [PageBreak()] * bool(story) + _story(part, setting)
    file = io.BytesIO()
    width, height = A4
    margin, gutter = 62, 18
    column = (width - 2 * margin - (setting.columns - 1) * gutter) / setting.columns
    frames = [
        Frame(margin + n * (column + gutter), 80, column, height - 165, 0, 0, 0, 0)
        for n in range(setting.columns)
    ]

    def around(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        if setting.head:
            canvas.drawString(margin, height - 40, setting.head)
        if setting.foot:
            canvas.drawCentredString(width / 2, 34, setting.foot.format(document.page))

    document = BaseDocTemplate(
        file,
        pagesize=A4,
        title=title,
        pageTemplates=[PageTemplate("page", frames, onPage=around)],
        encrypt=StandardEncryption(password, canPrint=0) if password else None,
    )
    document.build(story)
    return file.getvalue()


def _styles(setting: Setting) -> dict[str, ParagraphStyle]:
    plain, bold = (
        ("Times-Roman", "Times-Bold") if setting.serif else ("Helvetica", "Helvetica-Bold")
    )
    text = ParagraphStyle(
        "p",
        fontName=plain,
        fontSize=setting.size,
        leading=setting.size * 1.25,
        spaceAfter=setting.apart,
        firstLineIndent=setting.indent,
        alignment=TA_JUSTIFY if setting.justified else TA_LEFT,
        embeddedHyphenation=1,
    )
    styles = {"p": text}
    for tag, size in zip(HEADINGS, setting.headings, strict=True):
        styles[tag] = ParagraphStyle(
            tag,
            fontName=bold if setting.bold_headings else plain,
            fontSize=size,
            leading=size * 1.2,
            spaceBefore=10,
            spaceAfter=4,
            keepWithNext=1,
        )
    styles["li"] = ParagraphStyle(
        "li", parent=text, leftIndent=14, bulletIndent=3, spaceAfter=setting.apart / 2,
        firstLineIndent=0,
    )  # fmt: skip
    return styles


def _story(blocks: Sequence[Block], setting: Setting) -> list[Flowable]:
    styles = _styles(setting)
    story: list[Flowable] = []
    for block in blocks:
        if block.tag in ("ul", "ol"):
            for number, item in enumerate(block.children, 1):
                sign = "•" if block.tag == "ul" else f"{number}."
                story.append(Paragraph(_marked(item), styles["li"], bulletText=sign))
        elif block.tag in styles:
            story.append(Paragraph(_marked(block), styles[block.tag]))
        else:
            story.append(Paragraph(_marked(block), styles["p"]))
    return story or [Spacer(1, 1)]


def _marked(block: Block) -> str:
    return escape(block.text)


def escape(text: str) -> str:
    """Write text for a Paragraph, with soft hyphens where long words may break."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\w{9,}", lambda found: _breakable(found[0]), text)


def _breakable(word: str) -> str:
    return re.sub(r"(?<=\w\w)([aeiouyæøå])([bdfgklmnprstv])(?=[aeiouyæøå]\w)", "\\1\u00ad\\2", word)
