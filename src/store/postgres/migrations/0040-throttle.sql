-- Pending deliveries whose destination has no room for them now wait under its name, out of the way of the others.
ALTER TABLE tidings.deliveries ADD COLUMN parked text COLLATE "C";
DROP INDEX tidings.deliveries_pending;
CREATE INDEX deliveries_pending ON tidings.deliveries (edition, subscriber) WHERE is_pending AND parked IS NULL;
CREATE INDEX deliveries_parked ON tidings.deliveries (edition, parked, subscriber) WHERE is_pending AND parked IS NOT NULL;

-- Until when an edition is spread; NULL: as fast as may be.
ALTER TABLE tidings.editions ADD COLUMN spread_until timestamptz;

-- What senders share: '' is the relay, anything else a recipient domain.
CREATE TABLE tidings.throttle (
  key     text COLLATE "C" PRIMARY KEY,
  next_at double precision NOT NULL DEFAULT 0, -- the next send time that nobody has, milliseconds since 1970
  pace    jsonb                                -- see model/pace.ts; NULL: at full speed
);

-- Messages taken out of what may be sent on a day.
CREATE TABLE tidings.throttle_days (
  day   text COLLATE "C" PRIMARY KEY, -- 2026-12-01
  taken bigint NOT NULL
);
