"""The steps from item to entry: what they clean, refuse and keep."""

from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.exceptions import DropItem
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from crawler.items import EntryItem
from crawler.pipelines import (
    LONGEST_TITLE,
    MOST_ATTACHMENTS,
    MOST_KEYWORDS,
    CleanPipeline,
    GatheringStorePipeline,
    LanguagePipeline,
    StorePipeline,
    pipelines_for,
)
from crawler.runs.open_run import OpenRun
from db.models import Attachment, Kind, Language, Precision, PublisherDate, Source
from db.query import EntryQuery
from db.store import Store

BASE = "https://www.imdi.no"


def item(**given: Any) -> EntryItem:
    defaults = {"key": "k", "url": f"{BASE}/a/", "kind": Kind.NEWS, "title": "T", "shape": "test"}
    return EntryItem(**{**defaults, **given})


def cleaned(**given: Any) -> EntryItem:
    return CleanPipeline(BASE).process_item(item(**given))


def test_every_string_is_made_safe() -> None:
    label = "Publisert:\u2028 1. mars 2024"
    published = PublisherDate(datetime(2024, 3, 1, 11, tzinfo=UTC), Precision.DAY, label)
    found = cleaned(
        title="  Ny\u0000 rap\u00adport \n om\u2028tolk ",
        lead="En\x0b ingress\ufffe\u00a0her",
        body="<p>Tekst\x00 med\ufffe tegn</p>",
        chapter=" Kapittel\t1 ",
        publisher="IMDi\u200b",
        keywords=("tolk\n", " ", "tolk", "\x07arbeid"),
        attachments=(Attachment("/ikke-absolutt", " Rapport\u0000 ", length=-1),),
        published=published,
    )
    assert found.title == "Ny rapport om tolk"
    assert found.lead == "En ingress her"
    assert found.body_text == "Tekst med tegn"
    assert found.chapter == "Kapittel 1"
    assert found.publisher == "IMDi"
    assert found.keywords == ("tolk", "arbeid")
    assert found.attachments == (Attachment("", "Rapport"),)
    assert found.published is not None
    assert found.published.label == "Publisert: 1. mars 2024"


def test_the_body_is_the_article_alone() -> None:
    found = cleaned(
        body="<div><p>Del</p><p>Se <a href='../rapport/'>rapporten</a>.</p>"
        "<script>x()</script><img src=x onerror=y><h2>Om oss</h2><p>IMDi er et direktorat.</p>"
        "<h2>Siste pressemeldinger fra IMDi</h2><p>En annen sak</p></div>"
    )
    assert found.body == f'<p>Se <a href="{BASE}/rapport/">rapporten</a>.</p>'
    assert found.body_text == "Se rapporten."


def test_text_without_markup_is_kept() -> None:
    assert cleaned(body_text=" To linjer\r\nher\x00 ").body_text == "To linjer\nher"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (f"{BASE}/a/", f"{BASE}/a/"),
        ("javascript:alert(1)", ""),
        ("//www.imdi.no/a", ""),
        ("http://[feil", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_kept(url: str, kept: str) -> None:
    assert cleaned(url=url).url == kept


@pytest.mark.parametrize(
    ("given", "reason"), [({"title": " \u200b"}, "it has no title"), ({"key": ""}, "to know it by")]
)
def test_what_no_reader_could_find_is_refused(given: dict[str, str], reason: str) -> None:
    with pytest.raises(DropItem, match=reason):
        cleaned(**given)


def test_sizes_are_bounded() -> None:
    found = cleaned(
        title="t" * 10_000,
        lead="l" * 100_000,
        keywords=tuple(f"{number} " + "k" * 999 for number in range(500)),
        attachments=tuple(Attachment(f"{BASE}/{n}", str(n)) for n in range(500)),
    )
    assert len(found.title) == LONGEST_TITLE
    assert len(found.lead) < 10_000
    assert len(found.keywords) == MOST_KEYWORDS
    assert max(map(len, found.keywords)) <= 100
    assert len(found.attachments) == MOST_ATTACHMENTS


def test_cleaning_twice_changes_nothing() -> None:
    once = cleaned(lead="a  b", body="<h2>Funn</h2><ul><li>En</li></ul>tekst", keywords=("x ",))
    again = CleanPipeline(BASE).process_item(item(**as_given(once)))
    assert as_given(again) == as_given(once)


def as_given(found: EntryItem) -> dict[str, Any]:
    names = ("title", "lead", "body", "body_text", "keywords", "url", "attachments")
    return {name: getattr(found, name) for name in names}


def test_a_language_the_shape_knew_is_kept() -> None:
    known = item(language=Language.SAMI, title="Dette er norsk bokmål og ikke noe annet språk")
    assert LanguagePipeline().process_item(known).language is Language.SAMI


def test_the_steps_run_in_their_order(store: Store, now: datetime) -> None:
    source = Source(slug="documents", spider="documents", name="D", publisher="IMDi")
    store.vocabulary.declare([source], [], now=now)
    open_run = OpenRun.begin(source, store, clock=lambda: now)
    steps = pipelines_for(open_run)
    configured = Settings()
    configured.setmodule("crawler.settings")
    in_settings = sorted(configured["ITEM_PIPELINES"].items(), key=lambda step: step[1])
    *others, last = [load_object(path) for path, _ in in_settings]
    assert [type(step) for step in steps] == [*others, StorePipeline]
    assert last is GatheringStorePipeline
    given = item(
        source="documents",
        title="Ikkje nok tolk i kommunane",
        body="<p>Kommunane brukar ikkje kvalifisert tolk. Dei manglar òg eit system.</p>",
    )
    for step in steps:
        given = step.process_item(given)
    (entry,) = store.entries.newest(EntryQuery(), 5)
    assert entry.language is Language.NYNORSK
    assert "interpreting" in {tag.slug for tag in entry.tags}
    assert (open_run.tally.new, open_run.tally.stored) == (1, 1)
