"""What an office decided before: the nearest decided cases to a case, and decided cases that do not go together."""
