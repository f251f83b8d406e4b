"""A dialogue about one case: what is asked next, what an answer means, what it comes to; nothing is read or written."""
