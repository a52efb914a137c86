-- Make room for versions, series, withdrawal, files' pages, stories and validators.

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
