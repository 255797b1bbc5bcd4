"""Sync, coverage, and asking AWS, on the screen."""
