"""Whether a record is what AWS delivered, and whether any is missing: bytes in, verdicts out."""
