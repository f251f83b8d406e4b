"""What changed around the cases of a register since the last look, and which cases each change touches."""
