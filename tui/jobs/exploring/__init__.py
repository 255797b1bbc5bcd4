"""Answering questions about what is cached."""
