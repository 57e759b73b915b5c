-- When a subscriber last chose name, language and topics themselves: no list changes these any more. NULL: never.
ALTER TABLE subscribers ADD COLUMN chose_at INTEGER;

-- Addresses that no list may bring back: a hash with a key of secrets, and nothing else.
CREATE TABLE erased (
  mark TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Messages for changes of address: to the new one, and to the old one when it has happened.
CREATE TABLE address_changes (
  id         TEXT PRIMARY KEY,
  subscriber INTEGER NOT NULL REFERENCES subscribers (number) ON DELETE CASCADE,
  kind       TEXT NOT NULL CHECK (kind IN ('confirm', 'told')),
  key        TEXT NOT NULL, -- what addresses are compared by
  address    TEXT NOT NULL,
  asked_at   INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  due_at     INTEGER        -- NULL: a relay may have accepted it
) STRICT, WITHOUT ROWID;

CREATE INDEX address_changes_due ON address_changes (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX address_changes_by_subscriber ON address_changes (subscriber);
CREATE INDEX address_changes_by_key ON address_changes (key);
