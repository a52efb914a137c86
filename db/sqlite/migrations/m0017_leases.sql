-- What one process has to itself in turn, on whatever machine. Rows stay, so that a number tells one
-- holding from every other.
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL, -- how often it was taken
  holder TEXT NOT NULL, -- empty once released
  written TEXT NOT NULL, -- by the holder's clock
  until TEXT NOT NULL -- nobody else has it before
) WITHOUT ROWID;
