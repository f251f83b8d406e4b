"""The pages about a criteria set and its versions: the facts of each, whose words are in `templates/pages/`."""
