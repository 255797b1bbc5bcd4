-- Names of resources begin alike: what they begin with is stored once, with their type -----------

CREATE TABLE stem (                     -- names up to their last / or :, of one type of resource
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    type TEXT
) STRICT;
CREATE TABLE leaf (                     -- what follows it in the name of one resource
    id INTEGER PRIMARY KEY,
    stem INTEGER NOT NULL REFERENCES stem,
    text TEXT NOT NULL
) STRICT;

-- What is trimmed is every character but those two; bytes, as a name may hold NUL.
CREATE TABLE cut AS
    SELECT id, name, type, rtrim(name, replace(replace(name, '/', ''), ':', '')) AS stem
    FROM resource;
INSERT INTO stem (text, type) SELECT DISTINCT stem, type FROM cut ORDER BY id;
INSERT INTO leaf SELECT cut.id, stem.id,
    coalesce(CAST(substr(CAST(cut.name AS BLOB), length(CAST(stem.text AS BLOB)) + 1) AS TEXT), '')
    FROM cut JOIN stem ON stem.text = cut.stem AND stem.type IS cut.type;
DROP TABLE cut;

DROP TABLE resource;
CREATE VIEW resource AS
SELECT leaf.id, stem.text || leaf.text AS name, stem.type
FROM leaf JOIN stem ON stem.id = leaf.stem;

CREATE TABLE members AS SELECT * FROM resources;
DROP TABLE resources;
CREATE TABLE resources (                -- sets of resources; an event has one set, often empty
    id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    resource INTEGER NOT NULL REFERENCES leaf,
    PRIMARY KEY (id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO resources SELECT * FROM members;
DROP TABLE members;
