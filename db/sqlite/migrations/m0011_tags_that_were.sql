-- Remember tags that were renamed or ended, so that who follows one is told.

CREATE TABLE former_tag (
  slug TEXT PRIMARY KEY,
  label TEXT NOT NULL, -- the name it had, in bokmål
  now TEXT NOT NULL, -- slug of the tag that took its place; empty where it ended
  ended TEXT -- ISO date; NULL where it was renamed
);
