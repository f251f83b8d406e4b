"""The keys that end a question of the dialogue as a whole, the same at every one."""

from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys


def add_endings(keys: KeyBindings) -> None:
    """Make Ctrl-C raise KeyboardInterrupt and Ctrl-D EOFError out of the question that has these keys."""

    @keys.add("c-c")
    @keys.add(Keys.SIGINT)
    def _interrupt(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    @keys.add("c-d")
    def _end(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)
