-- Let a source name the words its entries must hold.

-- a JSON list
ALTER TABLE source ADD COLUMN words TEXT NOT NULL DEFAULT '[]';
