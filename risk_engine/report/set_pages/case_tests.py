"""Tests of cases.yaml as a person reads them: what is given, in questions and answers, and what must come out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk_engine.files.language import _
from risk_engine.loading.case_tests import rows
from risk_engine.model.case import UNKNOWN
from risk_engine.model.companion_files import BASE, CaseTest, CaseTests, ExpectedLevel
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, shown
from risk_engine.report import page
from risk_engine.report.blocks import View
from risk_engine.report.frame import SHOWN_DIGEST
from risk_engine.report.wording import severity_word, state_word


@dataclass(frozen=True)
class Given:
    """What a test says of one entry, or of what there is once: each question with its answer."""

    title: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownTest:
    """A test with all that it is like, and where it comes out otherwise, each as a line."""

    test: CaseTest
    ancestors: tuple[str, ...]
    given: tuple[Given, ...]
    in_place: tuple[str, ...]
    differences: tuple[str, ...]


def every_test(tests: CaseTests) -> dict[str, CaseTest]:
    """Return each test that is a case of its own by its name: of a test with rows the rows."""
    found: dict[str, CaseTest] = {}
    for test in tests.cases:
        found |= {one.name: one for one in rows(test).values()} or {test.name: test}
    return found


def tests_view(criteria: Criteria, tests: CaseTests, differing: Mapping[str, Sequence[str]]) -> View:
    """Return the page about some tests, in the language of the criteria: those that `differing` names.

    It says for each where it comes out otherwise than expected; nothing of one that passes.
    """
    name, digest = f"{criteria.head.id} {criteria.head.version}", criteria.digest[:SHOWN_DIGEST]
    named = {one.name: one for one in tests.cases} | every_test(tests)
    facts = {
        "name": name,
        "digest": digest,
        "base": str(tests.base.get("title", BASE)),
        "tests": [_shown(criteria, named, named[one], tuple(lines)) for one, lines in differing.items()],
        "criteria": criteria,
        "levels_of": lambda test: list(_levels(criteria, test)),
        "pairs": lambda mapping: list(mapping.items()),
        "residual_of": _residual,
        "questions_of": lambda paths: [_question(criteria, one) for one in paths],
    }
    on = criteria.head.in_force.from_
    return page.view("case_tests", facts, case_id=name, on=on, kept_by=f"{name} {digest}")


def _shown(
    criteria: Criteria, named: Mapping[str, CaseTest], test: CaseTest, differences: tuple[str, ...]
) -> ShownTest:
    chain = [test]
    while chain[0].like != BASE:
        chain.insert(0, named[chain[0].like])
    given: dict[str, Any] = {}
    for one in chain:
        for path, value in one.given.items():
            # What was said within what is now another is gone with it.
            given = {at: said for at, said in given.items() if at != path and not at.startswith(f"{path}.")}
            given[path] = value
    in_place = tuple(f"{one} {criteria.controls[one].title}" for each in chain for one in each.in_place)
    return ShownTest(
        test=test,
        ancestors=tuple(one.name for one in chain[:-1]),
        given=tuple(_grouped(criteria, given)),
        in_place=in_place,
        differences=differences,
    )


def _grouped(criteria: Criteria, given: Mapping[str, Any]) -> Iterator[Given]:
    """Yield what is given, one group for each entry, in the order of the test."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, value in given.items():
        for title, question, answer in _answers(criteria, path, value):
            found.setdefault(title, []).append((question, answer))
    yield from (Given(title, tuple(answers)) for title, answers in found.items())


def _answers(criteria: Criteria, path: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """Yield what one path of a test says: what it is about, the question, and the answer in words."""
    name, *rest = path.split(".")
    entity = criteria.entities.get(name)
    if entity is None:
        yield from _of_core(criteria, name, value)
        return
    entry = rest[0] if rest and entity.many is not None else ""
    about = f"{entity.title}: {entry}" if entry else entity.title
    match value:
        case tuple() if not rest:
            if not value:
                yield about, _("Entries"), _("none")
            for one in value:
                yield from _answers(criteria, f"{name}.{one['id']}", one)
        case dict():
            for short, answer in value.items():
                if short != "id":
                    yield about, *_answer(criteria, f"{name}.{short}", answer)
        case _ if rest and rest[-1] in entity.facts:
            yield about, *_answer(criteria, f"{name}.{rest[-1]}", value)
        case _:
            yield about, _("Entries"), _("not known")


def _of_core(criteria: Criteria, name: str, value: Any) -> Iterator[tuple[str, str, str]]:
    if name != "controls":
        yield _("Case"), name, str(value)
        return
    if not value:
        yield _("Controls"), _("Entries"), _("none")
    for one in value or ():
        control = criteria.controls.get(one["id"])
        yield _("Controls"), f"{one['id']} {control.title if control else ''}".strip(), state_word(one["status"])


def _answer(criteria: Criteria, fact_name: str, value: Any) -> tuple[str, str]:
    """Return what is asked and an answer in words; of a row of a table what it is called."""
    fact = criteria.fact(fact_name)
    said = None if value == UNKNOWN else value
    if isinstance(fact, RowFact) and said is not None:
        rows_of = criteria.tables[fact.of].rows
        found = rows_of.get(said) or next((one for one in rows_of.values() if said in one.aliases), None)
        return criteria.title_of(fact_name), found.name if found else str(said)
    return criteria.title_of(fact_name), shown(fact, said)


def _question(criteria: Criteria, path: str) -> str:
    entity, *rest = path.split(".")
    entry = rest[0] if len(rest) > 1 else ""
    title = criteria.title_of(path)
    return f"{criteria.entities[entity].title}: {entry}: {title}" if entry else title


def _levels(criteria: Criteria, test: CaseTest) -> Iterator[tuple[str, str, str]]:
    """Yield each ladder with the level that is expected, and between which levels an open case leaves it."""
    for name, wanted in test.expect.ladders.items():
        ladder = criteria.ladders[name]
        expected = ExpectedLevel(level=wanted) if isinstance(wanted, str) else wanted
        between = ""
        if expected.range is not None and expected.range[0] != expected.range[1]:
            low, high = (ladder.levels[one].title for one in expected.range)
            between = _("open, between “{low}” and “{high}”", low=low, high=high)
        elif expected.provisional:
            between = _("open")
        yield ladder.title, ladder.levels[expected.level].title, between


def _residual(wanted: str | tuple[str, str]) -> str:
    low, high = (wanted, wanted) if isinstance(wanted, str) else wanted
    words = [severity_word(one) for one in dict.fromkeys((low, high))]  # type: ignore[arg-type]
    return words[0] if len(words) == 1 else _("between {low} and {high}", low=words[0], high=words[1])
