-- Say how far each subscription was told, give back what a message could not tell, and hold floods.

-- the number of the entry up to which it was told, and how many older finds wait to be counted
ALTER TABLE subscription ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN older INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subscription_rhythm ON subscription (rhythm, query) WHERE ended IS NULL;
-- what a message told, or, without one, what the next message owes
CREATE TABLE told_new (
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  story INTEGER NOT NULL,
  outbox_id INTEGER REFERENCES outbox (id),
  amended TEXT, -- up to when changes of it were told
  PRIMARY KEY (subscription_id, story)
) WITHOUT ROWID;
INSERT INTO told_new (subscription_id, story, outbox_id)
  SELECT subscription_id, story, outbox_id FROM told;
DROP TABLE told;
ALTER TABLE told_new RENAME TO told;
CREATE INDEX told_outbox ON told (outbox_id);
CREATE INDEX told_owed ON told (subscription_id) WHERE outbox_id IS NULL;
-- the subscriptions a digest is for, and how many older finds it counts for each
CREATE TABLE digest_part (
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  older INTEGER NOT NULL,
  PRIMARY KEY (outbox_id, subscription_id)
) WITHOUT ROWID;
INSERT INTO digest_part (outbox_id, subscription_id, older)
  SELECT DISTINCT outbox_id, subscription_id, 0 FROM told;
-- an immediate digest's window is a minute, a daily one's a day, a weekly one's a Monday
CREATE TABLE digest_run_new (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rhythm TEXT NOT NULL,
  window TEXT NOT NULL, -- Europe/Oslo
  cutoff TEXT NOT NULL,
  completed TEXT,
  messages INTEGER NOT NULL DEFAULT 0,
  stories INTEGER NOT NULL DEFAULT 0, -- that any of the messages told
  held TEXT NOT NULL DEFAULT '', -- why nothing of it is sent until a person has looked
  UNIQUE (rhythm, window)
);
INSERT INTO digest_run_new (id, rhythm, window, cutoff, completed)
  SELECT id, rhythm, local_date, cutoff, completed FROM digest_run;
DROP TABLE digest_run;
ALTER TABLE digest_run_new RENAME TO digest_run;
-- whether an attempt may have succeeded without our knowing
ALTER TABLE outbox ADD COLUMN uncertain INTEGER NOT NULL DEFAULT 0;
-- what waits, in the order it is handed over: people wait for everything that is no digest
DROP INDEX outbox_waiting;
CREATE INDEX outbox_queued ON outbox (category = 'digest', not_before, id) WHERE state = 'queued';
CREATE INDEX outbox_sending ON outbox (lease_until) WHERE state = 'sending';
CREATE INDEX outbox_state ON outbox (state, settled);
-- how many digests were handed over in an hour (UTC), for the brakes
CREATE TABLE pace (
  hour TEXT PRIMARY KEY,
  messages INTEGER NOT NULL
) WITHOUT ROWID;
-- tell what is in doubt without reading the archive, or every run there was
CREATE INDEX crawl_run_finished ON crawl_run (source, finished);
CREATE INDEX entry_seen ON entry (first_seen, source, story, appeared);
