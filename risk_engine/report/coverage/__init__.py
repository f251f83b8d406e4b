"""What was asked of a set itself as a page: the coverage by its cases, and the remarks of its lints."""
