-- When name, fields or language last changed, of which messages are made; NULL: never.
ALTER TABLE tidings.subscribers ADD COLUMN told_at timestamptz;
UPDATE tidings.subscribers SET told_at = changed_at WHERE changed_at > created_at;
