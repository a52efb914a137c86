"""The description of the API: valid, whole, and what is answered keeps to it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from builders import entry_data, fill, put
from db.models import AttachmentState, DeadlineKind, FoundDeadline, Verdict
from db.store import Store
from web.data.openapi import MOST_PER_PAGE, OPERATIONS, document
from web_site import SITE, Running, run_site

Check = Callable[[str, int], Any]


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    number = put(
        store,
        entry_data(
            key="with all there is",
            work="w",
            deadlines=(
                FoundDeadline(
                    kind=DeadlineKind.OTHER,
                    day=now.date(),
                    sentence="Frist i dag.",
                    wording="frist",
                ),
            ),
        ),
        seen=now,
    )
    put(store, entry_data(key="in English", work="w"), seen=now)
    store.attachments.read(number, 0, AttachmentState.READ, ["tekst"], now=now)
    store.entries.withdraw("documents", ["annex-2020/anmodningskriterier"], now=now)
    run = store.crawls.begin("imdi-news", now=now)
    store.crawls.finish(replace(run, finished=now, verdict=Verdict.OK, reason="Alt i orden."))
    return run_site(store, lambda: now + timedelta(hours=1))


@pytest.fixture
def check(site: Running) -> Check:
    described = site.client.get("/openapi.json").json

    def _check(address: str, status: int = 200) -> Any:
        path = re.sub(r"/[0-9]+$", "/{id}", address.split("?")[0])
        answers = described["paths"][path]["get"]["responses"]
        schema = answers[str(status)]["content"]["application/json"]["schema"]
        whole = schema | {"components": described["components"]}
        response = site.client.get(address)
        assert response.status_code == status, response.text
        Draft202012Validator(whole, format_checker=FormatChecker()).validate(response.json)
        return response.json

    return _check


def test_the_description_is_valid_and_served_as_such(site: Running) -> None:
    response = site.client.get("/openapi.json")
    assert response.content_type == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    OpenAPIV31SpecValidator(response.json).validate()
    again = site.client.get("/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_it_describes_what_is_served_and_no_more(site: Running) -> None:
    served = {
        re.sub(r"<entry_id:entry_id>", "{id}", rule.rule)
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert {operation.path for operation in OPERATIONS} == served


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/entries", 200),
        ("/api/entries?q=tolkr+rapport", 200),
        ("/api/entries?since=0&per_page=2", 200),
        ("/api/entries?page=99", 200),
        ("/api/entries/1", 200),
        ("/api/entries/6", 200),
        ("/api/tags", 200),
        ("/api/sources", 200),
        ("/api/entries?tag=nope", 404),
        ("/api/entries?since=999999", 404),
        ("/api/entries?since=x", 400),
        ("/api/entries?from=nå", 400),
        ("/api/entries/999", 404),
    ],
)
def test_every_answer_keeps_to_it(check: Check, address: str, status: int) -> None:
    check(address, status)


def test_what_is_described_holds(check: Check) -> None:
    entry = check("/api/entries/6", 200)
    assert all(entry[name] for name in ("deadlines", "versions", "attachments"))
    assert check("/api/entries/1", 200)["withdrawn"]
    with pytest.raises(AssertionError):
        check(f"/api/entries?per_page={MOST_PER_PAGE + 1}", 200)
    check(f"/api/entries?per_page={MOST_PER_PAGE + 1}", 400)


def test_schemas_close_nothing_that_may_grow() -> None:
    # a client made from the description must not break when a field is added
    for schema in document(SITE)["components"]["schemas"].values():
        assert schema.get("additionalProperties", True) is not False
