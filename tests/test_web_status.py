"""`/sources` and `/status.atom`: how the sources fare, for readers and for operators."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from builders import NEWS, PRESS, entry_data, fill, put
from db.gaps import Gap, silence, usual_gap, working_days
from db.models import Cause, CrawlRun, Precision, PublisherDate, Verdict
from db.store import Store
from feed.status import verdict_changes
from feed.verdicts import CAUSE_WORDS, VERDICT_LABELS, gap_in_words
from web_site import Page, Running, run_site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + DAY)


def record(
    store: Store, slug: str, at: datetime, verdict: Verdict, cause: Cause | None = None
) -> CrawlRun:
    run = store.crawls.begin(slug, now=at)
    reason = f"http://x <{cause}>" if cause else ""
    run = replace(
        run, finished=at + HOUR / 2, verdict=verdict, reason=reason, cause=cause, requests=2
    )
    store.crawls.finish(run)
    return run


def test_every_verdict_and_cause_has_words_of_its_own() -> None:
    assert set(VERDICT_LABELS) == {*Verdict, None}
    assert set(CAUSE_WORDS) == set(Cause)
    assert len(set(CAUSE_WORDS.values())) == len(Cause)


def test_operators_are_told_when_a_verdict_changes_and_only_then(
    store: Store, site: Running, now: datetime
) -> None:
    empty = feedparser.parse(site.client.get("/status.atom").data)
    assert (empty.bozo, empty.entries) == (0, [])

    record(store, PRESS.slug, now, Verdict.OK)
    broken = record(store, PRESS.slug, now + HOUR, Verdict.BROKEN, Cause.LOGIN)
    record(store, PRESS.slug, now + 2 * HOUR, Verdict.BROKEN, Cause.LOGIN)
    emptied = record(store, PRESS.slug, now + 3 * HOUR, Verdict.BROKEN, Cause.EMPTIED)
    mended = record(store, PRESS.slug, now + 4 * HOUR, Verdict.OK)
    quiet = record(store, NEWS.slug, now + 5 * HOUR, Verdict.QUIET, Cause.SILENT)
    response = site.client.get("/status.atom")
    assert response.content_type == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.data)
    assert feed.bozo == 0
    assert feed.feed.id == "tag:imdifeed.example,2026:status"
    assert [(entry.id.rpartition("status/")[2], entry.title) for entry in feed.entries] == [
        (f"imdi-news/{quiet.id}", "IMDi: nyheter: Uvanlig stille: det er lenge siden kilden "
                                  "publiserte noe"),
        (f"imdi-press-releases/{mended.id}", "IMDi: pressemeldinger: Virker som den skal"),
        (f"imdi-press-releases/{emptied.id}",
         "IMDi: pressemeldinger: Kan være ødelagt: listen hos kilden er tom"),
        (f"imdi-press-releases/{broken.id}",
         "IMDi: pressemeldinger: Kan være ødelagt: kilden krever innlogging"),
    ]  # fmt: skip
    assert feed.entries[1].updated_parsed[:5] == (2026, 11, 23, 10, 30)
    assert feed.entries[3].link == "https://imdifeed.example/sources#imdi-press-releases"
    assert "http://x &lt;login&gt;" in feed.entries[3].content[0].value
    assert "2 requests" in feed.entries[3].content[0].value

    # The same is not sent twice, and an entry's id and content stay when others come.
    headers = {"If-None-Match": response.headers["ETag"]}
    assert site.client.get("/status.atom", headers=headers).status_code == 304
    record(store, NEWS.slug, now + 6 * HOUR, Verdict.OK)
    later = site.client.get("/status.atom", headers=headers)
    assert later.status_code == 200
    assert feedparser.parse(later.data).entries[1:] == feed.entries


def test_what_was_fine_from_the_start_is_no_change(now: datetime) -> None:
    run = CrawlRun(id=1, source="s", started=now, verdict=Verdict.OK)
    assert verdict_changes([]) == []
    assert verdict_changes([run, run]) == []
    first = replace(run, verdict=Verdict.BROKEN, cause=Cause.LOGIN)
    assert verdict_changes([first]) == [first]
    assert verdict_changes([run, first]) == [run, first]


def test_sources_tell_how_often_they_publish_and_where_operators_read(
    store: Store, site: Running, now: datetime
) -> None:
    for number in range(1, 8):
        moment = now - number * 4 * DAY
        data = entry_data(
            source=NEWS.slug,
            key=f"gap/{number}",
            title=f"Sak {number}",
            published=PublisherDate(moment, Precision.MINUTE),
        )
        put(store, data, seen=moment, first_crawl=True)
    record(store, NEWS.slug, now, Verdict.BROKEN, Cause.CHALLENGE)
    page = Page(site.client.get("/sources").text)
    assert "Kan være ødelagt: kilden slipper bare inn nettlesere" in page.text
    assert "vanligvis hver 3. virkedag" in page.text or "vanligvis annenhver" in page.text
    assert page.all("link", rel="alternate", href="/status.atom", type="application/atom+xml")
    assert page.all("li", id="imdi-news")


MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "count"), [(0, 0), (1, 1), (4, 4), (5, 4), (6, 4), (7, 5), (11, 9), (28, 20)]
)
def test_weekends_do_not_count_as_silence(days: int, count: int) -> None:
    monday = MONDAY.date()
    assert working_days(monday, monday + timedelta(days=days)) == count


def test_the_usual_gap_is_the_median_in_working_days() -> None:
    weekly = [MONDAY - timedelta(weeks=number) for number in range(10)]
    assert usual_gap(weekly, now=MONDAY) == Gap(median=5, longest_usual=5)
    assert usual_gap(weekly, now=MONDAY).patience == 15  # type: ignore[union-attr]
    assert silence(weekly, now=MONDAY + timedelta(weeks=3)) == 15
    assert silence([], now=MONDAY) is None
    # several on a day are one, what is to come does not count, and few say nothing
    many = weekly + [moment + HOUR for moment in weekly] + [MONDAY + DAY]
    assert usual_gap(many, now=MONDAY + HOUR) == usual_gap(weekly, now=MONDAY)
    assert usual_gap(weekly[:5], now=MONDAY) is None
    # gaps that are not rare are borne with, one long summer makes no source slow
    assert Gap(median=5, longest_usual=20).patience == 20
    summer = usual_gap([*weekly, MONDAY - timedelta(weeks=30)], now=MONDAY)
    assert summer == Gap(median=5, longest_usual=105)
    assert summer.patience == 30


@pytest.mark.parametrize(
    ("median", "words"),
    [
        (1, "vanligvis hver virkedag"),
        (2, "vanligvis annenhver virkedag"),
        (4, "vanligvis hver 4. virkedag"),
        (5, "vanligvis hver uke"),
        (7, "vanligvis hver uke"),
        (10, "vanligvis annenhver uke"),
        (16, "vanligvis hver 3. uke"),
        (21, "vanligvis hver måned"),
        (65, "vanligvis hver 3. måned"),
        (250, "vanligvis hvert år"),
        (500, "vanligvis annethvert år"),
    ],
)
def test_how_often_is_said_as_people_say_it(median: int, words: str) -> None:
    assert gap_in_words(Gap(median, median)) == words
