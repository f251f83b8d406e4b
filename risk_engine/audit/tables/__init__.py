"""Rules as tables: rows of a sheet that a lawyer edits from the YAML that an engineer keeps, and back."""
