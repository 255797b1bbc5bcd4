-- What was verified, with the evidence it takes to verify it again without AWS ----------------

CREATE TABLE public_key (
    region TEXT NOT NULL,           -- whose digests it verifies
    fingerprint TEXT NOT NULL,
    value BLOB NOT NULL,            -- DER, as ListPublicKeys gives it
    start INTEGER NOT NULL,         -- validity, ms since 1970 UTC
    "end" INTEGER NOT NULL,
    PRIMARY KEY (region, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE digest (                   -- each version of a digest file that was ever met
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL,
    version TEXT NOT NULL,          -- ETag, or another sign of the same bytes
    size INTEGER NOT NULL,          -- bytes as stored
    trail TEXT NOT NULL,            -- this and the next four by its name
    home TEXT NOT NULL,             -- the trail's home region
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    backfill INTEGER NOT NULL,
    start INTEGER,                  -- ms since 1970 UTC; NULL if it cannot be read
    "end" INTEGER NOT NULL,         -- as its name says
    verdict TEXT NOT NULL,          -- 'valid', or the kind of finding
    at INTEGER NOT NULL,            -- when it was last held against its signature
    metadata TEXT NOT NULL,         -- of the object, as JSON
    body BLOB NOT NULL,             -- as stored
    UNIQUE (uri, version)
) STRICT;
CREATE INDEX digest_time ON digest (account, region, "end");

CREATE TABLE log (                      -- log files, as digests name them and as buckets hold them
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL,
    digest INTEGER REFERENCES digest,   -- NULL: no digest names it
    verdict TEXT NOT NULL,          -- 'valid', or the kind of finding
    version TEXT,                   -- ETag in the bucket when that was found; NULL: not there
    size INTEGER,                   -- bytes as stored; NULL: not there
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX log_uri ON log (uri);
CREATE INDEX log_digest ON log (digest);

CREATE TABLE log_bytes (                -- bytes that were held against what the digest says
    log INTEGER NOT NULL REFERENCES log,
    sha256 BLOB NOT NULL,           -- as delivered: file.sha256 of the same bytes
    verdict TEXT NOT NULL,
    PRIMARY KEY (log, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_bytes_sha256 ON log_bytes (sha256);

CREATE TABLE finding (                  -- what was wrong the last time that time was verified
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,           -- a URI, or what else it is about
    detail TEXT NOT NULL,
    trail TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    start INTEGER NOT NULL,         -- the time it throws doubt on, ms since 1970 UTC
    "end" INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_time ON finding (account, region, "end");

CREATE TABLE verification (             -- which time was verified when, by what was asked for
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,           -- a trail's ARN, a place in S3, a path
    start INTEGER NOT NULL,         -- ms since 1970 UTC
    "end" INTEGER NOT NULL,
    at INTEGER NOT NULL,
    complete INTEGER NOT NULL       -- whether it came to its end
) STRICT;

CREATE INDEX file_uri ON file (uri);

-- Which cached files are vouched for: their bytes, wherever the file itself is by now ----------

CREATE VIEW file_verdict AS
SELECT file.id AS file, log_bytes.verdict, log.id AS log
FROM log_bytes JOIN log ON log.id = log_bytes.log
JOIN file ON file.sha256 = log_bytes.sha256
WHERE log.uri = file.uri OR (file.source = 'local' AND log_bytes.verdict = 'valid')
UNION
SELECT file.id, log.verdict, log.id
FROM log JOIN file ON file.uri = log.uri
WHERE log.digest IS NULL;
