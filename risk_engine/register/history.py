"""The history of one case in words: what was filed, what takes the place of what, whether all of it is as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from risk_engine.diagnostics import RiskEngineError
from risk_engine.engine.assess import assessment_digest
from risk_engine.engine.confirm import awaits_confirmation
from risk_engine.engine.decide import decision_digest
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.register.folder import CaseFolder, Filed
from risk_engine.register.record import read_filed_assessment, read_filed_decision, read_filed_evidence


@dataclass(frozen=True)
class Line:
    """One thing that was filed: its file, what it is in words, and what is wrong with it."""

    name: str
    text: str
    wrong: str = ""


def history(folder: CaseFolder) -> Iterator[Line]:
    """Yield what was filed for a case, in order, each with what is wrong with it."""
    teller = _Teller()
    for filed in folder.filed:
        try:
            yield teller.line(filed)
        except RiskEngineError as error:
            yield Line(filed.name, f"{filed.kind}: cannot be read", str(error))
    for number in folder.missing_numbers():
        yield Line(f"{number:04d}-…", "missing", f"{folder.path}: number {number:04d} is missing; it was filed once")
    for stray in folder.strays:
        yield Line(stray.name, "no part of the register", f"{stray}: nobody filed this, or its name was changed")


class _Teller:
    """Tells one thing after another, and remembers where the earlier ones are, so that links have names."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def line(self, filed: Filed) -> Line:
        match filed.kind:
            case "assessment":
                return self._assessment(filed, read_filed_assessment(filed))
            case "decision":
                return self._decision(filed, read_filed_decision(filed))
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

    def _assessment(self, filed: Filed, one: Assessment) -> Line:
        self.names[one.digest] = filed.name
        criteria = f"{one.criteria.id} {one.criteria.version}"
        levels = ", ".join(
            f"{each.title}: {each.level.title}{' (still open)' if each.provisional else ''}" for each in one.proposals
        )
        text = f"assessment as of {one.on} under {criteria}. {levels}"
        wrong = "" if assessment_digest(one) == one.digest else f"{filed.path}: its digest is not that of its content"
        if one.supersedes is not None:
            text += f". Supersedes {self._named(one.supersedes.digest)}"
        return Line(filed.name, text, wrong)

    def _decision(self, filed: Filed, one: Decision) -> Line:
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
        wrong = []
        if decision_digest(one) != one.digest:
            wrong.append(f"{filed.path}: its digest is not that of its content")
        if one.about.digest not in self.names:
            wrong.append(f"{filed.path}: the assessment that it is about is not filed before it")
        return Line(filed.name, text, "\n".join(wrong))

    def _named(self, digest: str) -> str:
        return self.names.get(digest, f"one that is not filed here (sha256:{digest})")
