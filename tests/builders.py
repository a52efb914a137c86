"""Values to test with: sources, tags and entries, each field overridable; and a filled store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from db.models import (
    Attachment,
    EntryData,
    EntryTag,
    Kind,
    Language,
    Precision,
    PublisherDate,
    Republish,
    Source,
    Tag,
)
from db.store import Store

PRESS = Source(
    slug="imdi-press-releases",
    spider="prs",
    name="IMDi: pressemeldinger",
    publisher="IMDi",
    base_url="https://kommunikasjon.ntb.no",
    publisher_id=89626,
)
NEWS = Source(
    slug="imdi-news",
    spider="imdi",
    name="IMDi: nyheter",
    publisher="IMDi",
    base_url="https://www.imdi.no",
)
DOCUMENTS = Source(
    slug="documents",
    spider="documents",
    name="Dokumenter",
    publisher="IMDi",
    republish=Republish.SUMMARY,
)
SOURCES = (PRESS, NEWS, DOCUMENTS)
TAGS = (
    Tag("settlement", "Bosetting", "Busetjing", "Settlement"),
    Tag("interpreting", "Tolking", "Tolking", "Interpreting"),
    Tag("work", "Arbeid", "Arbeid", "Work"),
)

INTERPRETERS = EntryData(
    source=NEWS.slug,
    key="news/for-mye-bruk-av-ukvalifiserte-tolker",
    url="https://www.imdi.no/aktuelt/for-mye-bruk-av-ukvalifiserte-tolker/",
    kind=Kind.NEWS,
    title="For mye bruk av ukvalifiserte tolker i det offentlige",
    lead="34 prosent av tolkeoppdragene i det offentlige tildeles til ukvalifiserte tolker. Det "
    "viser en ny rapport publisert av IMDi.",
    body="<p>Den nye rapporten Tolkemonitor LOV måler offentlige organers etterlevelse av "
    "tolkeloven.</p><h2>Funn</h2><ul><li>Loven pålegger offentlige organer å bruke kvalifisert "
    'tolk.</li></ul><p><a href="/tolk">Les om tolk</a></p>',
    body_text="Den nye rapporten Tolkemonitor LOV måler offentlige organers etterlevelse av "
    "tolkeloven.\nFunn\nLoven pålegger offentlige organer å bruke kvalifisert tolk.\nLes om tolk",
    published=PublisherDate(datetime(2023, 9, 26, 7, 30, tzinfo=UTC), Precision.MINUTE),
    attachments=(
        Attachment(
            "https://www.imdi.no/tolkemonitor.pdf", "Tolkemonitor LOV", "application/pdf", 2_140_000
        ),
    ),
    language=Language.BOKMAL,
    tags=(EntryTag("interpreting", "«tolker» i tittelen", 4.0),),
)
DISTRICTS = EntryData(
    source=PRESS.slug,
    key="17981234",
    url="https://kommunikasjon.ntb.no/pressemelding/17981234/flere-innvandrere-i-distriktene",
    kind=Kind.PRESS_RELEASE,
    title="Ny IMDi-rapport: Flere innvandrere i distriktene",
    lead="Stadig færre innvandrere søker seg til sentrale strøk.",
    body="<p>Rapporten «Hvordan går det med integreringen i Norge?» viser tendenser til en klar "
    "desentralisering de siste tjue årene.</p>",
    body_text="Rapporten «Hvordan går det med integreringen i Norge?» viser tendenser til en klar "
    "desentralisering de siste tjue årene.",
    published=PublisherDate(datetime(2023, 8, 30, 10, 0, tzinfo=UTC), Precision.DAY),
    language=Language.BOKMAL,
    tags=(
        EntryTag("settlement", "«bostedskommune» i teksten", 2.0),
        EntryTag("work", "«jobb» i teksten", 1.0),
    ),
)
EXPENSES = EntryData(
    source=NEWS.slug,
    key="news/kommunene-fekk-dekt-utgifter",
    url="https://www.imdi.no/aktuelt/kommunene-fekk-dekt-utgifter/",
    kind=Kind.NEWS,
    title="Kommunene fekk dekt utgifter til flyktninger",
    lead="Rapporten frå berekningsutvalet for 2022 viser at kommunane i stor grad fekk dekt "
    "meirutgiftene til busetjing og integrering av flyktningar.",
    published=PublisherDate(datetime(2023, 6, 1, 10, 0, tzinfo=UTC), Precision.MONTH),
    language=Language.NYNORSK,
    tags=(EntryTag("settlement", "«busetjing» i ingressen", 3.0),),
)
CRITERIA = EntryData(
    source=DOCUMENTS.slug,
    key="annex-2020/anmodningskriterier",
    url="",
    kind=Kind.REPORT_SUMMARY,
    title="Anmodningskriterier for bosetting av flyktninger i 2019",
    lead="Ideas2evidence har sett på om anmodningskriteriene for bosetting av flyktninger for "
    "2019 fungerte etter hensikten.",
    body="<ul><li>Rapporten fant at det er legitime hensyn som ligger bak kriteriene.</li></ul>",
    body_text="Rapporten fant at det er legitime hensyn som ligger bak kriteriene.",
    chapter="Bosetting og tidlig innsats",
    published=PublisherDate(datetime(2020, 10, 19, 10, 0, tzinfo=UTC), Precision.DAY),
    attachments=(Attachment("", "Rapport (PDF)", "application/pdf", 2_000_000, "2 MB"),),
    language=Language.BOKMAL,
    tags=(EntryTag("settlement", "«bosetting» i tittelen", 4.0),),
)
UNDATED = EntryData(
    source=NEWS.slug,
    key="news/key-figures",
    url="https://www.imdi.no/en/key-figures/",
    kind=Kind.REPORT,
    title="Key figures for the introduction programme",
    lead="About 18 000 refugees took part in the introduction programme.",
    language=Language.ENGLISH,
)
#: newest last, as they are stored; numbered from 1 in a fresh store
ENTRIES = (CRITERIA, UNDATED, EXPENSES, DISTRICTS, INTERPRETERS)


def entry_data(**changes: Any) -> EntryData:
    """Give an entry's data like `INTERPRETERS`, with some fields of your own."""
    return replace(INTERPRETERS, **changes)


def declare(store: Store, *, now: datetime) -> None:
    """Declare `SOURCES` and `TAGS`."""
    store.vocabulary.declare(SOURCES, TAGS, now=now)


def put(store: Store, data: EntryData, *, seen: datetime, first_crawl: bool = False) -> int:
    """Store one entry and give its number."""
    return store.entries.put(data, seen=seen, first_crawl=first_crawl).entry_id


def fill(store: Store, *, seen: datetime) -> dict[str, int]:
    """Declare the vocabulary and store `ENTRIES`; give their numbers by key."""
    declare(store, now=seen)
    return {data.key: put(store, data, seen=seen, first_crawl=True) for data in ENTRIES}


def fill_many(store: Store, count: int, *, seen: datetime) -> list[int]:
    """Store numbered entries a day apart, all tagged `work`, the first one newest."""
    return [
        put(
            store,
            entry_data(
                key=f"many/{number}",
                title=f"Flere i arbeid, del {number}",
                lead="Flere innvandrere er i arbeid.",
                published=PublisherDate(seen - timedelta(days=number), Precision.DAY),
                tags=(EntryTag("work", "«arbeid» i tittelen", 4.0),),
            ),
            seen=seen,
            first_crawl=True,
        )
        for number in range(1, count + 1)
    ]
