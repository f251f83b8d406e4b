"""Files to models: everything checked, every problem found at once, each with its place."""
