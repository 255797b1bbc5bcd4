"""The values everything speaks in: events, filters, answers; no files, no network, no clock."""
