-- Generated from migrations/ by the tests (--update-golden); read it, do not edit it.

CREATE TABLE asked (
  id INTEGER PRIMARY KEY,
  address_key TEXT NOT NULL,
  purpose TEXT NOT NULL,
  moment TEXT NOT NULL,
  mailed INTEGER NOT NULL
);

CREATE INDEX asked_moment ON asked (moment, address_key);

CREATE TRIGGER attachment_added AFTER INSERT ON attachment BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;

CREATE TRIGGER attachment_changed AFTER UPDATE ON attachment BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;

CREATE TRIGGER attachment_removed AFTER DELETE ON attachment BEGIN
  INSERT INTO entry_change (entry_id) VALUES (OLD.entry_id);
END;

CREATE TABLE attachment (
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  label TEXT NOT NULL,
  media_type TEXT NOT NULL,
  length INTEGER, -- bytes
  size_label TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'unread', pages INTEGER,
  PRIMARY KEY (entry_id, position)
) WITHOUT ROWID;

CREATE TABLE attachment_page (
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  position INTEGER NOT NULL, -- of the attachment
  page INTEGER NOT NULL, -- from 1
  text TEXT NOT NULL,
  PRIMARY KEY (entry_id, position, page)
) WITHOUT ROWID;

CREATE TABLE change_told (
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  story INTEGER NOT NULL,
  amended TEXT, -- of the told row before
  PRIMARY KEY (outbox_id, subscription_id, story)
) WITHOUT ROWID;

CREATE TABLE consent (
  id INTEGER PRIMARY KEY,
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  given TEXT NOT NULL,
  wording TEXT NOT NULL, -- what the reader agreed to, as it stood; empty where not recorded
  language TEXT NOT NULL
);

CREATE INDEX consent_subscription ON consent (subscription_id);

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
, coverage TEXT NOT NULL DEFAULT '{}', shapes TEXT NOT NULL DEFAULT '{}', cause TEXT);

CREATE INDEX crawl_run_finished ON crawl_run (source, finished);

CREATE INDEX crawl_run_source ON crawl_run (source, id);

CREATE TRIGGER deadline_added AFTER INSERT ON deadline BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;

CREATE TRIGGER deadline_changed AFTER UPDATE ON deadline BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;

CREATE TABLE deadline (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- in the UID of its event
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  kind TEXT NOT NULL,
  day TEXT NOT NULL, -- Europe/Oslo
  time TEXT, -- HH:MM by the clock in Oslo; NULL for the whole day
  sentence TEXT NOT NULL,
  wording TEXT NOT NULL, -- the sentence without its dates
  sequence INTEGER NOT NULL DEFAULT 0,
  found TEXT NOT NULL,
  changed TEXT NOT NULL,
  cancelled TEXT -- when the text no longer named it
);

CREATE INDEX deadline_day ON deadline (day);

CREATE INDEX deadline_entry ON deadline (entry_id);

CREATE TABLE "digest_page" (
  token_hash TEXT PRIMARY KEY,
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  view_id INTEGER NOT NULL REFERENCES digest_view (id)
) WITHOUT ROWID;

CREATE INDEX digest_page_outbox ON digest_page (outbox_id);

CREATE INDEX digest_page_view ON digest_page (view_id);

CREATE TABLE digest_part (
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  older INTEGER NOT NULL,
  PRIMARY KEY (outbox_id, subscription_id)
) WITHOUT ROWID;

CREATE TABLE "digest_run" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rhythm TEXT NOT NULL,
  window TEXT NOT NULL, -- Europe/Oslo
  cutoff TEXT NOT NULL,
  reached INTEGER NOT NULL, -- newest entry that was found by the cutoff when it was planned
  completed TEXT,
  messages INTEGER NOT NULL DEFAULT 0,
  stories INTEGER NOT NULL DEFAULT 0, -- that any of the messages told
  held TEXT NOT NULL DEFAULT '', -- why nothing of it is sent until a person has looked
  UNIQUE (rhythm, window)
);

CREATE TABLE digest_view (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL UNIQUE, -- SHA-256; of older ones, what stood in its place
  data BLOB NOT NULL -- what the mail showed, without the address
);

CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
  INSERT INTO entry_change (entry_id)
    SELECT NEW.id
    UNION
    SELECT id FROM entry WHERE work <> '' AND source = NEW.source AND work = NEW.work;
END;

CREATE TRIGGER entry_changed AFTER UPDATE ON entry BEGIN
  INSERT INTO entry_change (entry_id)
    SELECT NEW.id
    UNION
    SELECT id FROM entry WHERE id IN (NEW.story, OLD.story)
    UNION
    SELECT id FROM entry WHERE story IN (NEW.id, NEW.story, OLD.story)
    UNION
    SELECT id FROM entry WHERE work <> '' AND source = NEW.source AND work IN (NEW.work, OLD.work);
END;

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
  checksum TEXT NOT NULL, work TEXT NOT NULL DEFAULT '', series TEXT NOT NULL DEFAULT '', withdrawn TEXT, -- of all the publisher said: decides whether anything is written
  UNIQUE (source, key)
);

CREATE INDEX entry_appeared ON entry (appeared DESC, id DESC);

CREATE INDEX entry_brief ON entry (id, story, kind, source, language, published, appeared);

CREATE INDEX entry_moment ON entry (coalesce(published, appeared));

CREATE INDEX entry_seen ON entry (first_seen, source, story, appeared);

CREATE INDEX entry_series ON entry (series) WHERE series <> '';

CREATE INDEX entry_story ON entry (story) WHERE story IS NOT NULL;

CREATE INDEX entry_withdrawn ON entry (withdrawn DESC, id DESC) WHERE withdrawn IS NOT NULL;

CREATE INDEX entry_work ON entry (source, work) WHERE work <> '';

CREATE TRIGGER entry_change_moves BEFORE INSERT ON entry_change BEGIN
  DELETE FROM entry_change WHERE entry_id = NEW.entry_id;
END;

CREATE TABLE entry_change (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_id INTEGER NOT NULL UNIQUE
);

CREATE VIRTUAL TABLE entry_fts USING fts5 (
  -- index tokens of db/text.py, in text order; those of the parts of compounds (_parts); the words
  -- as written, in lower case (_written). What is short stands first: it is read most
  title, title_parts, title_written, lead, keywords, body, body_parts, body_written,
  pages, pages_parts, pages_written,
  tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TRIGGER entry_tag_added AFTER INSERT ON entry_tag BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;

CREATE TRIGGER entry_tag_removed AFTER DELETE ON entry_tag BEGIN
  INSERT INTO entry_change (entry_id) VALUES (OLD.entry_id);
END;

CREATE TABLE entry_tag (
  tag TEXT NOT NULL,
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  reason TEXT NOT NULL,
  score REAL NOT NULL,
  PRIMARY KEY (tag, entry_id)
) WITHOUT ROWID;

CREATE INDEX entry_tag_entry ON entry_tag (entry_id);

CREATE TABLE entry_term (
  entry_id INTEGER PRIMARY KEY REFERENCES entry (id),
  terms TEXT NOT NULL,
  weights BLOB NOT NULL -- a byte for each, in the same order
);

CREATE VIRTUAL TABLE entry_term_fts USING fts5 (
  terms, content = 'entry_term', content_rowid = 'entry_id', detail = 'none', columnsize = 0,
  tokenize = 'ascii'
);

CREATE TABLE 'entry_term_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'entry_term_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'entry_term_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE former_tag (
  slug TEXT PRIMARY KEY,
  label TEXT NOT NULL, -- the name it had, in bokmål
  now TEXT NOT NULL, -- slug of the tag that took its place; empty where it ended
  ended TEXT -- ISO date; NULL where it was renamed
);

CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL, -- how often it was taken
  holder TEXT NOT NULL, -- empty once released
  written TEXT NOT NULL, -- by the holder's clock
  until TEXT NOT NULL -- nobody else has it before
) WITHOUT ROWID;

CREATE TABLE letter (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL UNIQUE, -- SHA-256
  data BLOB NOT NULL -- a NUL where each mail goes on with a piece of its own
);

CREATE TABLE mail (
  outbox_id INTEGER PRIMARY KEY REFERENCES outbox (id),
  data BLOB NOT NULL
, letter_id INTEGER REFERENCES letter (id));

CREATE INDEX mail_letter ON mail (letter_id) WHERE letter_id IS NOT NULL;

CREATE TABLE manage_token (
  token_hash TEXT PRIMARY KEY,
  subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
  expires TEXT NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER outbox_forgotten AFTER UPDATE OF recipient ON outbox WHEN NEW.recipient = '' BEGIN
  DELETE FROM mail WHERE outbox_id = NEW.id;
END;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dedupe_key TEXT NOT NULL UNIQUE,
  category TEXT NOT NULL,
  recipient TEXT NOT NULL,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled')),
  created TEXT NOT NULL,
  not_before TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  lease_until TEXT,
  settled TEXT,
  last_reply TEXT NOT NULL DEFAULT ''
, uncertain INTEGER NOT NULL DEFAULT 0);

CREATE INDEX outbox_queued ON outbox (category = 'digest', not_before, id) WHERE state = 'queued';

CREATE INDEX outbox_sending ON outbox (lease_until) WHERE state = 'sending';

CREATE INDEX outbox_state ON outbox (state, settled);

CREATE TABLE pace (
  hour TEXT PRIMARY KEY,
  messages INTEGER NOT NULL
) WITHOUT ROWID;

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

CREATE TABLE raw_page (
  entry_id INTEGER PRIMARY KEY REFERENCES entry (id),
  url TEXT NOT NULL, -- where it was found
  content_type TEXT NOT NULL,
  fetched TEXT NOT NULL,
  data BLOB NOT NULL -- zlib (RFC 1950)
);

CREATE TABLE refusal (
  address_key TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL, -- of the mail in which it was refused, and may be allowed again
  refused TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX refusal_token ON refusal (token_hash);

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

CREATE INDEX revision_until ON revision (until DESC, id DESC);

CREATE TABLE search_index (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL
);

CREATE TABLE source (
  slug TEXT PRIMARY KEY,
  spider TEXT NOT NULL,
  name TEXT NOT NULL,
  publisher TEXT NOT NULL,
  base_url TEXT NOT NULL,
  publisher_id INTEGER,
  delay REAL NOT NULL,
  republish TEXT NOT NULL
, words TEXT NOT NULL DEFAULT '[]');

CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  change INTEGER NOT NULL,
  moment TEXT
, sweeping TEXT);

CREATE TABLE story_decision (
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  other_id INTEGER NOT NULL REFERENCES entry (id),
  same INTEGER NOT NULL,
  decided TEXT NOT NULL,
  PRIMARY KEY (entry_id, other_id)
) WITHOUT ROWID;

CREATE TABLE subscriber (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT UNIQUE -- NULL once erased
, suppressed TEXT, suppressed_reason TEXT NOT NULL DEFAULT '', soft_bounces INTEGER NOT NULL DEFAULT 0, last_bounce TEXT, not_before TEXT);

CREATE TABLE subscription (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
  query TEXT NOT NULL, -- canonical EntryQuery
  rhythm TEXT NOT NULL,
  language TEXT NOT NULL,
  confirmed TEXT NOT NULL,
  ended TEXT,
  ended_reason TEXT NOT NULL DEFAULT ''
, since TEXT, paused TEXT, corrections INTEGER NOT NULL DEFAULT 0, position INTEGER NOT NULL DEFAULT 0, older INTEGER NOT NULL DEFAULT 0);

CREATE UNIQUE INDEX subscription_active ON subscription (subscriber_id, query) WHERE ended IS NULL;

CREATE INDEX subscription_rhythm ON subscription (rhythm, query) WHERE ended IS NULL;

CREATE INDEX subscription_subscriber ON subscription (subscriber_id);

CREATE TABLE subscription_request (
  token_hash TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  query TEXT NOT NULL,
  rhythm TEXT NOT NULL,
  language TEXT NOT NULL,
  requested TEXT NOT NULL,
  expires TEXT NOT NULL,
  subscription_id INTEGER REFERENCES subscription (id) -- once confirmed
, corrections INTEGER NOT NULL DEFAULT 0, wording TEXT NOT NULL DEFAULT '', address_key TEXT NOT NULL DEFAULT '');

CREATE INDEX subscription_request_email ON subscription_request (email, requested);

CREATE TABLE tag (
  slug TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  label_nb TEXT NOT NULL,
  label_nn TEXT NOT NULL,
  label_en TEXT NOT NULL
);

CREATE TABLE takedown (
  entry_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  appeared TEXT NOT NULL,
  reason TEXT NOT NULL, -- in the operator's words
  taken TEXT NOT NULL,
  lifted TEXT, -- since when it may come back
  UNIQUE (source, key)
);

CREATE TABLE "told" (
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  story INTEGER NOT NULL,
  outbox_id INTEGER REFERENCES outbox (id),
  amended TEXT, -- up to when changes of it were told
  PRIMARY KEY (subscription_id, story)
) WITHOUT ROWID;

CREATE INDEX told_outbox ON told (outbox_id);

CREATE INDEX told_owed ON told (subscription_id) WHERE outbox_id IS NULL;

CREATE TABLE unsubscribe_token (
  token_hash TEXT NOT NULL,
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  PRIMARY KEY (token_hash, subscription_id)
) WITHOUT ROWID;

CREATE VIEW wanted AS
  SELECT subscription.*, subscriber.email, subscriber.not_before
  FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
  WHERE subscription.ended IS NULL AND subscription.paused IS NULL
    AND subscriber.email IS NOT NULL AND subscriber.suppressed IS NULL;

CREATE TABLE word (
  surface TEXT PRIMARY KEY, -- in lower case
  fold TEXT NOT NULL, -- the same without å, æ, ø and accents
  key TEXT NOT NULL, -- its index token
  n INTEGER NOT NULL -- how many entries have it
, parts TEXT NOT NULL DEFAULT '') WITHOUT ROWID;

CREATE INDEX word_fold ON word (fold);

CREATE INDEX word_key ON word (key);

