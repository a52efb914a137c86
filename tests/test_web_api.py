import gzip
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from builders import CRITERIA, DOCUMENTS, NEWS, UNDATED, entry_data, fill, fill_many, put
from db.models import DeadlineKind, FoundDeadline, Verdict
from db.store import Store
from web_site import Running, run_site


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


def test_an_entry_has_exactly_what_the_contract_says(site: Running) -> None:
    response = site.client.get("/api/entries?q=tolk")
    assert response.content_type == "application/json"
    assert response.json == {
        "total": 1,
        "page": 1,
        "per_page": 20,
        "entries": [
            {
                "id": 5,
                "title": "For mye bruk av ukvalifiserte tolker i det offentlige",
                "lead": "34 prosent av tolkeoppdragene i det offentlige tildeles til "
                "ukvalifiserte tolker. Det viser en ny rapport publisert av IMDi.",
                "url": "https://www.imdi.no/aktuelt/for-mye-bruk-av-ukvalifiserte-tolker/",
                "permalink": "https://imdifeed.example/entries/5/"
                "for-mye-bruk-av-ukvalifiserte-tolker-i-det-offentlige",
                "source": "imdi-news",
                "kind": "news",
                "language": "nb",
                "published": "2023-09-26T07:30:00Z",
                "published_precision": "minute",
                "updated": None,
                "first_seen": "2026-11-23T06:00:00Z",
                "appeared": "2023-09-26T07:30:00Z",
                "revised": None,
                "withdrawn": None,
                "tags": [{"slug": "interpreting", "reason": "«tolker» i tittelen"}],
                "also_at": [],
                "versions": [],
                "attachments": [
                    {
                        "url": "https://www.imdi.no/tolkemonitor.pdf",
                        "label": "Tolkemonitor LOV",
                        "media_type": "application/pdf",
                        "length": 2140000,
                        "pages": None,
                    }
                ],
                "deadlines": [],
            }
        ],
    }
    assert "«tolker»" in response.text  # as UTF-8, not as escapes


def test_what_is_not_known_is_null(site: Running) -> None:
    entries = {entry["title"]: entry for entry in site.client.get("/api/entries").json["entries"]}
    assert entries[UNDATED.title]["published"] is None
    assert entries[UNDATED.title]["published_precision"] is None
    assert entries[CRITERIA.title]["url"] is None
    assert entries[CRITERIA.title]["attachments"][0]["url"] is None


def test_one_entry_is_the_same_as_in_the_list(site: Running) -> None:
    for entry in site.client.get("/api/entries").json["entries"]:
        assert site.client.get(f"/api/entries/{entry['id']}").json == entry


def test_pages_hold_up_to_a_thousand(store: Store, site: Running, now: datetime) -> None:
    fill_many(store, 120, seen=now)
    whole = site.client.get("/api/entries?per_page=1000").json
    assert (whole["total"], len(whole["entries"]), whole["per_page"]) == (125, 125, 1000)
    past = site.client.get("/api/entries?page=99").json
    assert (past["total"], past["entries"]) == (125, [])


def test_tags_come_with_labels_and_counts(site: Running) -> None:
    tags = {tag["slug"]: tag for tag in site.client.get("/api/tags").json["tags"]}
    assert tags["settlement"] == {
        "slug": "settlement",
        "labels": {"nb": "Bosetting", "nn": "Busetjing", "en": "Settlement"},
        "entries": 3,
    }
    assert set(tags) == {"settlement", "interpreting", "work"}


def test_sources_come_with_their_last_run(store: Store, site: Running, now: datetime) -> None:
    run = store.crawls.begin(NEWS.slug, now=now)
    finished = now + timedelta(minutes=2)
    store.crawls.finish(
        replace(
            run, finished=finished, requests=9, new=3, verdict=Verdict.QUIET, reason="Lite nytt."
        )
    )
    sources = {source["slug"]: source for source in site.client.get("/api/sources").json["sources"]}
    news = sources[NEWS.slug]
    assert (news["verdict"], news["reason"], news["entries"]) == ("quiet", "Lite nytt.", 3)
    assert news["last_run"]["finished"] == "2026-11-23T06:02:00Z"
    assert news["last_run"]["new"] == 3
    assert news["newest"]["title"] == UNDATED.title
    assert sources["documents"]["last_run"] is None
    assert sources["documents"]["base_url"] is None


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("/api/entries?tag=nope", 404, "nope"),
        ("/api/entries?page=abc", 400, "page"),
        ("/api/entries?page=0", 400, "page"),
        ("/api/entries?per_page=1001", 400, "1000"),
        ("/api/entries?to=31.12.2020", 400, "31.12.2020"),
        ("/api/entries/999", 404, "999"),
        ("/api/entries/x", 404, "/api/entries/x"),
        ("/api/nothing", 404, "/api/nothing"),
        ("/api", 404, "/api"),
        ("/api/entries?since=77777", 404, "no change has the number 77777"),
        ("/api/entries?q=" + "a" * 10_001, 400, "10000"),
    ],
)
def test_errors_are_json(site: Running, address: str, status: int, word: str) -> None:
    response = site.client.get(address)
    assert response.status_code == status
    assert response.content_type == "application/json"
    assert response.json["error"]["status"] == status
    assert word in response.json["error"]["message"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_wrong_method_is_json_too(site: Running) -> None:
    response = site.client.post("/api/entries")
    assert response.status_code == 405
    assert response.json["error"]["status"] == 405
    assert "GET" in response.headers["Allow"]


def test_scripts_elsewhere_may_ask_again(site: Running) -> None:
    response = site.client.options("/api/entries", headers={"Origin": "https://other.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def test_a_run_that_finds_nothing_changes_what_is_said_of_its_source(
    store: Store, site: Running, now: datetime
) -> None:
    before = site.client.get("/api/sources").headers["ETag"]
    run = store.crawls.begin(NEWS.slug, now=now)
    store.crawls.finish(replace(run, finished=now, verdict=Verdict.OK, reason="Alt i orden."))
    response = site.client.get("/api/sources", headers={"If-None-Match": before})
    assert response.status_code == 200
    assert response.headers["ETag"] != before


@pytest.mark.parametrize(
    "address", ["/api/entries?q=tolk", "/api/entries/5", "/api/tags", "/api/sources"]
)
def test_unchanged_answers_are_not_sent_again(site: Running, address: str) -> None:
    etag = site.client.get(address).headers["ETag"]
    response = site.client.get(address, headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert site.client.head(address).status_code == 200


def test_a_harvester_gets_everything_once(store: Store, site: Running, now: datetime) -> None:
    fill_many(store, 12, seen=now)
    found, cursor, more = [], "0", True
    while more:
        answer = site.client.get(f"/api/entries?since={cursor}&per_page=5").json
        found += [entry["id"] for entry in answer["entries"]]
        cursor, more = answer["cursor"], answer["more"]
    assert sorted(found) == list(range(1, 18))
    assert site.client.get(f"/api/entries?since={cursor}").json == {
        "total": 0,
        "page": 1,
        "per_page": 20,
        "entries": [],
        "cursor": cursor,
        "more": False,
    }
    store.entries.withdraw(NEWS.slug, [UNDATED.key], now=now)
    (changed,) = site.client.get(f"/api/entries?since={cursor}").json["entries"]
    assert (changed["id"], changed["withdrawn"]) == (2, "2026-11-23T06:00:00Z")


def test_a_harvester_may_choose(site: Running) -> None:
    answer = site.client.get("/api/entries?since=&kind=report&kind=report_summary").json
    assert [entry["kind"] for entry in answer["entries"]] == ["report_summary", "report"]
    assert answer["total"] == 2


@pytest.mark.parametrize(("since", "status"), [("x", 400), ("-1", 400), ("99999", 404)])
def test_a_cursor_that_is_none_is_refused(site: Running, since: str, status: int) -> None:
    response = site.client.get(f"/api/entries?since={since}")
    assert response.status_code == response.json["error"]["status"] == status


def test_a_harvester_that_is_up_to_date_costs_nothing(site: Running) -> None:
    address = "/api/entries?since=0"
    etag = site.client.get(address).headers["ETag"]
    assert site.client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_an_entry_has_a_file_of_its_own(site: Running) -> None:
    assert site.client.get("/entries/5.json").json == site.client.get("/api/entries/5").json
    missing = site.client.get("/entries/999.json")
    assert (missing.status_code, missing.json["error"]["status"]) == (404, 404)


def test_deadlines_come_with_their_evidence(store: Store, site: Running, now: datetime) -> None:
    text = "Fristen er 15. januar 2027 kl. 12."
    found = FoundDeadline(
        kind=DeadlineKind.OTHER,
        day=date(2027, 1, 15),
        time=time(12),
        sentence=text,
        wording="fristen er",
    )
    full = put(store, entry_data(key="d", body_text=text, deadlines=(found,)), seen=now)
    summary = put(
        store,
        entry_data(key="s", source=DOCUMENTS.slug, body_text=text, deadlines=(found,)),
        seen=now,
    )
    assert site.client.get(f"/api/entries/{full}").json["deadlines"] == [
        {
            "id": 1,
            "uid": "deadline-1@imdifeed.example",
            "kind": "other",
            "date": "2027-01-15",
            "time": "12:00",
            "sentence": text,
        }
    ]
    # of this source only leads may be shown
    assert site.client.get(f"/api/entries/{summary}").json["deadlines"][0]["sentence"] is None


def test_large_answers_are_made_small_where_the_client_asks(store: Store, site: Running) -> None:
    plain = site.client.get("/api/entries")
    assert "Content-Encoding" not in plain.headers
    small = site.client.get("/api/entries", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
