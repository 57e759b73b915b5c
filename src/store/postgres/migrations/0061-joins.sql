-- What forms said, word for word.
CREATE TABLE tidings.consent_texts (
  hash     text COLLATE "C" PRIMARY KEY,
  language text COLLATE "C" NOT NULL,
  text     text NOT NULL
);

-- Who asks to join and has not confirmed. Deleted when they do, or after a week.
CREATE TABLE tidings.joins (
  id       text COLLATE "C" PRIMARY KEY,
  key      text COLLATE "C" NOT NULL, -- what addresses are compared by
  address  text NOT NULL,
  name     text NOT NULL,
  language text COLLATE "C" NOT NULL,
  topics   text[],                    -- NULL: there was nothing to choose
  origin   text NOT NULL,             -- where the form stood
  text     text COLLATE "C" NOT NULL, -- consent_texts.hash
  asked_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at   timestamptz                -- when its message is due; NULL: a relay may have accepted it
);

CREATE INDEX joins_due ON tidings.joins (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX joins_by_key ON tidings.joins (key);
CREATE INDEX joins_by_age ON tidings.joins (asked_at);

-- When messages went to a mailbox or domain, of which nothing is kept but a hash with a key.
CREATE TABLE tidings.join_mails (
  counter text COLLATE "C" NOT NULL, -- '*': all of them
  sent_at timestamptz NOT NULL
);

CREATE INDEX join_mails_by_counter ON tidings.join_mails (counter, sent_at);
CREATE INDEX join_mails_by_age ON tidings.join_mails (sent_at);

CREATE TABLE tidings.consents (
  id           text COLLATE "C" PRIMARY KEY, -- that of the request
  subscriber   bigint NOT NULL REFERENCES tidings.subscribers (number) ON DELETE CASCADE,
  origin       text NOT NULL,
  text         text COLLATE "C" NOT NULL REFERENCES tidings.consent_texts (hash),
  asked_at     timestamptz NOT NULL,
  confirmed_at timestamptz NOT NULL
);

CREATE INDEX consents_by_subscriber ON tidings.consents (subscriber);
