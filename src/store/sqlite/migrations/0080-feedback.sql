-- Bounces, complaints, and what else came back.
CREATE TABLE feedback (
  key         TEXT PRIMARY KEY,  -- of the report: it is taken in once
  subscriber  INTEGER NOT NULL REFERENCES subscribers (number) ON DELETE CASCADE,
  edition     INTEGER REFERENCES editions (number), -- NULL: of none that is known
  kind        TEXT NOT NULL CHECK (kind IN (
                'hard', 'soft', 'policy', 'complaint', 'unsubscribe', 'delayed', 'delivered')),
  status      TEXT NOT NULL,
  diagnostic  TEXT NOT NULL,
  source      TEXT NOT NULL,
  is_proven   INTEGER NOT NULL CHECK (is_proven IN (0, 1)),
  at          INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX feedback_by_subscriber ON feedback (subscriber, kind);
CREATE INDEX feedback_by_edition ON feedback (edition, kind);
CREATE INDEX feedback_unproven ON feedback (at) WHERE is_proven = 0;

-- Tokens that are good for once; of nobody's person.
CREATE TABLE spent_tokens (
  token TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_tokens_by_end ON spent_tokens (until);
