-- A log file's name ends differently from any other's: its end finds it, in a twelfth of the space

DROP INDEX file_uri;
CREATE INDEX file_end ON file (substr(uri, -24));
