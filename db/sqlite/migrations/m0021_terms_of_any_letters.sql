-- A term is one word to the index whatever it is written with: 'unicode61' knows the letters of 2012,
-- and took younger ones for what stands between words, so that a search for them failed.
DROP TABLE entry_term_fts;
CREATE VIRTUAL TABLE entry_term_fts USING fts5 (
  terms, content = 'entry_term', content_rowid = 'entry_id', detail = 'none', columnsize = 0,
  tokenize = 'ascii'
);
INSERT INTO entry_term_fts (entry_term_fts) VALUES ('rebuild');
