-- What else the publisher knows of a subscriber, for templates: texts by name.
ALTER TABLE tidings.subscribers ADD COLUMN fields jsonb NOT NULL DEFAULT '{}';
