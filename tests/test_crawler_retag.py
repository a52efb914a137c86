from datetime import datetime

from builders import INTERPRETERS, entry_data, put
from crawler.retag import moves
from crawler.tagging import load_taxonomy
from db.models import EntryData, EntryTag
from db.store import Store


def as_tagged_now(data: EntryData) -> tuple[EntryTag, ...]:
    return load_taxonomy().tag(title=data.title, lead=data.lead, body_text=data.body_text)


def test_only_what_the_rules_say_otherwise_moves(store: Store, now: datetime) -> None:
    current = as_tagged_now(INTERPRETERS)
    put(store, entry_data(key="same", tags=current[::-1]), seen=now)
    put(store, entry_data(key="lost", tags=()), seen=now)
    put(store, entry_data(key="extra", tags=(*current, EntryTag("work", "", 1.0))), seen=now)
    reworded = [EntryTag(tag.slug, "en gammel grunn", tag.score) for tag in current]
    put(store, entry_data(key="reason", tags=tuple(reworded)), seen=now)
    found = {move.entry.key: (set(move.tags), move.words) for move in moves(store.entries.walk())}
    gained = " ".join(f"+{tag.slug}" for tag in sorted(current, key=lambda tag: tag.slug))
    assert found == {
        "lost": (set(current), gained),
        "extra": (set(current), "-work"),
        "reason": (set(current), "reason"),
    }


def test_deadlines_that_the_rules_find_now_move(store: Store, now: datetime) -> None:
    data = entry_data(body_text="Fristen er 15. januar 2027.")
    number = put(store, entry_data(body_text=data.body_text, tags=as_tagged_now(data)), seen=now)
    (move,) = moves(store.entries.walk())
    assert move.words == "deadlines"
    assert store.deadlines.replace(number, move.deadlines, now=now)
    assert [one.day.isoformat() for one in store.entries.get(number).deadlines] == ["2027-01-15"]
    assert list(moves(store.entries.walk())) == []
