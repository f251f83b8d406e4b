"""The dialogue with arrow keys: each question stands alone on the screen, and leaves its answer behind."""

from risk_engine.cli.arrows.fields import ask_field
from risk_engine.cli.arrows.lists import Place, ask_list
from risk_engine.cli.arrows.pages import show
from risk_engine.cli.dialogue import Dialogue
from risk_engine.interrupts import heard_as_a_key
from risk_engine.interview.asking import Asked, Chosen, Reply

_BEHIND = 1
"""So many questions can stand open behind the one that is asked: the one at which somebody wants another list."""


class Arrows(Dialogue):
    """Puts questions on a terminal that can move its cursor."""

    def __init__(self) -> None:
        super().__init__()
        self._standing = ""
        self._help: list[str] | None = None
        """What was said since help was asked for."""
        self._left: list[tuple[Asked, Place]] = []
        """Where somebody was at the last questions: whoever asks for help, or for another list, comes back there."""

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        """Show a paragraph; help waits for the question that comes next, for whether both have room."""
        if self._help is None:
            super().say(text, lead=lead, strong=strong)
        else:
            self._help += self._wrapped(text, lead)

    def explain(self, legend: str) -> None:
        """Say nothing: each question shows its keys."""

    def standing(self, line: str) -> None:
        """Show how the case stands above every question, from now on."""
        self._standing = line

    def end(self) -> None:
        """Leave on the screen how the case stands, now that all questions about it are asked."""
        self.say()
        self.say(self._standing)
        self._standing = ""

    def ask(self, asked: Asked, *, again: bool = False) -> Reply:  # noqa: ARG002 (each time the whole question is shown)
        """Put a question and return what was chosen or typed, None where nothing will come any more."""
        helped, self._help = self._help or [], None
        try:
            with heard_as_a_key():
                show(helped, asked, self._standing)
                reply = self._ask_list(asked) if asked.kind in {"one", "several"} else ask_field(asked, self._standing)
        except EOFError:
            return None
        self._keep(asked, reply)
        self._help = [] if isinstance(reply, str) and reply.strip() == "?" else None
        return reply

    def _ask_list(self, asked: Asked) -> Reply:
        before = next((place for one, place in self._left if one is asked), None)
        reply, place = ask_list(asked, self._standing, before)
        self._left = [(asked, place), *[one for one in self._left if one[0] is not asked][:_BEHIND]]
        return reply

    def _keep(self, asked: Asked, reply: Reply) -> None:
        """Leave an answer on the screen, under its question."""
        if (answer := _in_words(asked, reply)) is None:
            return
        self.say()
        if asked.head:
            self.say(asked.head)
        self.say(asked.text)
        self.say(f"→ {answer}", lead="  ", strong=True)


def _in_words(asked: Asked, reply: Reply) -> str | None:
    """Return an answer as people read it; None for what is no answer."""
    if isinstance(reply, Chosen):
        return "; ".join(one.title for one in asked.options if one.name in reply.names) or asked.none
    said = (reply or "").strip()
    if asked.leave is not None and said in {asked.leave.typed, ""}:
        return asked.leave.title if said or not asked.said else None
    return None if not said or said.casefold() in {one.typed for one in asked.commands} else said
