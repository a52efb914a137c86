"""Who is answered, how often, and what is never written down."""

import ipaddress
from dataclasses import replace
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from builders import fill
from db.store import Store
from web import WebSettings, create_app
from web.every_request.guard import Limiter, client_of, is_loopback, network_of, packed
from web_site import SITE

SETTINGS = WebSettings(
    site=SITE,
    sender="IMDi-nytt <nytt@example.no>",
    secret_key="s",
    clock=lambda: datetime.fromisoformat("2026-11-23T06:00:00+00:00"),
    on_queued=lambda: None,
    hosts=("andre.example.no",),
)
ANYBODY = "192.0.2.77"


def client(store: Store, **changes: object) -> FlaskClient:
    return create_app(store, replace(SETTINGS, **changes)).test_client()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("imdifeed.example", 200),
        ("IMDIFEED.example:443", 200),
        ("imdifeed.example.", 200),
        ("andre.example.no", 200),
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("imdifeed.example.evil.example", 400),
        ("imdifeed.example@evil.example", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
def test_the_site_answers_under_its_own_names_only(
    store: Store, now: datetime, host: str, status: int
) -> None:
    fill(store, seen=now)
    site = client(store)
    answer = site.get("/", headers={"Host": host})
    assert answer.status_code == status
    assert "evil" not in answer.get_data(as_text=True)
    assert site.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200


def test_too_many_requests_of_a_network_wait_and_others_do_not(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    site = client(store, requests_per_minute=30)

    def ask(address: str, **more: str) -> int:
        answer = site.get("/", environ_overrides={"REMOTE_ADDR": address}, headers=more)
        if answer.status_code == 429:
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
            assert "For mange" in answer.get_data(as_text=True)
        return answer.status_code

    statuses = [ask(f"192.0.2.{n}") for n in range(40)]
    assert set(statuses[:30]) == {200}
    assert set(statuses[30:]) == {429}
    assert ask("198.51.100.1") == 200
    assert {ask("127.0.0.1") for _ in range(50)} == {200}, "this machine's own are not counted"
    # without a proxy of ours, a header changes nothing
    assert ask("192.0.2.1", **{"X-Forwarded-For": "203.0.113.9"}) == 429
    assert ask("127.0.0.1", **{"X-Forwarded-For": "192.0.2.1"}) == 200


def test_behind_a_proxy_it_is_its_client_that_counts(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    site = client(store, requests_per_minute=10, proxies=1)

    def ask(forwarded: str) -> int:
        return site.get("/", headers={"X-Forwarded-For": forwarded}).status_code

    assert [ask(f"203.0.113.{n}, 192.0.2.1") for n in range(12)][-1] == 429, "hearsay is not heard"
    assert ask("192.0.2.1, 198.51.100.1") == 200


def test_a_sign_up_weighs_as_ten_pages(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    site = client(store, requests_per_minute=30)
    statuses = [
        site.post(
            "/subscribe",
            data={"email": f"a{n}@example.no"},
            environ_overrides={"REMOTE_ADDR": ANYBODY},
        ).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 200, 429]


def test_leaving_weighs_as_one(store: Store, now: datetime) -> None:
    site = client(store, requests_per_minute=30)
    statuses = [
        site.post(
            f"/unsubscribe/{n}",
            data={"List-Unsubscribe": "One-Click"},
            environ_overrides={"REMOTE_ADDR": ANYBODY},
        ).status_code
        for n in range(20)
    ]
    assert set(statuses) == {404}, "the tokens are unknown, but each was looked at"


def test_overlong_parameters_are_refused(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    assert client(store).get("/?q=" + "a" * 50_000).status_code == 414


def test_allowances_come_back_and_the_table_stays_small() -> None:
    seconds = [0.0]
    limiter = Limiter(60, clock=lambda: seconds[0], most=100)
    network = network_of(packed(ANYBODY))
    assert [limiter.wait(network) for _ in range(60)] == [0.0] * 60
    assert limiter.wait(network) == pytest.approx(1.0)
    seconds[0] += 1.0
    assert limiter.wait(network) == 0.0
    seconds[0] -= 3600
    assert limiter.wait(network) == pytest.approx(1.0)
    seconds[0] += 1.0
    assert limiter.wait(network) == 0.0, "a clock set back locks nobody out"
    for n in range(10_000):
        limiter.wait(ipaddress.ip_address(n * 256).packed[:3])
    assert len(limiter) == 100


def test_no_address_is_kept() -> None:
    limiter = Limiter(60, clock=lambda: 0.0)
    limiter.wait(network_of(packed(ANYBODY)))
    kept = repr(vars(limiter))
    assert "192.0" not in kept
    assert ipaddress.ip_address(ANYBODY).packed[:3].hex() not in kept


@given(st.text(max_size=60), st.text(max_size=200), st.integers(0, 5))
def test_whatever_an_address_is_it_has_a_network(remote: str, forwarded: str, proxies: int) -> None:
    client = client_of(remote, forwarded, proxies)
    assert len(client) in {0, 4, 16}
    assert len(network_of(client)) in {0, 3, 6}
    is_loopback(client)


@given(st.ip_addresses())
def test_addresses_are_read_as_python_reads_them(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    mapped = getattr(address, "ipv4_mapped", None) or address
    assert packed(str(address)) == packed(f"{address}%eth0") == mapped.packed
    assert is_loopback(packed(str(address))) == mapped.is_loopback


def test_networks() -> None:
    def network(address: str) -> bytes:
        return network_of(packed(address))

    assert network("192.0.2.1") == network("192.0.2.255") == network("::ffff:192.0.2.9")
    assert network("2001:db8:1:2::3") == network("2001:db8:1:ffff::1")
    assert network("2001:db8:1::") != network("2001:db8:2::")
    assert is_loopback(packed("127.3.2.1"))
    assert is_loopback(packed("::1"))
    assert is_loopback(packed("::ffff:127.0.0.1"))
    assert not is_loopback(packed("127.0.0.1.evil.example"))
    assert not is_loopback(packed("::"))
