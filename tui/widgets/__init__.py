"""The parts of the screens: they take values, post messages, and know no database and no job."""
