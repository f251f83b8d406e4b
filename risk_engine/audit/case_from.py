"""An assessment as a test of cases.yaml: its answers without texts and names, and what today's rules make of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeAlias

from risk_engine.audit.cases import Run, as_it_is, run_of
from risk_engine.engine.replay import plain
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import DefectError, InvalidSourceError, RiskEngineError
from risk_engine.files.language import N_, _
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import MAX_SET_BYTES, Document, parse
from risk_engine.files.syntax import decoded
from risk_engine.loading.case import case_of
from risk_engine.loading.case_tests import base_case, read_tests, stated_cases
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest, CaseTests, Expected
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import Entity, TextFact
from risk_engine.model.references import needed_kinds
from risk_engine.report.generate import comment, entry

Confidential: TypeAlias = Literal["keep", "leave-out"]
"""What becomes of confidential answers: kept in the file that everybody reads who reads the set, or left open."""
_KEPT_ELSEWHERE = "record"
"""What a test says of evidence in place of what the office said: what it is, and where it is kept."""


@dataclass(frozen=True)
class FromLife:
    """A test made of an assessment, what it comes to today, and what a person should know before saying yes."""

    test: CaseTest
    run: Run
    texts: tuple[str, ...]
    """The paths of the texts that the record holds and the test does not."""
    confidential: tuple[str, ...]
    """The paths, in the test, of the confidential answers of the record."""
    unlike: tuple[str, ...]
    """Where the record came to something else than the test, each as a line."""


def case_from(
    stored: Assessment, criteria: Criteria, name: str, confidential: Confidential = "keep", shown_as: str = "case"
) -> FromLife:
    """Return a test with the answers of an assessment and, as what it expects, what the rules of a set say today.

    Texts that people wrote, and the ids of entries, stay in the record: no rule reads them. Raises InvalidSourceError
    where the record's case, or cases.yaml, does not fit the set; RiskEngineError where there is a test of that name.
    """
    _document, tests = read_tests(criteria)
    if name in {"base", *(one.name for one in tests.cases)}:
        message = _("`{name}` is the name of an earlier test already", name=name)
        raise RiskEngineError(message, _("say with `--name` what this one shows"))
    text = canonical(stored.case).decode()
    worked = work(case_of(parse(text, shown_as, is_json=True, nulls=True), criteria), criteria, stored.on)
    reading = _Reading(worked, base_case(criteria)[0], confidential)
    given = dict(reading.given())
    in_place, controls = reading.controls()
    if controls or reading.base.get("controls"):
        given["controls"] = controls
    base_day = reading.base.get("assessment_date")
    test = CaseTest(
        name=name,
        on=None if stored.on == base_day else stored.on,
        given=given,
        in_place=in_place,
        expect=Expected(),
    )
    run = run_of(criteria, test, _stated(test, criteria))
    test = test.model_copy(update={"expect": as_it_is(run)})
    return FromLife(test, run, tuple(reading.texts), tuple(reading.confidential), tuple(_unlike(stored, test)))


def _stated(test: CaseTest, criteria: Criteria) -> Case:
    """Return the case that a test states as the first of its file; raise InvalidSourceError where it states none."""
    document, tests = read_tests(criteria)
    found = next(stated_cases(criteria, document, CaseTests(base=tests.base, cases=(test,))))
    if isinstance(found, InvalidSourceError):
        raise found
    return found[2]


class _Reading:
    """Tells what a test gives beside the base case, in ids of the base case and without what people wrote."""

    def __init__(self, worked: Worked, base: Mapping[str, Any], confidential: Confidential) -> None:
        self.worked = worked
        self.criteria = worked.criteria
        self.base = base
        self.case = plain(worked.case)
        self.keeps = confidential == "keep"
        self.texts: list[str] = []
        self.confidential: list[str] = []
        self._ids = {name: self._renamed(name) for name, one in self.criteria.entities.items() if one.many is not None}

    def _renamed(self, name: str) -> dict[str, str]:
        """Return for the id of each entry of a list the one that it has in the test: as it comes, that of the base."""
        there = [one["id"] for one in self.base.get(name) or ()]
        own = [one["id"] for one in self.case.get(name) or ()]
        new = (f"{name}-{number}" for number in range(1, len(own) + len(there) + 1))
        free = (one for one in new if one not in there)
        return {one: there[number] if number < len(there) else next(free) for number, one in enumerate(own)}

    def given(self) -> Iterator[tuple[str, Any]]:
        """Yield each path at which the test is otherwise than the base case, with what it says there."""
        for name, entity in self.criteria.entities.items():
            before, now = self.base.get(name), self.case.get(name)
            if entity.many is None:
                answers = self._answers(name, entity, now or {}, name)
                yield from self._different(name, entity, before or {}, answers)
            elif now is None or before is None or len(now) < len(before):
                after = None if now is None else tuple(self._entries(name, entity, now))
                if after != before:
                    yield name, after
            else:
                there = {one["id"]: one for one in before}
                for one in self._entries(name, entity, now):
                    path = f"{name}.{one.pop('id')}"
                    if (was := there.get(path.partition(".")[2])) is None:
                        yield path, one
                    else:
                        yield from self._different(path, entity, was, one)

    def _entries(self, name: str, entity: Entity, stated: tuple[dict[str, Any], ...]) -> Iterator[dict[str, Any]]:
        for one in stated:
            new = self._ids[name][one["id"]]
            yield {"id": new, **self._answers(name, entity, one, f"{name}.{new}")}

    def _answers(self, name: str, entity: Entity, stated: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Return the answers of an entry that a rule could read, or that say whose it is."""
        found: dict[str, Any] = {}
        for short, fact in entity.facts.items():
            if (value := stated.get(short)) is None:
                continue
            if isinstance(fact, TextFact):
                if fact.belongs_to is None:
                    self.texts.append(".".join(filter(None, (name, stated.get("id"), short))))
                else:
                    found[short] = self._ids[fact.belongs_to][value]
                continue
            if fact.confidential:
                self.confidential.append(f"{path}.{short}")
                if not self.keeps:
                    continue
            found[short] = value
        return found

    def _different(
        self, path: str, entity: Entity, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        for short, fact in entity.facts.items():
            # A text of the base case is about nobody, and may stay.
            is_text = isinstance(fact, TextFact) and fact.belongs_to is None
            if not is_text and before.get(short) != now.get(short):
                yield f"{path}.{short}", now.get(short)

    def controls(self) -> tuple[tuple[str, ...], tuple[dict[str, Any], ...]]:
        """Return the controls that are in place as a test says it, and the others as a case does."""
        needed, declared = needed_kinds(self.criteria), self.criteria.head.evidence_kinds
        in_place: list[str] = []
        others: list[dict[str, Any]] = []
        for one in self.case.get("controls") or ():
            kinds = {each["kind"] for each in one.get("evidence") or ()}
            is_in_place = self.worked.controls[one["id"]].counts_as == "in_place"
            if is_in_place and {*needed.get(one["id"], ())} <= kinds:
                in_place.append(one["id"])
                continue
            evidence = tuple(
                {
                    "kind": each["kind"] if each["kind"] in declared else _KEPT_ELSEWHERE,
                    "reference": _KEPT_ELSEWHERE,
                    "date": each["date"],
                }
                for each in one.get("evidence") or ()
            )
            stated = {"id": one["id"], "status": one["status"]}
            others.append({**stated, "evidence": evidence} if evidence else stated)
        return tuple(in_place), tuple(others)


def _unlike(stored: Assessment, test: CaseTest) -> Iterator[str]:
    """Yield where a record came to something else than a test expects."""
    said: dict[str, dict[str, str]] = {
        N_("present"): {one.id: one.inherent for one in stored.findings if one.outcome == "present"},
        N_("undetermined"): {one.id: one.possible for one in stored.findings if one.outcome == "undetermined"},
        N_("level"): {one.ladder: one.level for one in stored.proposals},
    }
    expect = test.expect
    now: dict[str, Mapping[str, str]] = {
        "present": expect.findings,
        "undetermined": expect.undetermined,
        "level": {name: one if isinstance(one, str) else one.level for name, one in expect.ladders.items()},
    }
    for what, then in said.items():
        for name in dict.fromkeys((*then, *now[what])):
            if then.get(name) != now[what].get(name):
                yield _(
                    "{name} ({what}): {then} in the record, {now} in the test",
                    name=name,
                    what=_(what),
                    then=then.get(name) or _("none"),
                    now=now[what].get(name) or _("none"),
                )


# --- into cases.yaml ---


def appended(made: FromLife, stored: Assessment, criteria: Criteria, by: str, on: date) -> tuple[Path, str]:
    """Return the cases.yaml of a set and its text with a test at the end of its cases; all else stays as it is.

    Above the test stands who confirmed what it expects, and of which record it is, by its digest alone. Raises
    RiskEngineError where the cases do not stand below each other, so that nothing can be put below them.
    """
    document, tests = read_tests(criteria)
    path = Path(document.path)
    text = decoded(read_bytes(path), document.path)
    lines = text.splitlines(keepends=True)
    first = document.position(("cases", 0))
    if not lines[first.line - 1].lstrip().startswith("- "):
        message = _("{path}: its cases do not stand below each other, so nothing is added to them", path=path)
        raise RiskEngineError(message, _("write each case on lines of its own, behind `- `"))
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    head = comment(
        _(
            "from life: assessment sha256:{digest} under {criteria}; what it expects was confirmed by {name} on {day}",
            digest=stored.digest.removeprefix("sha256:")[:12],
            criteria=f"{stored.criteria.id}@{stored.criteria.version}",
            name=by,
            day=on.isoformat(),
        )
    )
    # The dash of an entry stands two places before its first key.
    lead = " " * (first.column - 3)
    block = ["", *(f"{lead}{one}" if one else one for one in (*head, *entry(made.test)))]
    end = _end_of_cases(document, lines)
    before = "".join(lines[:end]).rstrip("\r\n") + newline
    after = "".join(lines[end:])
    new = before + "".join(f"{one}{newline}" for one in block) + (newline + after if after else "")
    read = parse(new, document.path, nulls=True, most=MAX_SET_BYTES)
    again = CaseTests.model_validate({"base": tests.base, "cases": read.data["cases"]})
    if read.data["base"] != document.data["base"] or again.cases != (*tests.cases, made.test):
        raise DefectError(new)  # what is written must say the same when it is read
    return path, new


def _end_of_cases(document: Document, lines: list[str]) -> int:
    """Return before which line the next thing of the file stands, with the comment above it; else its end."""
    here = document.position(("cases",), key=True).line
    below = [document.position((key,), key=True).line for key in document.data]
    end = min((one - 1 for one in below if one > here), default=len(lines))
    while end < len(lines) and lines[end - 1].startswith(("#", "\n", "\r")):
        end -= 1
    return end
