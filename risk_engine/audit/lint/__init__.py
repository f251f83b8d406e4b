"""Lints: what is not wrong in a criteria set, but misleads, does nothing or could be better."""
