-- What a verdict means for a cached file is `file_mark` alone -----------------------------------

DROP VIEW file_verdict;
