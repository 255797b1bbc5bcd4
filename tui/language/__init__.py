"""The filter language: reading, describing, completing, editing and matching filters and times."""
