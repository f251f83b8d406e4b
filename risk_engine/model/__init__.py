"""What the words mean: facts, conditions, criteria, case, profile and assessment, as frozen models without I/O."""
