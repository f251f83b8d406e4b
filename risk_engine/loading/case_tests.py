"""What cases.yaml states: the base case with which it begins, and the case of each test with every value in its place.

A value that a test takes over from another keeps the place where it was written, so what is wrong with it is said once
and there, however many tests take it over.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, file_problem, suggestion
from risk_engine.files.language import N_, _
from risk_engine.files.once import once
from risk_engine.files.plain import Loc
from risk_engine.files.source import MAX_SET_BYTES, Document, Mark, read
from risk_engine.loading.bundle import cases_document
from risk_engine.loading.case import HOW_TO_CHANGE, Alike, case_of, changed, speaks_of_names
from risk_engine.loading.validate import validated
from risk_engine.loading.version_files import CASES
from risk_engine.model.case import Case, case_model
from risk_engine.model.companion_files import CaseTest, CaseTests, Expected, ExpectedLevel
from risk_engine.model.criteria import Criteria
from risk_engine.model.references import needed_kinds

if TYPE_CHECKING:
    from risk_engine.loading.former_names import NamesInTests

BASE = "base"


def read_cases(criteria: Criteria, *, go_on: bool = False) -> Document:
    """Return the cases.yaml of a set as it stands; raise InvalidSourceError if there is none or it cannot be read.

    `go_on` means what it means to `source.read`.
    """
    if criteria.bundle is not None and (found := cases_document(criteria.bundle)) is not None:
        return found
    path = Path(criteria.path or "") / CASES
    if not path.exists():
        way_out = _(
            "write one: it begins with `{base}`, a complete harmless case (docs/authors.md says how)", base=BASE
        )
        raise file_problem(path, _("there is no such file"), way_out)
    return read(path, nulls=True, go_on=go_on, most=MAX_SET_BYTES)


@once
def base_case(criteria: Criteria) -> tuple[dict[str, Any], Case]:
    """Return what the base case of a set states, and the case itself.

    Raises InvalidSourceError where there is none or it has problems.
    """
    document = _base(criteria)
    if document is None:
        message = _("there is no case `{base}` here, from which everything starts", base=BASE)
        nowhere = read_cases(criteria).problem((BASE,), message, _("write a complete harmless case"))
        raise InvalidSourceError([nowhere])
    return document.data, case_of(document, criteria)


def base_or_itself(criteria: Criteria, case: Case) -> Case:
    """Return the base case of a set, else a case itself, where the set has none to be near to."""
    bundle = criteria.bundle
    has_cases = (Path(criteria.path or "") / CASES).is_file() if bundle is None else bundle.cases is not None
    return base_case(criteria)[1] if has_cases and _base(criteria) is not None else case


@once
def _base(criteria: Criteria) -> Document | None:
    """Return what a set states as its base case; None where it states none."""
    document = read_cases(criteria)
    has_one = isinstance(document.data, dict) and isinstance(document.data.get(BASE), dict)
    return document.part((BASE,)) if has_one else None


class _Name(NamedTuple):
    """A name that a test expects something of: where it stands, what it should be the name of, and all such names."""

    loc: Loc
    kind: str
    name: str
    known: Collection[str]
    is_key: bool = False


def unknown_names(tests: CaseTests, document: Document, criteria: Criteria) -> Iterator[Diagnostic]:
    """Yield a problem for every name in what the tests expect that means nothing in the set."""
    names = _names_of(criteria)
    for number, test in enumerate(tests.cases):
        for one in _names(test.expect, criteria):
            if one.name not in one.known:
                place: Loc = ("cases", number, "expect", *one.loc)
                message = _("there is no {kind} `{name}`", kind=_(one.kind), name=one.name)
                now = one.name if names is None or one.kind != "indicator" else names.indicator(one.name)
                renamed = _("`{old}` is now `{new}`", old=one.name, new=now) if now != one.name else ""
                way_out = renamed or suggestion(one.name, one.known)
                yield document.problem(place, message, way_out, key=one.is_key)


def _names_of(criteria: Criteria) -> "NamesInTests | None":
    """Return what reads the names in tests; None of a set that calls nothing otherwise than before."""
    if not speaks_of_names(criteria):
        return None
    from risk_engine.loading.former_names import NamesInTests

    return NamesInTests(criteria)


def _names(expect: Expected, criteria: Criteria) -> Iterator[_Name]:
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


def _of_path(loc: Loc, path: str, criteria: Criteria) -> Iterator[_Name]:
    """Yield the entity and the fact of a path; which entries there are, the case says."""
    name, *parts = path.split(".")
    yield _Name(loc, N_("entity"), name, criteria.entities)
    entity = criteria.entities.get(name)
    if entity is not None:
        yield from (_Name(loc, N_("fact"), one, entity.facts) for one in (parts if entity.many is None else parts[1:]))


_Path = tuple[object, ...]
"""A path that people write, in parts; the parts of a place in a case are like it, but that entries have their ids."""


def read_tests(criteria: Criteria, *, go_on: bool = False) -> tuple[Document, CaseTests]:
    """Return what the version's cases.yaml says; raise InvalidSourceError where it cannot be used.

    With `go_on` it may state cases with values that cannot be read: the document holds what is wrong with them.
    """
    document = read_cases(criteria, go_on=go_on)
    problems: list[Diagnostic] = list(document.problems)
    tests = validated(CaseTests, document.data, document, (), problems)
    if not isinstance(tests, CaseTests):
        raise InvalidSourceError(problems)
    return document, tests


def sound_tests(criteria: Criteria) -> tuple[Document, tuple[tuple[int, CaseTest, Case], ...]]:
    """Return cases.yaml and each of its tests with its number and the case that it states.

    Raises InvalidSourceError with everything that is wrong in the file, names in what a test expects included.
    """
    document, tests = read_tests(criteria, go_on=True)
    problems: list[Diagnostic] = [*document.problems, *unknown_names(tests, document, criteria)]
    found: list[tuple[int, CaseTest, Case]] = []
    for one in stated_cases(criteria, document, tests):
        if isinstance(one, InvalidSourceError):
            problems += one.diagnostics
        else:
            found.append(one)
    if problems:
        raise InvalidSourceError(problems)
    return document, tuple(found)


def stated_base(criteria: Criteria, document: Document, tests: CaseTests) -> Case:
    """Return the case that tests start from; raises InvalidSourceError where a set cannot read it."""
    return case_of(_Builder(criteria, document, tests).base(), criteria)


def stated_cases(
    criteria: Criteria, document: Document, tests: CaseTests, named: Collection[str] | None = None
) -> Iterator[tuple[int, CaseTest, Case] | InvalidSourceError]:
    """Yield each test with its number and the case that it states, or what is wrong with that case.

    With `named` only those of these names, and what is wrong with one that they are like.
    """
    builder = _Builder(criteria, document, tests)
    case_of_test = _reading(builder, criteria)
    needed = None if named is None else _with_those_they_are_like(tests, named)
    for number, test in enumerate(tests.cases):
        if needed is not None and test.name not in needed:
            continue
        here: Loc = ("cases", number)
        try:
            stated = builder.case(here, test, (*here, "given"))
        except InvalidSourceError as error:
            yield error
            continue
        if not test.each and (named is None or test.name in named):
            yield _sound(number, test, stated, case_of_test)
        for row, one in rows(test).items():
            if needed is not None and one.name not in needed:
                continue
            try:
                stated = builder.case(here, one, (*here, "each", row))
            except InvalidSourceError as error:
                yield error
            else:
                if named is None or one.name in named:
                    yield _sound(number, one, stated, case_of_test)


def _with_those_they_are_like(tests: CaseTests, named: Collection[str]) -> set[str]:
    """Return the names with those of the earlier tests that they start from."""
    needed = {*named}
    for test in reversed(tests.cases):
        if not needed.isdisjoint([test.name, *(one.name for one in rows(test).values())]):
            needed |= {test.name, test.like}
    return needed


def rows(test: CaseTest) -> dict[str, CaseTest]:
    """Return for each row of a test the test that it stands for: like this one, with what the row gives."""
    return {
        row: CaseTest(name=f"{test.name}: {row}", like=test.name, on=test.on, given=given, expect=test.expect)
        for row, given in test.each.items()
    }


def _reading(builder: "_Builder", criteria: Criteria) -> Callable[[Document], Case]:
    """Return what reads the cases of tests: nearly all that one states is the very same in the base case."""
    model = case_model(criteria)
    try:
        return Alike(builder.base(), criteria, model).case_of
    except InvalidSourceError:
        return partial(case_of, criteria=criteria, model=model)  # each case says so that takes over what is wrong


def _sound(
    number: int, test: CaseTest, stated: Document, case_of_test: Callable[[Document], Case]
) -> tuple[int, CaseTest, Case] | InvalidSourceError:
    try:
        return number, test, case_of_test(stated)
    except InvalidSourceError as error:
        return error


class _Written(NamedTuple):
    """A value that the base case or a test states, with its place."""

    place: Loc
    value: Any


@dataclass(frozen=True)
class _Stated:
    """The data of a case, what was written of it by path, and the controls in place with their places."""

    data: dict[str, Any]
    written: Mapping[_Path, _Written]
    in_place: tuple[tuple[str, Loc], ...] = ()


class _Builder:
    """Builds the case of each test: the one that it is like, with what it changes and the controls in place."""

    def __init__(self, criteria: Criteria, document: Document, tests: CaseTests) -> None:
        self.names = _names_of(criteria)
        self.document = document
        self.kinds = needed_kinds(criteria)
        base: dict[_Path, _Written] = {(key,): _Written((BASE, key), value) for key, value in tests.base.items()}
        self.stated: dict[str, _Stated] = {BASE: _Stated(tests.base, base)}

    def base(self) -> Document:
        """Return the base case as a document."""
        return self._document(self.stated[BASE])

    def _document(self, stated: _Stated) -> Document:
        return Document(self.document.path, stated.data, _Marks(self.document, stated), self.document.lines)

    def case(self, here: Loc, test: CaseTest, given: Loc) -> Document:
        """Return the case of a test as a document; raise InvalidSourceError where it states none.

        `here` is where the test stands, `given` where it says what it changes.
        """
        if test.name in self.stated:
            message = _("`{name}` is the name of an earlier test already", name=test.name)
            raise self._problem(here, "name", message, _("give each its own name; the base case is called `base`"))
        if test.like not in self.stated:
            message = _("there is no earlier test `{like}`", like=test.like)
            raise self._problem(here, "like", message, suggestion(test.like, self.stated))
        before = self.stated[test.like]
        in_place = (*before.in_place, *((one, (*here, "in_place", i)) for i, one in enumerate(test.in_place)))
        data, written = before.data, before.written
        # Also where a change fails: a later test that is like this one deserves no message of its own.
        self.stated[test.name] = _Stated(data, written, in_place)
        for path, value in test.given.items():
            stated, answer = (path, value) if self.names is None else self.names.as_stated(data, path, value, test.on)
            data = self._changed(data, stated, answer, (*given, path))
            words = tuple(stated.split("."))
            # What was changed within what is now another is gone with it.
            kept = {one: place for one, place in written.items() if one[: len(words)] != words}
            written = {**kept, words: _Written((*given, path), answer)}
        self.stated[test.name] = _Stated(data, written, in_place)
        listed = data.get("controls") or ()
        if in_place and isinstance(listed, tuple):
            # Evidence dated after the day would not count, so it has the day of this very test.
            day = test.on or data.get("assessment_date")
            controls = (one if self.names is None else self.names.control(one) for one, _place in in_place)
            added = (_in_place(one, day, self.kinds.get(one, ("test",))) for one in controls)
            data = {**data, "controls": (*listed, *added)}
        return self._document(_Stated(data, written, in_place))

    def _problem(self, here: Loc, key: str, message: str, help_text: str) -> InvalidSourceError:
        return InvalidSourceError([self.document.problem((*here, key), message, help_text)])

    def _changed(self, data: dict[str, Any], path: str, value: Any, place: Loc) -> dict[str, Any]:
        after = changed(data, path, value)
        if after is None:
            message = _("the case has nothing at `{path}` that could be changed", path=place[-1])
            raise InvalidSourceError([self.document.problem(place, message, _(HOW_TO_CHANGE), key=True)])
        return after


class _Marks(Mapping[Loc, Mark]):
    """Where the values of a case that a test states were written: in the base case, in this test or an earlier one."""

    def __init__(self, document: Document, stated: _Stated) -> None:
        self.document = document
        self.stated = stated

    def __getitem__(self, loc: Loc) -> Mark:
        return self.document.marks[self._written(loc)]

    def __iter__(self) -> Iterator[Loc]:
        return iter(())  # whoever asks knows the place already

    def __len__(self) -> int:
        return 0

    def _written(self, loc: Loc) -> Loc:
        """Return where in the file stands what a case has at a place."""
        if (added := self._added(loc)) is not None:
            return added
        words = self._words(loc)
        for length in range(len(words), 0, -1):
            if (written := self.stated.written.get(words[:length])) is not None:
                return (*written.place, *self._below(written, loc, length))
        return (BASE,)

    def _added(self, loc: Loc) -> Loc | None:
        """Return where a control in place is named; None for all that is none."""
        match loc:
            case ("controls", int() as number, *_rest):
                first = len(self.stated.data["controls"]) - len(self.stated.in_place)
                return self.stated.in_place[number - first][1] if number >= first else None
            case _:
                return None

    def _words(self, loc: Loc) -> _Path:
        match loc:
            case (str() as entity, int() as number, *rest):
                return (entity, _id(self.stated.data[entity], number), *rest)
            case _:
                return loc

    def _below(self, written: _Written, loc: Loc, length: int) -> Loc:
        """Return what of a place is below what was written; an entry is where it stands in the list that was."""
        below = loc[length:]
        if length != 1 or not below or not isinstance(below[0], int):
            return below
        wanted = self._words(loc)[1]
        entries = range(len(written.value)) if isinstance(written.value, tuple) else range(0)
        return (next((one for one in entries if _id(written.value, one) == wanted), below[0]), *below[1:])


def _id(entries: Any, number: int) -> object:
    """Return the id of an entry of a list, its number where it has none."""
    entry = entries[number]
    return entry.get("id", number) if isinstance(entry, dict) else number


def _in_place(control: str, day: object, kinds: Iterable[str]) -> dict[str, Any]:
    # Without a day there is no evidence, and that the case has none is said for itself.
    evidence = () if day is None else tuple({"kind": one, "reference": CASES, "date": day} for one in kinds)
    return {"id": control, "status": "implemented", "evidence": evidence}
