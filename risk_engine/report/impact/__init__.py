"""The report on what a change of criteria does to stored cases."""
