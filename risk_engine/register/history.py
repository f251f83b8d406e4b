"""The history of one case in words: what was filed, what takes the place of what, whether all of it is as it was."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from risk_engine.diagnostics import RiskEngineError
from risk_engine.engine.assess import assessment_digest
from risk_engine.engine.confirm import awaits_confirmation
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.register.folder import CaseFolder, Filed, read_case_folder
from risk_engine.register.record import read_filed_assessment, read_filed_evidence
from risk_engine.register.rulings import Ruled, Rulings, faults, read_filed_decision, rulings


@dataclass(frozen=True)
class Line:
    """One thing that was filed: its file, what it is in words, and what is wrong with it."""

    name: str
    text: str
    wrong: str = ""
    mark: str = "NOT AS IT WAS FILED"


def history(folder: CaseFolder) -> Iterator[Line]:
    """Yield what was filed for a case, in order, each with what is wrong with it."""
    teller = _Teller(dict(_by_digest(folder)))
    for filed in folder.filed:
        try:
            yield teller.line(filed)
        except RiskEngineError as error:
            yield Line(filed.name, f"{filed.kind}: cannot be read", str(error))
    yield from teller.beside()
    for name in folder.missing():
        yield Line(name, "missing", f"{folder.path}: {name} is missing; it was filed once")
    for stray in folder.strays:
        yield Line(stray.name, "no part of the register", f"{stray}: nobody filed this, or its name was changed")


def damage(path: Path) -> Iterator[str]:
    """Yield what is wrong in the folder of a case, as `show` names it."""
    try:
        yield from (one.wrong for one in history(read_case_folder(path)) if one.wrong)
    except RiskEngineError as error:
        yield str(error)


def _by_digest(folder: CaseFolder) -> Iterator[tuple[str, str]]:
    """Yield the digest and the name of each assessment and decision that can be read."""
    for filed in folder.filed:
        with contextlib.suppress(RiskEngineError):  # `history` names it
            if filed.kind == "assessment":
                yield read_filed_assessment(filed).digest, filed.name
            elif filed.kind == "decision":
                yield read_filed_decision(filed)[0].digest, filed.name


class _Teller:
    """Tells one thing after another, and remembers where the earlier ones are, so that links have names.

    `there` has the names of all, by digest: a link may also go to what was filed later.
    """

    def __init__(self, there: dict[str, str]) -> None:
        self.there = there
        self.names: dict[str, str] = {}
        self.assessments: list[Assessment] = []
        self.ruled: list[Ruled] = []

    def line(self, filed: Filed) -> Line:
        match filed.kind:
            case "assessment":
                return self._assessment(filed, read_filed_assessment(filed))
            case "decision":
                return self._decision(filed, *read_filed_decision(filed))
            case "evidence":
                one = read_filed_evidence(filed)
                text = f"evidence “{one.name}”, {one.size} bytes, of {one.modified}, filed on {one.added}"
                return Line(filed.name, f"{text}, sha256:{one.sha256}")
            case "case":
                filed.read()
                return Line(filed.name, "case as it was given")
            case "kept":
                filed.read()
                return Line(filed.name, "file that was kept as evidence")
            case _:
                assert_never(filed.kind)

    def beside(self) -> Iterator[Line]:
        """Yield the decisions that stand side by side, once all is told."""
        found = rulings(self.ruled[::-1], self.assessments[::-1])
        if found.counts and found.beside:
            names = [one.filed.name for one in reversed((found.counts, *found.beside))]
            wrong = next(Rulings(found.counts, found.beside).problems())
            yield Line(" + ".join(names), "on the same assessment, and none supersedes another", wrong, "SIDE BY SIDE")

    def _assessment(self, filed: Filed, one: Assessment) -> Line:
        self.names[one.digest] = filed.name
        self.assessments.append(one)
        criteria = f"{one.criteria.id} {one.criteria.version}"
        levels = ", ".join(
            f"{each.title}: {each.level.title}{' (still open)' if each.provisional else ''}" for each in one.proposals
        )
        text = f"assessment as of {one.on} under {criteria}. {levels}"
        wrong = "" if assessment_digest(one) == one.digest else f"{filed.path}: its digest is not that of its content"
        if one.supersedes is not None:
            text += f". Supersedes {self._named(one.supersedes.digest)}"
        return Line(filed.name, text, wrong)

    def _decision(self, filed: Filed, one: Decision, raw: bytes) -> Line:
        self.names[one.digest] = filed.name
        levels = ", ".join(
            f"{each.title}: {each.decided.title}" + (f" (proposed: {each.proposed.title})" if each.deviates else "")
            for each in one.levels
        )
        text = f"decision of {one.on} by {one.by.name} ({one.by.role}) on {self._named(one.about.digest)}. {levels}"
        if one.confirmation is not None:
            text += f". Confirmed on {one.confirmation.on} by {one.confirmation.by.name}"
        if awaits_confirmation(one):
            text += ". Awaits the confirmation of a second person"
        if one.supersedes is not None:
            text += f". Supersedes {self._named(one.supersedes)}"
        broken = tuple(faults(one, raw, self.assessments, [each.decision for each in self.ruled]))
        self.ruled.append(Ruled(filed, one, broken))
        wrong = [f"{filed.path}: this decision does not count: {text}" for text in broken]
        if one.about.digest not in self.names:
            wrong.append(f"{filed.path}: the assessment that it is about is not filed before it")
        return Line(filed.name, text, "\n".join(wrong), "DOES NOT HOLD")

    def _named(self, digest: str) -> str:
        if digest not in self.names and digest in self.there:
            return f"{self.there[digest]} (filed after this one)"
        return self.names.get(digest, f"one that is not filed here (sha256:{digest})")
