"""Digests and confirmations: each story once, every reason, both parts complete."""

import email
import email.policy
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from html import unescape
from pathlib import Path

import pytest

from db.models import (
    Cause,
    CrawlRun,
    Deadline,
    DeadlineKind,
    Entry,
    EntryDeadline,
    Language,
    Rhythm,
    Told,
    Verdict,
)
from db.query import EntryQuery
from feed.digest import MOST_BYTES, Digest, Notice, Section, compose_digest
from feed.digest_view import page_of, view_from
from feed.letters import Envelope, compose_confirmation
from feed.mail import compose_heading
from feed.sections import Passage
from feed_samples import (
    DISTRICTS,
    ENTRIES,
    EXPENSES,
    INTERPRETERS,
    SITE,
    SOURCES,
    TAGS,
    at,
    check_golden,
    subscription,
)

ALL = "https://imdifeed.example/unsubscribe/all"


def section(number: int, query: EntryQuery, *entries: Entry) -> Section:
    leave = f"https://imdifeed.example/unsubscribe/only-{number}"
    return Section(subscription(number, query.canonical()), query, entries, leave)


SETTLEMENT = section(1, EntryQuery(tags=("settlement",)), DISTRICTS, EXPENSES)
WORDS = section(2, EntryQuery(q="tolk"), DISTRICTS, INTERPRETERS)


def digest(*sections: Section) -> Digest:
    composed = compose(sections)
    assert composed is not None
    return composed


def compose(sections: Sequence[Section]) -> Digest | None:
    composed = compose_digest(
        sections,
        site=SITE,
        tags=TAGS,
        sources=SOURCES,
        sender="IMDi-nytt <nytt@imdifeed.example>",
        now=at("2023-10-05T05:00:00"),
        unsubscribe_url=ALL,
    )
    heading = compose_heading("leser@example.org", "<d1@imdifeed.example>", ALL)
    return composed and replace(composed, data=heading + composed.data)


def parts(data: bytes) -> tuple[str, str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    text, html = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
    return text, html


def header(data: bytes, name: str) -> str:
    return str(email.message_from_bytes(data, policy=email.policy.default)[name])


def many(count: int, **changes: object) -> tuple[Entry, ...]:
    return tuple(replace(DISTRICTS, id=n, story=n, **changes) for n in range(101, count + 101))


def test_golden(request: pytest.FixtureRequest) -> None:
    text, html = parts(digest(SETTLEMENT, WORDS).data)
    check_golden(request.config, "digest.txt", text.encode())
    check_golden(request.config, "digest.html", html.encode())


def test_each_story_once_with_every_reason() -> None:
    text, html = parts(digest(SETTLEMENT, WORDS).data)
    for part in (text, unescape(html)):
        assert part.count(DISTRICTS.title) == 1
        assert part.count("Passer også med: søk «tolk»") == 1
        assert (
            part.index(EXPENSES.title) < part.index("Søk «tolk»") < part.index(INTERPRETERS.title)
        )


def test_two_entries_of_one_story_are_one() -> None:
    again = replace(EXPENSES, story=DISTRICTS.story)
    composed = digest(
        section(1, EntryQuery(), DISTRICTS), section(2, EntryQuery(q="utgifter"), again)
    )
    text, _ = parts(composed.data)
    assert composed.subject.startswith("1 ny sak: ")
    assert DISTRICTS.title in text
    assert EXPENSES.title not in text
    assert composed.told == (
        Told(subscription_id=1, story=3),
        Told(subscription_id=2, story=3),
    )


def test_every_subscription_is_told_of_its_stories() -> None:
    assert digest(SETTLEMENT, WORDS).told == (
        Told(subscription_id=1, story=3),
        Told(subscription_id=1, story=2),
        Told(subscription_id=2, story=3),
        Told(subscription_id=2, story=1),
    )


@pytest.mark.parametrize(
    ("entries", "subject"),
    [
        ((INTERPRETERS,), "1 ny sak: For mye bruk av ukvalifiserte tolker i det offentlige"),
        (ENTRIES, "3 nye saker: Ny IMDi-rapport: Flere innvandrere i distriktene …"),
        (
            (replace(DISTRICTS, title="innvandrere " * 20), *many(2)),
            "3 nye saker: innvandrere innvandrere innvandrere innvandrere innvandrere…",
        ),
    ],
)
def test_subject_counts_and_names_the_first(entries: tuple[Entry, ...], subject: str) -> None:
    composed = digest(section(1, EntryQuery(), *entries))
    assert composed.subject == header(composed.data, "Subject") == subject


def test_headers_let_the_reader_leave_it_all_at_once() -> None:
    data = digest(SETTLEMENT, WORDS).data
    assert f"\r\nList-Unsubscribe: <{ALL}>\r\n".encode() in data
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in data
    assert b"\r\nList-Id: <digest.imdifeed.example>\r\n" in data
    assert header(data, "To") == "leser@example.org"


def test_both_parts_carry_the_same_links() -> None:
    text, html = parts(digest(SETTLEMENT, WORDS).data)
    in_text = set(re.findall(r"https?://\S+", text))
    in_html = {unescape(href) for href in re.findall(r'href="(https?:[^"]+)"', html)}
    assert in_text == in_html
    assert {ALL, SETTLEMENT.unsubscribe_url, WORDS.unsubscribe_url, DISTRICTS.url} <= in_text


def test_dates_are_as_precise_as_they_were_given() -> None:
    text, _ = parts(digest(SETTLEMENT, WORDS).data)
    assert "Pressemelding · IMDi · 3. oktober 2023\n" in text
    assert "Nyhet · IMDi · juni 2023\n" in text
    assert "Nyhet · Arbeids- og inkluderingsdepartementet · uten dato\n" in text


def test_foot_says_why_who_and_how_to_leave() -> None:
    for part in parts(digest(SETTLEMENT, WORDS).data):
        assert "Du får denne e-posten (daglig) fordi du har bedt om nye saker om:" in part
        assert "tema Bosetting" in part
        assert "uoffisiell tjeneste" in part
        assert "drift@imdifeed.example" in part


def test_texts_in_other_languages_say_so() -> None:
    english = replace(INTERPRETERS, language=Language.ENGLISH)
    _, html = parts(digest(section(1, EntryQuery(), DISTRICTS, EXPENSES, english)).data)
    assert re.findall(r'<(h3|p) lang="(\w+)"', html) == [
        ("h3", "nn"),
        ("p", "nn"),
        ("h3", "en"),
        ("p", "en"),
    ]
    assert '<html lang="nb"' in html


def test_html_loads_nothing_and_suits_the_dark() -> None:
    _, html = parts(digest(SETTLEMENT).data)
    assert "@media (prefers-color-scheme: dark)" in html
    assert '<a href="https://press.example/' in html
    assert 'style="color: #004d8c;"' in html
    assert not re.search(r"<img|<link|<script|src=|url\(|@import", html)


def test_hostile_text_stays_text() -> None:
    hostile = replace(
        DISTRICTS,
        title='<script>alert(1)</script>"\x00\r\nBcc: x {{ site }}',
        lead="<img src=https://evil.example/p.gif>",
        url="javascript:alert(1)",
    )
    data = digest(section(1, EntryQuery(q="<b>{{ 7*7 }}"), hostile)).data
    text, html = parts(data)
    assert header(data, "Bcc") == "None"
    assert "javascript:" not in text + html
    assert not re.search("<script|<img|<b>", html)
    assert "{{ 7*7 }}" in html
    assert "https://imdifeed.example/entries/3/" in html


def test_fifty_stories_and_a_link_to_the_rest() -> None:
    composed = digest(section(1, EntryQuery(tags=("work",)), *many(53)))
    for part in parts(composed.data):
        assert part.count(DISTRICTS.title) == 50
        assert "3 saker til" in part
        assert "https://imdifeed.example/?tag=work" in part
    assert composed.subject.startswith("53 nye saker: ")
    assert len(composed.told) == 53


def test_a_busy_subscription_leaves_room_for_the_others() -> None:
    text, _ = parts(digest(section(1, EntryQuery(), *many(80)), WORDS).data)
    assert text.count(INTERPRETERS.title) == 1


def test_a_mail_stays_below_what_mailboxes_cut() -> None:
    large = many(60, title="Å<&>" * 200, lead="ø<&> " * 500, url="https://x.example/" + "&" * 1900)
    composed = digest(section(1, EntryQuery(), *large))
    text, html = parts(composed.data)
    assert len(composed.data) <= MOST_BYTES
    shown = html.count("<h3")
    assert f"{60 - shown} saker til" in text
    assert len(composed.told) == 60


def test_nothing_to_tell_is_no_message() -> None:
    assert compose([]) is None
    assert compose([section(1, EntryQuery())]) is None


def test_subscriptions_without_news_are_not_reasons() -> None:
    text, _ = parts(digest(section(9, EntryQuery(q="ingenting")), SETTLEMENT).data)
    assert "ingenting" not in text


def test_a_digest_is_for_one_reader() -> None:
    other = replace(WORDS, subscription=replace(WORDS.subscription, email="annen@example.org"))
    with pytest.raises(ValueError, match="one reader"):
        compose([SETTLEMENT, other])


def test_a_broken_entry_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    broken = replace(EXPENSES, title=None)  # type: ignore[arg-type]
    composed = digest(section(1, EntryQuery(), DISTRICTS, broken))
    assert composed.left_out == (2,)
    assert composed.told == (Told(subscription_id=1, story=3),)
    assert "entry 2 is left out of a digest" in caplog.text
    assert compose([section(1, EntryQuery(), broken)]) is None


ENVELOPE = Envelope(
    sender="IMDi-nytt <nytt@imdifeed.example>",
    recipient="leser@example.org",
    message_id="<c1@imdifeed.example>",
    now=at("2023-10-05T05:00:00"),
    language=Language.BOKMAL,
)


def confirmation(query: EntryQuery) -> bytes:
    return compose_confirmation(
        ENVELOPE,
        query=query,
        rhythm=Rhythm.DAILY,
        confirm_url="https://imdifeed.example/confirm/AbC",
        refuse_url="https://imdifeed.example/refuse/AbC",
        site=SITE,
        tags=TAGS,
        sources=SOURCES,
    )


def test_confirmation_golden(request: pytest.FixtureRequest) -> None:
    text, html = parts(confirmation(EntryQuery(q="tolk", tags=("interpreting",))))
    check_golden(request.config, "confirmation.txt", text.encode())
    check_golden(request.config, "confirmation.html", html.encode())


def test_confirmation_says_what_and_until_when() -> None:
    data = confirmation(EntryQuery(q="tolk & <b>", tags=("interpreting",)))
    assert header(data, "Subject") == "Bekreft at du vil ha e-post fra IMDi-nytt"
    for part in parts(data):
        assert "tema Tolking, ord «tolk & <b>»" in unescape(part)
        assert "https://imdifeed.example/confirm/AbC" in part
        assert "7 dager" in part
        assert "Da trenger du ikke gjøre noe" in part
    assert header(data, "List-Unsubscribe") == "None"


# what stands beside the new stories


def test_older_finds_are_counted_beside_a_link() -> None:
    text, html = parts(digest(replace(SETTLEMENT, older=12)).data)
    for part in (text, unescape(html)):
        assert "12 eldre saker ble lagt til i arkivet." in part
        assert "Se i arkivet: Bosetting" in part
    one, _ = parts(digest(replace(SETTLEMENT, older=1)).data)
    assert "1 eldre sak ble lagt til" in one
    # alone they are not worth a mail
    assert compose([replace(SETTLEMENT, entries=(), older=7595)]) is None


def test_what_only_the_listing_shows_is_told_and_counted() -> None:
    composed = digest(replace(SETTLEMENT, more=(50, 51, 52)), replace(WORDS, more=(50,)))
    text, _ = parts(composed.data)
    assert composed.subject.startswith("6 nye saker: ")
    assert "3 saker til: Bosetting" in text
    assert {one.story for one in composed.told if one.subscription_id == 1} == {2, 3, 50, 51, 52}
    assert {one.story for one in composed.told if one.subscription_id == 2} == {1, 3, 50}


def test_corrected_and_withdrawn_are_told_apart() -> None:
    corrected = replace(DISTRICTS, id=20, story=20, revised=at("2023-10-04T08:00:00"))
    gone = replace(EXPENSES, id=21, story=21, withdrawn=at("2023-10-04T08:00:00"))
    alone = digest(replace(SETTLEMENT, entries=(), amended=(corrected, gone)))
    text, html = parts(alone.data)
    assert alone.subject == f"2 saker er endret: {DISTRICTS.title} …"
    assert alone.told == ()
    assert "Rettet eller trukket tilbake" in text
    assert "3. oktober 2023 · rettet 4. oktober 2023\n" in text
    assert "juni 2023 · trukket tilbake\n" in text
    assert EXPENSES.url not in text  # taken away
    assert EXPENSES.lead not in text + html
    assert "https://imdifeed.example/entries/21/" in text
    assert html.count("<h4") == 2


def test_the_sentence_that_matched_is_shown_where_it_may_be() -> None:
    sentence = Passage("Bruk av tolk koster.", ((8, 12),))
    sections = [replace(WORDS, passages={DISTRICTS.id: sentence, INTERPRETERS.id: sentence})]
    text, html = parts(digest(*sections).data)
    assert text.count("> Bruk av tolk koster.") == 1  # the other source may only be summarised
    assert "Bruk av <b" in html
    assert ">tolk</b> koster." in html
    known = Passage(DISTRICTS.lead.partition(". ")[0] + ".", ())
    text, _ = parts(digest(replace(WORDS, passages={DISTRICTS.id: known})).data)
    assert "\n> " not in text


@pytest.mark.parametrize("spans", [((-3, 2),), ((5, 5),), ((0, 999),), ((3, 6), (4, 8)), ((8, 3),)])
def test_spans_that_fit_no_text_mark_nothing_wrong(spans: tuple[tuple[int, int], ...]) -> None:
    sentence = Passage("Bruk av\ntolk koster.", spans)
    text, _ = parts(digest(replace(WORDS, passages={DISTRICTS.id: sentence})).data)
    assert "> Bruk av tolk koster.\n" in text


def test_deadlines_ahead_and_ailing_sources_are_named() -> None:
    moment = at("2023-10-04T08:00:00")
    deadline = Deadline(
        kind=DeadlineKind.APPLICATION, day=date(2023, 10, 15), time=time(12, 0), sentence="Frist",
        wording="Frist", id=1, sequence=0, found=moment, changed=moment,
    )  # fmt: skip
    run = CrawlRun(
        id=1, source="imdi-news", started=moment, verdict=Verdict.BROKEN, cause=Cause.LOGIN
    )
    composed = compose_digest(
        [SETTLEMENT], site=SITE, tags=TAGS, sources=SOURCES, sender="nytt@imdifeed.example",
        now=moment, unsubscribe_url=ALL,
        deadlines=[EntryDeadline(EXPENSES, deadline)],
        notices=[Notice(SOURCES["imdi-news"], run)],
    )  # fmt: skip
    assert composed
    for part in parts(composed.data):
        assert "15. oktober 2023 kl. 12.00:" in part
        assert "IMDi: nyheter: Kan være ødelagt: kilden krever innlogging" in part
        assert "https://imdifeed.example/sources" in part
    assert f'lang="nn" style="color: #004d8c;">{EXPENSES.title}</a></li>' in parts(composed.data)[1]


def test_a_digest_is_written_in_its_reader_s_language() -> None:
    nynorsk = replace(SETTLEMENT.subscription, language=Language.NYNORSK)
    data = digest(replace(SETTLEMENT, subscription=nynorsk)).data
    _, html = parts(data)
    assert header(data, "Content-Language") == "nn"
    assert '<html lang="nn"' in html
    assert re.findall(r'<(h3|p) lang="(\w+)"', html) == [("h3", "nb"), ("p", "nb")]


def test_the_page_holds_what_the_mail_held_and_no_way_to_leave() -> None:
    composed = digest(replace(SETTLEMENT, older=12), WORDS)
    view = view_from(composed.page)
    text, _ = parts(composed.data)
    assert view.headline == "3 nye saker"
    for group in view.groups:
        assert group.unsubscribe_url == ""
        assert group.listing_url in text
        for story in group.stories:
            assert {story.title, story.url, story.facts, story.summary} <= set(text.splitlines())
    assert page_of(view) == composed.page
    crowded = digest(section(1, EntryQuery(tags=("work",)), *many(53)))
    (group,) = view_from(crowded.page).groups
    assert (len(group.stories), group.rest) == (50, 3)


def test_pages_of_the_first_version_can_be_read_for_good() -> None:
    # never written anew: a field that is added to what a digest shows needs a default
    stored = (Path(__file__).parent / "golden/feed/digest_page_2026.json").read_bytes()
    view = view_from(zlib.compress(stored))
    assert (view.headline, view.day, view.language) == (
        "4 nye saker", date(2023, 10, 4), Language.BOKMAL
    )  # fmt: skip
    assert [len(group.stories) for group in view.groups] == [2, 1]
    assert view.groups[0].amended[0].facts.endswith("trukket tilbake")
    assert view.deadlines[0].day == "15. oktober 2023 kl. 12.00"
    assert len(view.notices) == 1
