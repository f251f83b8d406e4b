"""One stored case under both versions: what came out, what changed and why, what is newly asked, what is refused."""

import contextlib
from collections.abc import Sequence
from functools import lru_cache

from risk_engine.audit.impact.asked import Replayed, newly_asked, remaining
from risk_engine.audit.impact.causes import Causes
from risk_engine.audit.impact.findings import finding_moves
from risk_engine.audit.impact.fit import fitted
from risk_engine.audit.impact.ladders import LadderPair, course, moves, standings
from risk_engine.audit.impact.read import StoredCase
from risk_engine.audit.impact.sides import Pair
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _
from risk_engine.loading.choose import newest
from risk_engine.model.impact import CaseImpact, CauseKind, Group


def replay(stored: StoredCase, pair: Pair, ladders: Sequence[LadderPair], causes: Causes) -> CaseImpact:
    """Return what the new version does to one case.

    Raises RiskEngineError where the case has no day, is of another set, or has answers that neither version takes.
    """
    _check_set(stored, pair.after.criteria.head.id)
    day = pair.on or stored.day
    if day is None:
        message = _("{path}: the case has no `assessment_date:`", path=stored.file)
        raise RiskEngineError(message, _("add one, or name a day with `--on`"))
    before, after = fitted(stored, pair, day)
    moved = moves(ladders, standings(before.worked), standings(after.worked))
    case = Replayed(before.worked, after, pair.after)
    # Where nothing moved, nothing became open because of what is asked.
    lacking = newly_asked(case) if any(one.direction != "same" for one in moved) else ()
    remains = remaining(case, ladders) if lacking else None
    asked = tuple(dict.fromkeys(one.ask.path() for one in lacking)) if remains else ()
    apart: dict[str, CauseKind] = {
        **{one.ask.path(): "asked" for one in lacking},
        **{one.state.path(): "asked" for one in lacking},
        **{one.path: "refused" for one in after.left_out},
    }
    group: Group = "refused" if after.left_out else "newly_asked" if remains else "compared"
    return CaseImpact(
        file=stored.file,
        source=stored.source,
        case_id=after.worked.case.id,
        title=after.worked.case.title,
        on=day,
        in_force_before=pair.before.is_in_force(day),
        in_force_after=pair.after.is_in_force(day),
        group=group,
        course=course([one.direction for one in moved]),
        ladders=tuple(moved),
        findings=tuple(finding_moves(before.worked, after.worked, causes, apart)),
        asked=asked,
        remaining=remains,
        refused=after.left_out,
        left_out=before.left_out,
    )


def _check_set(stored: StoredCase, wanted: str) -> None:
    """Raise RiskEngineError where a case names another set; what names none is taken to be of this one."""
    name = stored.criteria and stored.criteria.rpartition("@")[0 if "@" in stored.criteria else 2]
    if name and name != wanted and _set_at(name) != wanted:
        message = _(
            "{file}: the case is of the set `{other}`, not of `{set}`", file=stored.file, other=name, set=wanted
        )
        raise RiskEngineError(message, _("leave it out, or compare two versions of `{other}`", other=name))


@lru_cache
def _set_at(name: str) -> str | None:
    """Return which set a case means that names its folder."""
    with contextlib.suppress(RiskEngineError):
        return newest(name).name
    return None
