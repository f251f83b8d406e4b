"""Versions of criteria sets in time, as a document and as a picture."""
