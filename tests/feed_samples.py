"""Entries, tags and sources that the tests of `feed/` share; texts quoted from published pages."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.models import (
    Attachment,
    Entry,
    EntryTag,
    Kind,
    Language,
    Precision,
    PublisherDate,
    Republish,
    Rhythm,
    Source,
    Subscription,
    Tag,
)
from feed.site import Site

SITE = Site(
    site_url="https://imdifeed.example/",
    authority="imdifeed.example,2026",
    contact="drift@imdifeed.example",
)

TAGS = {
    "settlement": Tag("settlement", "Bosetting", "Busetjing", "Settlement"),
    "interpreting": Tag("interpreting", "Tolking", "Tolking", "Interpreting"),
    "work": Tag("work", "Arbeid", "Arbeid", "Work"),
}

SOURCES = {
    "imdi-press-releases": Source(
        slug="imdi-press-releases",
        spider="prs",
        name="IMDi: pressemeldinger",
        publisher="IMDi",
        base_url="https://press.example",
    ),
    "imdi-news": Source(
        slug="imdi-news",
        spider="imdi",
        name="IMDi: nyheter",
        publisher="IMDi",
        base_url="https://imdi.example",
    ),
    "regjeringen": Source(
        slug="regjeringen",
        spider="regjeringen",
        name="regjeringen.no",
        publisher="Arbeids- og inkluderingsdepartementet",
        base_url="https://regjeringen.example",
        republish=Republish.SUMMARY,
    ),
}


def at(text: str) -> datetime:
    """Read an ISO moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def published(text: str, precision: Precision = Precision.MINUTE) -> PublisherDate:
    return PublisherDate(at(text), precision)


DISTRICTS = Entry(
    id=3,
    story=3,
    source="imdi-press-releases",
    key="prs:18007001",
    url="https://press.example/pressemelding/18007001/flere-innvandrere?publisherId=89626&lang=no",
    kind=Kind.PRESS_RELEASE,
    title="Ny IMDi-rapport: Flere innvandrere i distriktene",
    lead="Stadig færre innvandrere søker seg til sentrale strøk. Det viser Integrerings- og "
    "mangfoldsdirektoratets (IMDi) nye rapport om integreringen i Norge.",
    body="<p>Andre funn i rapporten:</p><ul><li>Den langvarige trenden med økning i positive "
    'holdninger fortsetter. <a href="/rapport">Les rapporten</a></li><li>Barn &amp; unge</li></ul>'
    '<p><img src="https://press.example/bilde.jpg"><script>alert(1)</script></p>',
    body_text="Andre funn i rapporten:\nDen langvarige trenden\nBarn & unge",
    published=published("2023-10-03T04:00:00"),
    attachments=(
        Attachment(
            "https://press.example/f/rapport.pdf", "Rapporten", "application/pdf", 2_097_152
        ),
        Attachment("https://press.example/f/tabeller.xlsx", "Tabeller", size_label="40 kB"),
        Attachment("", "Vedlegg uten adresse (PDF, 1 MB)"),
    ),
    language=Language.BOKMAL,
    tags=(EntryTag("settlement", "«bosetting» i tittelen", 2.0), EntryTag("work", "«jobb»", 1.0)),
    first_seen=at("2023-10-03T05:00:00"),
    appeared=at("2023-10-03T04:00:00"),
    revised=at("2023-10-04T08:30:00"),
    withdrawn=None,
    fingerprint="a",
)

EXPENSES = replace(
    DISTRICTS,
    id=2,
    story=2,
    source="imdi-news",
    key="news/2",
    url="https://imdi.example/nyheter/kommunane-fekk-dekt-utgifter/",
    kind=Kind.NEWS,
    title="Kommunane fekk dekt utgifter til flyktningar",
    lead="Rapporten frå berekningsutvalet for 2022 viser at kommunane i stor grad fekk dekt "
    "meirutgiftene til busetjing og integrering av flyktningar.",
    body="",
    body_text="",
    published=published("2023-06-01T10:00:00", Precision.MONTH),
    attachments=(),
    language=Language.NYNORSK,
    tags=(EntryTag("settlement", "«busetjing» i ingressen", 2.0),),
    first_seen=at("2023-06-20T06:00:00"),
    appeared=at("2023-06-20T06:00:00"),
    revised=None,
)

INTERPRETERS = replace(
    EXPENSES,
    id=1,
    story=1,
    source="regjeringen",
    key="id1",
    url="",
    title="For mye bruk av ukvalifiserte tolker i det offentlige",
    lead="34 prosent av tolkeoppdragene i det offentlige tildeles til ukvalifiserte tolker.",
    body="<p>Hele teksten, som ikke kan gjengis.</p>",
    body_text="Hele teksten, som ikke kan gjengis.",
    published=None,
    language=Language.BOKMAL,
    tags=(EntryTag("interpreting", "«tolk» i tittelen", 3.0),),
    first_seen=at("2023-05-02T06:00:00"),
    appeared=at("2023-05-02T06:00:00"),
)

ENTRIES = (DISTRICTS, EXPENSES, INTERPRETERS)


def subscription(number: int, query: str, rhythm: Rhythm = Rhythm.DAILY) -> Subscription:
    return Subscription(
        id=number,
        email="leser@example.org",
        query=query,
        rhythm=rhythm,
        language=Language.BOKMAL,
        confirmed=at("2023-01-01T00:00:00"),
    )


def check_golden(config: pytest.Config, name: str, got: bytes) -> None:
    """Compare with a golden file; `--update-golden` writes it, and fails so that it is read."""
    path = Path(__file__).parent / "golden" / "feed" / name
    held = path.read_bytes() if path.exists() else None
    if held == got:
        return
    if config.getoption("--update-golden", default=False):
        path.write_bytes(got)
        pytest.fail(f"{path.name} is written anew; read it, then run again")
    assert held is not None, f"{path.name} is missing; run with --update-golden"
    assert got.decode() == held.decode()
