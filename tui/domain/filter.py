"""A filter: one immutable tree that every engine evaluates, and that describes itself.

This module owns the tree and its algebra. Reading it from text is `grammar`; evaluating it on one
event is `match`; on the cache `storage.select`; on columns `analysis.select`. All must agree: an
absent value satisfies no test except `field:none`, and NOT keeps what the test does not hold for,
so `-error:AccessDenied` keeps the successes.
"""
