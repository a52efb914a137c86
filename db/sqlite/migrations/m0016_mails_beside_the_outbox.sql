-- A message moves through its states in small rows: with the mail in it, each step wrote all of it.
CREATE TABLE mail (
  outbox_id INTEGER PRIMARY KEY REFERENCES outbox (id),
  data BLOB NOT NULL
);
INSERT INTO mail (outbox_id, data) SELECT id, data FROM outbox WHERE length(data) > 0;
ALTER TABLE outbox DROP COLUMN data;
-- the address and the mail go together
CREATE TRIGGER outbox_forgotten AFTER UPDATE OF recipient ON outbox WHEN NEW.recipient = '' BEGIN
  DELETE FROM mail WHERE outbox_id = NEW.id;
END;
