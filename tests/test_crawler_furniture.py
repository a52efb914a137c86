"""Articles in many frames: all of an article's words stay, and none of what surrounds it.

Articles and frames are authored in the manner of the press room, imdi.no of both builds and
regjeringen.no, in bokmål, nynorsk and English.
"""

from itertools import product

import pytest

from crawler.html import clean_fragment, drop_furniture, text_of
from crawler.structure.contacts import has_contact, is_contact

BASE = "https://www.imdi.no/"

#: each a list of a tag and a text; `li` in a row make one list
ARTICLES = {
    "quotations": [
        ("p", "Stadig flere kommuner bruker kvalifisert tolk, viser en ny undersøkelse fra IMDi."),
        ("p", "- Det er gledelig at kommunene tar tolkeloven på alvor, sier direktøren."),
        ("p", "– Vi ser likevel at mange fortsatt bruker barn som tolk, sier hun."),
        ("p", "-Kommunene må stille krav, mener statsråden."),
        ("h2", "Om rapporten"),
        ("p", "Rapporten bygger på svar fra 214 kommuner."),
        ("h2", "Kontakt oss"),
        ("p", "Kommuner som vil være med i neste runde, kan melde seg hos sin rådgiver."),
        ("p", "Undersøkelsen gjøres hvert år."),
    ],
    "lists": [
        ("p", "Andre funn i rapporten:"),
        ("li", "Den langvarige trenden med økning i positive holdninger fortsetter."),
        ("li", "Flere barn med innvandrerbakgrunn fullfører videregående opplæring."),
        ("li", "- Del to handler om arbeid."),
        ("p", "Tallene gjelder 2018 2019 og 2020, og 13 000 000 kroner er delt ut."),
        ("h3", "Bosetting i Oslo"),
        ("p", "Oslo bosatte 1 200 flyktninger."),
    ],
    "nynorsk": [
        ("p", "Kommunane fekk dekt meirutgiftene til busetjing av flyktningar."),
        ("h2", "Om IMDi sitt arbeid"),
        ("p", "Direktoratet oppmodar kommunane om å busetje fleire."),
        ("h2", "Om IMDi"),
        ("p", "I rapporten er òg rolla til direktoratet drøfta."),
        ("h2", "Kva skjer no?"),
        ("p", "Nye satsar gjeld frå 1. januar. Del gjerne røynslene dykkar."),
    ],
    "English": [
        ("p", "Most refugees are in work after five years in the municipality."),
        ("p", "“We see that contacts matter,” the director says."),
        ("h2", "About the report"),
        ("p", "The report covers links between language and work."),
        ("h3", "Share of women"),
        ("p", "Half of the women had a job."),
    ],
    "words of fittings": [
        ("p", "Del A skal bidra til kvalifisering, og lenker til arbeidslivet teller."),
        ("p", "Kontakter mellom kommunene er viktige."),
        ("p", "Om oss som bor i Norge sier rapporten lite."),
        (
            "p",
            "Ring 91 75 53 51 eller skriv til kurs@imdi.no innen fredag for å bli med på kurset.",
        ),
        ("p", "Foto: et prosjekt om minner. Utstillingen vises i ti kommuner."),
        ("p", "Siste pressemeldinger fra Ukraina handler om krigen, skriver forfatterne her."),
        ("p", "Årsrapporten for 2019 2020 er lagt fram. Den finnes på nett."),
    ],
    "links in the middle": [
        ("p", "Kommunene har vedtatt å bosette flere enn i fjor."),
        ("h2", "Dokumenter"),
        ("a", "Anmodningsbrevet til kommunene"),
        (
            "p",
            "Tallene er endelige når alle fylkesmøtene er holdt, og da blir det også klart hvor "
            "mange enslige mindreårige kommunene samlet kan ta imot i løpet av året.",
        ),
        ("h2", "Veien videre"),
        ("p", "Neste møte er i mai."),
    ],
}
#: links that are fittings though they stand in the article
DROPPED = {"Dokumenter", "Anmodningsbrevet til kommunene"}

BOILERPLATE = (
    "<p>Integrerings- og mangfoldsdirektoratet (IMDi) er et fagdirektorat som skal bidra til å "
    "utvikle og iverksette regjeringens integreringspolitikk. IMDi skal</p>"
    "<p>\u06f0 ivareta arbeidet med bosetting av flyktninger<br>"
    "\u06f0 være fagmyndighet for tolking i offentlig sektor</p>"
)
LATEST = (
    "<h2>Siste pressemeldinger fra IMDi</h2>"
    "<a href='/1'><h3>Ny innsats for å forebygge kriminalitet blant gutter</h3>"
    "<span>28.4.2025 10:47:32 CEST | Pressemelding</span></a><p>Et nytt tiltak skal gi støtte.</p>"
    "<h3>Skal få flere innvandrerkvinner ut i jobb</h3><p>8.1.2025 08:00:00 CET | Pressemelding</p>"
    "<p>Halvparten av kvinnene med flyktningbakgrunn står uten jobb.</p>"
)
ROOM = (
    "<p>I vårt presserom finner du alle våre siste pressemeldinger, kontaktpersoner, bilder, "
    "dokumenter og annen relevant informasjon om oss.</p><a href='/rom'>Besøk vårt presserom</a>"
)
#: what stands before and after an article
FRAMES = {
    "nothing": ("", ""),
    "press room": (
        "<p>IMDiIMDi</p><p>28.4.2025 10:47:32 CEST | Pressemelding</p><p>Del</p>"
        "<p>Deltakere på kurs i Harstad</p><p>Deltakere på kurs i Harstad Fotograf: Ukjent</p>",
        "<h2>Nøkkelord</h2><ul><li>integrering</li><li>tolk</li></ul><h2>Kontakter</h2>"
        "<h3>Pressevakt</h3><p>Tel:<span>91 75 53 51</span><a href='mailto:presse@imdi.no'>"
        "presse@imdi.no</a></p><h2>Lenker</h2><ul><li><a href='/r'>Les rapporten her</a></li></ul>"
        f"<h2>Om oss</h2>{BOILERPLATE}<h2>Følg pressemeldinger fra IMDi</h2>"
        f"<p>Registrer deg med din e-postadresse.</p>{LATEST}{ROOM}",
    ),
    "press room without ranks": (
        "<p>IMDi IMDi</p><p>Foto: A. B. Ukjent</p>",
        "<p>Nøkkelord</p><p>Kontakter</p><p>Pressevakt</p><p>Tel:91 75 53 51presse@imdi.noLenker"
        f"</p><p>Om oss</p>{BOILERPLATE}<p>Følg pressemeldinger fra IMDi</p><p>Registrer deg.</p>"
        "<p>Siste pressemeldinger fra IMDi</p><p>Ny innsats28.4.2025 10:47:32 CEST | Pressemelding"
        "</p><p>Et nytt tiltak.</p>",
    ),
    "teasers without a heading": (
        "",
        "<p>Ny innsats28.4.2025 10:47:32 CEST | Pressemelding</p><p>Et nytt tiltak.</p>"
        "<p>Vant pris29.1.2025 16:14:55 CET | Pressemelding</p><p>Årets pris går til to.</p>",
    ),
    "persons under a heading": (
        "",
        "<h2>Kontakter</h2><div><h3>Navn Navnesen</h3><p>Kommunikasjonsrådgiver</p>"
        "<p>Tel: +47 917 55 351</p></div><div><p>Annet Navn</p><p>Seniorrådgiver, presse</p>"
        "<p>annet.navn@imdi.no</p><p>For intervju, ring pressevakten på 91 75 53 51 når som helst "
        "mellom klokken åtte og fire på hverdager i uken.</p></div>",
    ),
    "persons without a heading": (
        "",
        "<p><strong>Navn Navnesen</strong></p><p>kommunikasjonsdirektør</p><p>Mob. 91 75 53 51</p>"
        "<p>Pressekontakt: Annet Navn, kommunikasjonsrådgiver</p>"
        "<p>For mer informasjon, kontakt Tredje Navn på telefon 24 16 88 00.</p>",
    ),
    "persons by a bold line": (
        "",
        "<p><strong>For mer informasjon:</strong><br>Navn Navnesen, tlf. 91 75 53 51</p>"
        "<p><strong>Pressekontakt</strong><br>Tlf: 91 75 53 51<br>presse@imdi.no</p>",
    ),
    "the publisher presents itself": ("", f"<h2>Om IMDi</h2>{BOILERPLATE}"),
    "the publisher presents itself in words": (
        "",
        "<h3>Om IMDi</h3><p>IMDi er statens fagorgan for integrering.</p><p>Vi har kontor i Oslo, "
        "Narvik, Trondheim, Bergen, Kristiansand og Gjøvik.</p>",
    ),
    "imdi.no, old": (
        "<p>Illustrasjonsfoto</p><p>Foto: Ukjent / IMDi</p>",
        "<div class='download-box'><p>Last ned rapport</p><p>(PDF, 1 MB)</p></div>"
        "<div class='download-box'><p>Last ned rapport (PDF, 1,2 MB)</p></div>"
        "<p>Se flere rapporter om bosetting og integrering</p><p>Fant du det du lette etter?</p>"
        "<p>Ja</p><p>Nei</p><p>Tilbake til toppen</p>",
    ),
    "imdi.no, new": (
        "<p>Del på Facebook</p>",
        "<p>Del på: Facebook | Twitter | LinkedIn</p><h2>Relaterte saker</h2><ul><li><a href='/x'>"
        "En annen sak</a></li></ul><p>Den andre saken handler om noe helt annet enn denne, og den "
        "er så lang at den kunne ha vært en del av teksten.</p>",
    ),
    "regjeringen.no": (
        "<p>Historisk arkiv</p>",
        "<h2>Pressekontakt</h2><p>Pressevakten i departementet</p><p>Telefon: 22 24 90 90</p>"
        "<p>Til toppen</p><p>Fann du det du leita etter?</p>",
    ),
    "English": (
        "<p>Share</p>",
        "<h2>Keywords</h2><p>integration, work</p><h2>Contacts</h2><h3>Name Nameson</h3>"
        "<p>Press officer</p><p>Phone: +47 91 75 53 51</p><h2>About us</h2><p>The Directorate of "
        "Integration and Diversity implements integration policy.</p><h2>Subscribe to releases "
        "from IMDi</h2><p>Subscribe to all the latest releases.</p>"
        "<h2>Latest releases from IMDi</h2><p>Another one</p>",
    ),
}


def markup(article: list[tuple[str, str]]) -> str:
    parts = []
    for tag, text in article:
        if tag == "li":
            parts.append(f"<ul><li>{text}</li></ul>")
        elif tag == "a":
            parts.append(f"<p><a href='/brev'>{text}</a></p>")
        else:
            parts.append(f"<{tag}>{text}</{tag}>")
    return "".join(parts).replace("</ul><ul>", "")


@pytest.mark.parametrize(("name", "frame"), list(product(ARTICLES, FRAMES)))
@pytest.mark.parametrize("wrap", ["{}", "<div class='a'><section>{}</section></div>"])
def test_every_word_of_an_article_stays_and_none_of_its_frame(
    name: str, frame: str, wrap: str
) -> None:
    before, after = FRAMES[frame]
    html = wrap.format(before + wrap.format(markup(ARTICLES[name])) + after)
    cleaned = clean_fragment(drop_furniture(html), base_url=BASE)
    shown = [text for _, text in ARTICLES[name] if text not in DROPPED]
    assert text_of(cleaned).splitlines() == shown


@pytest.mark.parametrize("name", ARTICLES)
def test_quotations_stay_paragraphs_and_lists_stay_lists(name: str) -> None:
    cleaned = clean_fragment(drop_furniture(markup(ARTICLES[name])), base_url=BASE)
    for tag, text in ARTICLES[name]:
        if text not in DROPPED:
            assert f"<{tag}>{text}</{tag}>" in cleaned


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("Tel: 91 75 53 51", True),
        ("91755351", True),
        ("presse@imdi.no.", True),
        ("E-post: presse@imdi.no, telefon: 24 16 88 00.", True),
        ("Kontaktperson: Navn Navnesen", True),
        ("For meir informasjon, ring Navn Navnesen på tlf. 91 75 53 51.", True),
        ("Spørsmål om ordningen kan rettes til tilskudd@imdi.no.", False),
        ("For mer informasjon om ordningen, se www.imdi.no.", False),
        ("Kontaktperson: Kommunen skal ha én. Den skal hete rådgiver.", False),
        ("Kommunen fikk 13 000 000 kroner", False),
        ("Navn Navnesen", False),
        ("", False),
        ("Tel: 91 75 53 51 " * 50, False),
    ],
)
def test_contact_lines_are_told_from_sentences(text: str, contact: bool) -> None:
    assert is_contact(text) is contact


def test_a_number_or_address_is_a_contact() -> None:
    assert has_contact("ring 91 75 53 51 i dag")
    assert has_contact("skriv til a@b.no i dag")
    assert not has_contact("i 2018 2019 fikk 13 000 000")
