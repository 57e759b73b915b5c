-- Why and when somebody ceased to be active. NULL: nobody knows; they were brought from another list as they are.
ALTER TABLE tidings.subscribers ADD COLUMN reason text;
ALTER TABLE tidings.subscribers ADD COLUMN left_at timestamptz;
UPDATE tidings.subscribers SET left_at = changed_at WHERE status <> 'active';

-- Joins and leaves that no row of subscribers tells any more, by the hour: of those who came back, and of erased ones.
CREATE TABLE tidings.list_past (
  hour   timestamptz PRIMARY KEY,
  joins  integer NOT NULL DEFAULT 0,
  leaves integer NOT NULL DEFAULT 0
);

CREATE FUNCTION tidings.note_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'active' THEN
    IF OLD.status = 'active' THEN NEW.left_at := coalesce(NEW.left_at, NEW.changed_at); END IF;
    RETURN NEW;
  END IF;
  IF OLD.left_at IS NOT NULL THEN
    INSERT INTO tidings.list_past AS p (hour, joins, leaves)
      SELECT hour, sum(joins), sum(leaves)
      FROM (VALUES (date_trunc('hour', OLD.left_at, 'UTC'), 0, 1), (date_trunc('hour', NEW.changed_at, 'UTC'), 1, 0))
        AS v (hour, joins, leaves)
      GROUP BY hour ORDER BY hour
      ON CONFLICT (hour) DO UPDATE SET joins = p.joins + excluded.joins, leaves = p.leaves + excluded.leaves;
  END IF;
  NEW.left_at := NULL;
  NEW.reason := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER subscribers_movement BEFORE UPDATE OF status ON tidings.subscribers
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION tidings.note_movement();
