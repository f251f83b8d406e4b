"""The dialogue itself, line by line: what is shown, what each line that comes back means, and how it ends.

It knows neither terminal nor file: whoever runs it shows and reads the lines, and writes the record after each answer.
"""

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

from risk_engine.forms.fields import WrongError, short
from risk_engine.interview import wording
from risk_engine.interview.record import Record
from risk_engine.interview.session import Session, Step
from risk_engine.interview.standing import is_settled
from risk_engine.interview.typed import is_no, is_not_known, is_yes, typed
from risk_engine.language import _, ngettext

Ended: TypeAlias = Literal["finished", "quit", "no_more_input"]
After: TypeAlias = Literal["quit", "no_more_input"] | None

COMMANDS = frozenset({"", "s", "b", "+", "-"})
"""What is no answer, beside the question mark and the word that stops."""
MOST_TYPED = 4000
"""A longer line is no answer."""


class Terminal(Protocol):
    """Where the dialogue takes place."""

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        """Show a paragraph, its lines with this lead."""

    def ask(self) -> str | None:
        """Return the next line that is typed, None where there will be none."""


class Talk:
    """One dialogue; `save` writes the record, and is called after every answer."""

    def __init__(self, session: Session, terminal: Terminal, save: Callable[[Record], None]) -> None:
        self.session = session
        self.terminal = terminal
        self.save = save

    def run(self) -> Ended:
        """Ask until nothing is left that can matter, or somebody stops."""
        self.terminal.say(legend())
        self._show_standing()
        while True:
            step = self.session.next()
            if step is None:
                if not self._goes_on():
                    return "finished"
                continue
            if (ended := self._step(step)) is not None:
                return ended

    # --- one question ---

    def _step(self, step: Step) -> After:
        record = self.session.record
        self.terminal.say()
        self.terminal.say(wording.head(step, record))
        self.terminal.say(wording.asked(step, record), strong=True)
        for one in wording.how(step, record):
            self.terminal.say(one, lead="  ")
        while True:
            line = self.terminal.ask()
            if line is None:
                return "no_more_input"
            text = line.strip()
            if len(text) > MOST_TYPED:
                self.terminal.say(_("This is too long: at most {most} characters.", most=MOST_TYPED))
            elif text.casefold() == "q":
                return "quit"
            elif text == "?":
                for help_line in wording.help_lines(step, record):
                    self.terminal.say(help_line, lead="  ")
            elif self._command(step, text.casefold()) if text.casefold() in COMMANDS else self._answer(step, text):
                return None

    def _command(self, step: Step, text: str) -> bool:
        """Do what is no answer; return whether the question is over."""
        session = self.session
        match text:
            case "b":
                is_over = session.back()
                if not is_over:
                    self.terminal.say(_("There is no question before this one."))
                return is_over
            case "+":
                return self._add()
            case "-":
                return self._remove(step)
            case "" if step.kind == "more" or wording.answered(step, session.record) is not None:
                session.keep(step)
            case _:
                session.skip(step)
        return True

    def _remove(self, step: Step) -> bool:
        """Take out the entry that is asked about; return whether that could be."""
        if step.kind != "name" or step.read.entry is None:
            self.terminal.say(_("`-` takes out an entry where its name is asked."))
            return False
        if not self.session.remove(step):
            self.terminal.say(_("More than its name is answered, so only the file itself can be rid of this entry."))
            return False
        self._saved()
        return True

    def _answer(self, step: Step, text: str) -> bool:
        """Take a line as an answer; return whether it was one, else say what is accepted."""
        is_quoted, text = _unquoted(text) != text, _unquoted(text)
        try:
            match step.kind:
                case "fact":
                    return self._fact(step, text)
                case "list" | "more" | "name":
                    return self._name(step, text, is_quoted=is_quoted)
        except WrongError as error:
            for one in (error, *error.more):
                help_text = f": {one.help}" if one.help else ""
                self.terminal.say(f"{one}{help_text}")
            return False

    def _fact(self, step: Step, text: str) -> bool:
        record = self.session.record
        if text.casefold() == "k" and wording.answered(step, record) is None and record.kept(step.read) is not None:
            value = record.kept(step.read)
        else:
            question = wording.question_of(step, record)
            value = typed(text, question, wording.fact_of(step, record.criteria), record.criteria).value
        moved = self.session.answer(step, value)
        for path in moved:
            self.terminal.say(_("`{path}` is not asked any more; its answer is set aside, not lost.", path=path))
        self._saved()
        return True

    def _name(self, step: Step, text: str, *, is_quoted: bool) -> bool:
        """Take what is said of a list: that there is none, that there are some, or the name of an entry."""
        session = self.session
        if is_not_known(text) and not is_quoted:
            (session.keep if step.kind == "more" else session.skip)(step)
            return True
        if step.kind != "name" and is_yes(text) and not is_quoted:
            session.ask_name(step)
            return True
        if step.kind == "more" and is_no(text) and not is_quoted:
            session.keep(step)
            return True
        if step.kind == "list" and is_no(text) and not is_quoted:
            session.none(step)
            self._saved()
            return True
        if text.isdecimal() and not is_quoted:
            self.terminal.say(_("That is a number, not a name. If it is really called so, type it in quotes."))
            return False
        record = session.record
        question = wording.question_of(step, record)
        value = typed(text, question, wording.fact_of(step, record.criteria), record.criteria).value
        if value is None or session.name(step, value) is None:
            self.terminal.say(_("{name} is in the list already; type another name.", name=short(text)))
            return False
        self._saved()
        return True

    def _add(self) -> bool:
        """Ask to which list an entry is added; return whether one was named."""
        record = self.session.record
        lists = [
            name
            for name, entity in record.criteria.entities.items()
            if entity.many is not None and record.entries(name) and len(record.entries(name)) < entity.many
        ]
        if not lists:
            self.terminal.say(_("There is no list yet to which an entry can be added."))
            return False
        self.terminal.say(_("To which list? Enter: to none."))
        for number, name in enumerate(lists, 1):
            self.terminal.say(f"{number}  {record.criteria.entities[name].title}", lead="  ")
        text = (self.terminal.ask() or "").strip()
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(lists):
            self.session.add(lists[int(text) - 1])
            return True
        return False

    # --- how it stands ---

    def _saved(self) -> None:
        self.save(self.session.record)
        self._show_standing()

    def _show_standing(self) -> None:
        self.terminal.say(wording.standing_line(self.session))

    def _goes_on(self) -> bool:
        """Ask whether to go on where what decides is answered, or was left open; return whether it does."""
        session = self.session
        left = [one for one in session.standing.further if one.read not in session.skipped]
        if session.stage != "deciding" or not session.standing.is_settled or not left:
            return False
        self.terminal.say()
        text = self._settled(len(left))
        self.terminal.say(text)
        self.terminal.say(_("Go on with them? Enter: no."), strong=True)
        line = self.terminal.ask()
        if line is None or not is_yes(line):
            return False
        session.stage = "further"
        return True

    def _settled(self, left: int) -> str:
        """Return what more answers would be good for, once the result cannot change any more."""
        if not is_settled(self.session.record.worked):
            return ngettext(
                "No answer can change the result any more. {number} further answer would let the assessment say so "
                "too: it looks at each finding alone.",
                "No answer can change the result any more. {number} further answers would let the assessment say so "
                "too: it looks at each finding alone.",
                left,
            )
        return ngettext(
            "The result stands. {number} further answer would complete the findings and what is to be done.",
            "The result stands. {number} further answers would complete the findings and what is to be done.",
            left,
        )


def legend() -> str:
    """Return what can be typed whatever the question."""
    return _(
        "At every question: ? help · Enter or s: not known yet · b: back · +: one more entry in a list · q: stop. "
        "Every answer is written at once."
    )


def _unquoted(text: str) -> str:
    """Return what stands in quotes, so that a name may be a word that means something else here."""
    return text[1:-1].strip() if len(text) > len('""') and text[0] == text[-1] == '"' else text
