-- When a subscriber last chose name, language and topics themselves: no list changes these any more. NULL: never.
ALTER TABLE tidings.subscribers ADD COLUMN chose_at timestamptz;

-- Addresses that no list may bring back: a hash with a key of secrets, and nothing else.
CREATE TABLE tidings.erased (
  mark text COLLATE "C" PRIMARY KEY
);

-- Messages for changes of address: to the new one, and to the old one when it has happened.
CREATE TABLE tidings.address_changes (
  id         text COLLATE "C" PRIMARY KEY,
  subscriber bigint NOT NULL REFERENCES tidings.subscribers (number) ON DELETE CASCADE,
  kind       text NOT NULL CHECK (kind IN ('confirm', 'told')),
  key        text COLLATE "C" NOT NULL, -- what addresses are compared by
  address    text NOT NULL,
  asked_at   timestamptz NOT NULL,
  attempts   integer NOT NULL DEFAULT 0,
  due_at     timestamptz -- NULL: a relay may have accepted it
);

CREATE INDEX address_changes_due ON tidings.address_changes (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX address_changes_by_subscriber ON tidings.address_changes (subscriber);
CREATE INDEX address_changes_by_key ON tidings.address_changes (key);
