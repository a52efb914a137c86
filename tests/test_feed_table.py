import csv
import io
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import AlsoAt, Deadline, DeadlineKind, Precision
from feed.table import BYTE_ORDER_MARK, COLUMNS, Separator, csv_lines
from feed_samples import DISTRICTS, ENTRIES, EXPENSES, SITE, SOURCES, at, published


def read(*entries: Any, separator: Separator = Separator.COMMA) -> list[dict[str, str]]:
    text = "".join(csv_lines(entries, SITE, SOURCES, separator))
    assert text.startswith(BYTE_ORDER_MARK)
    lines = io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")
    return list(csv.DictReader(lines, delimiter=separator.sign, strict=True))


def test_a_row_says_what_the_store_says() -> None:
    deadline = Deadline(
        id=1,
        sequence=0,
        found=at("2023-10-03T05:00:00"),
        changed=at("2023-10-03T05:00:00"),
        kind=DeadlineKind.OTHER,
        day=date(2023, 12, 1),
        time=time(12),
        sentence="Frist 1. desember.",
        wording="frist",
    )
    also = AlsoAt(4, "regjeringen", "https://regjeringen.example/4", "Samme sak")
    (row,) = read(replace(DISTRICTS, deadlines=(deadline,), also_at=(also,)))
    assert list(row) == list(COLUMNS)
    assert row == {
        "id": "3",
        "title": DISTRICTS.title,
        "kind": "press_release",
        "source": "imdi-press-releases",
        "publisher": "IMDi",
        "language": "nb",
        "published": "2023-10-03 06:00",
        "updated": "",
        "appeared": "2023-10-03 06:00",
        "withdrawn": "",
        "tags": "settlement | work",
        "deadlines": "2023-12-01 12:00",
        "url": DISTRICTS.url,
        "permalink": "https://imdifeed.example/entries/3/"
        "ny-imdi-rapport-flere-innvandrere-i-distriktene",
        "also_at": also.url,
        "attachments": "https://press.example/f/rapport.pdf | "
        "https://press.example/f/tabeller.xlsx | Vedlegg uten adresse (PDF, 1 MB)",
        "lead": DISTRICTS.lead,
    }


def test_dates_say_no_more_than_was_given() -> None:
    assert [row["published"] for row in read(*ENTRIES)] == ["2023-10-03 06:00", "2023-06", ""]
    year = replace(EXPENSES, published=published("2008-01-01T11:00:00", Precision.YEAR))
    assert read(year)[0]["published"] == "2008"


def test_semicolons_for_spreadsheets_that_expect_them() -> None:
    assert read(*ENTRIES, separator=Separator.SEMICOLON) == read(*ENTRIES)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r="])
def test_no_cell_computes(sign: str) -> None:
    (row,) = read(replace(DISTRICTS, title=f"{sign}HYPERLINK(1)", lead=f"{sign}1+1"))
    assert row["title"].startswith("'")
    assert row["lead"].startswith("'")


@given(st.text(max_size=80))
def test_any_text_stays_in_its_cell(text: str) -> None:
    (row,) = read(replace(DISTRICTS, title=text, publisher=text, lead=text))
    assert (row["id"], row["kind"]) == ("3", "press_release")
    assert "\n" not in row["title"]


def test_a_withdrawn_entry_has_no_text() -> None:
    (row,) = read(replace(DISTRICTS, withdrawn=at("2023-11-01T11:00:00")))
    assert (row["lead"], row["attachments"]) == ("", "")
    assert row["withdrawn"] == "2023-11-01 12:00"


def test_one_bad_entry_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    assert [row["id"] for row in read(replace(DISTRICTS, tags=None), EXPENSES)] == ["2"]
    assert "entry 3 is left out" in caplog.text
