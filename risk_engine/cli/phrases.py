"""What the library that reads the command line says, in the language of the run.

It says most of it in English only. The sentences of ours are its sentences, with names for what changes in them, or
say the same in words for people; a sentence of it that is not among them stays as it is.
"""

import re
from functools import cache
from io import StringIO

from typer.exceptions import TyperException

from risk_engine.language import ENGLISH, N_, _, current

_SENTENCES = (
    N_("Error: {problem}"),
    N_("Try '{command}' for help."),
    N_("Invalid value for {name}: {problem}"),
    N_("Invalid value: {problem}"),
    N_("Missing argument {name}."),
    N_("Missing option {name}."),
    N_("Missing command."),
    N_("No such option: {name} (Possible options: {names})"),
    N_("No such option: {name}"),
    N_("No such command {name}. Did you mean {names}?"),
    N_("No such command {name}."),
    N_("Option {name} requires an argument."),
    N_("Option {name} does not take a value."),
    N_("Got unexpected extra argument(s) ({names})"),
    N_("{value} is not one of {names}."),
    N_("Arguments"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Example: {commands}"),
    N_("Examples: {commands}"),
    N_("{help}  [required]"),
    N_("{help}  [default: {default}]"),
    N_("<path>"),
    N_("<list[Path]>"),
    N_("<list[str]>"),
    N_("<str>"),
    N_("<int>"),
    N_("<int range>"),
)
_OURS = {
    "Value error, {problem}": "{problem}",
    "Input should be less than or equal to {limit}": N_("the number must be at most {limit}"),
    "Input should be greater than or equal to {limit}": N_("the number must be at least {limit}"),
    "Input should be a valid integer, unable to parse string as an integer": N_("this is no whole number"),
    "Input should be a valid integer": N_("this is no whole number"),
}
"""What is said in our words instead, in English too."""
_WITHIN = frozenset({"problem", "help"})
"""Names of what is itself a sentence."""


def phrase(text: str) -> str:
    """Return a text of the library in the current language; what is none of its sentences as it is."""
    return text if current() == ENGLISH else _said(text)


def _said(text: str) -> str:
    for sentence in (*_OURS, *_SENTENCES):
        if found := _pattern(sentence).fullmatch(text):
            values = {name: _said(part) if name in _WITHIN else part for name, part in found.groupdict().items()}
            return _(_OURS.get(sentence, sentence), **values)
    return text


def report(error: TyperException) -> str:
    """Return what the library says about arguments that it cannot read: usage, where there is help, the problem."""
    written = StringIO()
    error.show(written)  # type: ignore[attr-defined]  # every one that is raised in reading arguments has it
    shown = written.getvalue()
    problem = f"Error: {error.format_message()}\n"
    if not shown.endswith(problem):  # the help, where no command is named
        return shown
    lines = shown.removesuffix(problem).splitlines()
    return "\n".join([*(_said(line) for line in lines), _said(problem.rstrip("\n")), ""])


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", sentence)
    return re.compile(
        "".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)), re.DOTALL
    )
