-- Make every table of the first release.

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
