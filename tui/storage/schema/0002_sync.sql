-- Where sync stands -------------------------------------------------------------------------

ALTER TABLE file ADD COLUMN version TEXT;   -- ETag: an unchanged object need not be read again

CREATE TABLE covered (                  -- ranges a source answered for to the end
    source TEXT NOT NULL,               -- history, s3
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- management, insight, or a log file folder's name
    start INTEGER NOT NULL,             -- ms since 1970 UTC
    "end" INTEGER NOT NULL,             -- excluded
    at INTEGER NOT NULL,                -- when that was known, ms since 1970 UTC
    PRIMARY KEY (source, account, region, kind, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE failure (                  -- scopes whose latest sync did not come to its end
    source TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (source, account, region, kind)
) STRICT, WITHOUT ROWID;
