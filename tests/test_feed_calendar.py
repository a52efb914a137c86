"""The calendar, read back by icalendar and line by line."""

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Deadline, DeadlineKind, Entry, EntryDeadline, Language
from feed.calendar import calendar
from feed.channel import Rendered
from feed.wording import OSLO
from feed_samples import DISTRICTS, EXPENSES, INTERPRETERS, SITE, SOURCES, at

URL = "https://imdifeed.example/deadlines.ics?tag=work"
DEADLINE = Deadline(
    id=7,
    sequence=2,
    found=at("2026-11-10T09:30:00"),
    changed=at("2026-11-12T09:30:00"),
    kind=DeadlineKind.APPLICATION,
    day=date(2027, 1, 15),
    sentence="Søknadsfristen er 15. januar 2027; søk, og søk\\snart.",
    wording="søknadsfristen er",
)


def made(entry: Entry = DISTRICTS, **changes: Any) -> bytes:
    found = EntryDeadline(entry, replace(DEADLINE, **changes))
    return written(found).data


def written(*found: EntryDeadline) -> Rendered:
    return calendar(found, site=SITE, sources=SOURCES, title="IMDi-nytt, frister", url=URL)


def only(data: bytes) -> Any:
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return event


def test_a_whole_day() -> None:
    event = only(made())
    assert event["UID"] == "deadline-7@imdifeed.example"
    assert event["SEQUENCE"] == 2
    assert event["DTSTART"].dt == date(2027, 1, 15)
    assert event["DTEND"].dt == date(2027, 1, 16)
    assert event["SUMMARY"] == f"Søknadsfrist: {DISTRICTS.title}"
    assert event["STATUS"] == "CONFIRMED"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["URL"] == DISTRICTS.url
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == DEADLINE.changed
    assert event["CREATED"].dt == DEADLINE.found
    assert event["DESCRIPTION"].split("\n") == [
        f"«{DEADLINE.sentence}»",
        "Kilde: IMDi",
        "https://imdifeed.example/entries/3/ny-imdi-rapport-flere-innvandrere-i-distriktene",
    ]


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 1, 15), 1), (date(2027, 7, 15), 2)])
def test_a_minute_is_oslos_in_summer_and_winter(day: date, hours: int) -> None:
    data = made(day=day, time=time(12))
    start = only(data)["DTSTART"]
    assert start.params["TZID"] == "Europe/Oslo"
    assert start.dt == datetime.combine(day, time(12), tzinfo=OSLO)
    assert start.dt.utcoffset().total_seconds() == hours * 3600
    (zone,) = icalendar.Calendar.from_ical(data).walk("VTIMEZONE")
    # the rules that are written agree with the zone itself
    assert zone.to_tz().utcoffset(datetime.combine(day, time(12))).total_seconds() == hours * 3600


def test_whole_days_need_no_zone() -> None:
    assert b"VTIMEZONE" not in made()


@pytest.mark.parametrize(
    ("entry", "changes"),
    [
        (DISTRICTS, {"cancelled": DEADLINE.changed}),
        (replace(DISTRICTS, withdrawn=DEADLINE.changed), {}),
    ],
)
def test_what_no_longer_holds_is_cancelled(entry: Entry, changes: dict[str, Any]) -> None:
    event = only(made(entry, **changes))
    assert event["STATUS"] == "CANCELLED"
    # what was taken away is not repeated
    assert ("«" in event["DESCRIPTION"]) == (entry.withdrawn is None)


def test_words_are_in_the_language_of_the_text() -> None:
    english = replace(DISTRICTS, language=Language.ENGLISH)
    assert only(made(english))["SUMMARY"].startswith("Application deadline: ")
    assert only(made(EXPENSES))["SUMMARY"].startswith("Søknadsfrist: ")


def test_of_a_source_shown_in_summary_only_the_lead_is_quoted() -> None:
    assert "«" not in only(made(INTERPRETERS))["DESCRIPTION"]
    in_lead = replace(INTERPRETERS, lead=f"Søk nå. {DEADLINE.sentence}")
    assert DEADLINE.sentence in only(made(in_lead))["DESCRIPTION"]


def test_the_calendar_names_itself_and_nothing_is_now() -> None:
    read = icalendar.Calendar.from_ical(made())
    assert read["VERSION"] == "2.0"
    assert read["X-WR-CALNAME"] == read["NAME"] == "IMDi-nytt, frister"
    assert read["SOURCE"] == URL
    assert made() == made()


def test_no_deadlines_are_a_calendar_too() -> None:
    assert list(icalendar.Calendar.from_ical(written().data).walk("VEVENT")) == []


def test_one_bad_deadline_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    broken = EntryDeadline(DISTRICTS, replace(DEADLINE, id=8, kind="none"))  # type: ignore[arg-type]
    found = written(EntryDeadline(EXPENSES, DEADLINE), broken)
    assert only(found.data)["UID"] == "deadline-7@imdifeed.example"
    assert found.left_out == (DISTRICTS.id,)
    assert "deadline 8 is left out" in caplog.text


_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


@given(_TEXT, _TEXT)
def test_lines_are_lines_whatever_the_text(title: str, sentence: str) -> None:
    data = made(replace(DISTRICTS, title=title), sentence=sentence or "Frist.")
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    unfolded = data.decode().replace("\r\n ", "")
    assert all(re.match("[A-Z-]+[;:]", line) for line in unfolded.split("\r\n") if line)
    assert only(data)["UID"] == "deadline-7@imdifeed.example"
    assert unfolded.count("BEGIN:VEVENT") == 1
