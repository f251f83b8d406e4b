"""The exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """0 done; 1 a test or verification failed, or a result is at least `--fail-on`; 2 invalid input; 3 it may be.

    70: a defect of the program: an error that nobody foresaw, or it contradicts itself. 130: ended by Ctrl-C, as shells
    say it (128 and the signal).
    """

    DONE = 0
    FAILED = 1
    INVALID_INPUT = 2
    STILL_OPEN = 3
    DEFECT = 70
    INTERRUPTED = 130
