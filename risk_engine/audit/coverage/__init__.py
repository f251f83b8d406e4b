"""Coverage: what a set's own cases show of its rules, and what they leave out."""
