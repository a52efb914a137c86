"""What only the file shows: that an address is really gone, and that older readers are kept."""

import sqlite3
from datetime import datetime, timedelta

import pytest

import db
from db.models import Rhythm
from db.sqlite import migrations
from db.store import Store
from test_db_readers import DAY, KARI, ask, mail_digest, reader, request_link, subscribe

OLDER = """
INSERT INTO subscriber (email) VALUES ('Kari@Kommune.example'), ('ola@kommune.example');
INSERT INTO subscription (subscriber_id, query, rhythm, language, confirmed)
  VALUES (1, 'q=tolk', 'daily', 'nb', '2026-11-01T06:00:00.000Z');
INSERT INTO subscription_request
  (token_hash, email, query, rhythm, language, requested, expires, subscription_id)
  VALUES ('done', 'Kari@Kommune.example', 'q=tolk', 'daily', 'nb',
          '2026-11-01T05:00:00.000Z', '2026-11-08T05:00:00.000Z', 1),
         ('waiting', 'ola@kommune.example', 'q=lov', 'daily', 'nb',
          '2026-11-22T06:00:00.000Z', '2026-11-29T06:00:00.000Z', NULL);
INSERT INTO outbox (dedupe_key, category, recipient, message_id, data, state, created, not_before)
  VALUES ('d', 'digest', 'Kari@Kommune.example', '<d@x>', x'', 'sent', '2026-11-02T06:00:00.000Z',
          '2026-11-02T06:00:00.000Z');
INSERT INTO told (subscription_id, story, outbox_id) VALUES (1, 1, 1);
INSERT INTO unsubscribe_token (token_hash, subscription_id) VALUES ('leave', 1);
"""


def holds(path: str, text: str) -> list[str]:
    """Name the tables of a file that hold a text anywhere, whatever the case of its letters."""
    connection = sqlite3.connect(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    found = [
        table
        for table in tables
        if not table.startswith(("entry_fts", "sqlite_autoindex"))
        and connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = ? AND type = 'table'", (table,)
        ).fetchone()
        and any(
            text.lower() in str(value).lower()
            for row in connection.execute(f'SELECT * FROM "{table}"')
            for value in row
        )
    ]
    connection.close()
    return found


def test_an_erased_address_is_nowhere_in_the_file(
    store: Store, store_url: str, now: datetime
) -> None:
    mail_digest(store, now, subscribe(store, now))
    request_link(store, now)
    ask(store, now, "waiting", query="q=lov")
    assert set(holds(store_url, KARI)) == {"subscriber", "subscription_request", "outbox"}
    store.readers.erase(reader(store), now=now + DAY)
    assert holds(store_url, KARI) == []
    assert holds(store_url, "nye saker om «tolk»") == []


def test_a_refused_address_is_nowhere_in_the_file_once_its_mail_is_forgotten(
    store: Store, store_url: str, now: datetime
) -> None:
    ask(store, now)
    claimed = store.digests.claim("w", now=now, lease_for=DAY)
    assert claimed
    store.subscriptions.refuse("t1", now=now)
    assert holds(store_url, KARI) == ["outbox"]
    store.readers.forget(ended_before=now, now=now)
    assert holds(store_url, "key-of-kari") == ["refusal", "asked"]


@pytest.fixture
def older(store_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a database as it was before readers could change anything, with two of them."""
    before = tuple(name for name in migrations.KNOWN if name < "m0007")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "KNOWN", before)
        connection = sqlite3.connect(store_url)
        migrations.migrate(connection, store_url)
        connection.executescript(OLDER)
        connection.close()
    return store_url


def test_readers_of_an_older_version_are_kept(older: str, now: datetime) -> None:
    store = db.open_store(older)
    try:
        (subscription,) = store.subscriptions.active(Rhythm.DAILY, now=now)
        assert subscription.email == "kari@kommune.example"
        assert subscription.tells_after == datetime.fromisoformat("2026-11-01T06:00Z")
        assert not subscription.corrections
        known = reader(store)
        data = store.readers.personal_data(known)
        assert data["consents"] == [
            {
                "subscription": 1,
                "given": "2026-11-01T06:00:00.000Z",
                "wording": "",
                "language": "nb",
            }
        ]
        assert store.subscriptions.confirm("done", now=now) == subscription
        assert store.subscriptions.confirm("waiting", now=now).query == "q=lov"
        assert store.subscriptions.end("leave", reason="link", now=now) == 1
        store.readers.forget(ended_before=now + timedelta(days=1), now=now + 30 * DAY)
        assert [one.email for one in store.readers.all()] == ["ola@kommune.example"]
    finally:
        store.close()
    assert "subscriber" not in holds(older, "kari@")
