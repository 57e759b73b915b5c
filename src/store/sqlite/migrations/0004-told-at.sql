-- When name, fields or language last changed, of which messages are made; NULL: never.
ALTER TABLE subscribers ADD COLUMN told_at INTEGER;
UPDATE subscribers SET told_at = changed_at WHERE changed_at > created_at;
