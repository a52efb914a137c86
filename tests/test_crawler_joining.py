"""Stories as they come about: what is stored is joined to its like, and to nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders import DISTRICTS, DOCUMENTS, EXPENSES, NEWS, PRESS, declare
from crawler.items import EntryItem
from crawler.run import import_items
from crawler.stories import joining
from crawler.stories.joining import join_story
from crawler.story import Comparison, Judgement
from db.models import EntryData, Kind, Outcome, Precision, PublisherDate
from db.query import EntryQuery
from db.store import Store

DAY = timedelta(days=1)
#: the release as imdi.no has it
AT_IMDI = replace(
    DISTRICTS,
    source=NEWS.slug,
    key="news/flere",
    url="https://www.imdi.no/aktuelt/flere/",
    kind=Kind.NEWS,
    title="Flere innvandrere i distriktene",
    lead=f"{DISTRICTS.lead} {DISTRICTS.body_text}",
    body="",
    body_text="",
)


@pytest.fixture(autouse=True)
def vocabulary(store: Store, now: datetime) -> None:
    declare(store, now=now)


def stored(store: Store, data: EntryData, now: datetime) -> int:
    number = store.entries.put(data, seen=now, first_crawl=True).entry_id
    join_story(store, number, now=now)
    return number


def dated(days: int) -> PublisherDate:
    return PublisherDate(datetime(2023, 8, 30, 10, tzinfo=UTC) + days * DAY, Precision.DAY)


def item(data: EntryData, **changes: Any) -> EntryItem:
    names = ("key", "url", "kind", "title", "lead", "body", "published")
    given = {name: getattr(data, name) for name in names}
    return EntryItem(shape="test", **{**given, **changes})


def test_what_two_sources_tell_is_one_story(store: Store, now: datetime) -> None:
    first, second = stored(store, DISTRICTS, now), stored(store, AT_IMDI, now)
    assert store.entries.get(second).story == first
    assert [entry.id for entry in store.entries.newest(EntryQuery(), 9)] == [first]


def test_items_are_joined_on_their_way_in(store: Store, now: datetime) -> None:
    import_items([item(DISTRICTS)], PRESS, store, now=now)
    import_items([item(AT_IMDI)], NEWS, store, now=now)
    (entry,) = store.entries.newest(EntryQuery(), 9)
    assert [also.source for also in entry.also_at] == [NEWS.slug]
    state = store.entries.state()
    import_items([item(AT_IMDI)], NEWS, store, now=now + DAY)
    assert store.entries.state() == state, "what is unchanged is not looked at again"


def test_a_change_that_makes_two_alike_joins_them(store: Store, now: datetime) -> None:
    import_items([item(DISTRICTS)], PRESS, store, now=now)
    import_items([item(AT_IMDI, title="Kommer", lead="Mer om litt.")], NEWS, store, now=now)
    assert len(store.entries.newest(EntryQuery(), 9)) == 2
    import_items([item(AT_IMDI)], NEWS, store, now=now + DAY)
    assert len(store.entries.newest(EntryQuery(), 9)) == 1


def test_an_entry_and_its_story_are_stored_together_or_not_at_all(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_items([item(DISTRICTS)], PRESS, store, now=now)

    def die(*_given: object, **_more: object) -> bool:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(type(store.stories), "join", die)
        with pytest.raises(SystemExit):
            import_items([item(AT_IMDI)], NEWS, store, now=now)
    assert store.entries.by_key(NEWS.slug, AT_IMDI.key) is None
    import_items([item(AT_IMDI)], NEWS, store, now=now)
    assert len(store.entries.newest(EntryQuery(), 9)) == 1


def test_nothing_is_joined_through_a_third(store: Store, now: datetime) -> None:
    """Two releases of one source stay two, however well a third goes with both."""
    one = stored(store, DISTRICTS, now)
    near = replace(DISTRICTS, key="b", published=dated(5), title="Igjen: flere i distriktene")
    two = stored(store, near, now)
    assert store.entries.get(two).story == two
    stored(store, replace(AT_IMDI, published=dated(2)), now)
    assert store.entries.get(one).story != store.entries.get(two).story
    assert len(store.stories.members(one)) + len(store.stories.members(two)) == 3


def test_three_hosts_make_one_story(store: Store, now: datetime) -> None:
    first = stored(store, DISTRICTS, now)
    stored(store, AT_IMDI, now)
    third = stored(store, replace(DISTRICTS, source=DOCUMENTS.slug, key="c", published=None), now)
    assert store.entries.get(third).story == third, "without a date it is far from the others"
    fourth = stored(store, replace(DISTRICTS, source="regjeringen", key="d"), now)
    assert len(store.stories.members(fourth)) == 3
    assert store.entries.get(fourth).story == first


def test_a_person_s_split_survives_a_changed_text(store: Store, now: datetime) -> None:
    first, second = stored(store, DISTRICTS, now), stored(store, AT_IMDI, now)
    assert store.stories.split(second, now=now)
    changed = replace(AT_IMDI, body_text="Mer om rapporten.")
    assert store.entries.put(changed, seen=now, first_crawl=False).outcome is Outcome.CHANGED
    assert join_story(store, second, now=now) == 0
    assert store.entries.get(second).story != store.entries.get(first).story


def test_only_what_is_near_in_time_is_compared(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        other = replace(DISTRICTS, key=str(number), published=dated(-100 * (number + 1)))
        store.entries.put(other, seen=now, first_crawl=True)
    for near in (replace(AT_IMDI, key="near"), replace(EXPENSES, published=AT_IMDI.published)):
        store.entries.put(near, seen=now, first_crawl=True)
    compared: list[EntryData] = []
    judge = joining.same_story

    def counting(one: EntryData, other: EntryData) -> Comparison:
        compared.append(other)
        return judge(one, other)

    monkeypatch.setattr(joining, "same_story", counting)
    stored(store, DISTRICTS, now)
    assert {entry.key for entry in compared} == {"near"}, "nor what has nothing in common with it"


def test_a_day_of_many_alike_is_compared_in_bounds(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(joining.MOST_COMPARED + 20):
        other = replace(AT_IMDI, key=str(number), lead=f"{AT_IMDI.lead} Del {number}.")
        store.entries.put(other, seen=now, first_crawl=True)
    compared: list[EntryData] = []

    def counting(one: EntryData, other: EntryData) -> Comparison:
        compared.append(other)
        return Comparison(Judgement.UNRELATED, "")

    monkeypatch.setattr(joining, "same_story", counting)
    stored(store, DISTRICTS, now)
    assert len(compared) == joining.MOST_COMPARED
