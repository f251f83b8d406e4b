"""The symbolic reading of a set: all possible cases at once before a solver, each example confirmed by the engine."""
