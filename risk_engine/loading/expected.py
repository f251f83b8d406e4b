"""The names in what the tests of cases.yaml expect: whether the set knows them."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from risk_engine.diagnostics import Diagnostic, suggestion
from risk_engine.language import N_, _
from risk_engine.model.cases import CaseTests, Expected, ExpectedLevel
from risk_engine.model.criteria import CriteriaSet
from risk_engine.plain import Loc
from risk_engine.source import Document


class _Name(NamedTuple):
    """A name that a test expects something of: where it stands, what it should be the name of, and all such names."""

    loc: Loc
    kind: str
    name: str
    known: Collection[str]
    is_key: bool = False


def unknown_names(tests: CaseTests, document: Document, criteria: CriteriaSet) -> Iterator[Diagnostic]:
    """Yield a problem for every name in what the tests expect that means nothing in the set."""
    for number, test in enumerate(tests.cases):
        for one in _names(test.expect, criteria):
            if one.name not in one.known:
                place: Loc = ("cases", number, "expect", *one.loc)
                message = _("there is no {kind} `{name}`", kind=_(one.kind), name=one.name)
                yield document.problem(place, message, suggestion(one.name, one.known), key=one.is_key)


def _names(expect: Expected, criteria: CriteriaSet) -> Iterator[_Name]:
    for key in ("findings", "undetermined", "residual", "knock_out"):
        for name in getattr(expect, key):
            yield _Name((key, name), N_("indicator"), name, criteria.indicators, is_key=True)
    for name, wanted in expect.ladders.items():
        here: Loc = ("ladders", name)
        yield _Name(here, N_("ladder"), name, criteria.ladders, is_key=True)
        if name in criteria.ladders:
            levels = criteria.ladders[name].levels
            yield from (_Name((*here, *loc), N_("level"), level, levels) for loc, level in _levels(wanted))
    for key, kind, known in (
        ("awareness", N_("awareness rule"), criteria.awareness),
        ("contradictions", N_("invariant"), criteria.invariants.facts),
    ):
        for number, name in enumerate(getattr(expect, key) or ()):
            yield _Name((key, number), kind, name, known)
    for number, path in enumerate(expect.gaps or ()):
        yield from _of_path(("gaps", number), path, criteria)


def _levels(wanted: str | ExpectedLevel) -> Iterator[tuple[Loc, str]]:
    if isinstance(wanted, str):
        yield (), wanted
        return
    yield ("level",), wanted.level
    yield from ((("range", number), level) for number, level in enumerate(wanted.range or ()))


def _of_path(loc: Loc, path: str, criteria: CriteriaSet) -> Iterator[_Name]:
    """Yield the entity and the fact of a path; which entries there are, the case says."""
    name, *parts = path.split(".")
    yield _Name(loc, N_("entity"), name, criteria.entities)
    entity = criteria.entities.get(name)
    if entity is not None:
        yield from (_Name(loc, N_("fact"), one, entity.facts) for one in (parts if entity.many is None else parts[1:]))
