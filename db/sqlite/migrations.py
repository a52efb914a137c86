"""Every step the schema has taken; append-only. `schema.sql` beside it is generated from here."""

import sqlite3

import sqlite_utils
from sqlite_utils.migrations import Migrations

from db.errors import SchemaNewerError, StoreUnavailableError

migrations = Migrations("imdifeed")

#: "imdf" in ASCII, so that another program's database is never taken for ours
APPLICATION_ID = 0x696D6466

_INITIAL = """
CREATE TABLE source (
  slug TEXT PRIMARY KEY,
  spider TEXT NOT NULL,
  name TEXT NOT NULL,
  publisher TEXT NOT NULL,
  base_url TEXT NOT NULL,
  publisher_id INTEGER,
  delay REAL NOT NULL,
  republish TEXT NOT NULL
);
CREATE TABLE tag (
  slug TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  label_nb TEXT NOT NULL,
  label_nn TEXT NOT NULL,
  label_en TEXT NOT NULL
);

-- what readers see moves `change` by one, in the same transaction
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  change INTEGER NOT NULL,
  moment TEXT
);
INSERT INTO state (id, change, moment) VALUES (1, 0, NULL);

CREATE TABLE entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- what the publisher said
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  url TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  body TEXT NOT NULL,
  body_text TEXT NOT NULL,
  chapter TEXT NOT NULL,
  publisher TEXT NOT NULL,
  published TEXT,
  published_precision TEXT,
  published_label TEXT,
  updated TEXT,
  updated_precision TEXT,
  updated_label TEXT,
  keywords TEXT NOT NULL, -- JSON list
  shape TEXT NOT NULL,
  -- what we know about it
  language TEXT NOT NULL,
  story INTEGER REFERENCES entry (id), -- NULL where it leads its own
  first_seen TEXT NOT NULL,
  appeared TEXT NOT NULL,
  revised TEXT,
  fingerprint TEXT NOT NULL, -- of the wording: decides "changed"
  checksum TEXT NOT NULL, -- of all the publisher said: decides whether anything is written
  UNIQUE (source, key)
);
CREATE INDEX entry_appeared ON entry (appeared DESC, id DESC);
CREATE INDEX entry_story ON entry (story) WHERE story IS NOT NULL;

CREATE TABLE entry_tag (
  tag TEXT NOT NULL,
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  reason TEXT NOT NULL,
  score REAL NOT NULL,
  PRIMARY KEY (tag, entry_id)
) WITHOUT ROWID;
CREATE INDEX entry_tag_entry ON entry_tag (entry_id);

CREATE TABLE attachment (
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  label TEXT NOT NULL,
  media_type TEXT NOT NULL,
  length INTEGER, -- bytes
  size_label TEXT NOT NULL,
  PRIMARY KEY (entry_id, position)
) WITHOUT ROWID;

CREATE TABLE revision (
  id INTEGER PRIMARY KEY,
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  body TEXT NOT NULL,
  body_text TEXT NOT NULL,
  published TEXT,
  published_precision TEXT,
  published_label TEXT,
  since TEXT NOT NULL,
  until TEXT NOT NULL
);
CREATE INDEX revision_entry ON revision (entry_id);

-- index tokens of db/text.py in text order, rowid = entry.id, written with the entry
CREATE VIRTUAL TABLE entry_fts USING fts5 (
  title, lead, body, keywords,
  tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TABLE crawl_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  started TEXT NOT NULL,
  finished TEXT,
  imported INTEGER NOT NULL, -- read from files, not crawled
  first INTEGER NOT NULL,
  complete INTEGER NOT NULL DEFAULT 0, -- came to the end of what the source lists
  requests INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  unfetched INTEGER NOT NULL DEFAULT 0, -- of the rejected
  verdict TEXT,
  reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX crawl_run_source ON crawl_run (source, id);

CREATE TABLE subscriber (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT UNIQUE -- NULL once erased
);
CREATE TABLE subscription (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
  query TEXT NOT NULL, -- canonical EntryQuery
  rhythm TEXT NOT NULL,
  language TEXT NOT NULL,
  confirmed TEXT NOT NULL,
  ended TEXT,
  ended_reason TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX subscription_active ON subscription (subscriber_id, query) WHERE ended IS NULL;
CREATE TABLE subscription_request (
  token_hash TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  query TEXT NOT NULL,
  rhythm TEXT NOT NULL,
  language TEXT NOT NULL,
  requested TEXT NOT NULL,
  expires TEXT NOT NULL,
  subscription_id INTEGER REFERENCES subscription (id) -- once confirmed
);
CREATE INDEX subscription_request_email ON subscription_request (email, requested);
CREATE TABLE unsubscribe_token (
  token_hash TEXT NOT NULL,
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  PRIMARY KEY (token_hash, subscription_id)
) WITHOUT ROWID;

CREATE TABLE digest_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rhythm TEXT NOT NULL,
  local_date TEXT NOT NULL, -- Europe/Oslo
  cutoff TEXT NOT NULL,
  completed TEXT,
  UNIQUE (rhythm, local_date)
);
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dedupe_key TEXT NOT NULL UNIQUE,
  category TEXT NOT NULL,
  recipient TEXT NOT NULL,
  message_id TEXT NOT NULL,
  data BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled')),
  created TEXT NOT NULL,
  not_before TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  lease_until TEXT,
  settled TEXT,
  last_reply TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_waiting ON outbox (state, category, id) WHERE state IN ('queued', 'sending');
CREATE TABLE told (
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  story INTEGER NOT NULL,
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  PRIMARY KEY (subscription_id, story)
) WITHOUT ROWID;
CREATE INDEX told_outbox ON told (outbox_id);
"""


@migrations()
def m0001_initial(db: sqlite_utils.Database) -> None:
    """Make every table of the first release."""
    for statement in _statements(_INITIAL):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


_SOURCES_IN_EVERY_FORM = """
ALTER TABLE entry ADD COLUMN work TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN series TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN withdrawn TEXT;
CREATE INDEX entry_work ON entry (source, work) WHERE work <> '';
CREATE INDEX entry_series ON entry (series) WHERE series <> '';
ALTER TABLE attachment ADD COLUMN state TEXT NOT NULL DEFAULT 'unread';
ALTER TABLE attachment ADD COLUMN pages INTEGER;
CREATE TABLE attachment_page (
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  position INTEGER NOT NULL, -- of the attachment
  page INTEGER NOT NULL, -- from 1
  text TEXT NOT NULL,
  PRIMARY KEY (entry_id, position, page)
) WITHOUT ROWID;
ALTER TABLE crawl_run ADD COLUMN coverage TEXT NOT NULL DEFAULT '{}'; -- JSON, field to share
ALTER TABLE crawl_run ADD COLUMN shapes TEXT NOT NULL DEFAULT '{}'; -- JSON, shape to count
CREATE TABLE page (
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  content TEXT NOT NULL, -- hash of what mattered
  keys TEXT NOT NULL, -- JSON list of the entries it gave
  fetched TEXT NOT NULL,
  due TEXT, -- NULL for lists
  gone_since TEXT,
  PRIMARY KEY (source, url)
) WITHOUT ROWID;
CREATE INDEX page_due ON page (source, due) WHERE due IS NOT NULL;
-- a person's word on whether two entries are one story; lower number first
CREATE TABLE story_decision (
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  other_id INTEGER NOT NULL REFERENCES entry (id),
  same INTEGER NOT NULL,
  decided TEXT NOT NULL,
  PRIMARY KEY (entry_id, other_id)
) WITHOUT ROWID;
DROP TABLE entry_fts;
CREATE VIRTUAL TABLE entry_fts USING fts5 (
  title, lead, body, keywords, pages,
  tokenize = 'unicode61 remove_diacritics 0'
);
"""


@migrations()
def m0002_sources_in_every_form(db: sqlite_utils.Database) -> None:
    """Make room for versions, series, withdrawal, files' pages, stories and validators."""
    for statement in _statements(_SOURCES_IN_EVERY_FORM):
        db.execute(statement)


@migrations()
def m0003_words_of_a_source(db: sqlite_utils.Database) -> None:
    """Let a source name the words its entries must hold."""
    db.execute("ALTER TABLE source ADD COLUMN words TEXT NOT NULL DEFAULT '[]'")  # JSON list


@migrations()
def m0004_causes_of_verdicts(db: sqlite_utils.Database) -> None:
    """Keep what a verdict rests on beside its words."""
    db.execute("ALTER TABLE crawl_run ADD COLUMN cause TEXT")


@migrations()
def m0005_neighbours_in_time(db: sqlite_utils.Database) -> None:
    """Find what came near an entry without reading the archive."""
    db.execute("CREATE INDEX entry_moment ON entry (coalesce(published, appeared))")


_SEARCH_THAT_KNOWS_NORWEGIAN = """
DROP TABLE entry_fts;
-- rowid = entry.id, written with the entry; see db/sqlite/index.py
CREATE VIRTUAL TABLE entry_fts USING fts5 (
  -- index tokens of db/text.py, in text order; those of the parts of compounds (_parts); the words
  -- as written, in lower case (_written). What is short stands first: it is read most
  title, title_parts, title_written, lead, keywords, body, body_parts, body_written,
  pages, pages_parts, pages_written,
  tokenize = 'unicode61 remove_diacritics 0'
);
-- every word that is written in an entry
CREATE TABLE word (
  surface TEXT PRIMARY KEY, -- in lower case
  fold TEXT NOT NULL, -- the same without å, æ, ø and accents
  key TEXT NOT NULL, -- its index token
  n INTEGER NOT NULL -- how many entries have it
) WITHOUT ROWID;
CREATE INDEX word_fold ON word (fold, n DESC);
CREATE INDEX word_key ON word (key, n DESC);
-- what listings filter, count and order by, without the texts that stand between these columns
CREATE INDEX entry_brief ON entry (id, story, kind, source, language, published, appeared);
-- what the index was made with: another version of the words makes it anew
CREATE TABLE search_index (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL
);
INSERT INTO search_index (id, version) VALUES (1, '');
"""


@migrations()
def m0006_search_that_knows_norwegian(db: sqlite_utils.Database) -> None:
    """Index parts of compounds and words as written, and list every word that occurs."""
    for statement in _statements(_SEARCH_THAT_KNOWS_NORWEGIAN):
        db.execute(statement)


#: names of all steps this version knows
KNOWN = frozenset(step.name for step in migrations.pending(sqlite_utils.Database(memory=True)))


def migrate(database: sqlite_utils.Database, path: str) -> None:
    """Bring a database up to date.

    Raises:
        StoreUnavailableError: the file belongs to another program.
        SchemaNewerError: it has steps this version does not know; nothing is touched.
    """
    try:
        (application_id,) = database.execute("PRAGMA application_id").fetchone()
        tables = set(database.table_names())
        applied = {step.name for step in migrations.applied(database)}
    except (sqlite3.Error, StoreUnavailableError) as error:
        raise StoreUnavailableError(f"cannot use the database {path}: {error}") from error
    if tables and application_id != APPLICATION_ID:
        raise StoreUnavailableError(
            f"{path} is a database of another program; name another file in `database`"
        )
    if newer := applied - KNOWN:
        raise SchemaNewerError(
            f"{path} was written by a newer imdifeed ({', '.join(sorted(newer))}); "
            "install that version, or restore a backup made before it"
        )
    if applied == KNOWN:
        return
    try:
        # WAL is a property of the file: set once, outside the transaction of a migration.
        database.execute("PRAGMA journal_mode = WAL").fetchone()
        migrations.apply(database)
    except (sqlite3.Error, StoreUnavailableError) as error:
        raise StoreUnavailableError(f"cannot upgrade the database {path}: {error}") from error


def _statements(script: str) -> list[str]:
    # executescript would commit the migration's transaction
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements
