-- What stands in out/editions/: out/ is disposable, and mails link to these pages for good.
CREATE TABLE tidings.edition_files (
  edition  integer NOT NULL REFERENCES tidings.editions (number),
  path     text NOT NULL, -- below out/
  contents text NOT NULL,
  PRIMARY KEY (edition, path)
);
