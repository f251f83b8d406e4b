"""Questions about criteria and stored results: do the set's own cases hold, does a stored assessment come out again."""
