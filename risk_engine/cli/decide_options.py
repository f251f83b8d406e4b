"""What a person writes behind the options of `risk-engine decide`: every problem in it is told at once."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable, quoted, suggestion
from risk_engine.files.language import _

if TYPE_CHECKING:
    from risk_engine.model.decision import Person, Reply
    from risk_engine.records.conditions import StatedCondition

_CLAUSE = re.compile(r"\s*([A-Za-z_-]+)\s*=(.*)", re.DOTALL)
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")


class Reading:
    """Reads what stands behind options and keeps every problem, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, message: str, way_out: str = "") -> None:
        """Keep a problem and the way out."""
        self.problems.append(printable(message) + help_line(printable(way_out)))

    def text(self, option: str, stated: str | None, *, lines: bool = False) -> str:
        """Return a text, composed (NFC) and without space around it; `lines` says whether it may have several."""
        from risk_engine.files.syntax import UNFIT

        text = unicodedata.normalize("NFC", _BREAKS.sub("\n", stated or "")).strip()
        if not text:
            self.problem(
                _("{option} is missing", option=option) if stated is None else _("{option} is empty", option=option)
            )
        elif unfit := UNFIT.search(text):
            character = f"U+{ord(unfit[0]):04X}"
            self.problem(
                _("{option}: the character {character} cannot stand in a record", option=option, character=character)
            )

        elif not lines and ("\n" in text or "\t" in text):
            self.problem(_("{option}: `{text}` must stand on one line", option=option, text=" ".join(text.split())))
        return text

    def person(self, name: tuple[str, str | None], role: tuple[str, str | None]) -> "Person | None":
        """Return who is named behind two options, each given with what stands behind it; None where that is none."""
        from risk_engine.model.decision import Person

        before = len(self.problems)
        stated = self.text(*name), self.text(*role)
        return None if len(self.problems) > before else Person(name=stated[0], role=stated[1])

    def pair(self, option: str, stated: str) -> tuple[str, str]:
        """Return both sides of `LADDER=LEVEL`."""
        left, sign, right = (one.strip() for one in stated.partition("="))
        if not (left and sign and right):
            self.problem(
                _("{option} `{stated}` is not like LADDER=LEVEL", option=option, stated=stated),
                _("for example --level measure=advice"),
            )
        return left, right

    def clauses(self, option: str, stated: str, known: Sequence[str]) -> tuple[str, dict[str, str]]:
        """Return the text before the first `; key=` and the values behind each key."""
        first, *parts = stated.split(";")
        found: dict[str, str] = {}
        for part in parts:
            match = _CLAUSE.fullmatch(part)
            if match is None and not found:
                first = f"{first};{part}"
                continue
            key = match[1].casefold() if match else part.strip()
            if match is None or key not in known:
                self.problem(
                    _("{option}: `{key}` is not {known}", option=option, key=key, known=quoted(known)),
                    suggestion(key, known),
                )
            elif key in found:
                self.problem(_("{option}: `{key}` is named twice", option=option, key=key))
            else:
                found[key] = self.text(f"{option}: `{key}`", match[2])
        return self.text(option, first, lines=True), found

    def day(self, option: str, stated: str | None) -> date | None:
        """Return an ISO date, None where none is stated or it is none."""
        if stated is None:
            return None
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", stated, re.ASCII):
            try:
                return date.fromisoformat(stated)
            except ValueError:
                pass
        self.problem(
            _("{option}: `{stated}` is no date", option=option, stated=stated),
            _("dates are year-month-day, like 2026-01-31"),
        )
        return None


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
