"""Generated cases in the form of cases.yaml, for a person who confirms each."""
