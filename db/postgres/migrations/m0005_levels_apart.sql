-- Find entries by the level of a term without reading past their texts.

-- One row an entry, looked at for its number alone, a hundred thousand at a time. PostgreSQL keeps
-- long values elsewhere in rows of more than 2 kB only, so every row is made one by what packs to
-- nothing.
CREATE TABLE entry_level (
  entry_id bigint PRIMARY KEY,
  terms text[] COLLATE "C" NOT NULL, -- those of entry_term
  filler text COLLATE "C" NOT NULL DEFAULT repeat(' ', 2048)
);
ALTER TABLE entry_level SET (toast_tuple_target = 128);
CREATE INDEX entry_level_terms ON entry_level USING gin (terms);
DROP INDEX entry_term_terms;
ALTER TABLE entry_term RESET (toast_tuple_target);
-- the index is made anew when the store is next opened
UPDATE search_index SET version = '';
