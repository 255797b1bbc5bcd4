"""The first minutes: ways in, and hints."""
