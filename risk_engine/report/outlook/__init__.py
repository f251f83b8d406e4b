"""What would change a result, as a section of the report: what may still come out, what decides it, what lowers it."""
