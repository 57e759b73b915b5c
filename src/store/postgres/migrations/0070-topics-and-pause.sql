-- What a subscriber chose, sorted; NULL: everything.
ALTER TABLE tidings.subscribers ADD COLUMN topics text[];
-- Gets nothing before this instant.
ALTER TABLE tidings.subscribers ADD COLUMN paused_until timestamptz;
-- The topics of its articles, when none of them is for everybody; NULL: some are.
ALTER TABLE tidings.editions ADD COLUMN only_for text[];
-- For whom it is made; NULL: for everybody.
ALTER TABLE tidings.edition_variants ADD COLUMN topics text[];
