"""`python -m risk_engine` is the command `risk-engine`; here it begins, and hears Ctrl-C from its first line on."""

import gc
import signal
import sys
from typing import Any

# A run makes many objects and hardly any garbage, so to look for it early or at the end costs a fifth for nothing.
GARBAGE = 300_000


def main() -> None:
    """Run the command; Ctrl-C while it is still being read waits until there are words for it."""
    gc.set_threshold(GARBAGE)
    try:
        _run()
    finally:
        gc.freeze()


def _run() -> None:
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # whoever started it wants no Ctrl-C
        from risk_engine.cli import main as run

        run()
        return
    waiting: list[int] = []

    def wait(number: int, _frame: Any) -> None:
        waiting.append(number)

    def hear() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if waiting:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, wait)
    from risk_engine.cli import main as run

    try:
        run(hear)
    except KeyboardInterrupt:  # once more, while the first is being answered
        sys.exit(130)
    finally:
        # All is said; what Python still clears away nobody need wait for.
        signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    main()
