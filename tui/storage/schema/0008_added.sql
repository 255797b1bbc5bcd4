-- What a user wants synced besides what is found --------------------------------------------

CREATE TABLE added (
    source TEXT PRIMARY KEY,            -- as it was typed: a place in S3, a trail's ARN, a profile
    profiles TEXT NOT NULL,             -- that were in use then, as JSON; []: the default credentials
    at INTEGER NOT NULL                 -- ms since 1970 UTC
) STRICT, WITHOUT ROWID;
