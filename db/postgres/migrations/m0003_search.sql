-- Index what can be searched for, and list every word that occurs.

-- what the index was made with: another version of the words makes it anew
CREATE TABLE search_index (
  id integer PRIMARY KEY CHECK (id = 1),
  version text COLLATE "C" NOT NULL
);
INSERT INTO search_index (id, version) VALUES (1, '');

CREATE TABLE word (
  surface text COLLATE "C" PRIMARY KEY, -- in lower case
  fold text COLLATE "C" NOT NULL, -- the same without å, æ, ø and accents
  key text COLLATE "C" NOT NULL, -- its index token
  n bigint NOT NULL -- how many entries have it
);
CREATE INDEX word_fold ON word (fold);
CREATE INDEX word_key ON word (key);

-- every index token of an entry once, its level behind it (db/search/weights.py)
CREATE TABLE entry_term (
  entry_id bigint PRIMARY KEY REFERENCES entry (id),
  terms text COLLATE "C" NOT NULL,
  weights bytea NOT NULL -- a byte for each, in the same order
);
-- many rows are looked at for their number alone: the texts stand elsewhere
ALTER TABLE entry_term SET (toast_tuple_target = 128);
CREATE INDEX entry_term_terms ON entry_term USING gin (string_to_array(terms, ' '));

-- the same with their places, for phrases and titles (db/postgres/vector.py)
CREATE TABLE entry_vector (
  entry_id bigint NOT NULL,
  pages boolean NOT NULL, -- of the entry's files
  part integer NOT NULL,
  terms tsvector NOT NULL,
  PRIMARY KEY (entry_id, pages, part)
);
CREATE INDEX entry_vector_terms ON entry_vector USING gin (terms);

-- whether all of some lexemes stand within so many places of each other
CREATE FUNCTION stand_near(terms tsvector, wanted text[], span integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH standing AS (
    SELECT one.lexeme, place
    FROM unnest(terms) AS one (lexeme, places, weights), unnest(one.places) AS place
    WHERE one.lexeme = ANY (wanted)
  )
  SELECT EXISTS (
    SELECT 1 FROM standing AS first
    WHERE (SELECT count(DISTINCT other.lexeme) FROM standing AS other
           WHERE other.place BETWEEN first.place AND first.place + span) = cardinality(wanted)
  )
$$;
