-- Index parts of compounds and words as written, and list every word that occurs.

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
