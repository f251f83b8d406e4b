"""The changes between two versions of a criteria set in readable words: what a board decides on."""
