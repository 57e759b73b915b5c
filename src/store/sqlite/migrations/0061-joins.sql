-- What forms said, word for word.
CREATE TABLE consent_texts (
  hash     TEXT PRIMARY KEY,
  language TEXT NOT NULL,
  text     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who asks to join and has not confirmed. Deleted when they do, or after a week.
CREATE TABLE joins (
  id       TEXT PRIMARY KEY,
  key      TEXT NOT NULL, -- what addresses are compared by
  address  TEXT NOT NULL,
  name     TEXT NOT NULL,
  language TEXT NOT NULL,
  topics   TEXT,          -- a JSON array; NULL: there was nothing to choose
  origin   TEXT NOT NULL, -- where the form stood
  text     TEXT NOT NULL, -- consent_texts.hash
  asked_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at   INTEGER        -- when its message is due; NULL: a relay may have accepted it
) STRICT, WITHOUT ROWID;

CREATE INDEX joins_due ON joins (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX joins_by_key ON joins (key);
CREATE INDEX joins_by_age ON joins (asked_at);

-- When messages went to a mailbox or domain, of which nothing is kept but a hash with a key.
CREATE TABLE join_mails (
  number  INTEGER PRIMARY KEY,
  counter TEXT NOT NULL, -- '*': all of them
  sent_at INTEGER NOT NULL
) STRICT;

CREATE INDEX join_mails_by_counter ON join_mails (counter, sent_at);
CREATE INDEX join_mails_by_age ON join_mails (sent_at);

CREATE TABLE consents (
  id           TEXT PRIMARY KEY,  -- that of the request
  subscriber   INTEGER NOT NULL REFERENCES subscribers (number) ON DELETE CASCADE,
  origin       TEXT NOT NULL,
  text         TEXT NOT NULL REFERENCES consent_texts (hash),
  asked_at     INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX consents_by_subscriber ON consents (subscriber);
