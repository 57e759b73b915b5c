CREATE TYPE tidings.subscriber_status AS ENUM ('active', 'unsubscribed', 'suppressed', 'unlisted');

CREATE TABLE tidings.subscribers (
  -- an identity is never given twice: nobody inherits the deliveries of an erased subscriber
  number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         text COLLATE "C" NOT NULL UNIQUE,
  key        text COLLATE "C" NOT NULL UNIQUE, -- what addresses are compared by; "C": the same order on every server
  address    text NOT NULL,
  name       text NOT NULL,
  language   text COLLATE "C",
  status     tidings.subscriber_status NOT NULL,
  origin     text NOT NULL CHECK (origin IN ('own', 'list')), -- list: leaves with the list kept beside the content
  token      text COLLATE "C" NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);

CREATE INDEX subscribers_by_status ON tidings.subscribers (status, key);

CREATE TABLE tidings.editions (
  number     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         text COLLATE "C" NOT NULL UNIQUE,
  subject    text NOT NULL,
  created_at timestamptz NOT NULL
);

-- One row an article, over all editions: two senders that plan at once cannot both carry it.
CREATE TABLE tidings.edition_articles (
  article  text COLLATE "C" PRIMARY KEY,
  edition  integer NOT NULL REFERENCES tidings.editions (number),
  position integer -- from 0; NULL: passed over, that is left out of this and every later edition
);

CREATE INDEX edition_articles_by_edition ON tidings.edition_articles (edition, position);

-- What the readers of each language get, with slots for what is personal: rendered once, so that a run that goes on
-- with an edition sends what the first run sent.
CREATE TABLE tidings.edition_variants (
  edition  integer NOT NULL REFERENCES tidings.editions (number),
  position integer NOT NULL, -- from 0; the first one is for whoever asks for no other
  language text NOT NULL,
  subject  text NOT NULL,
  html     text NOT NULL,
  text     text NOT NULL,
  PRIMARY KEY (edition, position)
);

CREATE TYPE tidings.delivery_state AS ENUM (
  'pending', 'claimed', 'submitting', 'submitted', 'deferred', 'rejected', 'uncertain', 'skipped');

-- No REFERENCES: the delivery of an erased subscriber stays, nameless, and a million checks would double the time that
-- an edition takes to open.
CREATE TABLE tidings.deliveries (
  subscriber  bigint NOT NULL,      -- subscribers.number
  edition     integer NOT NULL,     -- editions.number
  -- The fence: how often it was claimed. It stays when the claim ends, so that a writer whose connection broke can
  -- find out whether its outcome was committed.
  claims      integer NOT NULL DEFAULT 0,
  state       tidings.delivery_state NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  changed_at  timestamptz NOT NULL,
  lease_until timestamptz,
  tried_at    timestamptz,          -- the first attempt
  due_at      timestamptz,
  -- No index names the state itself: so from claimed to submitting none is written (a heap-only update).
  is_pending  boolean NOT NULL GENERATED ALWAYS AS (state = 'pending') STORED,
  is_uncertain boolean NOT NULL GENERATED ALWAYS AS (state = 'uncertain') STORED,
  is_erased   boolean NOT NULL DEFAULT false, -- no reply is kept of it: it may quote the address
  reply       text NOT NULL DEFAULT '',
  PRIMARY KEY (edition, subscriber),
  CHECK ((state IN ('claimed', 'submitting')) = (lease_until IS NOT NULL)),
  CHECK ((state = 'deferred') = (due_at IS NOT NULL))
) WITH (
  fillfactor = 80,
  -- A run leaves three dead rows for each that it sends: they are cleared away while it goes on.
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.05
);

CREATE INDEX deliveries_pending ON tidings.deliveries (edition, subscriber) WHERE is_pending;
CREATE INDEX deliveries_uncertain ON tidings.deliveries (edition) WHERE is_uncertain;
CREATE INDEX deliveries_held ON tidings.deliveries (edition, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_deferred ON tidings.deliveries (edition, due_at) WHERE due_at IS NOT NULL;
