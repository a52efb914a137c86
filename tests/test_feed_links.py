"""Addresses and permanent ids."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.query import EntryQuery, Sort
from feed import links
from feed.site import Site
from feed_samples import DISTRICTS, SITE

QUERY = EntryQuery(q="tolk & «råd»", tags=("work",), from_date=date(2020, 1, 31), sort=Sort.OLDEST)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ny IMDi-rapport: Flere innvandrere i distriktene", "ny-imdi-rapport-flere-innvandrere-i"),
        ("Ærlig øl på Å", "aerlig-ol-pa-a"),
        ("Sámi giella, čáŋ, đ, ŧ, š, ž", "sami-giella-can-d-t-s-z"),
        ("Évaluation – 15 400 flyktninger!", "evaluation-15-400-flyktninger"),
        ("!!!", "sak"),
        ("", "sak"),
        ("مرحبا", "sak"),
        ("x" * 500, "x" * 80),
    ],
)
def test_slug(title: str, slug: str) -> None:
    assert links.slug(title).startswith(slug)


def test_slug_is_cut_between_words() -> None:
    assert links.slug("utgifter " * 40) == "-".join(["utgifter"] * 8 + ["utgifter"])[:80]
    assert links.slug("a" * 79 + " bcd") == "a" * 79


@given(st.text(st.characters(codec=None)))
def test_slug_is_always_an_address_part(title: str) -> None:
    slug = links.slug(title)
    assert 1 <= len(slug) <= links.MOST_SLUG_CHARACTERS
    assert slug.isascii()
    assert slug == slug.strip("-")
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_id_survives_host_title_and_address() -> None:
    moved = Site("http://127.0.0.1:8000", authority=SITE.authority, name="Annet navn")
    renamed = replace(DISTRICTS, title="Noe annet", url="https://elsewhere.example/")
    assert links.entry_uri(SITE, DISTRICTS.id) == "tag:imdifeed.example,2026:entry/3"
    assert links.entry_uri(moved, renamed.id) == links.entry_uri(SITE, DISTRICTS.id)
    assert links.feed_uri(moved, QUERY) == links.feed_uri(SITE, QUERY)


def test_addresses_of_a_query() -> None:
    selection = "from=2020-01-31&q=tolk+%26+%C2%ABr%C3%A5d%C2%BB&tag=work"
    assert links.feed_url(SITE, QUERY, "rss") == f"https://imdifeed.example/feed.rss?{selection}"
    assert links.feed_uri(SITE, QUERY) == f"tag:imdifeed.example,2026:feed?{selection}"
    assert links.listing_url(SITE, EntryQuery()) == "https://imdifeed.example/"
    assert "sort=oldest" in links.listing_url(SITE, QUERY)


def test_addresses_of_an_entry_and_of_tokens() -> None:
    assert links.entry_url(SITE, DISTRICTS) == (
        "https://imdifeed.example/entries/3/ny-imdi-rapport-flere-innvandrere-i-distriktene"
    )
    assert links.confirm_url(SITE, "a/b?") == "https://imdifeed.example/confirm/a%2Fb%3F"
    assert links.unsubscribe_url(SITE, "abc") == "https://imdifeed.example/unsubscribe/abc"
