"""Pure values and rules of CloudTrail: no files, no network, no database, no clock."""
