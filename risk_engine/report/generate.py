"""Generated cases in the form of cases.yaml, each with a comment that says what it shows; a person confirms each."""

import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from risk_engine.files.harmless import clean_text
from risk_engine.files.language import _, ngettext
from risk_engine.files.source import is_read_back
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.coverage import Generated, GeneratedCase, Goal
from risk_engine.model.criteria import Criteria
from risk_engine.report.blocks import words
from risk_engine.report.set_pages.coverage import Wording


class Naming:
    """Says what cases of one set show."""

    def __init__(self, criteria: Criteria) -> None:
        self._wording = Wording(criteria)

    def name(self, goal: Goal) -> str:
        """Return a name for a case that shows a goal."""
        return f"{goal.record}{self._sentence(goal)}"

    def line(self, goal: Goal) -> str:
        """Return the same with the title of the record."""
        return f"{goal.record} {self._wording.title(goal)}{self._sentence(goal, ',')}"

    def _sentence(self, goal: Goal, mark: str = "") -> str:
        """Return what the case shows, to stand behind the record; `mark` comes before what it is about in there."""
        if goal.leaf is None:
            return f": {self._wording.sentence(goal, is_shown=True)}"
        is_so = goal.wanted == "true"
        verdict = _("this alone decides, and it holds") if is_so else _("this alone decides, and it does not hold")
        about = self._wording.about(goal)
        lead = f"{mark} {about}" if about else ""
        return f"{lead}: {verdict}: {words(self._wording.comparison(goal))}"


WIDTH = 110


def entries(generated: Generated, criteria: Criteria, indent: int) -> str:
    """Return the cases as they can be appended to cases.yaml, whose entries are indented so far, in this language."""
    naming = Naming(criteria)
    blocks = [list(_head(generated)), *(list(_case(one, naming)) for one in generated.cases)]
    blocks += [block for block in _rest(generated, naming) if block]
    return "\n".join(textwrap.indent("\n".join(block) + "\n", " " * indent) for block in blocks)


def summary(generated: Generated) -> str:
    """Return in a sentence how many cases there are, and what became of the goals that were missing."""
    if not generated.missing:
        return _("no goal is missing")
    parts = [
        ngettext(
            "{number} case meets {met} of {missing} missing goals",
            "{number} cases meet {met} of {missing} missing goals",
            len(generated.cases),
            met=generated.met,
            missing=generated.missing,
        )
    ]
    if generated.impossible:
        parts.append(_("{number} no case can meet, as is proved", number=len(generated.impossible)))
    if generated.unwritten:
        parts.append(_("{number} only with a broken promise", number=len(generated.unwritten)))
    if generated.undecided:
        parts.append(_("{number} not decided", number=len(generated.undecided)))
    return "; ".join(parts)


def _head(generated: Generated) -> Iterator[str]:
    name = f"{generated.criteria} {generated.version}"
    yield from comment(
        _("generated from {criteria} (sha256:{digest})", criteria=name, digest=generated.digest[:12])
        + f": {summary(generated)}."
    )
    yield from comment(
        _(
            "Each case expects what the rules say today. Whether that is right a person must say; until then it is "
            "marked as generated."
        )
    )


def _case(one: GeneratedCase, naming: Naming) -> Iterator[str]:
    first, *others = one.shows
    shown = _("generated: shows {goal}; today's answer, to be confirmed by a person", goal=naming.line(first))
    yield from comment(shown)
    yield from comment(_("aims at {place}", place=first.spot))
    if others:
        yield from comment(_("it also shows:"))
        yield from _listed(others, naming)
    yield from entry(one.test)


def entry(test: CaseTest) -> Iterator[str]:
    """Yield the lines of a test as it stands in cases.yaml, not indented."""
    said = _plain(test)
    # A name stays on its line, however long it is.
    style = {**_STYLE, "default_flow_style": False, "width": sys.maxsize}
    yield from yaml.dump([{"name": said.pop("name")}], Dumper=_Dumper, **style).splitlines()
    yield from textwrap.indent(yaml.dump(said, Dumper=_Dumper, **_STYLE), "  ").splitlines()


def _rest(generated: Generated, naming: Naming) -> Iterator[list[str]]:
    """Yield what was not generated, as comments."""
    if generated.impossible:
        yield [*comment(_("proved: no case meets these goals")), *_listed(generated.impossible, naming)]
    if generated.unwritten:
        broken = [
            line
            for one in generated.unwritten
            for line in [*_listed([one.goal], naming), *comment(", ".join(one.breaks), "      ")]
        ]
        yield [*comment(_("only cases meet these goals that break a promise of invariants.yaml, as named:")), *broken]
    if generated.undecided:
        text = _("not decided within the time that one question may take:")
        yield [*comment(text), *_listed(generated.undecided, naming)]


def _listed(goals: Iterable[Goal], naming: Naming) -> Iterator[str]:
    for one in goals:
        yield from comment(f"{one.spot} {naming.line(one)}", "  - ")


def comment(text: str, lead: str = "") -> list[str]:
    """Return a text as lines of comment; `lead` stands before its first word."""
    blank = " " * len(lead)
    lines = textwrap.wrap(clean_text(text), WIDTH - len(lead), break_long_words=False, break_on_hyphens=False)
    return [f"# {lead if number == 0 else blank}{line}" for number, line in enumerate(lines)]


def _plain(test: CaseTest) -> dict[str, Any]:
    """Return a case as cases.yaml states it: without what is not said."""
    expect = {name: value for name, value in test.expect.model_dump().items() if value not in (None, {}, False)}
    expect["ladders"] = {name: _Line(one) if isinstance(one, dict) else one for name, one in expect["ladders"].items()}
    if not test.expect.contradictions:
        del expect["contradictions"]
    said: dict[str, Any] = {"name": test.name, "on": test.on, "given": test.given, "in_place": test.in_place}
    return {**{name: value for name, value in said.items() if value}, "expect": {"findings": {}, **expect}}


_STYLE: dict[str, Any] = {"default_flow_style": None, "sort_keys": False, "allow_unicode": True, "width": WIDTH}


class _Line(dict[str, Any]):
    """A mapping that is written on one line, whatever it holds."""


class _Dumper(yaml.SafeDumper):
    """Writes what the strict reader of our files reads back: in quotes where it would have doubts."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (what is said twice is written twice)
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_read_back(text) else '"')


def _on_a_line(dumper: yaml.SafeDumper, data: _Line) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Line, _on_a_line)
