-- Pending deliveries whose destination has no room for them now wait under its name, out of the way of the others.
ALTER TABLE deliveries ADD COLUMN parked TEXT;
DROP INDEX deliveries_by_state;
CREATE INDEX deliveries_by_state ON deliveries (edition, state, due_at, parked);

-- Until when an edition is spread; NULL: as fast as may be.
ALTER TABLE editions ADD COLUMN spread_until INTEGER;

-- What senders share: '' is the relay, anything else a recipient domain.
CREATE TABLE throttle (
  key     TEXT PRIMARY KEY,
  next_at REAL NOT NULL DEFAULT 0, -- the next send time that nobody has
  pace    TEXT                     -- a JSON object, see model/pace.ts; NULL: at full speed
) STRICT, WITHOUT ROWID;

-- Messages taken out of what may be sent on a day.
CREATE TABLE throttle_days (
  day   TEXT PRIMARY KEY, -- 2026-12-01
  taken INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
