"""Partner screening: lists and a registry of organisations, kept with their dates, and whom of them a name means."""
