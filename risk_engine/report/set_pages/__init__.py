"""Pages about criteria sets, their versions, and cases under several: the facts of each; words: `templates/pages/`."""
