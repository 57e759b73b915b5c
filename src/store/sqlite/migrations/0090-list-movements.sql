-- Why and when somebody ceased to be active. NULL: nobody knows; they were brought from another list as they are.
ALTER TABLE subscribers ADD COLUMN reason TEXT;
ALTER TABLE subscribers ADD COLUMN left_at INTEGER;
UPDATE subscribers SET left_at = changed_at WHERE status <> 'active';

-- Joins and leaves that no row of subscribers tells any more, by the hour (UTC): of those who came back, and of erased ones.
CREATE TABLE list_past (
  hour   INTEGER PRIMARY KEY,
  joins  INTEGER NOT NULL DEFAULT 0,
  leaves INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TRIGGER subscribers_leave AFTER UPDATE OF status ON subscribers
WHEN OLD.status = 'active' AND NEW.status <> 'active'
BEGIN
  UPDATE subscribers SET left_at = coalesce(NEW.left_at, NEW.changed_at) WHERE number = NEW.number;
END;

CREATE TRIGGER subscribers_return AFTER UPDATE OF status ON subscribers
WHEN OLD.status <> 'active' AND NEW.status = 'active'
BEGIN
  INSERT INTO list_past (hour, joins, leaves)
    SELECT OLD.left_at / 3600000 * 3600000, 0, 1 WHERE OLD.left_at IS NOT NULL
    ON CONFLICT (hour) DO UPDATE SET leaves = leaves + 1;
  INSERT INTO list_past (hour, joins, leaves)
    SELECT NEW.changed_at / 3600000 * 3600000, 1, 0 WHERE OLD.left_at IS NOT NULL
    ON CONFLICT (hour) DO UPDATE SET joins = joins + 1;
  UPDATE subscribers SET left_at = NULL, reason = NULL WHERE number = NEW.number;
END;
