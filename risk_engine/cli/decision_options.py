"""What stands on the command line of `risk-engine decide`, and what it says once it is read."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.cli.clauses import Reading
from risk_engine.diagnostics import RiskEngineError, quoted
from risk_engine.language import _

if TYPE_CHECKING:
    from risk_engine.model.decision import Person, Reply
    from risk_engine.records.conditions import StatedCondition


@dataclass(frozen=True)
class Options:
    """What stands on the command line, as it stands there."""

    levels: list[str]
    by: str | None
    role: str | None
    reason: str | None
    conditions: list[str]
    adopt: bool | None
    replies: list[str]
    supersedes: Path | None
    confirm: str | None
    confirm_role: str | None
    different_person: bool
    on: date

    def refuse_new(self) -> None:
        """Raise RiskEngineError where an option is there that makes sense for a new decision only."""
        given = {
            "--level": self.levels,
            "--by": self.by,
            "--reason": self.reason,
            "--condition": self.conditions,
            "--adopt": self.adopt is not None,
            "--reply": self.replies,
            "--supersedes": self.supersedes,
        }
        if names := [name for name, value in given.items() if value]:
            message = _(
                "a decision that is taken is not changed: {options} cannot be used with it",
                options=quoted(names, "and"),
            )
            raise RiskEngineError(message, _("decide anew on the assessment, with --supersedes this decision"))

    def second(self, reading: Reading, role: str | None) -> "Person | None":
        """Return who confirms, None where nobody does; what is wrong is noted."""
        if self.confirm is not None:
            return reading.person(("--confirm", self.confirm), ("--confirm-role", role))
        if self.confirm_role is not None:
            reading.problem(_("--confirm-role is there without --confirm"), _("name the second person"))
        if self.different_person:
            reading.problem(_("--different-person is there without --confirm"), _("name the second person"))
        return None

    def stated_conditions(self, reading: Reading) -> "tuple[StatedCondition, ...]":
        """Return the conditions; what is wrong with one is noted."""
        return tuple(_condition(reading, one) for one in self.conditions)

    def stated_replies(self, reading: Reading) -> "tuple[Reply, ...]":
        """Return what was written back, as far as it can be read; what is wrong is noted."""
        return tuple(one for stated in self.replies if (one := _reply(reading, stated)))


def _condition(reading: Reading, stated: str) -> "StatedCondition":
    from risk_engine.records.conditions import StatedCondition

    what, clauses = reading.clauses("--condition", stated, ("owner", "due"))
    return StatedCondition(what, clauses.get("owner"), reading.day("--condition: `due`", clauses.get("due")))


def _reply(reading: Reading, stated: str) -> "Reply | None":
    from risk_engine.loading.reply import read_reply

    name, clauses = reading.clauses("--reply", stated, ("from", "date"))
    for missing in [one for one in ("from", "date") if one not in clauses]:
        way_out = _("like --reply 'reply.txt; from=Dr Berg; date=2026-12-01'")
        reading.problem(_("--reply `{name}`: `{missing}=` is missing", name=name, missing=missing), way_out)
    day = reading.day("--reply: `date`", clauses.get("date"))
    if day is None or "from" not in clauses:
        return None
    try:
        return read_reply(Path(name), clauses["from"], day)
    except RiskEngineError as error:
        reading.problems.append(str(error))
        return None
