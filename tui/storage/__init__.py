"""The cache: one SQLite file that anyone's sqlite3 can read; the only home of sqlite3."""
