-- How many read the feeds, by the day (UTC). Nothing here tells of a person.

-- What aggregators say in their User-Agent: the last word of the day.
CREATE TABLE tidings.audience_aggregators (
  day         text COLLATE "C" NOT NULL,
  path        text COLLATE "C" NOT NULL,
  name        text COLLATE "C" NOT NULL,
  subscribers integer NOT NULL,
  PRIMARY KEY (day, path, name)
);

CREATE TABLE tidings.audience_readers (
  day     text COLLATE "C" NOT NULL,
  path    text COLLATE "C" NOT NULL, -- '*': all feeds
  sketch  bytea,                     -- while the day lasts
  readers integer NOT NULL,
  PRIMARY KEY (day, path)
);

-- One row: that of the day.
CREATE TABLE tidings.audience_salt (
  day  text COLLATE "C" PRIMARY KEY,
  salt text NOT NULL
);
