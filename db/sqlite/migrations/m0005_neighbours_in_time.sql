-- Find what came near an entry without reading the archive.

CREATE INDEX entry_moment ON entry (coalesce(published, appeared));
