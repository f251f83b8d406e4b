"""What a change of criteria means for results, in readable words: the answer first, then each case that shows it."""
