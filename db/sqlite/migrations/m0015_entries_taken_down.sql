-- What somebody had taken down: nothing of what it said is left, and its number waits for it.
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
