import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import icalendar
import pytest
import rispy

from builders import CRITERIA, NEWS, UNDATED, entry_data, fill, fill_many, put
from db.models import DeadlineKind, Entry, FoundDeadline
from db.query import EntryQuery
from db.store import Store
from feed.citation_formats import CITATION_FORMATS
from web_site import Running, run_site

FOUND = FoundDeadline(
    kind=DeadlineKind.APPLICATION,
    day=date(2027, 1, 15),
    sentence="Søknadsfristen er 15. januar 2027.",
    wording="søknadsfristen er",
)


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    put(store, entry_data(key="d", title="Tilskudd", deadlines=(FOUND,)), seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


def ids(site: Running, address: str) -> list[int]:
    response = site.client.get(address)
    assert response.status_code == 200, response.text
    name = address.split("?")[0].partition(".")[2]
    if name == "csv":
        text = response.get_data().decode("utf-8-sig")
        return [int(row["id"]) for row in csv.DictReader(io.StringIO(text, newline=""))]
    if name == "ris":
        keys = [one["id"] for one in rispy.loads(response.text)]
    elif name == "bib":
        keys = [line.rstrip(",") for line in response.text.splitlines() if line.startswith("@")]
    else:
        keys = [one["id"] for one in json.loads(response.text)]
    return [int(key.rpartition("-")[2]) for key in keys]


@pytest.mark.parametrize("name", [*CITATION_FORMATS, "csv"])
@pytest.mark.parametrize(
    "query", ["", "q=rapport", "tag=settlement&sort=oldest", "kind=news&lang=nb", "q=finnesikke"]
)
def test_a_file_holds_what_the_api_says_in_its_order(site: Running, name: str, query: str) -> None:
    listed = site.client.get(f"/api/entries?per_page=1000&{query}").json["entries"]
    assert ids(site, f"/export.{name}?{query}") == [entry["id"] for entry in listed]


@pytest.mark.parametrize("name", CITATION_FORMATS)
def test_an_entry_is_cited_alone(site: Running, name: str) -> None:
    response = site.client.get(f"/entries/5.{name}")
    assert response.status_code == 200
    assert response.content_type == CITATION_FORMATS[name].media_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="imdi-2023-5.{name}"'
    assert "For mye bruk av ukvalifiserte tolker" in response.text
    assert site.client.get(f"/entries/999.{name}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/export.bib", "/export.csv?q=tolk", "/entries/5.ris", "/deadlines.ics", "/export.csl.json"],
)
def test_unchanged_files_are_not_sent_again(store: Store, site: Running, address: str) -> None:
    first = site.client.get(address)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = site.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = site.client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == first.headers["Content-Type"]
    store.entries.withdraw(
        NEWS.slug, [UNDATED.key], now=datetime.fromisoformat("2026-11-24T06:00Z")
    )
    changed = site.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_large_answer_is_written_as_it_is_sent(
    store: Store, site: Running, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_many(store, 700, seen=now)
    read = 0
    walk = store.entries.chosen

    def counted(query: EntryQuery) -> Iterator[Entry]:
        nonlocal read
        for entry in walk(query):
            read += 1
            yield entry

    monkeypatch.setattr(store.entries, "chosen", counted)
    response = site.client.get("/export.csv", buffered=False)
    assert "Content-Length" not in response.headers
    parts = response.iter_encoded()
    next(parts)
    assert 0 < read < 600
    assert len(list(parts)) > 1
    assert read == 706


def test_a_table_for_norwegian_spreadsheets(site: Running) -> None:
    text = site.client.get("/export.csv?separator=semicolon").get_data().decode("utf-8-sig")
    assert text.startswith("id;title;kind;")
    refused = site.client.get("/export.csv?separator=x")
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/export.csv?tag=nope", 404),
        ("/export.bib?from=x", 400),
        ("/export.doc", 404),
        ("/deadlines.ics?kind=nope", 404),
        ("/entries/x.bib", 404),
    ],
)
def test_what_cannot_be_had_is_said(site: Running, address: str, status: int) -> None:
    assert site.client.get(address).status_code == status


def test_the_calendar_follows_the_query(store: Store, site: Running, now: datetime) -> None:
    response = site.client.get("/deadlines.ics?q=tilskudd")
    assert response.content_type == "text/calendar; charset=utf-8"
    read = icalendar.Calendar.from_ical(response.data)
    (event,) = read.walk("VEVENT")
    assert event["SUMMARY"] == "Søknadsfrist: Tilskudd"
    assert event["DTSTART"].dt == FOUND.day
    assert read["SOURCE"] == "https://imdifeed.example/deadlines.ics?q=tilskudd"
    assert b"VEVENT" not in site.client.get("/deadlines.ics?kind=report").data


def test_a_date_that_moves_moves_its_event(store: Store, site: Running, now: datetime) -> None:
    def event() -> icalendar.Component:
        (found,) = icalendar.Calendar.from_ical(site.client.get("/deadlines.ics").data).walk(
            "VEVENT"
        )
        return found

    before = event()
    moved = FoundDeadline(
        kind=FOUND.kind,
        day=date(2027, 2, 1),
        sentence="Søknadsfristen er 1. februar 2027.",
        wording=FOUND.wording,
    )
    put(
        store,
        entry_data(key="d", title="Tilskudd", lead="Utsatt", deadlines=(moved,)),
        seen=now + timedelta(days=1),
    )
    after = event()
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt == date(2027, 2, 1)
    store.entries.withdraw(NEWS.slug, ["d"], now=now + timedelta(days=2))
    gone = event()
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (before["UID"], 2, "CANCELLED")


def test_what_is_only_imported_is_cited_at_our_address(site: Running) -> None:
    (cited,) = rispy.loads(site.client.get("/entries/1.ris").text)
    assert cited["urls"] == [
        "https://imdifeed.example/entries/1/anmodningskriterier-for-bosetting-av-flyktninger-i-2019"
    ]
    assert cited["title"] == CRITERIA.title
