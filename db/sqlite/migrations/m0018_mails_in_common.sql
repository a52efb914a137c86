-- What the mails of many readers have in common is stored once, and so is what their pages show:
-- a hundred thousand readers of one query need one letter, not a hundred thousand copies of it.
CREATE TABLE letter (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL UNIQUE, -- SHA-256
  data BLOB NOT NULL -- a NUL where each mail goes on with a piece of its own
);
-- where there is a letter, data is what is the mail's own: its pieces, a NUL between two
ALTER TABLE mail ADD COLUMN letter_id INTEGER REFERENCES letter (id);
CREATE INDEX mail_letter ON mail (letter_id) WHERE letter_id IS NOT NULL;
CREATE TABLE digest_view (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL UNIQUE, -- SHA-256; of older ones, what stood in its place
  data BLOB NOT NULL -- what the mail showed, without the address
);
INSERT INTO digest_view (checksum, data) SELECT token_hash, data FROM digest_page;
CREATE TABLE digest_page_of_view (
  token_hash TEXT PRIMARY KEY,
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  view_id INTEGER NOT NULL REFERENCES digest_view (id)
) WITHOUT ROWID;
INSERT INTO digest_page_of_view SELECT token_hash, outbox_id, digest_view.id
  FROM digest_page JOIN digest_view ON checksum = token_hash;
DROP TABLE digest_page;
ALTER TABLE digest_page_of_view RENAME TO digest_page;
CREATE INDEX digest_page_outbox ON digest_page (outbox_id);
CREATE INDEX digest_page_view ON digest_page (view_id);
-- A change that a message tells is told again where the message fails for good.
CREATE TABLE change_told (
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  story INTEGER NOT NULL,
  amended TEXT, -- of the told row before
  PRIMARY KEY (outbox_id, subscription_id, story)
) WITHOUT ROWID;
