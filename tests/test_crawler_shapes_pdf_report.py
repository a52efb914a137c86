"""Imported PDFs: a report led by its own foreword or summary, a letter, a collection."""

import io
from datetime import datetime
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from builders import DOCUMENTS
from crawler.documents import read_document
from crawler.errors import CrawlerError
from crawler.items import EntryItem
from crawler.run import import_items
from crawler.shapes.pdf_report import known_title, report_title
from crawler.structure.blocks import Block, paragraph
from db.models import AttachmentState, Kind, Precision, Verdict
from db.query import EntryQuery, Paging
from db.store import Store
from pdf_files import Setting, annex_blocks, foreword_blocks, print_blocks, print_document

SETTING = Setting(columns=2, head="IMDi – Årsrapport 2008")
CHAPTER = [
    paragraph("1 Arbeid og utdanning", "h2"),
    *[
        paragraph(
            f"Avsnitt {number} om arbeid. "
            + "Sysselsettingen blant innvandrere har økt i perioden, og kommunene melder om gode "
            "erfaringer med kvalifisering. " * 7
        )
        for number in range(12)
    ],
    paragraph("Bruken av skjermtolk omtales bare her, langt bak i rapporten, og ellers ikke."),
]
COVER = [
    paragraph("Årsrapport 2008", "h2"),
    paragraph("Integrerings- og mangfoldsdirektoratet"),
    paragraph("Oslo, mars 2009"),
]
CONTENTS = [
    paragraph("Innhold", "h2"),
    paragraph("Forord ................................ 3"),
    paragraph("1 Arbeid og utdanning ................................ 4"),
]


def save(folder: Path, data: bytes, name: str = "rapport.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def only(path: Path) -> EntryItem:
    (item,) = read_document(path, source=DOCUMENTS)
    return item


def test_an_annual_report_is_led_by_its_foreword(tmp_path: Path) -> None:
    data = print_document([COVER, CONTENTS, foreword_blocks(), CHAPTER], SETTING)
    item = only(save(tmp_path, data, "aarsrapport_2008.pdf"))
    assert (item.title, item.key, item.kind) == ("Årsrapport 2008", "arsrapport-2008", Kind.REPORT)
    assert item.series == "arsrapport"
    assert item.lead.startswith("Hvordan går det med integreringen? Spørsmålet er godt")
    assert "i hovedsak i riktig retning." in item.lead
    assert "for innsats og resultater i 2008" in item.body_text
    assert "kvalifisering til arbeid" not in item.lead
    assert "Sysselsettingen" not in item.body_text
    assert item.published is not None
    assert item.published.precision is Precision.MONTH
    assert item.published.label == "mars 2009"
    assert len(item.pages) > 4
    assert not any("IMDi – Årsrapport 2008" in page for page in item.pages)
    (file,) = item.attachments
    assert (file.label, file.media_type) == ("aarsrapport_2008.pdf", "application/pdf")
    assert (file.length, file.url) == (len(data), "")


@pytest.mark.parametrize("properties", ["", "Årsrapport 2008", "Microsoft Word - Mal.doc"])
def test_a_report_without_a_cover_is_named_by_what_there_is(
    tmp_path: Path, properties: str
) -> None:
    data = print_document([foreword_blocks(), CHAPTER], SETTING, title=properties)
    assert only(save(tmp_path, data)).title == "Årsrapport 2008"


def test_a_report_whose_headings_are_set_as_text(tmp_path: Path) -> None:
    plain = Setting(headings=(10, 10, 10), bold_headings=False)
    data = print_document([COVER, foreword_blocks(), CHAPTER], plain)
    item = only(save(tmp_path, data))
    assert item.title == "Årsrapport 2008"
    assert item.lead.startswith("Hvordan går det med integreringen?")


def test_a_summary_tells_more_than_a_foreword(tmp_path: Path) -> None:
    telling = "Rapporten viser at 34 prosent av tolkeoppdragene tildeles ukvalifiserte tolker."
    parts = [
        [paragraph("Tolkemonitor 2022", "h2")],
        [paragraph("Forord", "h2"), paragraph("Takk til alle som har bidratt til rapporten. " * 3)],
        [paragraph("1 Sammendrag", "h2"), paragraph(telling)],
        CHAPTER,
    ]
    item = only(save(tmp_path, print_document(parts, Setting())))
    assert (item.title, item.lead, item.body) == ("Tolkemonitor 2022", telling, "")


def test_a_long_report_without_either_is_led_by_its_first_text(tmp_path: Path) -> None:
    parts = [[paragraph("Kommuneundersøkelsen", "h2")], CONTENTS, CHAPTER, CHAPTER, CHAPTER]
    item = only(save(tmp_path, print_document(parts, Setting())))
    assert (item.title, item.kind) == ("Kommuneundersøkelsen", Kind.REPORT)
    assert item.lead.startswith("Avsnitt 0 om arbeid.")


def test_a_letter_is_one_entry_with_all_its_text(tmp_path: Path) -> None:
    letter = [
        paragraph("Ny rapport om tolk", "h2"),
        paragraph("Utgitt: 26. september 2023"),
        paragraph("34 prosent av oppdragene går til ukvalifiserte tolker."),
        paragraph("Loven pålegger offentlige organer å bruke kvalifisert tolk i møte med brukere."),
    ]
    data = print_blocks(letter, Setting(head="", foot=""))
    item = only(save(tmp_path, data, "brev.pdf"))
    assert (item.title, item.kind) == ("Ny rapport om tolk", Kind.REPORT)
    assert item.lead == "34 prosent av oppdragene går til ukvalifiserte tolker."
    assert item.body_text.startswith("Loven pålegger")
    assert item.published is not None
    assert item.published.precision is Precision.DAY


def test_a_collection_gives_its_summaries_and_no_file_of_its_own(tmp_path: Path) -> None:
    data = print_blocks(annex_blocks(), Setting(columns=2, size=9))
    items = read_document(save(tmp_path, data), source=DOCUMENTS)
    assert len(items) == 24
    assert {item.kind for item in items} == {Kind.REPORT_SUMMARY}
    assert items[0].key == "fou-prosjekter-2020/" + items[0].key.partition("/")[2]
    assert not any(item.pages for item in items)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.4 nei", "damaged PDF"),
        (
            print_document([foreword_blocks()], SETTING, password="hemmelig"),
            "a PDF with a password",
        ),
        (print_document([[]], Setting(head="", foot="")), "a PDF of pictures"),
        (b"%PDF-1.4" + b" " * 50_000_000, "takes more than 50 MB"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_named_with_what_to_do(
    tmp_path: Path, data: bytes, why: str
) -> None:
    with pytest.raises(CrawlerError, match=rf"^rapport\.pdf: it is .*{why}.*\. [A-Z]"):
        read_document(save(tmp_path, data), source=DOCUMENTS)


def test_a_web_page_named_pdf_is_read_as_what_it_is(tmp_path: Path) -> None:
    page = "<html><h1>Bosetting</h1><p>Kommunene bosetter flyktninger i hele landet.</p></html>"
    item = only(save(tmp_path, page.encode()))
    assert (item.title, item.pages) == ("Bosetting", ())


def test_titles_in_properties_are_believed_if_the_text_speaks_of_them() -> None:
    text = "Rapport om tolk i offentlig sektor"
    assert known_title("Tolk i offentlig sektor", text) == "Tolk i offentlig sektor"
    assert known_title("Strategi for eksport av fisk", text) == ""
    for nothing in (
        "",
        "Untitled",
        "rapport.indd",
        "Microsoft Word - Tolk.docx",
        "2008",
        "(anonymous)",
    ):
        assert known_title(nothing, text) == ""
    cover = [Block("h3", paragraph("Årsmelding").runs), Block("h2", paragraph("2011").runs)]
    assert report_title(cover) == "Årsmelding 2011"
    assert report_title([], properties="Strategi for eksport", text=text) == "Strategi for eksport"
    with pytest.raises(CrawlerError, match="no title in it"):
        report_title([])


def test_what_is_imported_is_found_by_page_and_again(
    tmp_path: Path, store: Store, now: datetime
) -> None:
    store.vocabulary.declare([DOCUMENTS], [], now=now)
    path = save(tmp_path, print_document([COVER, foreword_blocks(), CHAPTER], SETTING))
    run = import_items(read_document(path, source=DOCUMENTS), DOCUMENTS, store, now=now)
    assert (run.new, run.verdict) == (1, Verdict.OK)
    (entry,) = store.entries.search(EntryQuery(q="skjermtolk"), Paging()).entries
    (file,) = entry.attachments
    assert file.state is AttachmentState.READ
    pages = store.attachments.pages(entry.id, 0)
    assert file.pages == len(pages)
    assert [place for place, page in enumerate(pages) if "skjermtolk" in page] == [len(pages) - 1]
    state = store.entries.state()
    again = import_items(read_document(path, source=DOCUMENTS), DOCUMENTS, store, now=now)
    assert again.unchanged == 1
    assert store.entries.state() == state


def test_pages_of_pictures_with_their_numbers_are_no_text(tmp_path: Path) -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    for number in range(3):
        canvas.drawString(300, 30, str(number + 1))
        canvas.showPage()
    canvas.save()
    with pytest.raises(CrawlerError, match="a PDF of pictures"):
        read_document(save(tmp_path, file.getvalue()), source=DOCUMENTS)
