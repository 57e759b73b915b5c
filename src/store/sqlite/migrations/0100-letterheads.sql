-- What messages of an edition had in common beside its text, from an instant on: all but what is secret, as JSON.
CREATE TABLE edition_letterheads (
  edition INTEGER NOT NULL REFERENCES editions (number),
  since   INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (edition, since)
) STRICT, WITHOUT ROWID;
