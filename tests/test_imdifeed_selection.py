"""Digest, feed and listing of one query agree; and a hundred thousand readers fit into memory."""

import email
import shutil
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.policy import default
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import db
from builders import NEWS, PRESS, declare, entry_data
from db.models import (
    Category,
    EntryTag,
    Kind,
    Language,
    Message,
    Precision,
    PublisherDate,
    Rhythm,
    Subscription,
    SubscriptionRequest,
)
from db.query import EntryQuery
from db.store import Store
from imdifeed.config import load_settings
from imdifeed.sending import selection
from imdifeed.sending.digests import plan_and_queue
from imdifeed.sending.selection import Selector
from web_site import run_site

#: when the reader confirms, and when the digest is written
BEGIN = datetime(2026, 11, 23, 6, tzinfo=UTC)
END = BEGIN + timedelta(days=1)
WORDS = ("tolk", "tolken", "tolkeloven", "bosetting", "busetjing", "arbeid", "skole", "kommunene")
QUERIES = (
    "", "q=tolk", "q=tolk+bosetting", "q=-skole", '"q=bosetting i"', "q=title%3Atolk", "q=kommun*",
    "tag=work", "tag=work&tag=settlement", "kind=news", "lang=nn", f"source={NEWS.slug}",
    "q=arbeid&tag=work", "from=2026-11-20", "to=2026-11-23&q=skole",
    "q=bosetting+OR+arbeid&exact=1",
)  # fmt: skip

made = st.fixed_dictionaries(
    {
        "words": st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
        "body": st.lists(st.sampled_from(WORDS), max_size=4),
        "kind": st.sampled_from([Kind.NEWS, Kind.PRESS_RELEASE]),
        "source": st.sampled_from([NEWS.slug, PRESS.slug]),
        "language": st.sampled_from([Language.BOKMAL, Language.NYNORSK]),
        "tags": st.sets(st.sampled_from(["work", "settlement"])),
        # hours after the reader confirmed; days before that it was published
        "seen": st.integers(-30, 30),
        "age": st.none() | st.sampled_from([0, 1, 29, 31, 400]),
        "first_crawl": st.booleans(),
    }
)


@contextmanager
def empty_store(file: Path) -> Iterator[tuple[Store, Path]]:
    with TemporaryDirectory() as folder:
        opened = db.open_store(str(shutil.copy(file, folder)))
        declare(opened, now=BEGIN)
        yield opened, Path(folder)
        opened.close()


def subscribe(
    store: Store, query: str, *, email: str = "kari@kommune.example", at: datetime = BEGIN
) -> Subscription:
    token = f"{email} {query}"
    store.subscriptions.request(
        SubscriptionRequest(
            email=email, query=query, rhythm=Rhythm.DAILY, language=Language.BOKMAL
        ),
        token_hash=token,
        message=Message(
            category=Category.CONFIRMATION, recipient=email, message_id="<x@x>", data=b"",
            dedupe_key=token,
        ),
        now=at - timedelta(hours=2),
        expires=at + timedelta(days=7),
    )  # fmt: skip
    return store.subscriptions.confirm(token, now=at)


def put(store: Store, number: int, found: dict[str, object]) -> int:
    seen = BEGIN + timedelta(hours=int(str(found["seen"])))
    published = None
    if found["age"] is not None:
        published = PublisherDate(
            seen - timedelta(days=int(str(found["age"])), minutes=number), Precision.DAY
        )
    data = entry_data(
        source=found["source"], key=f"{number}", url=f"https://www.imdi.no/sak/{number}/",
        kind=found["kind"], title=f"Om {' '.join(found['words'])}", lead="", body="",
        body_text=" i ".join(found["body"]), published=published, attachments=(),
        language=found["language"],
        tags=tuple(EntryTag(tag, "fordi", 1.0) for tag in sorted(found["tags"])),
    )  # fmt: skip
    return store.entries.put(data, seen=seen, first_crawl=bool(found["first_crawl"])).entry_id


@settings(max_examples=40)
@given(
    # they are found in the order in which they are stored
    entries=st.lists(made, max_size=12).map(
        lambda found: sorted(found, key=lambda one: one["seen"])
    ),
    query=st.sampled_from(QUERIES),
    joined=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=3),
)
def test_digest_feed_and_listing_of_one_query_and_window_agree(
    empty_file: Path,
    entries: list[dict[str, object]],
    query: str,
    joined: list[tuple[int, int]],
) -> None:
    with empty_store(empty_file) as (store, folder):
        numbers = [put(store, number, found) for number, found in enumerate(entries)]
        for one, other in joined:
            if max(one, other) < len(numbers):
                store.stories.join(numbers[one], numbers[other], by_person=True, now=BEGIN)
        canonical = EntryQuery.parse(parse_qsl(query)).canonical()
        subscribe(store, canonical)
        client = run_site(store, lambda: END).client
        joint = "&" if canonical else ""
        answer = client.get(f"/api/entries?{canonical}{joint}sort=newest&per_page=1000").json
        listed = [found["id"] for found in answer["entries"]]
        items = client.get(f"/feed.json?{canonical}").json["items"]
        assert [int(item["id"].rpartition("/")[2]) for item in items] == listed

        window = [store.entries.get(number) for number in listed]
        window = [entry for entry in window if BEGIN < entry.appeared <= END]
        young = [
            entry for entry in window
            if entry.published is None
            or entry.published.moment >= entry.first_seen - timedelta(days=30)
        ]  # fmt: skip
        # whose query has nothing new is passed over
        (choice, *_) = next(Selector(store, Rhythm.DAILY, cutoff=END, now=END).readers(), (None,))
        fresh = [one.entry_id for one in choice.fresh] if choice else []
        assert fresh == [entry.id for entry in young]
        assert (choice.older if choice else 0) == len(window) - len(young)

        config = folder / "imdifeed.toml"
        config.write_text('secret_key = "0123456789abcdef"\n', "utf-8")
        queued = plan_and_queue(store, load_settings(config, {}), now=END).queued
        assert queued == bool(young)
        claimed = store.digests.claim(
            "w", now=END, lease_for=timedelta(hours=1), category=Category.DIGEST
        )
        if claimed:
            mail = email.message_from_bytes(claimed.message.data, policy=default)
            part = mail.get_body(("plain",))
            assert part
            lines = part.get_content().splitlines()
            told = [line for line in lines if line.startswith("https://www.imdi.no/sak/")]
            assert told == [entry.url for entry in young]


def test_the_memory_of_planning_does_not_grow_with_readers_times_entries(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measure the peak of two numbers of readers: a few of them are in memory, not all."""
    monkeypatch.setattr(selection, "_ADDRESSES", 50)
    queries = [f"q=ord{number}" for number in range(20)]
    declare(store, now=now)
    with store.together():
        for number in range(1200):
            subscribe(
                store, queries[number % 20], email=f"leser{number:05}@x.no",
                # so many may sign up in an hour
                at=BEGIN - (1200 - number) * timedelta(seconds=15),
            )  # fmt: skip
        for number in range(200):
            found = {
                "words": [f"ord{number % 20}"], "body": [], "kind": Kind.NEWS, "source": NEWS.slug,
                "language": Language.BOKMAL, "tags": set(), "seen": 1, "age": 0,
                "first_crawl": False,
            }  # fmt: skip
            put(store, number, found)

    def peak(most: int) -> int:
        tracemalloc.start()
        readers = Selector(store, Rhythm.DAILY, cutoff=END, now=END).readers()
        assert all(len(choices[0].fresh) == 10 for choices in islice(readers, most))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(1)  # what is loaded once
    assert peak(1200) < 2 * peak(300)


@pytest.mark.parametrize("query", ["kind=utgått", "from=i+går"])
def test_a_query_nobody_can_read_any_more_tells_nothing(
    store: Store, now: datetime, query: str
) -> None:
    declare(store, now=now)
    subscribe(store, query)
    subscribe(store, "", email="ola@kommune.example")
    found = {
        "words": ["tolk"], "body": [], "kind": Kind.NEWS, "source": NEWS.slug, "seen": 1,
        "language": Language.BOKMAL, "tags": set(), "age": 0, "first_crawl": False,
    }  # fmt: skip
    put(store, 1, found)
    choices = [one for group in Selector(store, Rhythm.DAILY, cutoff=END, now=END).readers()
               for one in group]  # fmt: skip
    assert [one.follower.subscription.email for one in choices] == ["ola@kommune.example"]
