"""What a delivered record means: from any JSON to an event; the tables are in `tui/data`."""
