"""Tags that were renamed or ended, from the taxonomy to the store."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from builders import SOURCES, TAGS, fill
from crawler.errors import TaxonomyError
from crawler.tags.taxonomy import read_former, read_rules, read_tags
from db.models import (
    Category,
    FormerTag,
    Language,
    Message,
    Rhythm,
    Subscription,
    SubscriptionRequest,
    Tag,
)
from db.query import EntryQuery
from db.store import Store

pytestmark = pytest.mark.every_engine

HOUSING = FormerTag("housing", "Bolig", now="settlement")
CAMPAIGN = FormerTag("campaign", "Kampanje", ended=date(2026, 11, 22))
DAY = timedelta(days=1)
TAXONOMY = """
[settlement]
label_nb = "Bosetting"
label_nn = "Busetjing"
label_en = "Settlement"
strong = ["bosett*"]

[former.housing]
label_nb = "Bolig"
now = "settlement"

[former.campaign]
label_nb = "Kampanje"
ended = 2026-11-22
"""


def taxonomy(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tags.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_taxonomy_names_what_was(tmp_path: Path) -> None:
    path = taxonomy(tmp_path, TAXONOMY)
    assert read_former(path) == [HOUSING, CAMPAIGN]
    assert [tag.slug for tag in read_tags(path)] == ["settlement"]
    assert [rule.tag.slug for rule in read_rules(path)[0]] == ["settlement"]
    assert read_former(taxonomy(tmp_path, TAXONOMY.partition("[former")[0])) == []


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ('now = "settlement"', 'now = "nowhere"', "line 10: tag 'former.housing': there is no tag"),
        ('now = "settlement"', "", "needs `now`, the tag in its place, or `ended`, a date"),
        ("ended = 2026-11-22", 'ended = "i går"', "line 14: tag 'former.campaign': ended must be"),
        ("ended = 2026-11-22", "ended = 2026-11-22T10:00:00", "ended must be a date"),
        ('label_nb = "Kampanje"', "", "needs a text label_nb"),
        ('label_nb = "Kampanje"', 'label_nb = "K"\nstrong = []', "'strong' is none of"),
        ("[former.campaign]", "[former.settlement]", "is not the name of a tag that was"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, wrong: str, right: str, complaint: str
) -> None:
    with pytest.raises(TaxonomyError) as error:
        read_former(taxonomy(tmp_path, TAXONOMY.replace(wrong, right)))
    assert complaint in str(error.value)


def test_the_bundled_taxonomy_can_be_read() -> None:
    assert isinstance(read_former(), list)


def subscribe(store: Store, query: str, now: datetime) -> Subscription:
    message = Message(
        category=Category.CONFIRMATION,
        recipient="leser@example.org",
        message_id=f"<{query}@x.example>",
        data=b"",
        dedupe_key=query,
    )
    request = SubscriptionRequest(
        email="leser@example.org", query=query, rhythm=Rhythm.DAILY, language=Language.BOKMAL
    )
    store.subscriptions.request(
        request, token_hash=query, message=message, now=now, expires=now + 7 * DAY
    )
    return store.subscriptions.confirm(query, now=now)


def test_a_renamed_tag_takes_entries_and_subscriptions_along(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    settled = [entry.id for entry in store.entries.newest(EntryQuery(tags=("settlement",)), 9)]
    kept = subscribe(store, "tag=settlement&tag=work", now)
    double = subscribe(store, "q=bolig&tag=homes", now)
    subscribe(store, "q=bolig&tag=settlement", now)
    new = [tag if tag.slug != "settlement" else _renamed(tag.label_nb) for tag in TAGS]
    renames = [FormerTag("settlement", "Bosetting", "homes"), CAMPAIGN]
    store.vocabulary.declare(SOURCES, new, former=renames, now=now + DAY)
    assert store.vocabulary.former() == {tag.slug: tag for tag in renames}
    moved = store.entries.newest(EntryQuery(tags=("homes",)), 9)
    assert [entry.id for entry in moved] == settled
    assert "settlement" not in {tag.slug for entry in moved for tag in entry.tags}
    active = {one.id: one.query for one in store.subscriptions.active(Rhythm.DAILY)}
    assert active == {kept.id: "tag=homes&tag=work", double.id: "q=bolig&tag=homes"}
    change = store.entries.state().change
    store.vocabulary.declare(SOURCES, new, former=renames, now=now + 2 * DAY)
    assert store.entries.state().change == change
    store.vocabulary.declare(SOURCES, new, now=now + 2 * DAY)
    assert store.vocabulary.former() == {}


def _renamed(label: str) -> Tag:
    return Tag("homes", label, label, label)
