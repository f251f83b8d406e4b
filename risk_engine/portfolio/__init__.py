"""Many cases: read, assess, summarise."""
