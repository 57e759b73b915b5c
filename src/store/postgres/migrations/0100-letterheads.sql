-- What messages of an edition had in common beside its text, from an instant on: all but what is secret, as JSON.
CREATE TABLE tidings.edition_letterheads (
  edition integer NOT NULL REFERENCES tidings.editions (number),
  since   timestamptz NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (edition, since)
);
