"""What a change of criteria means over all possible cases: two versions asked at once, each case confirmed by both."""
