"""The use cases: they wire sources, storage and analysis together for screens and commands."""
