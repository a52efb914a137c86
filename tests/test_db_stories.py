"""What any engine must do with stories, versions, editions, files and addresses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from builders import DISTRICTS, EXPENSES, INTERPRETERS, entry_data, put
from db.errors import EntryNotFoundError
from db.models import (
    Attachment,
    AttachmentState,
    EntryTag,
    Kind,
    Language,
    Outcome,
    Page,
    Precision,
    PublisherDate,
)
from db.query import EntryQuery, Paging
from db.store import Store

pytestmark = pytest.mark.every_engine

DAY = timedelta(days=1)


def ids(store: Store, text: str) -> list[int]:
    query = EntryQuery.parse(parse_qsl(text))
    page = store.entries.search(query, Paging())
    found = [entry.id for entry in page.entries]
    assert page.total == len(found)
    assert sorted(found) == sorted(entry.id for entry in store.entries.newest(query, 100))
    return found


@pytest.fixture
def joined(store: Store, now: datetime) -> tuple[Store, int, int]:
    """A store with one story at two sources, and something else."""
    first = put(store, DISTRICTS, seen=now)
    second = put(
        store,
        replace(DISTRICTS, source="imdi-news", key="page/9", url="https://www.imdi.no/9/"),
        seen=now,
    )
    put(store, EXPENSES, seen=now)
    assert store.stories.join(second, first, by_person=False, now=now)
    return store, first, second


def test_a_story_is_shown_once_with_where_else_it_is(joined: tuple[Store, int, int]) -> None:
    store, first, second = joined
    assert ids(store, "q=distriktene") == [first]
    assert first in ids(store, "")
    assert second not in ids(store, "")
    lead = store.entries.get(first)
    assert [(also.entry_id, also.url) for also in lead.also_at] == [
        (second, "https://www.imdi.no/9/")
    ]
    assert [also.entry_id for also in store.entries.get(second).also_at] == [first]
    assert [entry.story for entry in store.stories.members(second)] == [first, first]


def test_where_only_a_later_member_matches_it_is_the_one_shown(
    joined: tuple[Store, int, int],
) -> None:
    store, first, second = joined
    assert ids(store, "source=imdi-news&q=distriktene") == [second]
    assert ids(store, "source=imdi-press-releases&q=distriktene") == [first]
    assert ids(store, "q=-distriktene&source=imdi-news&lang=nb") == []
    assert sum(store.entries.facets(EntryQuery(q="distriktene")).kinds.values()) == 1


def test_facets_count_a_story_for_each_value_that_finds_it(
    joined: tuple[Store, int, int], now: datetime
) -> None:
    store, first, _second = joined
    elsewhere = replace(
        DISTRICTS,
        source="imdi-news",
        key="page/10",
        kind=Kind.REPORT,
        language=Language.NYNORSK,
        tags=(EntryTag("settlement", "x", 1.0),),
        published=PublisherDate(datetime(2019, 5, 1, tzinfo=UTC), Precision.DAY),
    )
    store.stories.join(put(store, elsewhere, seen=now), first, by_person=False, now=now)
    for query in ("", "q=distriktene", "lang=nn", "source=imdi-news&q=distriktene"):
        asked = EntryQuery.parse(parse_qsl(query))
        found = store.entries.facets(asked)
        for parameter, counts in (
            ("tag", found.tags),
            ("kind", found.kinds),
            ("source", found.sources),
            ("lang", found.languages),
        ):
            for value, count in counts.items():
                if f"{parameter}=" in query:
                    continue
                narrower = EntryQuery.parse(parse_qsl(f"{query}&{parameter}={value}"))
                assert store.entries.search(narrower, Paging()).total == count, narrower
        for year, count in found.years.items():
            narrower = replace(
                asked, from_date=date(int(year), 1, 1), to_date=date(int(year), 12, 31)
            )
            assert store.entries.search(narrower, Paging()).total == count, narrower
    assert store.entries.facets(EntryQuery()).sources == {"imdi-news": 2, "imdi-press-releases": 1}


def test_three_of_one_story_are_shown_once(joined: tuple[Store, int, int], now: datetime) -> None:
    store, first, _second = joined
    third = put(store, replace(DISTRICTS, key="third"), seen=now)
    fourth = put(store, replace(DISTRICTS, key="fourth"), seen=now)
    store.stories.join(fourth, third, by_person=False, now=now)
    assert store.stories.join(fourth, first, by_person=False, now=now)
    assert len(store.stories.members(third)) == 4
    assert ids(store, "q=distriktene") == [first]


def test_joining_again_does_nothing(joined: tuple[Store, int, int], now: datetime) -> None:
    store, first, second = joined
    before = store.entries.state()
    assert not store.stories.join(first, second, by_person=False, now=now)
    assert not store.stories.join(first, first, by_person=True, now=now)
    assert store.entries.state() == before


def test_a_person_s_split_survives_the_rule(joined: tuple[Store, int, int], now: datetime) -> None:
    store, first, second = joined
    assert store.stories.split(first, now=now)
    assert set(ids(store, "q=distriktene")) == {first, second}
    assert not store.stories.join(first, second, by_person=False, now=now)
    assert not store.stories.split(first, now=now)
    assert store.stories.join(first, second, by_person=True, now=now)
    assert ids(store, "q=distriktene") == [first]


def test_splitting_the_first_leaves_the_others_together(
    joined: tuple[Store, int, int], now: datetime
) -> None:
    store, first, second = joined
    third = put(store, replace(DISTRICTS, key="third"), seen=now)
    store.stories.join(third, first, by_person=False, now=now)
    assert store.stories.split(first, now=now)
    assert [entry.id for entry in store.stories.members(second)] == [second, third]
    assert [entry.id for entry in store.stories.members(first)] == [first]


def test_figures_count_stories_as_a_listing_does(
    joined: tuple[Store, int, int], now: datetime
) -> None:
    store, first, _ = joined
    third = put(store, replace(DISTRICTS, key="third"), seen=now)
    store.stories.join(third, first, by_person=False, now=now)
    counts = []
    for change in (
        lambda: None,
        lambda: store.takedowns.take_down(first, reason="", is_about=lambda _page: False, now=now),
        lambda: store.stories.split(third, now=now),
    ):
        change()
        counts.append(store.upkeep.figures().stories)
        assert counts[-1] == store.entries.search(EntryQuery(), Paging()).total
    assert counts == [2, 2, 3]


def test_a_story_of_nothing_is_refused(store: Store, now: datetime) -> None:
    with pytest.raises(EntryNotFoundError):
        store.stories.join(1, 2, by_person=True, now=now)
    with pytest.raises(EntryNotFoundError):
        store.stories.split(1, now=now)


def test_a_re_crawl_keeps_the_story(joined: tuple[Store, int, int], now: datetime) -> None:
    store, first, second = joined
    put(store, replace(DISTRICTS, title="Flere innvandrere i distriktene nå"), seen=now)
    assert store.entries.get(second).story == first
    assert ids(store, "q=distriktene") == [first]


def test_what_came_near_in_time_may_be_the_same(store: Store, now: datetime) -> None:
    def dated(key: str, days: int) -> int:
        date = PublisherDate(datetime(2023, 8, 30, 10, tzinfo=UTC) + days * DAY, Precision.DAY)
        return put(store, replace(DISTRICTS, key=key, published=date), seen=now)

    here, near, far = dated("a", 0), dated("b", 3), dated("c", 30)
    assert [entry.id for entry in store.stories.near(here, within=7 * DAY)] == [near]
    assert [entry.id for entry in store.stories.near(here, within=60 * DAY)] == [near, far]
    store.stories.join(here, near, by_person=False, now=now)
    assert store.stories.near(here, within=7 * DAY) == []


def test_versions_and_editions_know_each_other(store: Store, now: datetime) -> None:
    norwegian = put(store, entry_data(key="1/no", work="1"), seen=now)
    english = put(
        store, entry_data(key="1/en", work="1", language=Language.ENGLISH), seen=now
    )  # fmt: skip
    alone = put(store, entry_data(key="2/no"), seen=now)
    assert [entry.id for entry in store.entries.versions(norwegian)] == [english]
    assert store.entries.versions(alone) == ()
    years = [
        put(
            store,
            entry_data(
                key=f"barometer/{year}",
                series="integreringsbarometeret",
                published=PublisherDate(datetime(year, 6, 1, 10, tzinfo=UTC), Precision.MONTH),
            ),
            seen=now,
        )
        for year in (2018, 2020, 2022)
    ]
    assert [entry.id for entry in store.entries.editions(years[1])] == [years[2], years[0]]
    assert store.entries.editions(alone) == ()


def test_what_is_withdrawn_is_marked_and_comes_back(store: Store, now: datetime) -> None:
    number = put(store, INTERPRETERS, seen=now)
    key, source = INTERPRETERS.key, INTERPRETERS.source
    assert store.entries.is_current(INTERPRETERS)
    assert not store.entries.is_current(replace(INTERPRETERS, title="Rettet"))
    assert store.entries.withdraw(source, [key, "unknown"], now=now + DAY) == 1
    assert not store.entries.is_current(INTERPRETERS)
    assert store.entries.get(number).withdrawn == now + DAY
    assert ids(store, "q=tolk") == [number]
    state = store.entries.state()
    assert store.entries.withdraw(source, [key], now=now + 2 * DAY) == 0
    assert store.entries.state() == state
    again = store.entries.put(INTERPRETERS, seen=now + 3 * DAY, first_crawl=False)
    assert again.outcome is Outcome.UNCHANGED
    assert store.entries.get(number).withdrawn is None
    assert store.entries.by_key(source, key) == store.entries.get(number)
    assert store.entries.by_key(source, "unknown") is None


def test_a_file_is_found_by_the_words_on_its_pages(store: Store, now: datetime) -> None:
    number = put(store, INTERPRETERS, seen=now)
    (unread,) = store.attachments.unread(INTERPRETERS.source)
    assert (unread.entry_id, unread.position) == (number, 0)
    assert unread.attachment == INTERPRETERS.attachments[0]
    store.attachments.read(number, 0, AttachmentState.READ, ["Forord", "Om sauebønder"], now=now)
    assert ids(store, "q=hestebonde") == []
    assert ids(store, "q=sauebonde") == [number]
    assert store.attachments.pages(number, 0) == ["Forord", "Om sauebønder"]
    assert store.attachments.unread(INTERPRETERS.source) == []
    (attachment,) = store.entries.get(number).attachments
    assert (attachment.state, attachment.pages) == (AttachmentState.READ, 2)
    # a new wording keeps what was read of a file that stayed
    put(store, replace(INTERPRETERS, title="Ny tittel"), seen=now)
    assert ids(store, "q=sauebønder") == [number]
    # and a new file is read anew
    file = Attachment("https://www.imdi.no/ny.pdf", "Ny", "application/pdf")
    put(store, replace(INTERPRETERS, attachments=(file,)), seen=now)
    assert ids(store, "q=sauebønder") == []
    assert len(store.attachments.unread(INTERPRETERS.source)) == 1


def test_why_a_file_could_not_be_read_is_kept(store: Store, now: datetime) -> None:
    number = put(store, INTERPRETERS, seen=now)
    store.attachments.read(number, 0, AttachmentState.ENCRYPTED, now=now)
    (attachment,) = store.entries.get(number).attachments
    assert (attachment.state, attachment.pages) == (AttachmentState.ENCRYPTED, None)


def test_addresses_are_known_and_fall_due(store: Store, now: datetime) -> None:
    page = Page(
        source="s", url="https://x/1", etag='"1"', last_modified="", content="c", keys=("1",),
        fetched=now, due=now + DAY,
    )  # fmt: skip
    assert store.pages.get("s", page.url) is None
    store.pages.put(page)
    store.pages.put(replace(page, url="https://x/list", due=None))
    assert store.pages.get("s", page.url) == page
    assert store.pages.get("other", page.url) is None
    assert store.pages.due("s", now=now, limit=9) == []
    assert store.pages.due("s", now=now + DAY, limit=9) == [page]
    gone = replace(page, gone_since=now + DAY, due=now + 2 * DAY)
    store.pages.put(gone)
    assert store.pages.due("s", now=now + DAY, limit=9) == []
    assert store.pages.due("s", now=now + 9 * DAY, limit=9) == [gone]
