"""Names that lead to machines of ours are not asked."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl_site import SCRIPT, Site, press_room, release, serve_sites
from crawler.fetching.resolving import is_public

__all__ = ["serve_sites"]

#: a name server that says whatever it is told to
DECEIVED = """
import socket
_ask = socket.getaddrinfo
def _deceived(host, *rest, **more):
    return _ask("127.0.0.1" if host == "publisher.example" else host, *rest, **more)
socket.getaddrinfo = _deceived
"""


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1",
        "2001:db8::1", "localhost", "",
    ],
)  # fmt: skip
def test_what_is_no_public_address(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize(
    "number", ["193.156.0.1", "8.8.8.8", "2001:67c:21c::1", "64:ff9b::808:808"]
)
def test_what_is_one(number: str) -> None:
    assert is_public(number)


@given(st.text(max_size=50) | st.ip_addresses().map(str))
def test_anything_can_be_asked(number: str) -> None:
    assert is_public(number) in {True, False}


def test_a_name_that_leads_to_this_machine_is_not_asked(
    serve: Callable[[], Site], store_url: str
) -> None:
    site = serve()
    site.publish(release(1, "Kommunene bosetter flyktninger"))
    port = site.base_url.rpartition(":")[2]
    source = press_room(f"http://publisher.example:{port}")
    given = {"database": store_url, "sources": [source], "full": False}
    done = subprocess.run(
        [sys.executable, "-c", DECEIVED + SCRIPT, json.dumps(given)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    (run,) = json.loads(done.stdout)["runs"]
    assert (run["verdict"], run["cause"]) == ("broken", "unreachable")
    assert "resolves to 127.0.0.1, which is no public address" in done.stderr
    assert site.asked == []
