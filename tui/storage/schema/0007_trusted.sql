-- Whose content is trusted, whatever else is wrong with it; events that are only in history -----

ALTER TABLE digest ADD COLUMN trusted INTEGER NOT NULL DEFAULT 0;   -- is its content what AWS signed
UPDATE digest SET trusted = 1 WHERE verdict IN ('valid', 'digest-moved');
ALTER TABLE finding ADD COLUMN events INTEGER NOT NULL DEFAULT 0;   -- how many events it is about

DROP VIEW file_mark;
CREATE VIEW file_mark AS                -- NULL: its hour has no digest
SELECT file.id AS file, CASE
    WHEN EXISTS (
        SELECT 1 FROM log_bytes JOIN log ON log.id = log_bytes.log
        JOIN digest ON digest.id = log.digest
        WHERE log_bytes.sha256 = file.sha256 AND log.uri = file.uri
        AND log_bytes.verdict != 'valid' AND digest.trusted
    ) OR EXISTS (
        SELECT 1 FROM log
        WHERE log.uri = file.uri AND log.digest IS NULL AND log.verdict = 'log-unlisted'
    ) THEN 'failed'
    WHEN EXISTS (
        SELECT 1 FROM log_bytes JOIN log ON log.id = log_bytes.log
        JOIN digest ON digest.id = log.digest
        WHERE log_bytes.sha256 = file.sha256 AND (log.uri = file.uri OR file.source = 'local')
        AND log_bytes.verdict = 'valid' AND digest.trusted
    ) THEN 'yes'
    WHEN file.source = 'local' AND EXISTS (     -- a copy, whose bytes are those of no log file
        SELECT 1 FROM log_bytes JOIN log ON log.id = log_bytes.log
        JOIN digest ON digest.id = log.digest
        WHERE log_bytes.sha256 = file.sha256 AND digest.trusted
    ) THEN 'failed'
    WHEN EXISTS (
        SELECT 1 FROM log
        WHERE log.uri = file.uri AND log.digest IS NULL AND log.verdict = 'no-digest'
    ) THEN NULL
    ELSE 'no' END AS mark
FROM file;

DROP TRIGGER judged_digest;
CREATE TRIGGER judged_digest AFTER UPDATE OF verdict, trusted ON digest
WHEN new.verdict IS NOT old.verdict OR new.trusted IS NOT old.trusted
BEGIN UPDATE judged SET revision = revision + 1; END;
