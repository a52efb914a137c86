-- A search takes the entries that are most about a word first, without looking at all that have it:
-- every index token stands here once, its level behind it (db/search/weights.py).
CREATE TABLE entry_term (
  entry_id INTEGER PRIMARY KEY REFERENCES entry (id),
  terms TEXT NOT NULL,
  weights BLOB NOT NULL -- a byte for each, in the same order
);
CREATE VIRTUAL TABLE entry_term_fts USING fts5 (
  terms, content = 'entry_term', content_rowid = 'entry_id', detail = 'none', columnsize = 0,
  tokenize = 'unicode61 remove_diacritics 0'
);
-- the index is made anew when the store is next opened
UPDATE search_index SET version = '';
