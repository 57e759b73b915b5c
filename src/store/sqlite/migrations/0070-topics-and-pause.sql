-- What a subscriber chose: a sorted JSON array of topics; NULL: everything.
ALTER TABLE subscribers ADD COLUMN topics TEXT;
-- Gets nothing before this instant.
ALTER TABLE subscribers ADD COLUMN paused_until INTEGER;
-- The topics of its articles, a JSON array, when none of them is for everybody; NULL: some are.
ALTER TABLE editions ADD COLUMN only_for TEXT;
-- For whom it is made, a JSON array; NULL: for everybody.
ALTER TABLE edition_variants ADD COLUMN topics TEXT;
