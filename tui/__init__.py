"""Trailhound, a terminal explorer for AWS CloudTrail; this module owns only the version."""

__version__ = "0.1.0"
