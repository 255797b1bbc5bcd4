"""The following half of the events screen."""
