-- What changes, and what goes again ----------------------------------------------------------

CREATE TABLE ledger (                   -- one row
    revision INTEGER NOT NULL,          -- grows each time that facts are rewritten or let go
    removed INTEGER NOT NULL,           -- the revision in which facts were last let go
    last INTEGER NOT NULL               -- no fact let go had a higher id: none is given twice
) STRICT;
INSERT INTO ledger VALUES (0, 0, 0);

ALTER TABLE block ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;   -- of the ledger, when written
ALTER TABLE block ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;       -- facts of it that were let go

ALTER TABLE file ADD COLUMN let_go INTEGER;     -- when its bytes were let go, ms since 1970 UTC
ALTER TABLE file ADD COLUMN cap INTEGER;        -- decompressed bytes it exceeded, so was not read
CREATE INDEX file_to_let_go ON file (modified) WHERE source = 's3' AND let_go IS NULL;

CREATE TABLE flag (                     -- events a user wants kept, whatever limits say
    fact INTEGER PRIMARY KEY REFERENCES fact,
    at INTEGER NOT NULL                 -- when, ms since 1970 UTC
) STRICT;

-- Who and where ---------------------------------------------------------------------------------

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,                 -- in Organizations, or its alias
    at INTEGER NOT NULL                 -- when that was known, ms since 1970 UTC
) STRICT, WITHOUT ROWID;

CREATE TABLE bucket (                   -- how a bucket was read: let go bytes are fetched that way
    name TEXT PRIMARY KEY,
    profile TEXT,                       -- of the AWS configuration; NULL: the default credentials
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
