"""What would change a result: what may still come out, which answer decides, what lowers it, how firm it stands."""
