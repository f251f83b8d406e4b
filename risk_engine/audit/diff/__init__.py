"""The difference between two versions: every single edit, and what all of them mean over all possible cases."""
