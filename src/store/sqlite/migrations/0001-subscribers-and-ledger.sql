-- Instants are milliseconds since 1970 (UTC).

CREATE TABLE subscribers (
  -- AUTOINCREMENT: the number of an erased subscriber is never given to another, whose deliveries it would claim
  number     INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  key        TEXT NOT NULL UNIQUE, -- what addresses are compared by
  address    TEXT NOT NULL,
  name       TEXT NOT NULL,
  language   TEXT,
  status     TEXT NOT NULL CHECK (status IN ('active', 'unsubscribed', 'suppressed', 'unlisted')),
  origin     TEXT NOT NULL CHECK (origin IN ('own', 'list')), -- list: leaves with the list kept beside the content
  token      TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX subscribers_by_status ON subscribers (status, key);

CREATE TABLE editions (
  number     INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  subject    TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- One row an article, over all editions: two senders that plan at once cannot both carry it.
CREATE TABLE edition_articles (
  article  TEXT PRIMARY KEY,
  edition  INTEGER NOT NULL REFERENCES editions (number),
  position INTEGER -- from 0; NULL: passed over, that is left out of this and every later edition
) STRICT, WITHOUT ROWID;

CREATE INDEX edition_articles_by_edition ON edition_articles (edition, position);

-- What the readers of each language get, with slots for what is personal: rendered once, so that a run that goes on
-- with an edition sends what the first run sent.
CREATE TABLE edition_variants (
  edition  INTEGER NOT NULL REFERENCES editions (number),
  position INTEGER NOT NULL, -- from 0; the first one is for whoever asks for no other
  language TEXT NOT NULL,
  subject  TEXT NOT NULL,
  html     TEXT NOT NULL,
  text     TEXT NOT NULL,
  PRIMARY KEY (edition, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  edition     INTEGER NOT NULL REFERENCES editions (number),
  subscriber  INTEGER NOT NULL, -- subscribers.number, without REFERENCES: the delivery of an erased one stays, nameless
  state       TEXT NOT NULL CHECK (state IN (
                'pending', 'claimed', 'submitting', 'submitted', 'deferred', 'rejected', 'uncertain', 'skipped')),
  attempts    INTEGER NOT NULL DEFAULT 0,
  reply       TEXT NOT NULL DEFAULT '',
  tried_at    INTEGER, -- the first attempt
  due_at      INTEGER,
  claim       TEXT,    -- the fence: the random part of the claim's token
  lease_until INTEGER,
  changed_at  INTEGER NOT NULL,
  PRIMARY KEY (edition, subscriber),
  CHECK ((state IN ('claimed', 'submitting')) = (claim IS NOT NULL)),
  CHECK ((claim IS NULL) = (lease_until IS NULL)),
  CHECK ((state = 'deferred') = (due_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_state ON deliveries (edition, state, due_at);
