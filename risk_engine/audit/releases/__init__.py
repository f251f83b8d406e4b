"""Released versions of criteria sets: how one is released, who signed it, and when which version holds."""
