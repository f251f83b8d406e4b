"""The dialogue itself, line by line: what is shown, what each line that comes back means, and how it ends.

It knows neither terminal nor file: whoever runs it shows and reads the lines, and writes the record after each answer.
"""

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias, assert_never

from risk_engine.engine.facts import Read
from risk_engine.files.language import _, ngettext
from risk_engine.model.case import Answer
from risk_engine.office.forms.answers import WrongError
from risk_engine.office.forms.case_record import Record
from risk_engine.office.interview import wording
from risk_engine.office.interview.lines import (
    COMMANDS,
    Terminal,
    fact_said,
    fixed_name,
    is_no,
    is_not_known,
    names_said,
    picked,
    problem_lines,
    put,
    to_which_list,
    whether,
    yes_or_no,
)
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Step

Ended: TypeAlias = Literal["finished", "quit", "no_more_input"]
After: TypeAlias = Literal["quit", "no_more_input"] | None
Over: TypeAlias = bool | Literal["quit"]
"""Whether a question is over, or the whole dialogue."""
Said: TypeAlias = Literal["yes", "no", "quit", "moved on"]


SIMILAR = "similar"
"""What asks for similar decided cases, where there is a register to look in."""


class Talk:
    """One dialogue; `save` writes the record, and is called after every answer.

    `similar` returns what is said of decided cases that are near; without it nobody can ask for them.
    """

    def __init__(
        self,
        session: Session,
        terminal: Terminal,
        save: Callable[[Record], None],
        similar: Callable[[Record], Iterable[str]] | None = None,
    ) -> None:
        self.session = session
        self.terminal = terminal
        self.save = save
        self.similar = similar
        self._unfit: wording.Unfit = {}
        self._left_unfit: wording.Unfit = {}
        """What was left as it is, though it does not go together."""

    def run(self) -> Ended:
        """Ask until nothing is left that can matter, or somebody stops."""
        self.terminal.say(legend())
        if self.similar is not None:
            self.terminal.say(_("`similar` tells the decided cases that are nearest, by what is answered so far."))
        self._show_standing()
        self._say_unfit(None)
        while True:
            step = self.session.next()
            ended = self._further() if step is None else self._step(step)
            if ended == "finished":
                ended = self._mends()
            if ended is not None:
                return ended

    # --- one question ---

    def _step(self, step: Step) -> After:
        asked, is_again = put(step, self.session.record), False
        while True:
            reply = self.terminal.ask(asked, again=is_again)
            # Where something else was asked in between, the question is put once more as a whole.
            is_again = reply != "+"
            if reply is None:
                return "no_more_input"
            text = reply.strip()
            if text.casefold() == "q":
                return "quit"
            if self.similar is not None and text.casefold() == SIMILAR:
                say_lines(self.terminal, self.similar(self.session.record), lead="  ")
                is_again = False
                continue
            is_over = self._command(step, text.casefold()) if _is_command(text) else self._answer(step, text)
            if is_over == "quit":
                return "quit"
            if is_over:
                return None

    def _command(self, step: Step, text: str) -> Over:
        """Do what is no answer; return whether the question is over."""
        session = self.session
        match text:
            case "?":
                say_lines(self.terminal, wording.help_lines(step, session.record), lead="  ")
                return False
            case "b":
                is_over = session.back()
                if not is_over:
                    self.terminal.say(_("There is no question before this one."))
                return is_over
            case "+":
                return add(session, self.terminal)
            case "-":
                return self._remove(step)
            case "" if wording.answered(step, session.record) is not None:
                session.keep(step)
            case _:
                return self._leave(step)
        return True

    def _leave(self, step: Step) -> bool:
        """Take that nobody knows it yet, also where it was answered; return whether that could be."""
        record = self.session.record
        if problem := fixed_name(step, record):
            self.terminal.say(problem)
            return False
        self._say_aside(self.session.skip(step))
        if self.session.record is not record:
            self._saved(step)
        return True

    def _remove(self, step: Step) -> bool:
        """Take out the entry that is asked about; return whether that could be."""
        if step.kind != "name":
            self.terminal.say(_("`-` takes out an entry where its name is asked."))
            return False
        if not self.session.remove(step):
            self.terminal.say(_("More than its name is answered, so only the file itself can be rid of this entry."))
            return False
        self._saved(step)
        return True

    def _answer(self, step: Step, text: str) -> bool:
        """Take a line as an answer; return whether it was one, else say what is accepted."""
        record = self.session.record
        try:
            if step.kind == "fact":
                self._take(step, fact_said(text, step, record))
            elif is_not_known(text):
                return self._leave(step)
            elif step.kind == "list" and is_no(text):
                self.session.none(step)
                self._saved(step)
            else:
                self._names(step, names_said(text, step, record))
        except WrongError as error:
            for one in problem_lines(error):
                self.terminal.say(one)
            return False
        return True

    def _names(self, step: Step, names: tuple[Answer, ...]) -> None:
        if step.kind == "name":
            self.session.name(step, names[0])
        else:
            self.session.fill(step, names)
        done = wording.complete(step.read.entity, self.session.record) if step.kind == "list" else ""
        self._saved(step, done)

    def _take(self, step: Step, value: Answer | None) -> None:
        self._say_aside(self.session.answer(step, value))
        self._saved(step)

    def _say_aside(self, paths: tuple[str, ...]) -> None:
        for path in paths:
            self.terminal.say(_("`{path}` is not asked any more; its answer is set aside, not lost.", path=path))

    # --- how it stands ---

    def _saved(self, step: Step, done: str = "") -> None:
        self.save(self.session.record)
        if done:
            self.terminal.say(done)
        self._show_standing()
        self._say_unfit(step)

    def _say_unfit(self, step: Step | None) -> None:
        """Say what does not go together any more since an answer, or at the beginning."""
        record, before = self.session.record, self._unfit
        self._unfit = wording.unfit(record)
        say_lines(self.terminal, wording.unfit_lines(wording.newly_unfit(before, self._unfit, step), step, record))

    def _show_standing(self) -> None:
        self.terminal.say(wording.standing_line(self.session))

    def _further(self) -> Ended | None:
        """Ask whether to go on where what decides is answered, or was left open; return None where it does."""
        session = self.session
        left = [one for one in session.standing.further if one.read not in session.skipped]
        if session.stage != "deciding" or not session.standing.is_settled or not left:
            return "finished"
        self.terminal.say()
        if wording.hangs_on_unfit(session.record):
            stands = ngettext(
                "The result hangs on answers that contradict each other. {number} further answer would complete the "
                "findings and what is to be done.",
                "The result hangs on answers that contradict each other. {number} further answers would complete the "
                "findings and what is to be done.",
                len(left),
            )
        else:
            stands = ngettext(
                "The result stands. {number} further answer would complete the findings and what is to be done.",
                "The result stands. {number} further answers would complete the findings and what is to be done.",
                len(left),
            )
        self.terminal.say(stands)
        about = _(
            "No answer to them changes the levels above. They tell which findings hold, and with them which conditions "
            "there are and what is to be done."
        )
        said = ask_whether(session, self.terminal, _("Go on with them? Enter: no."), [about])
        if said == "yes":
            session.stage = "further"
        return _asked_again(said)

    def _mends(self) -> Ended | None:
        """Ask at the end whether to change answers that do not go together; return None where they are asked again."""
        session, left, self._left_unfit = self.session, self._left_unfit, self._unfit
        if all(left.get(name) == reads for name, reads in self._unfit.items()):
            return "finished"
        about = [
            *wording.unfit_lines(self._unfit, None, session.record),
            _("Yes asks each of these questions once more."),
        ]
        said = ask_whether(session, self.terminal, _("Answer again what does not go together? Enter: no."), about)
        if said == "yes":
            session.again(read for reads in self._unfit.values() for read in reads)
        return _asked_again(said)


def _asked_again(said: Said) -> Ended | None:
    """Return how the dialogue ends after a question that yes and no answer; None where it goes on."""
    match said:
        case "no":
            return "finished"
        case "quit":
            return "quit"
        case "yes" | "moved on":
            return None
        case _:
            assert_never(said)


def legend() -> str:
    """Return what can be typed whatever the question."""
    return _(
        "At every question: ? help · Enter or s: not known yet · b: back · +: one more entry in a list · q: stop. "
        "Every answer is written at once."
    )


def _is_command(text: str) -> bool:
    return text.casefold() in COMMANDS


def ask_whether(session: Session, terminal: Terminal, text: str, about: Iterable[str]) -> Said:
    """Ask what yes and no answer until somebody does, stops, or goes elsewhere: back, or to one more entry."""
    asked, is_again = whether(text), False
    while True:
        reply = terminal.ask(asked, again=is_again)
        is_again = True
        match None if reply is None else reply.strip().casefold():
            case "q":
                return "quit"
            case "b":
                if session.back():
                    return "moved on"
                terminal.say(_("There is no question before this one."))
            case "+":
                if (added := add(session, terminal)) == "quit":
                    return "quit"
                if added:
                    return "moved on"
                is_again = False
            case "?":
                say_lines(terminal, about, lead="  ")
            case _ if (said := yes_or_no(reply)) is not None:
                return "yes" if said else "no"
            case _:
                terminal.say(_("type 1 for yes or 2 for no, or the words; `b` goes back"))


def add(session: Session, terminal: Terminal) -> Over:
    """Ask to which list an entry is added; return whether one was named, or somebody stops."""
    record = session.record
    begun = [name for name, entity in record.criteria.entities.items() if entity.many and record.entries(name)]
    full = [problem for name in begun if (problem := wording.no_room(name, record))]
    lists = {name: record.criteria.entities[name].title for name in begun if not record.is_full(name)}
    say_lines(terminal, full)
    if not lists:
        if not full:
            terminal.say(_("There is no list yet to which an entry can be added."))
        return False
    asked = to_which_list(lists)
    reply = terminal.ask(asked)
    while (name := picked(reply or "", asked.options)) is None:
        match None if reply is None else reply.strip().casefold():
            case None | "" | "s" | "b":
                return False
            case "q":
                return "quit"
            case "?":
                for one, title in lists.items():
                    about = wording.help_lines(Step(Read(one, None, None)), record)
                    say_lines(terminal, [title, *(f"  {line}" for line in about)], lead="  ")
            case _:
                terminal.say(_("type a number from 1 to {last}; Enter: to none", last=len(lists)))
        reply = terminal.ask(asked, again=True)
    session.add(name)
    return True


def say_lines(terminal: Terminal, lines: Iterable[str], lead: str = "") -> None:
    """Show paragraphs, each as far to the right as it begins."""
    for line in lines:
        terminal.say(line.lstrip(), lead=lead + " " * (len(line) - len(line.lstrip())))
