"""Verifying what was delivered, and keeping what was found."""
