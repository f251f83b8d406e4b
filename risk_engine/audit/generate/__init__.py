"""Cases for what the cases of a set do not show: asked of the solver, confirmed by the coverage (extra `audit`)."""
