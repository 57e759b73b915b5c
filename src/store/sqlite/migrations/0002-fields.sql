-- What else the publisher knows of a subscriber, for templates: a JSON object of texts by name.
ALTER TABLE subscribers ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
