"""Following sources as they deliver."""
