"""Every way a source fails has a verdict of its own; recovery clears it, and nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders import entry_data
from crawl_site import LIST, Site, crawl_apart, press_room, release, serve_sites
from crawler.health import History, judge, usual_coverage
from crawler.runs.reason import Reason
from crawler.runs.tally import Tally
from db.models import Cause, CrawlRun, EntryData, Kind, Verdict
from db.store import Store

__all__ = ["serve_sites"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2025, 3, 12, 9, 0, tzinfo=UTC)
LOGIN = """<!DOCTYPE html><html><head><title>Logg inn</title></head><body><h1>Logg inn</h1>
<form><input name="user"><input type="password" name="p"></form></body></html>"""
CHALLENGE = """<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<script>window._cf_chl_opt={cType:'managed'};</script></body></html>"""
ERROR_PAGE = """<!DOCTYPE html><html><head><title>Siden finnes ikke - NTB</title></head><body>
<h1>Siden finnes ikke</h1><p>Prøv å søke.</p></body></html>"""
FRONT_PAGE = "<!DOCTYPE html><html><body><h1>NTB Kommunikasjon</h1></body></html>"


def with_lead(number: int, **more: Any) -> Any:
    made = release(number, f"Melding {number}")
    made["versions"]["no"]["leadtext"] = f"Ingress til melding {number}."
    made["versions"]["no"].update(more)
    return made


def of_another(number: int) -> Any:
    return {**with_lead(number), "publisher": {"id": 4711}}


def break_login(site: Site) -> None:
    site.say(LIST, LOGIN)


def break_challenge(site: Site) -> None:
    site.say(LIST, CHALLENGE, status=403)


def break_error_page(site: Site) -> None:
    site.say(LIST, ERROR_PAGE)


def break_front_page(site: Site) -> None:
    site.answers[LIST] = (302, {"Location": "/"}, b"")
    site.say("/", FRONT_PAGE)


def break_emptied(site: Site) -> None:
    site.publish()


def break_redesigned(site: Site) -> None:
    site.say(LIST, {"items": [{"headline": "Ny form"}]})


def break_unreachable(site: Site) -> None:
    site.say(LIST, "<h1>Feil</h1>", status=502)


def break_forbidden(site: Site) -> None:
    site.say("/robots.txt", "User-agent: *\nDisallow: /\n")


def break_publisher(site: Site) -> None:
    site.publish(*(of_another(number) for number in range(50, 56)))


def break_bare(site: Site) -> None:
    """Rename the fields that hold date, lead and text of every new release."""
    bare = [with_lead(number, body={"whole": "<p>Tekst</p>"}) for number in range(20, 26)]
    site.publish(*bare, *(with_lead(number) for number in range(1, 9)))


BREAKS: dict[str, tuple[Callable[[Site], None], Cause, str]] = {
    "login": (break_login, Cause.LOGIN, "asks us to log in"),
    "challenge": (break_challenge, Cause.CHALLENGE, "a challenge that asks for a browser"),
    "error-page": (break_error_page, Cause.ERROR_PAGE, "error page (“Siden finnes ikke”)"),
    "front-page": (break_front_page, Cause.ERROR_PAGE, "leads to the front page"),
    "emptied": (break_emptied, Cause.EMPTIED, "the source lists no entries at all"),
    "redesigned": (break_redesigned, Cause.REDESIGNED, "lacks the field 'releases'"),
    "unreachable": (break_unreachable, Cause.UNREACHABLE, "answered 502 Bad Gateway"),
    "forbidden": (break_forbidden, Cause.FORBIDDEN, "Forbidden by robots.txt"),
    "publisher": (break_publisher, Cause.WRONG_PUBLISHER, "none of the 6 entries"),
    "bare": (break_bare, Cause.REDESIGNED, "6 of 6 entries read have no body"),
}


def test_every_way_to_break_is_told_apart_and_recovery_clears_it(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    sites = {slug: serve() for slug in BREAKS}
    for site in sites.values():
        site.publish(*(with_lead(number) for number in range(1, 9)))
    rooms = [press_room(site.base_url, slug) for slug, site in sites.items()]
    good = crawl_apart(store_url, *rooms, at=START)["runs"]
    assert {run["verdict"] for run in good} == {"ok"}
    state = store.entries.state()

    for slug, (breaking, _, _) in BREAKS.items():
        breaking(sites[slug])
    broken = {run["source"]: run for run in crawl_apart(store_url, *rooms, at=START + DAY)["runs"]}
    for slug, (_, cause, words) in BREAKS.items():
        run = broken[slug]
        assert (run["verdict"], run["cause"]) == ("broken", cause), (slug, run["reason"])
        assert words in run["reason"], slug
    # nothing was stored, changed, withdrawn or deleted
    assert store.entries.state() == state

    for site in sites.values():
        site.answers.clear()
        site.publish(*(with_lead(number) for number in range(1, 10)))
    again = crawl_apart(store_url, *rooms, at=START + DAY + HOUR)["runs"]
    assert [(run["source"], run["verdict"], run["reason"]) for run in again] == [
        (slug, "ok", "") for slug in BREAKS
    ]
    assert all(run["new"] == 1 for run in again)


def test_what_is_thinner_than_usual_is_degraded_until_it_is_whole_again(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    thin, gone, churned = serve(), serve(), serve()
    for site in (thin, gone, churned):
        site.publish(*(with_lead(number) for number in range(1, 12)))
    rooms = [
        press_room(site.base_url, slug)
        for slug, site in (("thin", thin), ("lost", gone), ("churned", churned))
    ]
    crawl_apart(store_url, *rooms, at=START)

    news = [with_lead(number) for number in range(20, 26)]
    half = [
        with_lead(number, leadtext="") if number % 2 else with_lead(number)
        for number in range(20, 26)
    ]
    thin.publish(*half, *(with_lead(number) for number in range(1, 12)))
    # a known release whose text is not where it was keeps the text it had
    gone.say("/public-website-api/release/8", with_lead(8, body=""))
    changed = {"body": {"complete": "<p>Helt ny tekst.</p>"}}
    churned.publish(*(with_lead(number, **changed) for number in range(1, 12)))
    runs = crawl_apart(store_url, *rooms, at=START + 14 * DAY)["runs"]
    assert [(run["verdict"], run["cause"]) for run in runs] == [
        ("degraded", "incomplete"),
        ("degraded", "redesigned"),
        ("degraded", "many_changed"),
    ]
    assert "3 of 6 entries read have no lead; usually 100% have it" in runs[0]["reason"]
    assert runs[0]["coverage"]["lead"] == 0.5
    assert "its text is not found any more" in runs[1]["reason"]
    kept = store.entries.by_key("lost", "8/no")
    assert kept is not None
    assert kept.body_text == "Kommunene bosetter flyktninger."

    thin.publish(*news, *(with_lead(number) for number in range(1, 12)))
    gone.say("/public-website-api/release/8", with_lead(8))
    runs = crawl_apart(store_url, *rooms, at=START + 14 * DAY + HOUR)["runs"]
    assert [run["verdict"] for run in runs] == ["ok", "quiet", "quiet"]
    mended = store.entries.by_key("thin", "21/no")
    assert mended is not None
    assert mended.lead == "Ingress til melding 21."


def test_silence_is_told_from_a_list_that_can_be_read(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    site.publish(*(with_lead(number) for number in range(1, 12)))
    room = press_room(site.base_url)
    newest = datetime(2025, 3, 12, tzinfo=UTC)
    (run,) = crawl_apart(store_url, room, at=newest + DAY)["runs"]
    assert run["verdict"] == "ok"
    (run,) = crawl_apart(store_url, room, at=newest + 20 * DAY)["runs"]
    assert (run["verdict"], run["cause"]) == ("quiet", "silent")
    assert run["reason"] == "nothing new for 14 working days; 3 would still be usual"
    site.publish(*(with_lead(number) for number in range(1, 12)))
    late = {**with_lead(99), "date": (newest + 20 * DAY).isoformat()}
    site.publish(late, *(with_lead(number) for number in range(1, 12)))
    (run,) = crawl_apart(store_url, room, at=newest + 20 * DAY + HOUR)["runs"]
    assert (run["verdict"], run["new"]) == ("ok", 1)


# the rules by themselves


def read(count: int, **lacking: int) -> Tally:
    """Give the tally of a run that read so many entries, some of them lacking a field."""
    tally = Tally(listed=count, new=count)
    for number in range(count):
        data = entry_data()
        for name, how_many in lacking.items():
            if number < how_many:
                data = replace(data, **{name: None if name == "published" else ""})
        tally.note(data, fallback=False)
    return tally


USUAL = History(usual={"content": 1.0, "body": 1.0, "published": 1.0, "lead": 0.9, "title": 1.0})


@pytest.mark.parametrize(
    ("tally", "history", "verdict", "cause"),
    [
        (read(10), USUAL, Verdict.OK, None),
        (read(10, lead=3), USUAL, Verdict.OK, None),
        (read(10, lead=6), USUAL, Verdict.DEGRADED, Cause.INCOMPLETE),
        (read(3, lead=3), USUAL, Verdict.OK, None),
        (read(10, lead=10), History(), Verdict.OK, None),
        (read(100, published=2), USUAL, Verdict.OK, None),
        (read(40, published=3), USUAL, Verdict.DEGRADED, Cause.INCOMPLETE),
        (read(10, published=6), USUAL, Verdict.BROKEN, Cause.REDESIGNED),
        (read(10, published=10), History(), Verdict.OK, None),
        (read(1, body_text=1), USUAL, Verdict.DEGRADED, Cause.INCOMPLETE),
        (read(10, body_text=10), USUAL, Verdict.BROKEN, Cause.REDESIGNED),
        (Tally(lists_unchanged=1), USUAL, Verdict.OK, None),
        (Tally(listed=50, rejected=1), USUAL, Verdict.DEGRADED, Cause.REJECTED),
        (Tally(listed=50, rejected=3), USUAL, Verdict.BROKEN, Cause.REDESIGNED),
        (Tally(lists_unchanged=1, rejected=1), USUAL, Verdict.DEGRADED, Cause.REJECTED),
        (Tally(listed=9, changed=5, unchanged=4), USUAL, Verdict.DEGRADED, Cause.MANY_CHANGED),
        (Tally(listed=9, changed=4, unchanged=0), USUAL, Verdict.OK, None),
        (
            Tally(obstacle=Reason("the run was interrupted", Cause.INTERRUPTED)),
            USUAL,
            Verdict.DEGRADED,
            Cause.INTERRUPTED,
        ),
        (
            Tally(troubles=[Reason("log in", Cause.LOGIN)]),
            USUAL,
            Verdict.BROKEN,
            Cause.LOGIN,
        ),
    ],
)
def test_what_a_run_is_held_against(
    tally: Tally, history: History, verdict: Verdict, cause: Cause | None
) -> None:
    judgement = judge(tally, history)
    assert (judgement.verdict, judgement.cause) == (verdict, cause)


def test_many_read_second_best_degrade_a_run_and_only_reading_clears_it(now: datetime) -> None:
    tally = read(7)
    for _ in range(2):
        tally.note(entry_data(shape="second"), fallback=True)
    judgement = judge(tally, USUAL)
    assert (judgement.verdict, judgement.cause) == (Verdict.DEGRADED, Cause.FALLBACK)
    assert judgement.reason.startswith("2 of 9 entries were read second best (")
    tally.note(entry_data(), fallback=False)
    assert judge(tally, USUAL).verdict is Verdict.OK

    before = CrawlRun(
        id=1, source="s", started=now, verdict=Verdict.DEGRADED, reason="thin", cause=Cause.FALLBACK
    )
    since = replace(USUAL, previous=before)
    assert judge(Tally(lists_unchanged=1), since).cause is Cause.FALLBACK
    assert judge(read(1), since).verdict is Verdict.OK
    passing = replace(USUAL, previous=replace(before, cause=Cause.UNREACHABLE))
    assert judge(Tally(lists_unchanged=1), passing).verdict is Verdict.OK


def test_what_is_usual_comes_from_good_runs_by_their_size(now: datetime) -> None:
    run = CrawlRun(id=1, source="s", started=now)
    good = replace(run, verdict=Verdict.OK, new=30, coverage={"lead": 1.0, "body": 1.0})
    small = replace(run, verdict=Verdict.QUIET, new=10, coverage={"lead": 0.0, "body": 1.0})
    broken = replace(run, verdict=Verdict.BROKEN, new=90, coverage={"lead": 0.0, "body": 0.0})
    nothing = replace(run, verdict=Verdict.OK)
    usual = usual_coverage([good, small, broken, nothing])
    assert (usual["lead"], usual["body"], usual["title"]) == (0.75, 1.0, 0.0)
    assert usual_coverage([broken, nothing]) == {}


def test_a_report_of_files_alone_has_content() -> None:
    history = History()
    bare = EntryData(source="s", key="k", url="", kind=Kind.REPORT, title="T")
    assert history.lacking(bare)
    assert not history.lacking(replace(bare, attachments=entry_data().attachments))
    assert not history.lacking(replace(bare, lead="En ingress"))
    assert USUAL.lacking(replace(bare, lead="En ingress"))
