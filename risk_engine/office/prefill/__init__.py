"""What lists and the registry propose for a case or a file on a partner, and what of it is accepted."""
