import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from builders import fill
from db.models import (
    Category,
    ClaimedMessage,
    DigestContents,
    Language,
    Message,
    Rhythm,
    Subscription,
    Told,
)
from db.store import Store
from web.mail.subscriptions import CONFIRM_WITHIN
from web.mail.tokens import hash_token, new_token
from web_site import Running, read, run_site

ADDRESS = "leser@kommune.no"
QUERY = {"tag": "work", "q": "rapport"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Clock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def site(store: Store, now: datetime, clock: Callable[[], datetime]) -> Running:
    fill(store, seen=now)
    return run_site(store, clock)


def sent(store: Store, now: datetime) -> ClaimedMessage | None:
    return store.digests.claim("test", now=now, lease_for=timedelta(minutes=5))


def token_in(message: Message) -> str:
    mail = message_from_bytes(message.data, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(r"https://imdifeed\.example/confirm/(\S+)", text)
    assert found
    return found[1]


def sign_up(site: Running, store: Store, now: datetime) -> str:
    assert site.client.post("/subscribe", data={"email": ADDRESS, **QUERY}).status_code == 200
    claimed = sent(store, now)
    assert claimed
    return token_in(claimed.message)


def subscribe(site: Running, store: Store, now: datetime) -> tuple[Subscription, str]:
    """Give a confirmed subscription and a token that ends it, as a digest would carry."""
    site.client.post(f"/confirm/{sign_up(site, store, now)}")
    (subscription,) = store.subscriptions.active(Rhythm.DAILY)
    token = new_token()
    message = Message(
        category=Category.DIGEST,
        recipient=ADDRESS,
        message_id="<d@x>",
        data=b"x",
        dedupe_key="digest:1",
    )
    contents = DigestContents(
        told=(Told(subscription_id=subscription.id, story=1),),
        tokens=((hash_token(token), (subscription.id,)),),
    )
    store.digests.enqueue(message, contents, now=now)
    return subscription, token


def test_the_form_shows_what_would_be_followed(site: Running) -> None:
    page = read(site.client.get("/subscribe?tag=work&q=rapport&sort=oldest&page=3").text)
    assert "tema Arbeid, ord «rapport»" in page.text
    hidden = {(found["name"], found["value"]) for found in page.all("input", type="hidden")}
    assert hidden == {("tag", "work"), ("q", "rapport")}
    checked = [found["value"] for found in page.all("input", type="radio") if "checked" in found]
    assert checked == ["daily"]
    (form,) = page.all("form", method="post")
    assert form["action"] == "/subscribe"


def test_signing_up_sends_a_confirmation_and_nothing_else(
    site: Running, store: Store, now: datetime
) -> None:
    response = site.client.post("/subscribe", data={"email": f"  {ADDRESS} ", **QUERY})
    assert response.status_code == 200
    assert ADDRESS not in response.text
    assert "tema Arbeid, ord «rapport»" in read(response.text).text
    assert site.queued == [now]
    claimed = sent(store, now)
    assert claimed
    message = claimed.message
    assert message.category is Category.CONFIRMATION
    assert message.recipient == ADDRESS
    token = token_in(message)
    assert message.dedupe_key == f"confirmation:{hash_token(token)}"
    assert token not in message.dedupe_key + message.message_id
    assert store.subscriptions.active(Rhythm.DAILY) == []


def test_opening_a_confirmation_link_changes_nothing(
    site: Running, store: Store, now: datetime
) -> None:
    token = sign_up(site, store, now)
    for ask in (site.client.get, site.client.head, site.client.options, site.client.get):
        assert ask(f"/confirm/{token}").status_code == 200
    assert store.subscriptions.active(Rhythm.DAILY) == []
    page = read(site.client.get(f"/confirm/{token}").text)
    assert "tema Arbeid, ord «rapport»" in page.text
    (form,) = page.all("form")
    assert form == {"method": "post"}  # posts to its own address, wherever that is


def test_confirming_starts_the_subscription_once(
    site: Running, store: Store, now: datetime
) -> None:
    token = sign_up(site, store, now)
    for _ in range(2):
        response = site.client.post(f"/confirm/{token}")
        assert response.status_code == 200
        assert "Abonnementet er bekreftet" in read(response.text).text
    (subscription,) = store.subscriptions.active(Rhythm.DAILY)
    assert (subscription.email, subscription.query) == (ADDRESS, "q=rapport&tag=work")


def test_a_confirmation_link_runs_out(
    site: Running, store: Store, now: datetime, clock: Clock
) -> None:
    token = sign_up(site, store, now)
    clock.moment = now + CONFIRM_WITHIN
    for ask in (site.client.get, site.client.post):
        response = ask(f"/confirm/{token}")
        assert response.status_code == 404
        assert "Lenken virker ikke" in read(response.text).text
    assert store.subscriptions.active(Rhythm.DAILY) == []


def test_opening_an_unsubscribe_link_changes_nothing(
    site: Running, store: Store, now: datetime
) -> None:
    subscription, token = subscribe(site, store, now)
    for ask in (site.client.get, site.client.head, site.client.options):
        assert ask(f"/unsubscribe/{token}").status_code == 200
    assert store.subscriptions.active(Rhythm.DAILY) == [subscription]
    page = read(site.client.get(f"/unsubscribe/{token}").text)
    assert "tema Arbeid, ord «rapport»" in page.text
    assert page.all("form") == [{"method": "post"}]


@pytest.mark.parametrize(
    "arguments",
    [
        {"data": ONE_CLICK},
        {"data": ONE_CLICK, "content_type": "multipart/form-data"},
        {"data": ONE_CLICK, "headers": {"Sec-Fetch-Site": "cross-site", "Origin": "https://x.no"}},
        {"data": b"List-Unsubscribe=One-Click"},
        {"data": {}},
        {"data": {}, "headers": {"Sec-Fetch-Site": "same-origin", "Origin": "null"}},
        {"data": {}, "headers": {"Origin": "null"}},
    ],
)  # fmt: skip
def test_unsubscribing_takes_one_post(
    site: Running, store: Store, now: datetime, arguments: dict[str, object]
) -> None:
    _, token = subscribe(site, store, now)
    for _ in range(3):
        response = site.client.post(f"/unsubscribe/{token}", **arguments)  # type: ignore[arg-type]
        assert response.status_code == 200
        assert "Location" not in response.headers
        assert "Du er meldt av" in read(response.text).text
    assert store.subscriptions.active(Rhythm.DAILY) == []
    page = read(site.client.get(f"/unsubscribe/{token}").text)
    assert "Du er meldt av" in page.text
    assert page.all("form") == []
    assert page.all("a", href="/subscribe?q=rapport&tag=work")


def test_an_ended_subscription_is_not_started_again_by_its_old_link(
    site: Running, store: Store, now: datetime
) -> None:
    confirmation = sign_up(site, store, now)
    site.client.post(f"/confirm/{confirmation}")
    (subscription,) = store.subscriptions.active(Rhythm.DAILY)
    token = new_token()
    message = Message(
        category=Category.DIGEST, recipient=ADDRESS, message_id="<d@x>", data=b"x", dedupe_key="d"
    )
    contents = DigestContents(told=(), tokens=((hash_token(token), (subscription.id,)),))
    store.digests.enqueue(message, contents, now=now)
    site.client.post(f"/unsubscribe/{token}")
    page = read(site.client.post(f"/confirm/{confirmation}").text)
    assert "senere avsluttet" in page.text
    assert store.subscriptions.active(Rhythm.DAILY) == []


@pytest.mark.parametrize("path", ["/confirm/", "/unsubscribe/"])
@pytest.mark.parametrize("token", ["x", "a" * 500, "æøå", "%00", "..%2f", "' OR 1=1 --"])
def test_unknown_links_get_a_plain_page(site: Running, path: str, token: str) -> None:
    for ask in (site.client.get, site.client.post):
        response = ask(path + token)
        assert response.status_code == 404
        read(response.text)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "   ",
        "leser",
        "leser@",
        "@kommune.no",
        "leser@kommune",
        "le ser@kommune.no",
        "leser@kommune.no, annen@kommune.no",
        "leser@kommune.no\r\nBcc: annen@kommune.no",
        "Leser <leser@kommune.no>",
        "leser@[127.0.0.1]",
        "læser@kommune.no",
        "a" * 65 + "@kommune.no",
        '"><script>alert(1)</script>@x.no',
    ],
)
def test_a_bad_address_costs_nothing_that_was_filled_in(
    site: Running, store: Store, now: datetime, email: str
) -> None:
    response = site.client.post("/subscribe", data={"email": email, **QUERY})
    assert response.status_code == 400
    page = read(response.text)
    (field,) = page.all("input", type="email")
    assert field["value"] == email.strip()
    assert field["aria-invalid"] == "true"
    assert "email-error" in str(field["aria-describedby"])
    hidden = {(found["name"], found["value"]) for found in page.all("input", type="hidden")}
    assert {("tag", "work"), ("q", "rapport")} <= hidden
    assert site.queued == []
    assert sent(store, now) is None
    assert response.headers["Cache-Control"] == "no-store"


def test_an_address_with_norwegian_letters_in_its_domain_is_sent_as_mail_wants_it(
    site: Running, store: Store, now: datetime
) -> None:
    assert site.client.post("/subscribe", data={"email": "leser@blåbær.no"}).status_code == 200
    claimed = sent(store, now)
    assert claimed
    assert claimed.message.recipient == "leser@xn--blbr-roah.no"


def test_a_sign_up_may_be_tried_with_a_name_set_aside_for_tests(
    site: Running, store: Store, now: datetime
) -> None:
    assert site.client.post("/subscribe", data={"email": "leser@nytt.test"}).status_code == 200
    claimed = sent(store, now)
    assert claimed
    assert claimed.message.recipient == "leser@nytt.test"


def test_all_addresses_get_the_same_answer(site: Running, store: Store, now: datetime) -> None:
    known = site.client.post("/subscribe", data={"email": ADDRESS, **QUERY})
    again = site.client.post("/subscribe", data={"email": ADDRESS, **QUERY})
    other = site.client.post("/subscribe", data={"email": "annen@kommune.no", **QUERY})
    assert known.text == again.text == other.text
    assert [one.status_code for one in (known, again, other)] == [200, 200, 200]
    assert sum(store.digests.counts().values()) == 2
    assert len(site.queued) == 3


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://imdifeed.example"}, 200),
        ({"Origin": "http://localhost"}, 200),  # the test client's own Host
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
    ],
)
def test_other_sites_cannot_send_the_form(
    site: Running, store: Store, now: datetime, headers: dict[str, str], status: int
) -> None:
    response = site.client.post("/subscribe", data={"email": ADDRESS}, headers=headers)
    assert response.status_code == status
    assert (sent(store, now) is None) is (status == 403)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"email": ADDRESS, "tag": "nope"}, 404),
        ({"email": ADDRESS, "from": "x"}, 400),
        ({"email": ADDRESS, "rhythm": "yearly"}, 400),
        ({"email": ADDRESS, "rhythm": "weekly"}, 200),
        ({"email": ADDRESS, "rhythm": "daily"}, 200),
        ({"email": "a" * 70_000}, 413),
        ({"email": ADDRESS, "q": "a" * 10_001}, 400),
    ],
)
def test_the_form_is_checked(site: Running, data: dict[str, str], status: int) -> None:
    response = site.client.post("/subscribe", data=data)
    assert response.status_code == status
    read(response.text)


def test_the_query_may_stand_in_the_address_of_the_post(
    site: Running, store: Store, now: datetime
) -> None:
    site.client.post("/subscribe?tag=work&tag=settlement", data={"email": ADDRESS})
    claimed = sent(store, now)
    assert claimed
    token = token_in(claimed.message)
    wanted = store.subscriptions.requested(hash_token(token), now=now)
    assert wanted.query == "tag=settlement&tag=work"


def test_personal_pages_are_neither_stored_nor_indexed_nor_passed_on(
    site: Running, store: Store, now: datetime
) -> None:
    _, token = subscribe(site, store, now)
    answers = [
        site.client.get(f"/unsubscribe/{token}"),
        site.client.post(f"/unsubscribe/{token}"),
        site.client.get("/confirm/unknown"),
        site.client.post("/subscribe", data={"email": "annen@kommune.no"}),
    ]
    for response in answers:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]


def test_tokens_are_random_and_stored_only_as_hashes() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert all(re.fullmatch("[A-Za-z0-9_-]{22}", new_token()) for _ in range(100))
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


# rhythm, language, consent


def test_what_the_form_says_is_what_is_agreed_to_and_kept(
    site: Running, store: Store, now: datetime
) -> None:
    form = {"email": ADDRESS, "rhythm": "weekly", "corrections": "1", **QUERY}
    shown = read(site.client.get("/subscribe?ui=nn&tag=work&q=rapport").text, "nn").text
    site.client.post("/subscribe?ui=nn", data=form)
    claimed = sent(store, now)
    assert claimed
    mail = message_from_bytes(claimed.message.data, policy=policy.default)
    assert mail["Content-Language"] == "nn"
    assert "@" not in mail["Message-ID"].rpartition("@")[0]
    token = token_in(claimed.message).partition("?")[0]
    wanted = store.subscriptions.requested(hash_token(token), now=now)
    assert (wanted.rhythm, wanted.language, wanted.corrections) == (
        Rhythm.WEEKLY, Language.NYNORSK, True
    )  # fmt: skip
    assert wanted.wording
    assert wanted.wording in shown
    asked = read(site.client.get(f"/confirm/{token}?ui=nn").text, "nn").text
    assert wanted.wording in asked
    site.client.post(f"/confirm/{token}")
    (subscription,) = store.subscriptions.active(Rhythm.WEEKLY)
    assert (subscription.language, subscription.corrections) == (Language.NYNORSK, True)
    reader = store.readers.by_email(ADDRESS)
    assert reader
    assert wanted.wording in str(store.readers.personal_data(reader)["consents"])


def test_another_rhythm_for_the_same_query_changes_it_kindly(
    site: Running, store: Store, now: datetime, clock: Clock
) -> None:
    site.client.post(f"/confirm/{sign_up(site, store, now)}")
    (first,) = store.subscriptions.active(Rhythm.DAILY)
    clock.moment = now + timedelta(hours=2)
    form = {"email": ADDRESS, "rhythm": "weekly", **QUERY}
    site.client.post("/subscribe", data=form)
    first_again, second = sent(store, clock.moment), sent(store, clock.moment)
    assert first_again  # its lease ran out
    assert second
    token = token_in(second.message)
    page = read(site.client.get(f"/confirm/{token}").text).text
    assert "Du følger dette fra før" in page
    site.client.post(f"/confirm/{token}")
    (changed,) = store.subscriptions.active(Rhythm.WEEKLY)
    assert changed.id == first.id
    assert store.subscriptions.active(Rhythm.DAILY) == []


def test_the_same_again_is_harmless(
    site: Running, store: Store, now: datetime, clock: Clock
) -> None:
    first = sign_up(site, store, now)
    for _ in range(3):  # a form sent again and again
        assert site.client.post("/subscribe", data={"email": ADDRESS, **QUERY}).status_code == 200
    assert sum(store.digests.counts().values()) == 1
    site.client.post(f"/confirm/{first}")
    site.client.post(f"/confirm/{first}")
    (subscription,) = store.subscriptions.active(Rhythm.DAILY)
    reader = store.readers.by_email(ADDRESS.upper())
    assert reader
    assert reader.subscriptions == (subscription,)
