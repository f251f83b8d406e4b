"""The report on what is proved of a set of criteria over all possible cases."""
