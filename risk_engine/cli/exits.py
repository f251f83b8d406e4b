"""The exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """0 done; 1 and 3 only where a command was asked to fail on a result; 2 invalid input."""

    DONE = 0
    FAILED = 1
    INVALID_INPUT = 2
    STILL_OPEN = 3
