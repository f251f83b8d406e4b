"""Questions about criteria and stored results: do a set's cases hold, what does its map show, is a result the same."""
