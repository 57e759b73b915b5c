-- What signs links while the configuration names no secret, and what keyed hashes are made with: this file is as secret
-- as the list in it.
CREATE TABLE secrets (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
