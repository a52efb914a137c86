-- Keep the deadlines that entries name, and the order in which entries last changed.

CREATE TABLE deadline (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- in the UID of its event
  entry_id INTEGER NOT NULL REFERENCES entry (id),
  kind TEXT NOT NULL,
  day TEXT NOT NULL, -- Europe/Oslo
  time TEXT, -- HH:MM by the clock in Oslo; NULL for the whole day
  sentence TEXT NOT NULL,
  wording TEXT NOT NULL, -- the sentence without its dates
  sequence INTEGER NOT NULL DEFAULT 0,
  found TEXT NOT NULL,
  changed TEXT NOT NULL,
  cancelled TEXT -- when the text no longer named it
);
CREATE INDEX deadline_entry ON deadline (entry_id);
CREATE INDEX deadline_day ON deadline (day);
-- One row an entry, numbered anew by each change of what the API shows of it. Writers come one
-- after the other, so a number that can be read has none below it still to come.
CREATE TABLE entry_change (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_id INTEGER NOT NULL UNIQUE
);
INSERT INTO entry_change (entry_id) SELECT id FROM entry ORDER BY id;
CREATE TRIGGER entry_change_moves BEFORE INSERT ON entry_change BEGIN
  DELETE FROM entry_change WHERE entry_id = NEW.entry_id;
END;
-- an entry is shown with the addresses of its story and of its language versions
CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
  INSERT INTO entry_change (entry_id)
    SELECT NEW.id
    UNION
    SELECT id FROM entry WHERE work <> '' AND source = NEW.source AND work = NEW.work;
END;
CREATE TRIGGER entry_changed AFTER UPDATE ON entry BEGIN
  INSERT INTO entry_change (entry_id)
    SELECT NEW.id
    UNION
    SELECT id FROM entry WHERE id IN (NEW.story, OLD.story)
    UNION
    SELECT id FROM entry WHERE story IN (NEW.id, NEW.story, OLD.story)
    UNION
    SELECT id FROM entry WHERE work <> '' AND source = NEW.source AND work IN (NEW.work, OLD.work);
END;
CREATE TRIGGER entry_tag_added AFTER INSERT ON entry_tag BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;
CREATE TRIGGER entry_tag_removed AFTER DELETE ON entry_tag BEGIN
  INSERT INTO entry_change (entry_id) VALUES (OLD.entry_id);
END;
CREATE TRIGGER attachment_added AFTER INSERT ON attachment BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;
CREATE TRIGGER attachment_changed AFTER UPDATE ON attachment BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;
CREATE TRIGGER attachment_removed AFTER DELETE ON attachment BEGIN
  INSERT INTO entry_change (entry_id) VALUES (OLD.entry_id);
END;
CREATE TRIGGER deadline_added AFTER INSERT ON deadline BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;
CREATE TRIGGER deadline_changed AFTER UPDATE ON deadline BEGIN
  INSERT INTO entry_change (entry_id) VALUES (NEW.entry_id);
END;
