"""The history of one case in words: what was filed, what takes the place of what, whether all of it is as it was."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from risk_engine.engine.assess import is_intact
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import N_, _
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decided, Decision
from risk_engine.model.explanation import Proposal
from risk_engine.office.register.folder import CaseFolder, Filed, read_case_folder
from risk_engine.office.register.record import (
    Ruled,
    Rulings,
    faults,
    read_filed_assessment,
    read_filed_decision,
    read_filed_evidence,
    rulings,
    told,
)
from risk_engine.records.criteria import MissingCriteriaError
from risk_engine.records.decide import awaits_confirmation
from risk_engine.report.wording import at_level


@dataclass(frozen=True)
class Line:
    """One thing that was filed: its file, what it is in words, and what is wrong with it."""

    name: str
    text: str
    wrong: str = ""
    mark: str = N_("NOT AS IT WAS FILED")


_UNREADABLE = {
    "case": N_("case: cannot be read"),
    "assessment": N_("assessment: cannot be read"),
    "decision": N_("decision: cannot be read"),
    "evidence": N_("evidence: cannot be read"),
    "kept": N_("kept: cannot be read"),
}


def history(folder: CaseFolder) -> Iterator[Line]:
    """Yield what was filed for a case, in order, each with what is wrong with it."""
    teller = _Teller(dict(_by_digest(folder)))
    for filed in folder.filed:
        try:
            line = teller.line(filed)
            if filed in folder.unlogged and not line.wrong:
                wrong = _("{path}: the log of the register does not know this", path=filed.path)
                line = replace(line, wrong=wrong, mark=N_("NOT IN THE LOG"))
            yield line
        except RiskEngineError as error:
            yield Line(filed.name, _(_UNREADABLE[filed.kind]), str(error))
    yield from teller.beside()
    for name in folder.missing():
        yield Line(name, _("missing"), _("{path}: {name} is missing; it was filed once", path=folder.path, name=name))
    for stray in folder.strays:
        yield Line(
            stray.name,
            _("no part of the register"),
            _("{stray}: nobody filed this, or its name was changed", stray=stray),
        )


def damage(path: Path) -> list[str]:
    """Return what is wrong in the folder of a case, as `show` names it."""
    try:
        return [one.wrong for one in history(read_case_folder(path)) if one.wrong]
    except RiskEngineError as error:
        return [f"{error}"]


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
                days = {"modified": one.modified, "added": one.added}
                text = _(
                    "evidence “{name}”, {size} bytes, of {modified}, filed on {added}",
                    name=one.name,
                    size=one.size,
                    **days,
                )
                return Line(filed.name, f"{text}, sha256:{one.sha256}")

            case "case":
                filed.read()
                return Line(filed.name, _("case as it was given"))
            case "kept":
                filed.read()
                return Line(filed.name, _("file that was kept as evidence"))
            case _:
                assert_never(filed.kind)

    def beside(self) -> Iterator[Line]:
        """Yield the decisions that stand side by side, once all is told."""
        found = rulings(self.ruled[::-1], self.assessments[::-1])
        if found.counts and found.beside:
            names = [one.filed.name for one in reversed((found.counts, *found.beside))]
            wrong = next(Rulings(found.counts, found.beside).problems())
            text = _("on the same assessment, and none supersedes another")
            yield Line(" + ".join(names), text, wrong, N_("SIDE BY SIDE"))

    def _assessment(self, filed: Filed, one: Assessment) -> Line:
        self.names[one.digest] = filed.name
        self.assessments.append(one)
        criteria = f"{one.criteria.id} {one.criteria.version}"
        levels = _proposals(one, filed.path)
        said = [_("assessment as of {day} under {criteria}", day=one.on, criteria=criteria), levels]
        wrong = "" if is_intact(one) else _("{path}: its digest is not that of its content", path=filed.path)
        if one.supersedes is not None:
            said.append(_("Supersedes {name}", name=self._named(one.supersedes.digest)))
        return Line(filed.name, ". ".join(said), wrong)

    def _decision(self, filed: Filed, one: Decision, raw: bytes) -> Line:
        self.names[one.digest] = filed.name
        levels = ", ".join(map(_decided, one.levels))
        about = self._named(one.about.digest)
        by = {"day": one.on, "who": one.by.name, "role": one.by.role}
        told = [_("decision of {day} by {who} ({role}) on {name}", **by, name=about), levels]
        if one.confirmation is not None:
            told.append(_("Confirmed on {day} by {who}", day=one.confirmation.on, who=one.confirmation.by.name))
        if awaits_confirmation(one):
            told.append(_("Awaits the confirmation of a second person"))
        if one.supersedes is not None:
            told.append(_("Supersedes {name}", name=self._named(one.supersedes)))
        broken = tuple(faults(one, raw, self.assessments, [each.decision for each in self.ruled]))
        self.ruled.append(Ruled(filed, one, broken))
        wrong = [_("{path}: this decision does not count: {text}", path=filed.path, text=text) for text in broken]
        if one.about.digest not in self.names:
            wrong.append(_("{path}: the assessment that it is about is not filed before it", path=filed.path))
        return Line(filed.name, ". ".join(told), "\n".join(wrong), N_("DOES NOT HOLD"))

    def _named(self, digest: str) -> str:
        if digest not in self.names and digest in self.there:
            return _("{name} (filed after this one)", name=self.there[digest])
        return self.names.get(digest) or _("one that is not filed here (sha256:{digest})", digest=digest)


def _proposals(assessment: Assessment, near: Path) -> str:
    """Return what an assessment proposes; by the names of its levels where its criteria are gone."""
    try:
        return ", ".join(map(_proposed, told(assessment, near).proposals))
    except MissingCriteriaError:
        return ", ".join(at_level(one.ladder, one.level) for one in assessment.proposals)


def _proposed(proposal: Proposal) -> str:
    result = at_level(proposal.title, proposal.level.title)
    return _("{result} (still open)", result=result) if proposal.provisional else result


def _decided(level: Decided) -> str:
    result = at_level(level.title, level.decided.title)
    if level.deviates:
        return _("{result} (proposed: {proposed})", result=result, proposed=level.proposed.title)
    return result
