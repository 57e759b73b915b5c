-- When an edition was taken back, as if it had never been planned: its name is never given to another one, which a sender
-- that still has it in hand would take for it.
ALTER TABLE tidings.editions ADD COLUMN taken_back_at timestamptz;

-- When it was called off: what is deferred or given back afterwards is not sent either.
ALTER TABLE tidings.editions ADD COLUMN cancelled_at timestamptz;
