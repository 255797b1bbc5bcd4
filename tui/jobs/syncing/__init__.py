"""Filling the cache from AWS: what is missing of the wanted time."""
