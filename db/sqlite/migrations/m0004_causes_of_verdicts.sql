-- Keep what a verdict rests on beside its words.

ALTER TABLE crawl_run ADD COLUMN cause TEXT;
