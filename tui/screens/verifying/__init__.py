"""The integrity panel."""
