-- Tell changes that may concern any query from entries that are only added or taken away.

-- when the last one was made: what may have left a query, what every query shows
ALTER TABLE state ADD COLUMN sweeping TEXT;
UPDATE state SET sweeping = moment;
-- find what was corrected or taken away last without reading the archive
CREATE INDEX revision_until ON revision (until DESC, id DESC);
CREATE INDEX entry_withdrawn ON entry (withdrawn DESC, id DESC) WHERE withdrawn IS NOT NULL;
