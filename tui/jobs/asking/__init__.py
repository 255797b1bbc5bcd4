"""Asking AWS for what one filter wants."""
