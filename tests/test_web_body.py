import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.sanitise import sanitise
from web.entry.body import in_order, in_reach


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<p>a</p>", "<p>a</p>"),
        ("<h3>a</h3><h3>b</h3>", "<h2>a</h2><h2>b</h2>"),
        ("<h2>a</h2><h3>b</h3><h2>c</h2>", "<h2>a</h2><h3>b</h3><h2>c</h2>"),
        ("<h2>a</h2><h5>b</h5><h4>c</h4>", "<h2>a</h2><h3>b</h3><h3>c</h3>"),
        ("<h4>a</h4><h3>b</h3><h6>c</h6>", "<h2>a</h2><h2>b</h2><h3>c</h3>"),
        ('<h3 lang="en">a <b>b</b></h3>', '<h2 lang="en">a <b>b</b></h2>'),
        ('<p lang="<h3>">a</p><hr>', '<p lang="<h3>">a</p><hr>'),
        ("<h2>a <b>b <h4>c</h4></b></h2>", "<h2>a <b>b <h3>c</h3></b></h2>"),
    ],
)
def test_headings_begin_at_the_second_level_and_leave_none_out(given: str, expected: str) -> None:
    assert in_order(given) == expected


def test_a_table_scrolls_in_a_region_of_its_own() -> None:
    region = '<div class="wide" role="region" aria-label="Tabell &amp; tall" tabindex="0">'
    inner = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    outer = inner.replace("1", inner)
    assert in_reach(f"<p>a</p>{outer}b", "Tabell & tall") == f"<p>a</p>{region}{outer}</div>b"
    assert in_reach(inner * 2, "Tabell & tall") == f"{region}{inner}</div>" * 2
    assert in_reach('<p lang="<table>">a</p>', "x") == '<p lang="<table>">a</p>'


@given(st.lists(st.sampled_from(["<h2>", "<h4>", "</h4>", "<h6 lang='<h3>'>", "a", "<b>", "<p>"])))
def test_nothing_but_levels_changes(parts: list[str]) -> None:
    safe = sanitise("".join(parts), "https://www.imdi.no/")
    found = in_order(safe)
    assert re.sub("h[2-6]", "h", found) == re.sub("h[2-6]", "h", safe)
    # still well nested: a second reading changes nothing
    assert sanitise(found, "https://www.imdi.no/") == found
    depth = 1
    for level in map(int, re.findall("<h([2-6])", re.sub('"[^"]*"', "", found))):
        assert level <= depth + 1
        depth = level
