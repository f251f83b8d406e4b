"""A stored outlook worked out again as far as that needs no solver: whether it says what the engine says."""
