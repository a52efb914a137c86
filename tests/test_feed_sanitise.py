"""HTML, links and summaries made safe."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.sanitise import ALLOWED_TAGS, safe_url, sanitise, summary_of
from feed_samples import DISTRICTS

BASE = "https://imdi.example/nyheter/sak/"


class Elements(HTMLParser):
    """Collects the elements and attributes of a text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def test_structure_stays_and_furniture_goes() -> None:
    html = (
        '<h1>Tittel</h1><p class="x" onclick="a()" style="color:red">Tekst <b>fet</b></p>'
        '<ul><li>Én</li></ul><img src="/a.jpg"><script>alert(1)</script><iframe>x</iframe>'
        '<form><input><button>Send</button></form><svg><a href="/x">y</a></svg>'
    )
    assert sanitise(html, BASE) == "Tittel<p>Tekst <b>fet</b></p><ul><li>Én</li></ul>"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/rapport", "https://imdi.example/rapport"),
        ("../r.pdf", "https://imdi.example/nyheter/r.pdf"),
        ("#notat", "https://imdi.example/nyheter/sak/#notat"),
        ("//annen.example/x", "https://annen.example/x"),
        ("https://annen.example/", "https://annen.example/"),
        ("mailto:post@imdi.example", "mailto:post@imdi.example"),
    ],
)
def test_links_become_absolute_and_give_nothing_away(href: str, expected: str) -> None:
    assert sanitise(f'<a href="{href}">x</a>', BASE) == (
        f'<a href="{expected}" rel="noopener noreferrer">x</a>'
    )


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "JaVa\tScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///x"],
)
def test_links_that_act_are_dropped(href: str) -> None:
    assert sanitise(f'<a href="{href}">x</a>', BASE) == '<a rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize("base", ["", "nyheter", "javascript:1", "http://[::1"])
def test_relative_links_without_a_base_lose_their_target(base: str) -> None:
    assert "href" not in sanitise('<a href="/x">x</a>', base)


def test_characters_no_format_carries_are_gone_even_as_references() -> None:
    assert sanitise("<p>a\x00b\x0bc&#xb;d&#xFFFE;e\ud800f\ufffeg</p>", BASE) == "<p>ab\nc\ndefg</p>"


def test_formatting_left_open_does_not_explode() -> None:
    count = 3000
    opened = "".join(f"<b lang=x{number}>" for number in range(count))
    assert len(sanitise(f"<p>{opened}</p>" + "<p>x</p>" * count, BASE)) < 1_000_000


def test_long_ordinary_text_is_kept_whole() -> None:
    html = (
        '<?xml version="1.0" encoding="x"?>' + '<p>Blå <b>øy</b> &amp; <a href="/x">å</a></p>' * 900
    )
    cleaned = sanitise(html, BASE)
    assert cleaned.count('<a href="https://imdi.example/x"') == 900
    assert cleaned.count("<p>Blå <b>øy</b> &amp; ") == 900


@given(st.text(st.sampled_from(list("<>/=\"'& abipjsx:\x00\x0b\ufffe")), max_size=200))
def test_nothing_hostile_passes(html: str) -> None:
    once = sanitise(html, BASE)
    elements = Elements(once)
    assert elements.tags <= ALLOWED_TAGS
    assert {name for name, _ in elements.attributes} <= {"href", "rel", "lang", "hreflang"}
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", once)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://imdi.example/a?b=c#d", True),
        (" http://127.0.0.1:8000/ ", True),
        ("https://imdi.example/æ", True),
        ("javascript:alert(1)", False),
        ("javascript://x.example/%0aalert(1)", False),
        ("/nyheter", False),
        ("https://", False),
        ("https:///sti", False),
        ("https://a b.example/", False),
        ("https://imdi.example/\u200b", False),
        ("https://[::1", False),
        ("https://imdi.example/" + "x" * 3000, False),
        ("", False),
    ],
)
def test_safe_url(url: str, *, safe: bool) -> None:
    assert safe_url(url) == (url.strip() if safe else "")


def test_summary_is_the_lead_or_the_beginning() -> None:
    assert summary_of(DISTRICTS, 40) == "Stadig færre innvandrere søker seg til…"
    without = replace(DISTRICTS, lead=" \n")
    assert summary_of(without, 40) == "Andre funn i rapporten: Den langvarige…"
    assert summary_of(replace(without, body_text="")) == ""


@pytest.mark.parametrize(
    ("given", "linked"),
    [
        ("https://x.example/[1].pdf", "https://x.example/%5B1%5D.pdf"),
        (
            " https://x.example/Rapport 2023.pdf?a=b c ",
            "https://x.example/Rapport%202023.pdf?a=b%20c",
        ),
        ("https://x y.example/", ""),
        ("https://a b@x.example/", ""),
        ("https://x.example /a", ""),
        ("https://x.example/a\tb", ""),
        ("https://x.example/a\u00a0b", ""),
        ("https://x.example/a%20b?c={d}|e", "https://x.example/a%20b?c=%7Bd%7D%7Ce"),
        ("https://x.example/100%", "https://x.example/100%25"),
        ("https://x.example/#a#b", "https://x.example/#a%23b"),
        ("https://[::1]:8000/a", "https://[::1]:8000/a"),
        ("https://x.example/blåbær", "https://x.example/blåbær"),
        ("https://x[.example/", ""),
        ("https://a@b@c.example/", ""),
    ],
)
def test_addresses_that_servers_take_are_written_as_the_rules_say(given: str, linked: str) -> None:
    assert safe_url(given) == linked
    assert safe_url(linked) == linked
