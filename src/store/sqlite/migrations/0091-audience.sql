-- How many read the feeds, by the day (UTC). Nothing here tells of a person.

-- What aggregators say in their User-Agent: the last word of the day.
CREATE TABLE audience_aggregators (
  day         TEXT NOT NULL,
  path        TEXT NOT NULL,
  name        TEXT NOT NULL,
  subscribers INTEGER NOT NULL,
  PRIMARY KEY (day, path, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE audience_readers (
  day     TEXT NOT NULL,
  path    TEXT NOT NULL, -- '*': all feeds
  sketch  BLOB,          -- while the day lasts
  readers INTEGER NOT NULL,
  PRIMARY KEY (day, path)
) STRICT, WITHOUT ROWID;

-- One row: that of the day.
CREATE TABLE audience_salt (
  day  TEXT PRIMARY KEY,
  salt TEXT NOT NULL
) STRICT, WITHOUT ROWID;
