"""Filling the cache from what was delivered, and keeping it within its limits."""
