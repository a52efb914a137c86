-- Look through a window again where more was found by its end than when it was planned.

CREATE TABLE digest_run_new (
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
INSERT INTO digest_run_new
  SELECT id, rhythm, window, cutoff,
         (SELECT coalesce(max(entry.id), 0) FROM entry WHERE first_seen <= cutoff),
         completed, messages, stories, held
  FROM digest_run;
DROP TABLE digest_run;
ALTER TABLE digest_run_new RENAME TO digest_run;
