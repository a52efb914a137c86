"""A reader's own page, links asked for anew, refusals, and digests as pages."""

import json
import re
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from builders import fill
from db.models import (
    Bounce,
    Category,
    Delivery,
    DigestContents,
    Language,
    Message,
    Rhythm,
    Shared,
    SubscriptionRequest,
)
from db.store import Store
from feed.digest_view import DigestView, page_of
from feed.stories import Group, Story, Words
from test_db_readers import KARI, message, reader
from test_web_subscriptions import Clock
from web.mail.tokens import address_key, hash_token
from web_site import Running, read, run_site

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def site(store: Store, now: datetime, clock: Callable[[], datetime]) -> Running:
    fill(store, seen=now)
    return run_site(store, clock)


def subscribe(store: Store, now: datetime, query: str, token: str, email: str = KARI) -> int:
    request = SubscriptionRequest(
        email=email, query=query, rhythm=Rhythm.DAILY, language=Language.BOKMAL, address_key=email
    )
    store.subscriptions.request(
        request, token_hash=token, message=message(f"confirm-{token}", email), now=now,
        expires=now + 7 * 24 * HOUR,
    )  # fmt: skip
    return store.subscriptions.confirm(token, now=now).id


def mails(store: Store, now: datetime) -> list[Message]:
    found = []
    while claimed := store.digests.claim("test", now=now, lease_for=HOUR):
        store.digests.settle(claimed, "test", Delivery.SENT, now=now)
        found.append(claimed.message)
    return found


def text_of(mail: Message) -> str:
    body = message_from_bytes(mail.data, policy=policy.default).get_body(("plain",))
    assert body
    return str(body.get_content())


def link_of(site: Running, store: Store, now: datetime) -> str:
    """Ask for a link to Kari's subscriptions; give its path."""
    mails(store, now)
    site.client.post("/subscriptions", data={"email": KARI})
    (mail,) = mails(store, now)
    assert mail.category is Category.CONFIRMATION
    assert mail.recipient == KARI
    found = re.search(r"https://imdifeed\.example(/subscriptions/\S+)", text_of(mail))
    assert found
    return found[1]


@pytest.fixture
def page(site: Running, store: Store, now: datetime) -> str:
    """Give the path of the page of a reader with two subscriptions."""
    subscribe(store, now, "q=tolk&tag=work", "t1")
    subscribe(store, now, "tag=settlement", "t2")
    return link_of(site, store, now)


# asking for a link


def test_all_addresses_get_the_same_answer(site: Running, store: Store, now: datetime) -> None:
    subscribe(store, now, "q=tolk", "t1")
    mails(store, now)
    answers = [
        site.client.post("/subscriptions", data={"email": email})
        for email in (KARI, "KARI@Kommune.example", "ola@kommune.example")
    ]
    assert len({answer.text for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert KARI not in answers[0].text
    assert [mail.recipient for mail in mails(store, now)] == [KARI]


@pytest.mark.parametrize("email", ["", "kari", "kari@x", "a@b.no\r\nBcc: c@d.no", "<x>@y.no"])
def test_a_bad_address_can_be_mended(site: Running, email: str) -> None:
    response = site.client.post("/subscriptions", data={"email": email})
    assert response.status_code == 400
    (field,) = read(response.text).all("input", type="email")
    assert (field["value"], field["aria-invalid"]) == (email.strip(), "true")


def test_a_link_runs_out(
    site: Running, store: Store, now: datetime, clock: Clock, page: str
) -> None:
    clock.moment = now + 25 * HOUR
    for ask in (site.client.get, site.client.post):
        response = ask(page)
        assert response.status_code == 404
        read(response.text)


# the page


def test_the_page_shows_everything_and_is_nobody_else_s_business(site: Running, page: str) -> None:
    response = site.client.get(page)
    shown = read(response.text)
    assert KARI in shown.text
    for words in ("Tema Arbeid, ord «tolk»", "Tema Bosetting"):
        assert words in shown.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "@" not in page


def test_opening_it_changes_nothing(site: Running, store: Store, page: str) -> None:
    before = reader(store)
    for ask in (site.client.get, site.client.head, site.client.options):
        for path in (page, f"{page}/export", f"{page}?action=erase", f"{page}?action=end-all"):
            assert ask(path).status_code == 200
    assert reader(store) == before


def test_a_subscription_is_changed(site: Running, store: Store, page: str) -> None:
    first, second = reader(store).subscriptions
    for _ in range(2):
        response = site.client.post(
            page,
            data={
                "action": "change", "subscription": first.id, "q": " lov ", "rhythm": "weekly",
                "corrections": "1", "language": "nn",
            },
        )  # fmt: skip
        assert response.status_code == 200
        assert "Abonnementet er endret." in read(response.text).text
    changed, other = reader(store).subscriptions
    assert (changed.query, changed.rhythm, changed.language, changed.corrections) == (
        "q=lov&tag=work", Rhythm.WEEKLY, Language.NYNORSK, True
    )  # fmt: skip
    assert other == second


def test_two_subscriptions_to_one_query_are_not_made(
    site: Running, store: Store, now: datetime, page: str
) -> None:
    number = subscribe(store, now, "q=lov&tag=work", "t3")
    first, *_ = reader(store).subscriptions
    change = {"action": "change", "subscription": str(first.id), "q": "lov", "rhythm": "daily"}
    response = site.client.post(page, data=change)
    assert response.status_code == 400
    shown = read(response.text)
    assert "Du følger dette søket fra før" in shown.text
    # at the field that is wrong, with what was written in it
    (field,) = shown.all("input", id=f"q-{first.id}")
    assert (field["value"], field["aria-invalid"]) == ("lov", "true")
    assert shown.all("p", id=str(field["aria-describedby"]))
    assert (
        len(shown.all("input", name="q"))
        > len(shown.all("input", name="q", **{"aria-invalid": "true"}))
        == 1
    )
    long = site.client.post(page, data=change | {"q": "a" * 10_001})
    assert long.status_code == 400
    assert "Søket er for langt" in read(long.text).text
    assert {one.query for one in reader(store).subscriptions if one.id != number} == {
        *("q=tolk&tag=work", "tag=settlement")
    }


def test_pausing_resuming_ending(site: Running, store: Store, page: str) -> None:
    first, second = reader(store).subscriptions
    steps = [
        ({"action": "pause", "subscription": first.id}, [second.id]),
        ({"action": "resume", "subscription": first.id}, [first.id, second.id]),
        ({"action": "end", "subscription": first.id}, [second.id]),
        ({"action": "end-all"}, []),
    ]
    for form, active in steps:
        for _ in range(2):  # a form sent twice
            response = site.client.post(page, data=form)
            assert response.status_code == 200
            read(response.text)
        assert [one.id for one in store.subscriptions.active(Rhythm.DAILY)] == active
    assert "Du har ingen abonnement nå" in read(site.client.get(page).text).text


def test_what_came_back_is_shown_and_can_be_lifted(
    site: Running, store: Store, now: datetime, page: str
) -> None:
    bounced = message("d", category=Category.CONFIRMATION)
    assert bounced.recipient == KARI
    store.readers.request_link(
        KARI, address_key="k", token_hash="x", message=bounced, now=now, expires=now + HOUR
    )  # fmt: skip
    claimed = store.digests.claim("w", now=now, lease_for=HOUR)
    assert claimed
    store.readers.bounced(claimed.id, Bounce.HARD, reason="5.1.1 <no> such user", now=now)
    shown = read(site.client.get(page).text)
    assert "e-posten kom i retur" in shown.text
    assert "5.1.1 <no> such user" in shown.text
    assert store.subscriptions.active(Rhythm.DAILY) == []
    site.client.post(page, data={"action": "lift"})
    assert len(store.subscriptions.active(Rhythm.DAILY)) == 2
    assert "kom i retur" not in read(site.client.get(page).text).text


def test_all_data_come_out_as_a_file(site: Running, page: str) -> None:
    response = site.client.get(f"{page}/export")
    assert response.mimetype == "application/json"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Cache-Control"] == "no-store"
    assert json.loads(response.text)["email"] == KARI


def test_everything_is_erased(site: Running, store: Store, now: datetime, page: str) -> None:
    response = site.client.post(page, data={"action": "erase"})
    assert response.status_code == 200
    assert "Alt er slettet" in read(response.text).text
    assert store.readers.by_email(KARI) is None
    assert site.client.get(page).status_code == 404
    assert site.client.post(page, data={"action": "erase"}).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"action": "nothing"},
        {"action": "pause"},
        {"action": "pause", "subscription": "999"},
        {"action": "pause", "subscription": "x' OR 1=1"},
        {"action": "change", "subscription": "1", "rhythm": "yearly"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused(
    site: Running, store: Store, page: str, form: dict[str, str]
) -> None:
    before = reader(store)
    response = site.client.post(page, data=form)
    assert response.status_code == 400
    read(response.text)
    assert reader(store) == before


def test_nobody_changes_another_s_subscription(
    site: Running, store: Store, now: datetime, page: str
) -> None:
    theirs = subscribe(store, now, "q=tolk", "t9", "ola@kommune.example")
    for action in ("pause", "end", "change"):
        response = site.client.post(page, data={"action": action, "subscription": theirs})
        assert response.status_code == 400
    (one,) = reader(store, "ola@kommune.example").subscriptions
    assert (one.ended, one.paused) == (None, None)


def test_other_sites_cannot_send_its_forms(site: Running, store: Store, page: str) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        response = site.client.post(page, data={"action": "end-all"}, headers=headers)
        assert response.status_code == 403
    assert len(store.subscriptions.active(Rhythm.DAILY)) == 2


# refusing


def test_who_did_not_ask_can_refuse_and_change_their_mind(
    site: Running, store: Store, now: datetime, clock: Clock
) -> None:
    site.client.post("/subscribe", data={"email": KARI, "tag": "work"})
    (mail,) = mails(store, now)
    found = re.search(r"https://imdifeed\.example(/refuse/\S+)", text_of(mail))
    assert found
    path = found[1]
    for ask in (site.client.get, site.client.head, site.client.options):
        assert ask(path).status_code == 200
    assert store.subscriptions.requested(hash_token(path.split("/")[2]), now=now)
    for _ in range(2):
        done = site.client.post(path)
        assert "Du får ikke flere slike e-poster" in read(done.text).text
    clock.moment = now + 48 * HOUR
    answer = site.client.post("/subscribe", data={"email": KARI.upper(), "tag": "settlement"})
    assert answer.status_code == 200
    assert mails(store, clock.moment) == []
    site.client.post(path, data={"allow": "1"})
    site.client.post("/subscribe", data={"email": KARI, "tag": "settlement"})
    assert len(mails(store, clock.moment)) == 1
    assert site.client.get("/refuse/unknown").status_code == 404


def test_an_address_s_key_tells_nothing_without_the_secret() -> None:
    assert address_key("Kari@x.no", "a") == address_key("kari@x.no", "a")
    assert address_key("kari@x.no", "a") != address_key("kari@x.no", "b")
    assert "kari" not in address_key("kari@x.no", "a")


# limits


def test_a_network_asks_for_so_many_mails_and_no_more(
    site: Running, store: Store, clock: Clock
) -> None:
    here = {"REMOTE_ADDR": "192.0.2.7"}
    answers = [
        site.client.post("/subscribe", data={"email": f"a{n}@x.no"}, environ_base=here).status_code
        for n in range(35)
    ]
    assert answers == [200] * 30 + [429] * 5
    refused = site.client.post("/subscriptions", data={"email": KARI}, environ_base=here)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "120"
    other = {"REMOTE_ADDR": "198.51.100.8"}
    data = {"email": "b@x.no"}
    assert site.client.post("/subscribe", data=data, environ_base=other).status_code == 200
    clock.moment += 2 * HOUR
    assert site.client.post("/subscribe", data=data, environ_base=here).status_code == 200


def test_in_all_there_is_a_limit_too(site: Running, store: Store, now: datetime) -> None:
    for n in range(300):
        subscribe(store, now, "q=tolk", f"t{n}", f"a{n}@x.example")
    refused = site.client.post("/subscribe", data={"email": "b@x.no"})
    assert refused.status_code == 429
    read(refused.text)


# digests as pages


def test_a_digest_s_page_shows_what_the_mail_did_and_names_nobody(
    site: Running, store: Store, now: datetime
) -> None:
    story = Story(
        title="Om <tolk>", url="https://www.imdi.no/x/", facts="Nyhet · IMDi", summary="Sammendrag",
        language="en", also=("søk «lov»",), elsewhere="regjeringen.no",
        passage=(Words("Uten "), Words("tolk", marked=True)),
    )  # fmt: skip
    leave = "https://imdifeed.example/unsubscribe/secret"
    group = Group(
        "søk «tolk»", "ord «tolk»", "https://imdifeed.example/?q=tolk", leave, (story,),
        rest=3, older=12, amended=(story,),
    )  # fmt: skip
    view = DigestView(Language.BOKMAL, "4 nye saker", now.date(), (group,), (), ("IMDi: stille",))
    page = page_of(view)
    assert b"secret" not in zlib.decompress(page)
    contents = DigestContents(told=(), page=(hash_token("token"), Shared.of(page)))
    store.digests.enqueue(message("d", category=Category.DIGEST), contents, now=now)
    response = site.client.get("/digests/token")
    shown = read(response.text)
    for words in (
        *("4 nye saker", "Søk «tolk»", "Om <tolk>", "Sammendrag", "Uten tolk", "søk «lov»"),
        *("regjeringen.no", "3 saker til", "12 eldre saker", "IMDi: stille", "23. november 2026"),
    ):
        assert words in shown.text, words
    assert KARI not in response.text
    assert "unsubscribe" not in response.text
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert site.client.get("/digests/unknown").status_code == 404
