-- What a word is made of is worked out once, when it is first stored, not by everybody who marks it.
ALTER TABLE word ADD COLUMN parts text COLLATE "C" NOT NULL DEFAULT ''; -- index tokens of its parts
UPDATE search_index SET version = '';
