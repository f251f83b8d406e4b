"""What offices give each other: precedents as signed packages, criteria as signed feeds, and whose keys are trusted."""
