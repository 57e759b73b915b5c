-- Bounces, complaints, and what else came back.
CREATE TABLE tidings.feedback (
  key         text COLLATE "C" PRIMARY KEY, -- of the report: it is taken in once
  subscriber  bigint NOT NULL REFERENCES tidings.subscribers (number) ON DELETE CASCADE,
  edition     integer REFERENCES tidings.editions (number), -- NULL: of none that is known
  kind        text COLLATE "C" NOT NULL CHECK (kind IN (
                'hard', 'soft', 'policy', 'complaint', 'unsubscribe', 'delayed', 'delivered')),
  status      text NOT NULL,
  diagnostic  text NOT NULL,
  source      text NOT NULL,
  is_proven   boolean NOT NULL,
  at          timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL
);

CREATE INDEX feedback_by_subscriber ON tidings.feedback (subscriber, kind);
CREATE INDEX feedback_by_edition ON tidings.feedback (edition, kind);
CREATE INDEX feedback_unproven ON tidings.feedback (at) WHERE NOT is_proven;

-- Tokens that are good for once; of nobody's person.
CREATE TABLE tidings.spent_tokens (
  token text COLLATE "C" PRIMARY KEY,
  until timestamptz NOT NULL
);

CREATE INDEX spent_tokens_by_end ON tidings.spent_tokens (until);
