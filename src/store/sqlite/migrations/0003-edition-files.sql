-- What stands in out/editions/: out/ is disposable, and mails link to these pages for good.
CREATE TABLE edition_files (
  edition  INTEGER NOT NULL REFERENCES editions (number),
  path     TEXT NOT NULL, -- below out/
  contents TEXT NOT NULL,
  PRIMARY KEY (edition, path)
) STRICT, WITHOUT ROWID;
