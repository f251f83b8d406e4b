"""What can be asked beside the case itself: a yes or a no about how to go on, and to which list an entry is added."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from risk_engine.engine.facts import Read
from risk_engine.interview import wording
from risk_engine.interview.asking import Terminal, picked
from risk_engine.interview.questions import to_which_list, whether
from risk_engine.interview.reading import yes_or_no
from risk_engine.interview.session import Session, Step
from risk_engine.language import _

Over: TypeAlias = bool | Literal["quit"]
"""Whether a question is over, or the whole dialogue."""
Said: TypeAlias = Literal["yes", "no", "quit", "moved on"]


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
                    about = wording.help_lines(Step("more", Read(one, None, None)), record)
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
