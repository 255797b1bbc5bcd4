-- Where following stands ---------------------------------------------------------------------

CREATE TABLE feed (                     -- up to when a followed source is complete
    kind TEXT NOT NULL,                 -- history, s3, logs, sqs, demo
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,                 -- a location, a log group, a queue; empty for history
    complete_to INTEGER NOT NULL,       -- ms since 1970 UTC
    at INTEGER NOT NULL,                -- when that was known, ms since 1970 UTC
    PRIMARY KEY (kind, account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE printed (                  -- how far `trailhound tail` has printed, for each filter
    filter TEXT PRIMARY KEY,
    number INTEGER NOT NULL,            -- the last fact that was printed or did not match
    at INTEGER NOT NULL                 -- ms since 1970 UTC
) STRICT, WITHOUT ROWID;
