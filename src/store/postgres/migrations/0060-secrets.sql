-- What signs links while the configuration names no secret, and what keyed hashes are made with: this database is as
-- secret as the list in it.
CREATE TABLE tidings.secrets (
  name  text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);
