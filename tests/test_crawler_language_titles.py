"""Languages of titles and texts: authored in the manner of the sources, a title a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.language import detect_language
from db.models import Language

TITLES = {
    "nb": """
        Flere innvandrere i distriktene
        Flere innvandrere blir værende
        Flere innvandrere kommer i jobb
        Flere flyktninger bosettes i år
        For mye bruk av ukvalifiserte tolker
        Kommunene klare til å bosette
        Ny rapport om integrering
        Skal få flere innvandrerkvinner i jobb
        Vant pris for mangfold
        Føler seg godt mottatt
        Nå kan kommunene søke tilskudd
        Nye tall for introduksjonsprogrammet
        Viktige endringer i integreringsregelverket
        Årets nominerte til bosettingsprisen
        Nøkkeltall for introduksjonsprogrammet 2022
        Ny innsats mot negativ sosial kontroll
        Tilskudd til frivillige organisasjoner
        Hvordan går det med integreringen?
        Barn skal ikke tolke
        Halvparten har fått jobb
        Søk om tilskudd til mentorordning
        IMDi lanserer ny veileder
        Bosetting av enslige mindreårige
        Slik bestiller du kvalifisert tolk
        Oppdaterte tall om levekår
        Mål for integrering
        Regjeringens mål for integrering
        Nasjonal brukerundersøkelse er i gang
        Minoritetsrådgivere ved skolene
        Årsrapport for 2008
        Høringssvar om endringer i statsborgerloven
        Ti kommuner får millioner
        Deltakere fornøyde med opplæringen
        Ukrainere i arbeid
        Statistikk om bosetting
        Rekordmange fikk fast jobb
        Kommunen bygger nye boliger
        Statsråden møtte unge flyktninger
        Bruk av barn som tolk
        Kurs for ansatte i barnehager
        Ny direktør i IMDi
        Mange savner venner på skolen
        Frist for rapportering nærmer seg
        Slik jobber minoritetsrådgiverne
        Færre kom fra Ukraina
        Norskprøven flyttes til høsten
        Digital samling for tolker
        Foreldreveiledning gir resultater
        Vil styrke arbeidet mot tvangsekteskap
        Økt støtte til lokale lag
        Likestilling i arbeidslivet
        Gode råd til arbeidsgivere
        Disse kommunene tar imot flest
        Oslo bosetter flest flyktninger
        Kvinner deltar mindre enn menn
        Hverdagsintegrering i praksis
        Rapport: Utdanning og sysselsetting
        Hva betyr den nye loven?
        Flere unge fullfører videregående
        Midler til kultur og idrett
        Regjeringen vil endre botidskravet
        Enklere å få godkjent utdanning
        Tryggere hverdag for barna
        Ny avtale med Røde Kors
        Kommunene får mer penger
        Prøveprosjekt i ti byer
        Invitasjon til konferanse i Bergen
        Ekspertgruppe leverer sitt arbeid
        Bedre samarbeid om kvalifisering
        Ingen skal stå utenfor
        Se filmen om foreldrerollen
        Stor interesse for språkpraksis
        Oversikt over deltakere i mottak
        Bestill gratis brosjyrer
        Når språket stopper deg
        Kartlegging av kompetanse
        Rett til tolk ved sykehus
        Tre av fire trives godt
        Uenige om virkemidlene
        Svar på spørsmål om loven
        Innspill til stortingsmeldingen
        Nå åpner søkeportalen
        Flere innvandrere starter egen bedrift
        Direktoratet får ny logo
        Ny undersøkelse blant tolkebrukere
        Utsatt frist for kommunene
        Kommuner med best resultater
        Statsbudsjettet: Slik blir tilskuddene
        Skoleelever lærer om demokrati
        Frivilligheten åpner dører
        Ukrainske flyktninger i små kommuner
        Innvandrere og helse i pandemien
        Åpen dag på voksenopplæringen
        Hundre nye plasser på mottaket
        Svært mange ønsker å bli
        Slik søker dere om midler
    """,
    "nn": """
        Fleire innvandrarar i distrikta
        Fleire innvandrarar kjem i jobb
        Fleire flyktningar blir busette
        For mykje bruk av ukvalifiserte tolkar
        Kommunane klare til å busetje
        Kommunane fekk dekt utgifter til flyktningar
        Ny rapport om integreringa
        Skal få fleire innvandrarkvinner i jobb
        No kan kommunane søkje tilskot
        Nye tal for introduksjonsprogrammet
        Viktige endringar i integreringsregelverket
        Årets nominerte til busetjingsprisen
        Tilskot til frivillige organisasjonar
        Korleis går det med integreringa?
        Born skal ikkje tolke
        Halvparten har fått jobb etter kurs frå kommunen
        Søk om tilskot til mentorordning
        IMDi lanserer ny rettleiar
        Busetjing av einslege mindreårige
        Slik tingar du kvalifisert tolk
        Oppdaterte tal om levekår
        Oppmoding om busetjing
        Norskopplæring saman med arbeid
        Ti kommunar får millionar
        Deltakarane er nøgde med opplæringa
        Arbeidsretta introduksjonsprogram verkar
        Fleire kvinner i arbeid
        Rekordmange fekk fast jobb
        Kommunen byggjer nye bustader
        Statsråden møtte unge flyktningar
        Bruk av born som tolk
        Kurs for tilsette i barnehagar
        Ny direktør i IMDi tek til i august
        Mange saknar vener på skulen
        Fristen for rapportering nærmar seg
        Slik jobbar minoritetsrådgjevarane
        Færre kom frå Ukraina
        Norskprøva blir flytta til hausten
        Digital samling for tolkar
        Foreldrerettleiing gjev resultat
        Vil styrkje arbeidet mot tvangsekteskap
        Auka støtte til lokale lag
        Likestilling i arbeidslivet er ikkje nådd
        Gode råd til arbeidsgjevarar
        Desse kommunane tek imot flest
        Oslo buset flest flyktningar
        Kvinner deltek mindre enn menn
        Kvardagsintegrering i praksis
        Rapport: Utdanning og sysselsetjing
        Kva tyder den nye lova?
        Fleire unge fullfører vidaregåande
        Midlar til kultur og idrett
        Regjeringa vil endre butidskravet
        Enklare å få godkjent utdanning
        Tryggare kvardag for borna
        Ny avtale med Raude Krossen
        Kommunane får meir pengar
        Prøveprosjekt i ti byar
        Invitasjon til konferanse på Voss for alle kommunar
        Ekspertgruppa leverer arbeidet sitt
        Betre samarbeid om kvalifisering
        Ingen skal stå utanfor
        Sjå filmen om foreldrerolla
        Stor interesse for språkpraksis i kommunane
        Oversyn over deltakarar i mottak
        Bestill gratis brosjyrar
        Når språket stoppar deg
        Kartlegging av kompetansen til nykomne
        Rett til tolk ved sjukehus
        Tre av fire trivst godt
        Usamde om verkemidla
        Innspel til stortingsmeldinga
        No opnar søknadsportalen
        Fleire innvandrarar startar eiga bedrift
        Direktoratet får ny logo i haust
        Ny undersøking blant tolkebrukarar
        Utsett frist for kommunane
        Kommunar med best resultat
        Statsbudsjettet: Slik blir tilskota
        Skuleelevar lærer om demokrati
        Frivilligheita opnar dører
        Ukrainske flyktningar i små kommunar
        Innvandrarar og helse i pandemien
        Open dag på vaksenopplæringa
        Hundre nye plassar på mottaket
        Svært mange ønskjer å bli
        Slik søkjer de om midlar
    """,
    "en": """
        More refugees in work
        Qualified interpreters in the public sector
        Information in English
        New report on integration
        Settlement of refugees in 2023
        Key figures for the introduction programme
        Integration in Norway
        Directorate of Integration and Diversity
        Immigrants and employment
        The introduction programme
        About the report
        Grants for voluntary organisations
        Attitudes towards immigration
        Annual report 2019
        Living conditions among immigrants
        Record numbers in permanent jobs
        New homes for refugees
        Children must not interpret
        Course for kindergarten staff
        Fewer arrivals from Ukraine
        How integration works in Norway
        The Introduction Act
        Women take part less than men
        Advice to employers
        What does the new act mean?
        Forced marriage and female genital mutilation
        Report: Education and employment
        Digital meeting for interpreters
        Municipalities settle more refugees
        Changes in the residence requirement
        Easier recognition of education
        Agreement with the Red Cross
        Municipalities receive more money
        Pilot project in ten cities
        Invitation to conference
        Nobody should be left behind
        Right to an interpreter in hospitals
        Three of four are satisfied
        Mapping of skills
        Order free brochures
        Questions and answers about the act
        Immigrants start their own businesses
        Extended deadline for municipalities
        Volunteers open doors
        Ukrainian refugees in small towns
        Health among immigrants
        Open day at the adult education centre
        How to apply for funding
        A hundred new places
    """,
    "se": """
        Sámegiella lea dehálaš
        Ođđa rapporta integrerema birra
        Báhtareaddjit ožžot barggu
        Ráđđehus áigu nannet sámi giela
        Integreren- ja girjáivuođadirektoráhtta
        Dulka galgá leat dohkkehuvvon
        Mánát eai galgga dulkot
        Eanet báhtareaddjit gielddaide
        Gielddat ásaiduhttet eanet olbmuid
        Almmolaš etáhtat galget geavahit dulkka
        Raporta čájeha ahte eanet barget
        Eanet nissonat ožžot barggu
        Stáhtačálli deaivvai báhtareddjiid
        Mánáidgárddiid bargiide kursa
        Ođđa láhka dulkonbálvalusain
        Ovttas bargat integreremiin gielddain
        Departemeanta sádde gulaskuddamii árvalusa
        Sámi giella ja kultuvra
        Ráđđehus rievdada ássangáibádusa
        Buoret ovttasbargu gielddaiguin
        Vuoigatvuohta dulkii buohcciviesus
        Golbma njealjis leat duđavaččat
    """,
    "und": """
        IMDi 2020
        IMDi
        2008
        Oslo
        NOU 2020:4
        PDF
        IMDi-rapport 2021
    """,
}
TEXTS = {
    "nb": "Kommunene skal bosette flere flyktninger enn i fjor. Det er ikke lett, sier rådgiveren, "
    "men de fleste klarer det.",
    "nn": "Kommunane skal busetje fleire flyktningar enn i fjor. Det er ikkje lett, seier "
    "rådgjevaren, men dei fleste klarer det.",
    "en": "The municipalities will settle more refugees than last year. It is not easy, but most "
    "of them manage.",
    "se": "Gielddat galget ásaiduhttit eanet báhtareddjiid go diibmá. Dat ii leat álki, muhto "
    "eatnasat birgejit.",
}


def told(title: str, lead: str = "", body: str = "") -> str:
    return detect_language(title, lead, body)[0].value


def titles(language: str) -> list[str]:
    return [line.strip() for line in TITLES[language].strip().splitlines()]


@pytest.mark.parametrize("language", TITLES)
def test_titles_alone_tell_their_language(language: str) -> None:
    wrong = [title for title in titles(language) if told(title) != language]
    assert len(wrong) <= 0.03 * len(titles(language)), wrong


@pytest.mark.parametrize("language", TEXTS)
def test_texts_tell_their_language_whatever_their_title(language: str) -> None:
    assert told("", TEXTS[language]) == language
    for other in TITLES:
        for title in titles(other)[:5]:
            assert told(title, "", TEXTS[language] * 3) == language


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_name_or_a_quotation_in_another_language_changes_nothing(language: str) -> None:
    names = "Kárášjohka, Čáhcesuolu, Guovdageaidnu"
    assert told(TEXTS[language], f"{names} deltar.") == language
    assert told(TEXTS[language], "«We see that it works,» says the director.") == language


def test_capitals_and_numbers_are_words_of_no_language() -> None:
    assert told("FLERE INNVANDRERE I DISTRIKTENE") == "nb"
    assert told("NOU 2020: 4", "IMDi, KS og UDI") != "en"
    assert told("2020 1 234", "٣٤") == "und"


@given(st.text(max_size=60))
def test_any_text_has_some_language_and_a_confidence(text: str) -> None:
    language, sure = detect_language(text, "", "")
    assert language in Language
    assert 0.0 <= sure <= 1.0
    assert (sure == 0.0) == (language is Language.UNDETERMINED)
