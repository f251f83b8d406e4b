"""What a person writes behind an option: one line of text, `LADDER=LEVEL`, or `TEXT; key=value; key=value`."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from risk_engine.diagnostics import help_line, printable, quoted, suggestion
from risk_engine.language import _

if TYPE_CHECKING:
    from risk_engine.model.decision import Person

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
        from risk_engine.syntax import UNFIT

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
