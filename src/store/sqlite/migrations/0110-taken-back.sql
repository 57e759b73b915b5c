-- When an edition was taken back, as if it had never been planned: its name is never given to another one, which a sender
-- that still has it in hand would take for it.
ALTER TABLE editions ADD COLUMN taken_back_at INTEGER;
