-- What was delivered -------------------------------------------------------------------------

CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL,
    source TEXT NOT NULL,           -- how it reached us: local, s3, history, demo
    size INTEGER NOT NULL,          -- bytes as delivered
    modified INTEGER,               -- ms since 1970 UTC, as its holder says
    sha256 BLOB NOT NULL,           -- of the delivered bytes; empty if they could not be read
    events INTEGER NOT NULL,        -- records in it that are events
    skipped INTEGER NOT NULL,       -- things in it that are not
    read_at INTEGER NOT NULL        -- ms since 1970 UTC
) STRICT;
CREATE INDEX file_content ON file (sha256);

CREATE TABLE body (
    file INTEGER PRIMARY KEY REFERENCES file,
    encoding TEXT NOT NULL,         -- 'as delivered', or 'zlib' where we compressed plain text
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE skipped (
    file INTEGER NOT NULL REFERENCES file,
    ordinal INTEGER,                -- which record of the file, from 0; NULL: the file itself
    why TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX skipped_file ON skipped (file);

-- Dimensions: the distinct values events point into; rows are only ever added ----------------

CREATE TABLE identity (                 -- an actor without its access key, which is often replaced
    id INTEGER PRIMARY KEY,
    caller TEXT NOT NULL, type TEXT, session TEXT, role TEXT, behind TEXT, arn TEXT,
    principal TEXT, account TEXT, via TEXT, mfa TEXT
) STRICT;

CREATE TABLE credential (
    id INTEGER PRIMARY KEY,
    identity INTEGER NOT NULL REFERENCES identity,
    key TEXT
) STRICT;

CREATE VIEW actor AS
SELECT credential.id, caller, type, session, role, behind, arn, principal, account, key, via, mfa
FROM credential JOIN identity ON identity.id = credential.identity;

CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    action TEXT NOT NULL, service TEXT NOT NULL, source TEXT, type TEXT, category TEXT,
    read_only TEXT, verb TEXT NOT NULL
) STRICT;

CREATE TABLE place (id INTEGER PRIMARY KEY, account TEXT, region TEXT) STRICT;

CREATE TABLE origin (id INTEGER PRIMARY KEY, ip TEXT, agent TEXT, endpoint TEXT) STRICT;

CREATE TABLE outcome (
    id INTEGER PRIMARY KEY, error TEXT, code TEXT, result TEXT NOT NULL
) STRICT;

CREATE TABLE signal (id INTEGER PRIMARY KEY, severity INTEGER NOT NULL, reason TEXT) STRICT;

CREATE TABLE who (                      -- which of these come together; an event has one of them
    id INTEGER PRIMARY KEY,
    actor INTEGER NOT NULL REFERENCES credential,
    place INTEGER NOT NULL REFERENCES place,
    origin INTEGER NOT NULL REFERENCES origin
) STRICT;

CREATE TABLE what (
    id INTEGER PRIMARY KEY,
    call INTEGER NOT NULL REFERENCES call,
    outcome INTEGER NOT NULL REFERENCES outcome,
    signal INTEGER NOT NULL REFERENCES signal
) STRICT;

CREATE TABLE resource (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT) STRICT;

CREATE TABLE resources (                -- sets of resources; an event has one set, often empty
    id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    resource INTEGER NOT NULL REFERENCES resource,
    PRIMARY KEY (id, position)
) STRICT, WITHOUT ROWID;

-- Events -------------------------------------------------------------------------------------

CREATE TABLE fact (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,          -- eventTime, ms since 1970 UTC
    file INTEGER NOT NULL REFERENCES file,
    ordinal INTEGER NOT NULL,       -- which record of the file, from 0
    who INTEGER NOT NULL REFERENCES who,
    what INTEGER NOT NULL REFERENCES what,
    resources INTEGER NOT NULL,     -- resources.id; 0: none
    event_id ANY NOT NULL           -- the 16 bytes of a GUID, or any other id as text
) STRICT;

CREATE TABLE sighting (                 -- the same event delivered again; the first is in fact
    fact INTEGER NOT NULL REFERENCES fact,
    file INTEGER NOT NULL REFERENCES file,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (fact, file, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE block (                    -- columns of facts first .. first+count-1, for loading
    first INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    oldest INTEGER NOT NULL,        -- ms since 1970 UTC
    newest INTEGER NOT NULL,
    columns BLOB NOT NULL,
    keys BLOB NOT NULL              -- 32 bit of each event id, to recognise one seen before
) STRICT;
