"""The interface for programs, below `/api/v1`: operations beside the pages, on the same functions, by a token alone."""
