import random
import re
import textwrap
from collections import Counter
from pathlib import Path

import pytest

from crawler.documents import LARGEST, read_document
from crawler.errors import CrawlerError
from crawler.html import clean_fragment, text_of
from crawler.items import EntryItem
from db.models import Attachment, Kind, Precision, Source

DOCUMENTS = Path(__file__).parents[1] / "imdifeed" / "demo" / "documents"
SEEDS = Path(__file__).parent / "seeds"
ANNEX = (DOCUMENTS / "fou-prosjekter-2020.md").read_text(encoding="utf-8")
SOURCE = Source("documents", "documents", "Dokumenter", "IMDi")

BOSETTING, ARBEIDSLIV = "Bosetting og tidlig innsats", "Kvalifisering og arbeidsliv"
OPPVEKST, TJENESTER, SERIER = "Oppvekst og deltakelse", "Bedre offentlige tjenester", "Serier"

#: title, chapter, date as printed, sizes of the files
REPORTS = [
    (
        "Anmodningskriterier for bosetting av flyktninger i 2019",
        *(BOSETTING, "19. oktober 2020", ["2 MB"]),
    ),
    (
        "Evaluering av kulturorienteringsprogrammet for overføringsflyktninger",
        *(BOSETTING, "8. oktober 2020", ["1 MB"]),
    ),
    (
        "Statlige virkemidler ved bosetting av flyktninger med særlige behov",
        *(BOSETTING, "August 2020", ["2 MB"]),
    ),
    (
        "Strategisk mottaksplassering og treffsikker bosetting",
        *(BOSETTING, "Mai 2020", ["1 MB"]),
    ),
    ("Fra bosetting til voksenliv", BOSETTING, "Februar 2020", ["1 MB"]),
    (
        "Evaluering av tilskudd til utvikling av kommunale integreringstiltak",
        *(ARBEIDSLIV, "3. desember 2020", ["4 MB", "2 MB", "2 MB"]),
    ),
    (
        "Pilot-brukerundersøkelse for deltakere i introduksjonsprogram",
        *(ARBEIDSLIV, "11. november 2020", [""]),
    ),
    (
        '"Vi har nå holdt hjulene i gang". Kommunenes integreringsarbeid under koronautbruddet',
        *(ARBEIDSLIV, "August 2020", ["545 KB"]),
    ),
    (
        "Metoder for andrespråksopplæring av voksne innvandrere – en systematisk "
        "kartleggingsoversikt",
        *(ARBEIDSLIV, "1. juli 2020", ["2 MB"]),
    ),
    ("Hvorfor faller flyktninger ut av arbeidslivet?", ARBEIDSLIV, "Mars 2020", ["2 MB"]),
    (
        "Kunnskapsoppsummering om tiltak for varig sysselsetting",
        *(ARBEIDSLIV, "27. april 2020", ["486 KB"]),
    ),
    (
        "Kompetansekartlegging og karriereveiledning av nyankomne flyktninger",
        *(ARBEIDSLIV, "Februar 2020", ["778 KB"]),
    ),
    (
        "Rom for kvalitet. Sluttrapport i følgeevaluering av Jobbsjansen 2017-2019",
        *(ARBEIDSLIV, "13. mars 2020", ["2 MB"]),
    ),
    (
        "Foreldreveiledning til deltakere i introduksjonsprogram",
        *(ARBEIDSLIV, "Februar 2020", ["3 MB"]),
    ),
    (
        "På rett hylle? Mentoring som en vei inn i arbeidslivet",
        *(ARBEIDSLIV, "26. februar 2020", ["772 KB"]),
    ),
    (
        "Barrierer for bruk av kvalifisert tolk i introduksjonsprogrammet",
        *(ARBEIDSLIV, "26. februar 2020", ["1 MB"]),
    ),
    (
        "Minoritetsrådgivernes og integreringsrådgivernes arbeid i første halvår 2020",
        *(OPPVEKST, "29. oktober 2020", ["589 KB"]),
    ),
    (
        "Hele mennesker - delte tjenester. Utenforskap blant unge i utsatte boområder",
        *(OPPVEKST, "9. november 2020", ["661 KB"]),
    ),
    (
        "Hvordan har koronasituasjonen påvirket kvalifiserte tolkers arbeidshverdag?",
        *(TJENESTER, "22. september 2020", ["166 KB"]),
    ),
    ("Integreringsbarometeret 2020", SERIER, "Juni 2020", ["2 MB", "845 KB", ""]),
    (
        "Holdninger til innvandring, integrering og mangfold i Oslo",
        *(SERIER, "11. desember 2020", ["667 KB"]),
    ),
    (
        "Kommunenes utgifter til bosetting og integrering av flyktninger i 2019",
        *(SERIER, "24. august 2020", ["716 KB", "379 KB"]),
    ),
    (
        "Indikatorer for integrering. Tilstand og utviklingstrekk ved inngangen til 2020.",
        *(SERIER, "5. juni 2020", ["2 MB"]),
    ),
    ("IMDis kommuneundersøkelse 2019", SERIER, "3. juni 2020", ["769 KB"]),
]


@pytest.fixture(name="read")
def reader(tmp_path: Path):
    def read(data: str | bytes, name: str = "fil.md", **more) -> list[EntryItem]:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_document(path, source=SOURCE, **more)

    return read


@pytest.fixture(name="annex", scope="module")
def annex_items() -> list[EntryItem]:
    return read_document(DOCUMENTS / "fou-prosjekter-2020.md", source=SOURCE)


def outline(items: list[EntryItem]) -> list[tuple[str, str, str, list[str]]]:
    return [
        (
            item.title,
            item.chapter,
            item.published.label.removeprefix("Utgitt: ") if item.published else "",
            [file.size_label for file in item.attachments],
        )
        for item in items
    ]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


# --- the annex of 2020


def test_the_annex_gives_24_reports_each_with_its_own_fields(annex: list[EntryItem]) -> None:
    assert outline(annex) == REPORTS
    assert {item.kind for item in annex} == {Kind.REPORT_SUMMARY}
    assert {item.shape for item in annex} == {"report_collection"}
    assert {item.source for item in annex} == {"documents"}
    assert {item.url for item in annex} == {""}


def test_sixteen_have_a_day_and_eight_a_month(annex: list[EntryItem]) -> None:
    precisions = Counter(item.published.precision for item in annex if item.published)
    assert precisions == {Precision.DAY: 16, Precision.MONTH: 8}


def test_keys_are_distinct_and_follow_the_titles(annex: list[EntryItem]) -> None:
    assert len({item.key for item in annex}) == 24
    assert annex[4].key == "fou-prosjekter-2020/fra-bosetting-til-voksenliv"


def test_files_have_name_size_and_type_and_no_address_where_the_link_leads_nowhere(
    annex: list[EntryItem],
) -> None:
    assert annex[0].attachments == (
        Attachment(
            url="",
            label="Anmodningskriterier for bosetting av flyktninger ideas2evidence-rapport",
            media_type="application/pdf",
            length=2_000_000,
            size_label="2 MB",
        ),
    )
    assert annex[7].attachments[0].length == 545_000
    assert annex[6].attachments[0].length is None
    assert [file.label for file in annex[19].attachments] == [
        *("Integreringsbarometeret 2020", "Spørreskjema og utvalg", "Se hele oppsummeringen"),
    ]
    assert sum(len(item.attachments) for item in annex) == 29


def test_the_introduction_is_the_lead_and_stands_in_the_body_no_more(
    annex: list[EntryItem],
) -> None:
    assert annex[0].lead == (
        "Ideas2evidence har sett på om anmodningskriteriene for bosetting av flyktninger for 2019 "
        "fungerte etter hensikten. Har anmodningskriteriene ført til en mer treffsikker bosetting?"
    )
    for item in annex:
        assert len(item.lead) > 40
        assert not item.body_text.startswith(item.lead)
        assert "Utgitt" not in item.body_text
        assert "PDF" not in item.body_text
        assert not re.search(r"[#*\\]", item.title + item.lead + item.body_text)


def test_no_word_of_the_reports_is_lost_or_added(annex: list[EntryItem]) -> None:
    reports = ANNEX[ANNEX.index("# 1 Bosetting") :].replace("р", "r").replace("е", "e")
    printed = words(re.sub(r"\]\(#\)|^#+ [1-5] .*|^ *[0-9]\. ", "", reports, flags=re.M))
    read: Counter[str] = Counter()
    for item in annex:
        files = " ".join(f"{file.label} pdf {file.size_label}" for file in item.attachments)
        label = item.published.label if item.published else ""
        read += words(f"{item.title} {item.lead} {label} {item.body_text} {files}")
    assert read == printed


@pytest.mark.parametrize(
    ("title", "joined"),
    [
        ("Fra bosetting", "I begge tilfeller er det ofte mangel på kontaktflater"),
        ("Evaluering av tilskudd", "intervjuer med ansatte i kommunene, prosjektledere"),
        ("Pilot-bruker", "tilpasset målgruppen, og opplegg for hvordan"),
        ("Integreringsbarometeret", "arbeidsinnvandrere og familiegjenforente (begge"),
        ("Integreringsbarometeret", "uttrykker skepsis til personer med muslimsk tro generelt"),
        ("Holdninger", "inn mange med somalisk bakgrunn i nabolaget"),
        ("Indikatorer", "for integreringen dreier seg om innvandrerbefolkningen"),
        ("IMDis", "opplever utfordringene og kompetansebehovet som større"),
    ],
)
def test_what_a_page_break_cut_is_joined(annex: list[EntryItem], title: str, joined: str) -> None:
    item = next(item for item in annex if item.title.startswith(title))
    assert any(joined in line for line in item.body_text.split("\n"))


def test_an_item_cut_by_a_page_break_leaves_its_list_whole(annex: list[EntryItem]) -> None:
    body = annex[4].body
    assert body.count("<ul>") == 1
    assert body.count("<li>") == 7
    assert annex[11].body.count("<ul>") == 1


def test_lists_within_lists_and_numbered_lists_are_kept(annex: list[EntryItem]) -> None:
    assert "introduksjonsprogrammet.<ul><li>Organisatorisk barrierer:" in annex[15].body
    assert re.search(r"<ol>(<li>[^<]+</li>){8}</ol>", annex[0].body)
    # the indentation of the second to fifth is the converter's, not the author's
    assert re.search(r"<ol>(<li>[^<]+</li>){5}</ol>", annex[8].body)


def test_sub_headings_stay_in_the_text_whatever_their_rank(annex: list[EntryItem]) -> None:
    headings = re.findall(r"<h2>(.*?)</h2>", annex[2].body)
    assert headings == [
        *("Samfunnsøkonomi", "Informasjonstilgang og informasjonsflyt"),
        *("Finansiering", "Organisering"),
    ]
    assert len(re.findall("<h2>", annex[19].body)) == 8


def test_lines_set_by_the_author_and_strong_words_are_kept(annex: list[EntryItem]) -> None:
    assert "<p>40 % mener innvandring er bra for Norge<br>27 % mener" in annex[19].body
    assert "<li><strong>Jobber i mer utsatte bransjer</strong> – mange" in annex[10].body
    assert "se Norsk på nett." in annex[7].body


def test_cyrillic_letters_in_norwegian_words_are_replaced(annex: list[EntryItem]) -> None:
    assert annex[20].body_text.count("innvandrerandel") == 6
    assert not re.search("[\u0400-\u04ff]", "".join(item.body_text for item in annex))


def test_the_bodies_are_clean_already(annex: list[EntryItem]) -> None:
    for item in annex:
        assert clean_fragment(item.body, base_url="") == item.body
        assert text_of(item.body) == item.body_text


# --- other collections of the same manner


def same_reports(items: list[EntryItem], annex: list[EntryItem]) -> None:
    assert outline(items) == outline(annex)
    assert [(item.key, item.lead) for item in items] == [(item.key, item.lead) for item in annex]
    assert [words(item.body_text) for item in items] == [words(item.body_text) for item in annex]


def test_the_file_name_changes_nothing(read, annex: list[EntryItem]) -> None:
    same_reports(read(ANNEX, "noe annet.txt"), annex)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(read, annex) -> None:
    same_reports(read(b"\xef\xbb\xbf" + ANNEX.replace("\n", "\r\n").encode()), annex)
    same_reports(read(ANNEX.encode("utf-16")), annex)


@pytest.mark.parametrize("seed", range(8))
def test_the_rank_of_headings_means_nothing(read, annex, seed: int) -> None:
    chance = random.Random(seed)
    levels = re.sub(r"^#+", lambda _: "#" * chance.randint(1, 6), ANNEX, flags=re.M)
    same_reports(read(levels), annex)


@pytest.mark.parametrize("level", [1, 2, 4])
def test_all_headings_may_share_one_rank(read, annex, level: int) -> None:
    same_reports(read(re.sub(r"^#+", "#" * level, ANNEX, flags=re.M)), annex)


def test_headings_may_be_underlined(read, annex) -> None:
    same_reports(read(re.sub(r"^#+ (.*)$", r"\1\n======", ANNEX, flags=re.M)), annex)


def test_the_date_may_stand_before_the_introduction(read, annex) -> None:
    moved, count = re.subn(r"(?m)^(\S.*)\n\n(Utgitt: .*)$", r"\2\n\n\1", ANNEX)
    assert count == 24
    same_reports(read(moved), annex)


def test_the_date_may_be_pressed_against_the_introduction_or_strong(read, annex) -> None:
    same_reports(read(re.sub(r"\n\n(Utgitt: .*)\n", r"\n\1\n", ANNEX)), annex)
    same_reports(read(re.sub(r"(?m)^Utgitt: (.*)$", r"**Utgitt:** \1", ANNEX)), annex)


def test_the_text_may_be_broken_at_any_width(read, annex) -> None:
    def wrapped(line: str) -> str:
        if line.startswith("#") or "](" in line or line.endswith("  ") or len(line) < 80:
            return line
        indent = re.match(r" *(?:- |[0-9]\. )?", line)[0]
        return textwrap.fill(line, 80, subsequent_indent=" " * len(indent), break_on_hyphens=False)

    same_reports(read("\n".join(map(wrapped, ANNEX.split("\n")))), annex)


def test_there_may_be_no_contents_and_no_preface(read, annex) -> None:
    without = ANNEX[: ANNEX.index("## Innledning")] + ANNEX[ANNEX.index("# 1 Bosetting") :]
    same_reports(read(without), annex)


def test_a_report_may_be_removed(read, annex) -> None:
    start = ANNEX.index("## Hvorfor faller flyktninger")
    end = ANNEX.index("## Kunnskapsoppsummering om tiltak")
    left = [item for item in annex if not item.title.startswith("Hvorfor faller")]
    same_reports(read(ANNEX[:start] + ANNEX[end:]), left)


ADDED = """### **En ny rapport om tolking**

Utgitt: 2021

Innledningen til rapporten.

#### Et funn

- Første funn
- Andre funn

- [Rapporten \\(PDF, 1,5 MB\\)](https://www.imdi.no/contentassets/ab/rapport.pdf)
- [Kort fortalt \\(docx, 12 KB\\)](/contentassets/ab/kort.docx)

"""


def test_a_report_may_be_added(read, annex) -> None:
    place = ANNEX.index("## 4 Bedre offentlige")
    items = read(ANNEX[:place] + ADDED + ANNEX[place:], base_url="https://www.imdi.no")
    assert len(items) == 25
    added = items[18]
    assert (added.title, added.chapter) == ("En ny rapport om tolking", OPPVEKST)
    assert added.published is not None
    assert added.published.precision is Precision.YEAR
    assert added.lead == "Innledningen til rapporten."
    assert added.body == "<h2>Et funn</h2>\n<ul><li>Første funn</li><li>Andre funn</li></ul>"
    assert [(file.url, file.length, file.size_label) for file in added.attachments] == [
        ("https://www.imdi.no/contentassets/ab/rapport.pdf", 1_500_000, "1,5 MB"),
        ("https://www.imdi.no/contentassets/ab/kort.docx", 12_000, "12 KB"),
    ]
    same_reports(items[:18] + items[19:], annex)


def test_a_date_that_cannot_be_read_loses_the_date_and_not_the_report(read) -> None:
    items = read(ANNEX.replace("Utgitt: 5. juni 2020", "Utgitt: 5. juni"))
    assert len(items) == 24
    assert items[22].published is None


def test_two_reports_of_one_title_have_two_keys(read) -> None:
    items = read(ANNEX.replace("## Fra bosetting til voksenliv", "## Strategisk mottaksplassering"))
    assert len({item.key for item in items}) == 24


def test_a_title_page_with_a_date_of_its_own_is_no_report(read, annex) -> None:
    dated = ANNEX.replace(
        "mangfoldsdirektoratet\n", "mangfoldsdirektoratet\n\nUtgitt: mars 2021\n", 1
    )
    same_reports(read(dated), annex)
    body = ANNEX[ANNEX.index("# 1 Bosetting") :]
    same_reports(read(f"# FoU-prosjekter 2020\n\nUtgitt: mars 2021\n\nIMDi\n\n{body}"), annex)


def test_the_same_collection_as_plain_text(read, annex) -> None:
    plain = re.sub(r"^#+ |\*\*|</?b>", "", ANNEX, flags=re.M)
    plain = re.sub(r"\[(.*?)\]\(#\)", lambda found: found[1].replace("\\", ""), plain)
    items = read(plain, "fou.txt")
    assert outline(items) == outline(annex)
    assert [(item.key, item.lead) for item in items] == [(item.key, item.lead) for item in annex]
    moved = re.sub(r"(?m)^(\S.*)\n\n(Utgitt: .*)$", r"\2\n\n\1", plain)
    assert outline(read(moved, "fou.txt")) == outline(annex)


def test_the_same_collection_as_a_saved_page(read, annex) -> None:
    def entry(item: EntryItem) -> str:
        files = "".join(
            f"<li><a href='#'>{file.label} (PDF{', ' * bool(file.size_label)}{file.size_label})</a>"
            for file in item.attachments
        )
        label = item.published.label if item.published else ""
        return f"<h3>{item.title}</h3><p>{item.lead}<p>{label}{item.body}<ul>{files}</ul>"

    sections = [
        f"<h2>{number} {chapter}</h2>"
        + "".join(entry(item) for item in annex if item.chapter == chapter)
        for number, chapter in enumerate(dict.fromkeys(item.chapter for item in annex), start=1)
    ]
    page = f"<!DOCTYPE html><main><h1>FoU-prosjekter 2020</h1>{''.join(sections)}</main>"
    assert outline(read(page, "fou.html")) == outline(annex)


# --- single documents


def only(items: list[EntryItem]) -> EntryItem:
    assert len(items) == 1
    return items[0]


def test_the_foreword_of_the_annual_report() -> None:
    item = only(read_document(DOCUMENTS / "aarsrapport-2008-forord.txt", source=SOURCE))
    assert item.title == "Årsrapport 2008: Forord"
    assert item.kind is Kind.REPORT
    assert item.published is None
    assert item.lead == (
        "Hvordan går det med integreringen? Spørsmålet er godt og fortjener et svar."
    )
    text = item.body_text
    assert text.count("\n") == 8
    for whole in (
        "i riktig retning. Men integrering tar tid",
        "første del av Integrerings- og mangfoldsdirektoratets (IMDi) årsrapport",
        "Vi setter søkelys blant annet på arbeid, utdanning, levekår, velferdstjenester",
        "preget av spenning og forventning, men også av usikkerhet og uro",
        "medarbeidere og samarbeidspartnere for innsats",
    ):
        assert whole in text
    assert not re.search(r"\w- ?\n|[a-zæøå]-[a-zæøå]", text)
    assert text.endswith("Direktør Osmund Kaldheim")
    assert "«utfordringer»" in text


def test_the_archived_page_of_the_ministry() -> None:
    path = DOCUMENTS / "regjeringens-maal-for-integrering.txt"
    item = only(read_document(path, source=SOURCE))
    assert item.title == "Regjeringens mål for integrering"
    assert item.kind is Kind.BROCHURE
    assert item.publisher == "Barne-, likestillings- og inkluderingsdepartementet"
    assert item.published is None
    assert item.lead.startswith("Her kan du se brosjyren")
    assert re.findall("<h2>(.*?)</h2>", item.body) == [
        *("Mål for integrering", "Regjeringens integreringspolitikk"),
    ]
    for furniture in ("Historisk arkiv", "Publisert under", "Utgiver"):
        assert furniture not in item.lead + item.body_text


def test_an_archived_page_in_nynorsk(read) -> None:
    text = (
        "Historisk arkiv\n\nMål for integrering\n\nHistorisk arkiv\n\n"
        "Publisert under: Regjeringa Solberg\n\nUtgjevar: Barne- og familiedepartementet\n\n"
        "Dato: 03.07.2014\n\nTeksten står her og er ikkje lang.\n"
    )
    item = only(read(text, "side.txt"))
    assert (item.title, item.publisher) == (
        "Mål for integrering",
        "Barne- og familiedepartementet",
    )
    assert item.published is not None
    assert item.published.label == "Dato: 03.07.2014"
    assert item.kind is Kind.NEWS


def test_a_press_release_as_text_loses_what_surrounds_it() -> None:
    path = SEEDS / "pressemelding-flere-innvandrere.txt"
    item = only(read_document(path, source=SOURCE))
    assert item.title == "Ny IMDi-rapport: Flere innvandrere i distriktene"
    assert item.kind is Kind.PRESS_RELEASE
    assert item.lead.startswith("Stadig færre innvandrere søker seg til sentrale strøk.")
    # the only dates on the page are those of five other releases
    assert item.published is None
    lines = item.body_text.split("\n")
    assert lines[-1].startswith("Sannsynligheten for å oppleve diskriminering")
    assert sum(line.startswith("- ") for line in lines) == 4
    assert re.search(r"<p>Andre funn i rapporten:</p>\n<ul>(<li>[^<]+</li>){4}</ul>$", item.body)
    for furniture in ("Kontakter", "presse@imdi.no", "Om oss", "Siste", "Ikea", "\u06f0"):
        assert furniture not in item.body_text


def test_a_page_of_teasers_is_refused() -> None:
    with pytest.raises(CrawlerError, match=r"forside-nyheter\.txt: it is a page of 9 teasers"):
        read_document(SEEDS / "forside-nyheter.txt", source=SOURCE)


PAGE = """<!DOCTYPE html><html lang="no"><head><meta charset="utf-8"><title>Rapport | IMDi</title>
<meta property="article:published_time" content="2022-10-31T09:00:00+01:00">
<link rel="canonical" href="https://www.imdi.no/om-imdi/rapporter/2022/ny-rapport/">
<script>window.tekst = "Ny rapport om tolk"</script></head>
<body><nav>Forside</nav><main id="main-content"><h1>Ny rapport om tolk</h1>
<div class="_publishDate_9q3zd_10"><span aria-hidden="true">stylus</span>
<p>Sist oppdatert: 16. juli 2026</p></div>
<p class="_mainIntro_x">Rapporten viser bruken av tolk.</p>
<div class="_richText_y"><h2>Funn</h2><p>Mange bruker tolk.</p>
<p><a href="/contentassets/ab/r.pdf">Hele rapporten (PDF, 2 MB)</a></p></div></main>
<footer>IMDi</footer></body></html>"""


def test_a_saved_page(read) -> None:
    item = only(read(PAGE, "side.html"))
    url = "https://www.imdi.no/om-imdi/rapporter/2022/ny-rapport/"
    assert (item.key, item.url) == (url, url)
    assert item.title == "Ny rapport om tolk"
    assert item.kind is Kind.REPORT
    assert item.lead == "Rapporten viser bruken av tolk."
    assert item.body == "<h2>Funn</h2>\n<p>Mange bruker tolk.</p>"
    assert item.published is not None
    assert item.published.label == "2022-10-31T09:00:00+01:00"
    assert item.updated is not None
    assert item.updated.label == "Sist oppdatert: 16. juli 2026"
    assert item.attachments[0].url == "https://www.imdi.no/contentassets/ab/r.pdf"


def test_a_saved_page_of_a_crawled_source_becomes_the_entry_a_crawl_would_find(
    tmp_path: Path,
) -> None:
    path = tmp_path / "side.html"
    path.write_text(PAGE, encoding="utf-8")
    source = Source("imdi-news", "imdi", "Nyheter", "IMDi", base_url="https://www.imdi.no")
    item = only(read_document(path, source=source))
    assert (item.shape, item.source) == ("imdi_report", "imdi-news")
    assert item.key == "/om-imdi/rapporter/2022/ny-rapport/"


def test_a_page_in_another_encoding_that_says_so(read) -> None:
    page = PAGE.replace("utf-8", "iso-8859-1").replace("Mange bruker", "Språk på")
    assert "Språk på tolk" in only(read(page.encode("iso-8859-1"), "side.html")).body_text


def test_a_single_report_in_markdown(read) -> None:
    item = only(
        read("Utgitt: 2008\n\n# Rapport om arbeid\n\nInnledning her.\n\n## Funn\n\n- a\n- b\n")
    )
    assert item.kind is Kind.REPORT
    assert item.title == "Rapport om arbeid"
    assert item.published is not None
    assert item.published.precision is Precision.YEAR
    assert item.lead == "Innledning her."
    assert item.body == "<h2>Funn</h2>\n<ul><li>a</li><li>b</li></ul>"


def test_markup_in_markdown_and_text_is_only_text(read) -> None:
    text = "# Tittel\n\nInnledning.\n\n<script>x()</script> [a](javascript:x) <b>fet</b>\n"
    assert only(read(text)).body == "<p>&lt;script&gt;x()&lt;/script&gt; a fet</p>"
    text = "Tittel\n\nInnledning til saken.\n\n<img src=x onerror=y> og mer tekst.\n"
    assert only(read(text)).body == "<p>&lt;img src=x onerror=y&gt; og mer tekst.</p>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\n\t", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"%PDF-1.7\n...", "it is a damaged PDF. Fetch it again"),
        (b"PK\x03\x04...", "Word, Excel or zip"),
        (b"\x89PNG\r\n", "picture"),
        (b"abc\x00def", "binary"),
        ("Årsrapport på norsk".encode("latin-1"), "not UTF-8 text"),
        (b"<html><meta charset=klingon>x", "encoding 'klingon' is unknown"),
        (b"Bare en tittel\n", "no text"),
        (b"# \n\n\n", "no text"),
        (b"x" * 400 + b"\n\nmer tekst her\n", "not with a title"),
        (b"<html><body></body></html>", "no text"),
        (b"Utgitt: 2020\n\nUtgitt: 2021\n", "no titles"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(read, data: bytes, reason: str) -> None:
    with pytest.raises(CrawlerError, match=reason) as raised:
        read(data, "fil.txt")
    assert str(raised.value).startswith("fil.txt: ")


def test_a_file_too_large_is_refused(read) -> None:
    with pytest.raises(CrawlerError, match="larger than 20 MB"):
        read(b"x" * (LARGEST + 1))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CrawlerError, match=r"nei\.txt: cannot be opened"):
        read_document(tmp_path / "nei.txt", source=SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" * 20_000,
        "* " * 50_000,
        "[" * 100_000,
        "**a " * 50_000,
        "# T\n\n" + "ord uten slutt\n" * 50_000,
        "T\n\n" + "ord uten slutt\n\n" * 20_000,
        "# T\n\n" + "".join(f"{'  ' * n}- a\n" for n in range(300)),
        "а" * 200_000 + "a",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_documents_neither_break_nor_hang(read, text: str) -> None:
    try:
        items = read(text, "fil.txt")
    except CrawlerError as error:
        items = []
        message = str(error)
    else:
        message = items[0].title
    assert message
