"""The decisions that are filed for a case: what does not hold, which one counts, which stand side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from risk_engine.files.diagnostics import RiskEngineError, file_problem, help_line
from risk_engine.files.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.office.register.folder import CaseFolder, Filed
from risk_engine.records.decision_links import Around, decision_links
from risk_engine.records.decisions import decision_json


@dataclass(frozen=True)
class Ruled:
    """A decision, where it is filed, and what does not hold of it; one of which anything does not hold never counts."""

    filed: Filed
    decision: Decision
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rulings:
    """The decision that counts, others that stand beside it on the same assessment, and those that do not hold."""

    counts: Ruled | None = None
    beside: tuple[Ruled, ...] = ()
    broken: tuple[Ruled, ...] = ()

    def problems(self) -> Iterator[str]:
        """Yield what somebody must look at."""
        for one in self.broken:
            yield from (
                _("{path}: this decision does not count: {text}", path=one.filed.path, text=text) for text in one.wrong
            )
        if self.counts and self.beside:
            *several, last = (one.filed.name for one in reversed((self.counts, *self.beside)))
            for name in reversed(several):
                last = _("{several} and {last}", several=name, last=last)
            folder = self.counts.filed.path.parent
            text = _(
                "{folder}: decisions stand side by side, none supersedes another: {names}", folder=folder, names=last
            )
            yield text + help_line(_("assess the case again and decide on the new assessment"))


def decisions(folder: CaseFolder, about: Sequence[Assessment]) -> list[Ruled]:
    """Return the decisions of a case, the newest first; `about` are its assessments, which each is held against."""
    read = [(one, *read_filed_decision(one)) for one in reversed(folder.of("decision"))]
    others = [decision for _, decision, _ in read]
    return [Ruled(filed, decision, tuple(faults(decision, raw, about, others))) for filed, decision, raw in read]


def read_filed_decision(filed: Filed) -> tuple[Decision, bytes]:
    """Return a filed decision and its bytes; raise RiskEngineError where it was altered or cannot be read."""
    raw = filed.read()
    try:
        return Decision.model_validate_json(raw), raw
    except ValidationError as error:
        raise file_problem(filed.path, _("this engine cannot read the decision")) from error


def faults(decision: Decision, raw: bytes, about: Iterable[Assessment], others: Iterable[Decision]) -> Iterator[str]:
    """Yield what does not hold of a decision, as `risk-engine verify` finds it; what is not filed is no fault."""
    around = Around({one.digest: one for one in about}, {one.digest: one for one in others}, (), {})
    return (link.text for link in decision_links(decision, raw, around) if link.verdict == "broken")


def rulings(filed: Sequence[Ruled], about: Sequence[Assessment]) -> Rulings:
    """Return which decisions count; both the decisions and the assessments are given with the newest first.

    Of those that hold and that no other supersedes, the one on the newest assessment counts; on the same assessment the
    one that was filed last, as confirmed if it was.
    """
    holding = [one for one in filed if not one.wrong]
    rank = {one.digest: number for number, one in enumerate(about)}
    standing = sorted(_standing(holding), key=lambda one: rank.get(one.decision.about.digest, len(rank)))
    broken = tuple(one for one in filed if one.wrong)
    if not standing:
        return Rulings(broken=broken)
    newest = standing[0]
    same = [one for one in holding if one.decision.digest == newest.decision.digest]
    counts = next((one for one in same if one.decision.confirmation is not None), newest)
    others = {
        one.decision.digest: one
        for one in standing
        if one.decision.about.digest == newest.decision.about.digest and one.decision.digest != newest.decision.digest
    }
    return Rulings(counts, tuple(others.values()), broken)


def _standing(holding: Sequence[Ruled]) -> list[Ruled]:
    superseded = {one.decision.supersedes for one in holding}
    return [one for one in holding if one.decision.digest not in superseded]


def check_decision(
    path: Path, given: Decision, about: Filed, folder: CaseFolder, assessed: Sequence[Assessment]
) -> None:
    """Raise RiskEngineError, with everything at once, if a decision does not hold or would stand beside another one.

    `path` is the file that is to be filed, `about` where the assessment is that it is on.
    """
    filed = decisions(folder, assessed)
    problems = [
        file_problem(
            path, _("the decision does not hold: {text}", text=text), _("decide anew with `risk-engine decide`")
        )
        for text in faults(given, decision_json(given), assessed, [one.decision for one in filed])
    ]
    holding = [one for one in filed if not one.wrong]
    standing = {
        one.decision.digest: one
        for one in _standing(holding)
        if one.decision.about.digest == given.about.digest and one.decision.digest != given.digest
    }
    is_superseded = any(one.decision.supersedes == given.digest for one in holding)
    if standing and not is_superseded and given.supersedes not in standing:
        other = next(iter(standing.values())).filed
        way_out = _(
            "decide in its place: `risk-engine decide {assessment} --supersedes {decision} …`",
            assessment=about.path,
            decision=other.path,
        )
        message = _(
            "{name} is a decision on the same assessment already, and this one does not supersede it", name=other.name
        )
        problems.append(file_problem(path, message, way_out))
    if problems:
        raise RiskEngineError("\n".join(str(one) for one in problems))
