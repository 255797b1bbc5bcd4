-- How far files and events are vouched for: what follows from verdicts, never stored ------------

CREATE VIEW file_mark AS                -- NULL: its hour has no digest
SELECT file.id AS file, CASE
    WHEN EXISTS (
        SELECT 1 FROM log_bytes JOIN log ON log.id = log_bytes.log
        JOIN digest ON digest.id = log.digest
        WHERE log_bytes.sha256 = file.sha256 AND log.uri = file.uri
        AND log_bytes.verdict != 'valid' AND digest.verdict IN ('valid', 'digest-moved')
    ) OR EXISTS (
        SELECT 1 FROM log
        WHERE log.uri = file.uri AND log.digest IS NULL AND log.verdict = 'log-unlisted'
    ) THEN 'failed'
    WHEN EXISTS (
        SELECT 1 FROM log_bytes JOIN log ON log.id = log_bytes.log
        JOIN digest ON digest.id = log.digest
        WHERE log_bytes.sha256 = file.sha256 AND (log.uri = file.uri OR file.source = 'local')
        AND log_bytes.verdict = 'valid' AND digest.verdict IN ('valid', 'digest-moved')
    ) THEN 'yes'
    WHEN file.source = 'local' AND EXISTS (     -- a copy, whose bytes are those of no log file
        SELECT 1 FROM log_bytes JOIN log ON log.id = log_bytes.log
        JOIN digest ON digest.id = log.digest
        WHERE log_bytes.sha256 = file.sha256 AND digest.verdict IN ('valid', 'digest-moved')
    ) THEN 'failed'
    WHEN EXISTS (
        SELECT 1 FROM log
        WHERE log.uri = file.uri AND log.digest IS NULL AND log.verdict = 'no-digest'
    ) THEN NULL
    ELSE 'no' END AS mark
FROM file;

CREATE VIEW confirmed AS                -- events of files that are not judged, seen in verified ones
WITH verified AS MATERIALIZED (SELECT file FROM file_mark WHERE mark = 'yes')
SELECT DISTINCT sighting.fact
FROM verified JOIN sighting ON sighting.file = verified.file
JOIN fact ON fact.id = sighting.fact
JOIN file_mark AS own ON own.file = fact.file
WHERE own.mark IS NULL OR own.mark = 'no';

CREATE VIEW event_mark AS               -- for looking up a few events
SELECT fact.id AS fact, CASE
    WHEN own.mark IN ('yes', 'failed') THEN own.mark
    WHEN EXISTS (
        SELECT 1 FROM sighting JOIN file_mark AS seen ON seen.file = sighting.file
        WHERE sighting.fact = fact.id AND seen.mark = 'yes'
    ) THEN 'yes'
    ELSE own.mark END AS mark
FROM fact JOIN file_mark AS own ON own.file = fact.file;

CREATE TABLE judged (                   -- one row; grows with each change of a verdict
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO judged VALUES (0);

CREATE TRIGGER judged_bytes AFTER INSERT ON log_bytes
BEGIN UPDATE judged SET revision = revision + 1; END;
CREATE TRIGGER judged_bytes_no_more AFTER DELETE ON log_bytes
BEGIN UPDATE judged SET revision = revision + 1; END;
CREATE TRIGGER judged_alone AFTER INSERT ON log WHEN new.digest IS NULL
BEGIN UPDATE judged SET revision = revision + 1; END;
CREATE TRIGGER judged_alone_no_more AFTER DELETE ON log WHEN old.digest IS NULL
BEGIN UPDATE judged SET revision = revision + 1; END;
CREATE TRIGGER judged_digest AFTER UPDATE OF verdict ON digest
WHEN new.verdict IS NOT old.verdict
BEGIN UPDATE judged SET revision = revision + 1; END;

-- For people -----------------------------------------------------------------------------------

CREATE VIEW event AS
SELECT
    fact.id AS number,
    strftime('%Y-%m-%dT%H:%M:%SZ', fact.time / 1000, 'unixepoch') AS time,
    actor.caller, call.service, call.action,
    (SELECT resource.name FROM resources JOIN resource ON resource.id = resources.resource
     WHERE resources.id = fact.resources AND resources.position = 0) AS resource,
    place.account, place.region, outcome.result, outcome.error, origin.ip, origin.agent,
    call.verb, signal.severity, signal.reason,
    actor.type AS identity, actor.session, actor.role, actor.behind, actor.arn, actor.key,
    actor.principal, actor.account AS owner, actor.via, actor.mfa,
    call.type, call.category, call.read_only AS readonly, call.source AS eventsource,
    outcome.code, origin.endpoint,
    CASE typeof(fact.event_id) WHEN 'text' THEN fact.event_id ELSE
        lower(substr(hex(fact.event_id), 1, 8) || '-' || substr(hex(fact.event_id), 9, 4) || '-'
        || substr(hex(fact.event_id), 13, 4) || '-' || substr(hex(fact.event_id), 17, 4) || '-'
        || substr(hex(fact.event_id), 21)) END AS id,
    fact.time AS time_ms, fact.file, fact.ordinal,
    (SELECT json_group_array(resource.name) FROM resources
     JOIN resource ON resource.id = resources.resource
     WHERE resources.id = fact.resources) AS resources,
    (SELECT mark FROM event_mark WHERE event_mark.fact = fact.id) AS verified
FROM fact
JOIN who ON who.id = fact.who
JOIN actor ON actor.id = who.actor
JOIN place ON place.id = who.place
JOIN origin ON origin.id = who.origin
JOIN what ON what.id = fact.what
JOIN call ON call.id = what.call
JOIN outcome ON outcome.id = what.outcome
JOIN signal ON signal.id = what.signal;
