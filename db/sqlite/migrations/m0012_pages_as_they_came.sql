-- Keep the page that an entry was read from, so that a better parser can read it again.

CREATE TABLE raw_page (
  entry_id INTEGER PRIMARY KEY REFERENCES entry (id),
  url TEXT NOT NULL, -- where it was found
  content_type TEXT NOT NULL,
  fetched TEXT NOT NULL,
  data BLOB NOT NULL -- zlib (RFC 1950)
);
