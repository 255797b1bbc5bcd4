"""Saved filters on the screen: keeping the present one, choosing one, what each does."""
