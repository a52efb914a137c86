-- Counting a word wrote to both of these too, for an order among the few words they lead to.
DROP INDEX word_fold;
DROP INDEX word_key;
CREATE INDEX word_fold ON word (fold);
CREATE INDEX word_key ON word (key);
