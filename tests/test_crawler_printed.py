"""Printed pages read into blocks: lines, columns, paragraphs, headings, running heads."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import EntryItem
from crawler.pdf import IMPORTED, PdfText, read_pdf
from crawler.pdfs.columns import plain_line
from crawler.pdfs.printed import page_texts, read_printed
from crawler.pdfs.running_heads import PrintedLine, PrintedPage, without_running_heads
from crawler.shapes.collection_outline import is_collection
from crawler.shapes.report_collection import parse_collection
from crawler.structure.blocks import Block, paragraph
from crawler.structure.reflow import goes_on, is_broken_word, join_lines
from pdf_files import SEEDS, Setting, annex_blocks, print_blocks


def page(*lines: str, left: float = 60, top: float = 100, size: float = 10) -> PrintedPage:
    """Set lines under one another, each as wide as it is long."""
    return PrintedPage(
        842,
        tuple(
            PrintedLine(text, left, left + 5 * len(text), top + 12 * number, size)
            for number, text in enumerate(lines)
        ),
    )


def at(text: str, *, top: float, left: float = 60, size: float = 10) -> PrintedLine:
    return PrintedLine(text, left, left + 5 * len(text), top, size)


def bold(text: str, *, top: float) -> PrintedLine:
    return PrintedLine(text, 60, 60 + 5 * len(text), top, 10, bold=True)


def text_of(*lines: str) -> str:
    return page_texts([page(*lines)])[0]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("i riktig ret-", "ning. Men"), "i riktig retning. Men"),
        (("bosettings-", "og kvalifisering"), "bosettings- og kvalifisering"),
        (("språk-", "eller lesetrening"), "språk- eller lesetrening"),
        (("Nord-", "Norge"), "Nord-Norge"),
        (("IMDi-", "rapporten"), "IMDi-rapporten"),
        (("i 2019-", "2020"), "i 2019-2020"),
        (("rundt 15", "400 personer"), "rundt 15 400 personer"),
        (("inte\u00ad", "grering"), "integrering"),
        (("inte\u2010", "grering"), "integrering"),
        (("ret\ufffening og bosettings\ufffeog",), "retning og bosettings- og"),
        (("e\ufb03sient o\ufb00entlig \ufb01nansiering",), "effisient offentlig finansiering"),
        (("½ mill.\u00a0kr\x07",), "½ mill. kr"),
    ],
)
def test_words_and_lines_are_made_whole(lines: Sequence[str], text: str) -> None:
    assert text_of(*lines) == text


def test_a_word_is_broken_where_no_hyphen_is_its_own() -> None:
    assert is_broken_word("til ret-", "ning")
    assert not is_broken_word("bosettings-", "og")
    assert not is_broken_word("e-", "post")
    assert goes_on("Kommunene i", "Norge")
    assert not goes_on("Kommunene.", "og")
    assert goes_on("sammen med 20", "NAV-veiledere", full=True)
    assert not goes_on("sammen med 20", "NAV-veiledere")


@pytest.mark.parametrize("bullet", ["•", "\uf0b7", "\x7f", "▪", "\u25cf"])
def test_items_are_told_by_their_bullets(bullet: str) -> None:
    lines = (f"{bullet} Bosetting i alle", "landsdeler", f"{bullet} Kontinuitet")
    (block,) = read_printed([page(*lines)])
    assert block.tag == "ul"
    assert [item.text for item in block.children] == ["Bosetting i alle landsdeler", "Kontinuitet"]


def test_a_bullet_set_apart_belongs_to_the_words_after_it() -> None:
    lines = (at("•", top=100), at("Tolk", top=100, left=90), at("•", top=112))
    lines += (at("Arbeid", top=112, left=90),)
    (block,) = read_printed([PrintedPage(842, lines)])
    assert [item.text for item in block.children] == ["Tolk", "Arbeid"]


def test_paragraphs_are_told_by_gaps_indents_and_short_lines() -> None:
    long = "Kommunene skal tilby bolig og kvalifisering til arbeid"
    gap = PrintedPage(842, (at(long, top=100), at(long, top=112), at("Så mer.", top=140)))
    assert page_texts([gap]) == [f"{long} {long}\nSå mer."]
    indented = PrintedPage(
        842, (at(f"{long}.", top=100), at(long, top=112, left=75), at("og mer.", top=124))
    )
    assert page_texts([indented]) == [f"{long}.\n{long} og mer."]
    short = page(
        long, "det er slutt.", "Neste avsnitt begynner med store bokstaver her og så", "mer."
    )
    assert page_texts([short])[0].count("\n") == 1


def test_headings_are_larger_or_bolder_and_end_no_sentence() -> None:
    text = "Kommunene skal tilby bolig og kvalifisering til arbeid og utdanning i hele landet."
    lines = (
        at("Forord til", top=100, size=16),
        at("rapporten", top=119, size=16),
        at("En ingress i større skrift, som er en hel setning.", top=140, size=13),
        at(text, top=170),
        at(text, top=182),
        bold("Gode eksempler", top=210),
        at(text, top=230),
        bold("Utgitt: Mai 2020", top=260),
    )
    blocks = read_printed([PrintedPage(842, lines)])
    assert [block.tag for block in blocks] == ["h2", "p", "p", "h4", "p", "p"]
    assert blocks[0].text == "Forord til rapporten"


@pytest.mark.parametrize("count", [2, 3])
def test_columns_mixed_line_by_line_are_read_one_after_the_other(count: int) -> None:
    texts = [[f"spalte {c}, linje {n}, med noen ord" for n in range(6)] for c in range(count)]
    lines = [at("Overskrift over alle spaltene, lang nok til å nå over" * 2, top=88)]
    lines += [
        at(texts[c][n], top=112 + 12 * n, left=60 + 170 * c) for n in range(6) for c in range(count)
    ]
    (text,) = page_texts([PrintedPage(842, tuple(lines))])
    places = [text.index(words) for column in texts for words in column]
    assert places == sorted(places)


def test_a_line_across_columns_ends_what_stands_above_it() -> None:
    across = at("En linje som går over begge spaltene og litt til, midt på siden", top=300)
    lines = [
        at(f"{name} {n}, med noen ord i seg", top=top + 12 * n, left=left)
        for top in (100, 320)
        for n in range(6)
        for name, left in ((f"venstre {top}", 60.0), (f"høyre {top}", 230.0))
    ]
    (text,) = page_texts([PrintedPage(842, (*lines[:12], across, *lines[12:]))])
    wanted = ("venstre 100 5", "høyre 100 0", "En linje", "venstre 320 0", "høyre 320 5")
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)


def test_cells_stay_on_their_row() -> None:
    lines = []
    for number, name in enumerate(("Oslo", "Bergen", "Tromsø")):
        lines.append(at(name, top=100 + 12 * number))
        lines.append(at(f"{number}1 400", top=100 + 12 * number, left=200))
    assert page_texts([PrintedPage(842, tuple(lines))]) == [
        "Oslo 01 400\nBergen 11 400\nTromsø 21 400"
    ]


def with_edges(number: int, *body: str, head: str = "IMDi – FoU 2020") -> PrintedPage:
    """Set a page with a running head at its upper and its number at its lower edge."""
    inner = page(*body, top=130).lines
    around = (at(head, top=40), *inner, at(str(number), top=800, left=290))
    return PrintedPage(842, around)


def test_running_heads_and_page_numbers_go() -> None:
    pages = [with_edges(14 + number, f"Tekst på side {number}.") for number in range(3)]
    assert page_texts(without_running_heads(pages)) == [
        f"Tekst på side {number}." for number in range(3)
    ]


@pytest.mark.parametrize(
    "form", ["Side {} av 40", "{} | Årsrapport 2008", "IMDi 2008 – {}", "- {} -"]
)
def test_page_numbers_in_any_dress_go(form: str) -> None:
    pages = [with_edges(9, "Tekst.", head=form.format(9 + number)) for number in range(3)]
    assert page_texts(without_running_heads(pages))[1:] == ["Tekst.", "Tekst."]


def test_what_is_said_once_or_counts_by_itself_stays() -> None:
    first, second = (with_edges(n, "Tekst.", head=f"Del {n // 10}") for n in (10, 20))
    kept = page_texts(without_running_heads([first, *[page("x")] * 9, second]))
    assert kept[0].startswith("Del 1")
    assert kept[-1].startswith("Del 2")
    dated = [with_edges(number, "Tekst.", head="Utgitt: Mai 2020") for number in (1, 2)]
    assert all("Utgitt" in text for text in page_texts(without_running_heads(dated)))
    item = "Punkt {}, som står øverst"
    listed = [
        PrintedPage(842, (at("•", top=40), at(item.format(n), top=40, left=70), at("x", top=200)))
        for n in (1, 5)
    ]
    assert all(one.lines[0].text == "•" for one in without_running_heads(listed))
    low = page("Tekst i", "2019", top=790)
    assert page_texts(without_running_heads([low])) == ["Tekst i 2019"]


def test_a_sentence_goes_on_over_the_page() -> None:
    line = "Mange flytter til et ukjent sted hvor de ikke har venner, men får arbeid og "
    first = page(line, line, f"{line}utdan-")
    second = page("ning teller mye.", "Slutt.")
    assert [block.text for block in read_printed([first, second])] == [
        " ".join(f"{line * 3}utdanning teller mye. Slutt.".split())
    ]
    texts = page_texts([first, second])
    assert texts[0].endswith("og utdanning")
    assert texts[1].startswith("teller mye.")


def test_pages_of_one_line_each_keep_it() -> None:
    pages = [page(f"Side {number}: tolk", top=60) for number in range(5)]
    assert page_texts(without_running_heads(pages))[3] == "Side 3: tolk"
    sentences = [
        PrintedPage(842, (at(f"Dette er setning nummer {n}.", top=60), at("Mer.", top=200)))
        for n in range(3)
    ]
    assert page_texts(without_running_heads(sentences))[1].startswith("Dette er setning nummer 1.")


lines_of_print = st.builds(
    PrintedLine,
    text=st.text(max_size=30),
    left=st.floats(-1000, 1000),
    right=st.floats(-1000, 1000),
    top=st.floats(-1000, 2000),
    size=st.floats(0, 100),
    bold=st.booleans(),
)


@given(st.lists(st.builds(PrintedPage, st.floats(0, 2000), st.lists(lines_of_print).map(tuple))))
def test_no_page_upsets_the_reader(pages: list[PrintedPage]) -> None:
    kept = without_running_heads(pages)
    assert len(page_texts(kept)) == len(pages)
    read_printed(kept)


@given(st.text())
def test_a_plain_line_is_one_line_and_stays_as_it_is(text: str) -> None:
    line = plain_line(text)
    assert line.split("\n") == [line]
    assert join_lines([line]) == line.strip()


SETTINGS = {
    "one column": Setting(),
    "two columns": Setting(columns=2, size=9),
    "headings bold": Setting(headings=(10, 10, 10)),
    "headings as text": Setting(headings=(10, 10, 10), bold_headings=False),
    "headings large": Setting(bold_headings=False),
    "indented": Setting(apart=0, indent=12),
    "ragged": Setting(justified=False, serif=False),
    "small": Setting(size=7.5, serif=False),
}


@pytest.fixture(scope="module")
def annex() -> list[Block]:
    return annex_blocks()


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS.keys())
def test_a_printed_annex_gives_what_its_markdown_gives(
    setting: Setting, annex: list[Block]
) -> None:
    pdf = read_pdf(print_blocks(annex, setting), limits=IMPORTED)
    assert isinstance(pdf, PdfText)
    blocks = read_printed(pdf.layout)
    assert is_collection(blocks)
    got = parse_collection(blocks, source="documents")
    expected = parse_collection(annex, source="documents")
    assert len(got) == 24
    assert [essentials(item) for item in got] == [essentials(item) for item in expected]
    same = sum(words(one) == words(other) for one, other in zip(got, expected, strict=True))
    assert same >= 22


def essentials(item: EntryItem) -> tuple[object, ...]:
    files = [(file.label, file.media_type, file.size_label) for file in item.attachments]
    return item.key, item.title, item.chapter, item.lead, item.published, files


def words(item: EntryItem) -> list[str]:
    return item.body_text.split()


def test_the_seed_foreword_survives_narrow_columns() -> None:
    text = (SEEDS / "aarsrapport-2008-forord.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    whole = " ".join(text_of(*lines).split())
    assert "i hovedsak i riktig retning. Men integrering tar tid." in whole
    assert "Integrerings- og mangfoldsdirektoratets (IMDi) årsrapport for 2008" in whole
    assert "til en kommune hvert år." in whole
    assert "-" not in whole.replace("Integrerings- og", "")


def test_blocks_of_one_paragraph_are_that_paragraph() -> None:
    assert [block.text for block in read_printed([page("Hei.")])] == [paragraph("Hei.").text]
