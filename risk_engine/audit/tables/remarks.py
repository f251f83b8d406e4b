"""What a table shows of its rows, in words: its hit policy, rows that never decide, overlaps and gaps."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple

from risk_engine.audit.tables.cells import cells_of, rest_of
from risk_engine.audit.tables.kinds import CONTROLS, OTHERWISE
from risk_engine.audit.tables.overlaps import Conditions, Example, Found, TableRow, UndecidedError, look_at
from risk_engine.audit.tables.rules import Rules, RuleTable, severities
from risk_engine.audit.tables.table import YAML, Record, Table, alternatives_of
from risk_engine.files.diagnostics import quoted
from risk_engine.files.language import _, ngettext
from risk_engine.model.words import SEVERITIES

MOST_SHOWN: Final = 3


def remarks(kind: RuleTable, rules: Rules, made: Table) -> Iterator[str]:
    """Yield what a table shows of its rows; the first line is its hit policy."""
    form, rows = kind.form, made.rows
    counted = ngettext("{number} row", "{number} rows", len(rows), number=len(rows))
    yield f"{form.of}: {counted}. {form.policy_told}"
    names = [
        row[form.keys[-1].key] if len(form.keys) == 1 else " ".join(row[one.key] for one in form.keys) for row in rows
    ]
    if left := [name for name, row in zip(names, rows, strict=True) if row.get(YAML)]:
        yield _("in part as YAML, for it is no row of tests: {rows}", rows=", ".join(dict.fromkeys(left)))
    whole: Mapping[str, Callable[[Rules], Iterator[str]]] = {
        "controls": _of_controls,
        "options": _of_options,
        "indicators": _of_indicators,
    }
    yield from whole[form.of](rules) if form.of in whole else _of_one(kind, rules)


# --- a ladder, or the severities of an indicator ---


def _of_one(kind: RuleTable, rules: Rules) -> Iterator[str]:
    assert kind.form.reader is not None  # noqa: S101 (both kinds have conditions)
    records = [one for one in kind.records() if one.key != (OTHERWISE,)]
    found = look_at(kind.form.reader, [row for one in records for row in _rows(one)])
    is_ladder = kind.form.policy == "FIRST"
    yield from _idle(found)
    yield from _overlapping(found.overlaps)
    if found.provisional:
        rows = ", ".join(found.provisional)
        yield _("not looked at, for they count where answers are missing: rows {rows}", rows=rows)
    yield from _not_found_out(found.undecided)
    if is_ladder:
        levels = rules.criteria.ladders[kind.form.of.partition(":")[2]].levels
        reached = {record.fields["level"] for record in kind.records()}
        if never := [level for level in levels if level not in reached]:
            yield _("no row leads to {levels}", levels=quoted(never, "and"))
    if not found.is_gap_decided:
        yield _("whether there is a gap was not found out")
    elif found.gap is None:
        yield _("no gap: some row always holds")
    elif is_ladder:
        yield _("no gap: where no row holds, `otherwise` decides: {example}", example=found.gap)
    else:
        yield _("gap: where no row holds, there is no finding: {example}", example=found.gap)


def _rows(record: Record) -> Iterator[TableRow]:
    name = " ".join(record.key)
    outcome = record.fields.get("level", record.key[-1])
    several = alternatives_of(record.condition)
    for number, condition in enumerate(several, 1):
        own = f"{name}.{number}" if len(several) > 1 else name
        yield TableRow(own, outcome, condition, record.fields.get("provisional") == "true", name)


def _idle(found: Found) -> Iterator[str]:
    for name in found.never_true:
        yield _("row {row} never holds: its tests contradict each other", row=name)
    for name, others in found.never_decides:
        yield _(
            "row {row} never decides: wherever it holds, one of these does before it: {others}", row=name, others=others
        )
    for name, others in found.adds_nothing:
        yield _(
            "row {row} adds nothing: wherever it holds, one of these does and leads to the same: {others}",
            row=name,
            others=others,
        )


def _overlapping(overlaps: Sequence[tuple[str, str, Example]]) -> Iterator[str]:
    for above, below, example in overlaps[:MOST_SHOWN]:
        yield _(
            "rows {above} and {below} overlap, and {above} decides: {example}",
            above=above,
            below=below,
            example=example,
        )
    if len(overlaps) > MOST_SHOWN:
        more = len(overlaps) - MOST_SHOWN
        yield ngettext("and {number} more overlap", "and {number} more overlaps", more, number=more)


def _not_found_out(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield _("row {row}: whether it ever decides was not found out", row=name)


# --- indicators: a table of severities for each ---


def _of_indicators(rules: Rules) -> Iterator[str]:
    every: list[TableRow] = []
    overlaps: list[tuple[str, str, Example]] = []
    always: list[str] = []
    open_gaps: list[str] = []
    for name in rules.indicators:
        rows = _severity_rows(rules, name)
        found = look_at(rules.facts, rows)
        yield from _idle(found)
        yield from _not_found_out(found.undecided)
        overlaps += found.overlaps
        every += rows
        if found.gap is None:
            (always if found.is_gap_decided else open_gaps).append(name)
    yield from _overlapping(overlaps)
    yield from _twins(rules, every)
    if always:
        yield _(
            "no gap in {indicators}: some row always holds, so every case has this finding",
            indicators=quoted(always, "and"),
        )
    if open_gaps:
        yield _("whether there is a gap in {indicators} was not found out", indicators=quoted(open_gaps, "and"))
    if len(always) + len(open_gaps) < len(rules.indicators):
        yield _("gap: where no row of an indicator holds, it is no finding; `--of severity:INDICATOR` shows where")


def _severity_rows(rules: Rules, name: str) -> list[TableRow]:
    return [row for one in severities(rules, name, (name,)) for row in _rows(one)]


def _twins(rules: Rules, rows: Sequence[TableRow]) -> Iterator[str]:
    """Yield rows of two indicators that hold in the same cases: the same answers count twice."""
    alike: dict[tuple[frozenset[str], str], list[TableRow]] = {}
    for row in rows:
        alike.setdefault((frozenset(cells_of(row.condition)), rest_of(row.condition)), []).append(row)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if one.name.split()[0] != other.name.split()[0] and _is_same(rules, one.condition, other.condition):
                yield _(
                    "rows {one} and {other} hold in the same cases: the same answers make two findings",
                    one=one.name,
                    other=other.name,
                )


def _is_same(rules: Rules, one: Any, other: Any) -> bool:
    cases = Conditions(rules.facts, (one, other))
    try:
        return cases.example([0], [1]) is None and cases.example([1], [0]) is None
    except UndecidedError:
        return False


# --- options: of each indicator, what lowers it ---


class _Option(NamedTuple):
    name: str
    stated: Mapping[str, Any]
    conditions: tuple[int, ...]
    """The conditions of which one must hold, by their numbers; none where it always counts."""

    def left_of(self, severity: str) -> int:
        """Return the rank of what it leaves of a severity."""
        rank = SEVERITIES.index(severity)
        residual = self.stated.get("residual")
        return max(0, rank - self.stated["lowers_by"]) if residual is None else min(rank, SEVERITIES.index(residual))


class Gap(NamedTuple):
    """A severity that no option lowers."""

    severity: str
    example: Example | None
    """A case; None where it was not found out whether there is one."""
    is_told: bool
    """Whether `irreducible` says so, for no option counts."""


class Options:
    """The severities of an indicator and its options over one search."""

    def __init__(self, rules: Rules, name: str) -> None:
        stated = rules.indicator(name)
        self.name = name
        self.rows = _severity_rows(rules, name)
        self.has_knock_out = "knock_out" in stated
        self.irreducible = "irreducible" in stated
        conditions = [one.condition for one in self.rows]
        self.options: list[_Option] = []
        for number, option in enumerate(stated.get("controls", ()), 1):
            own = alternatives_of(option["when"]) if "when" in option else ()
            numbers = tuple(range(len(conditions), len(conditions) + len(own)))
            self.options.append(_Option(f"{name} {number}", option, numbers))
            conditions += own
        self.cases = Conditions(rules.facts, conditions)

    def idle(self) -> Iterator[str]:
        """Yield options that never count, lower nothing, or do no more than another."""
        for number, option in enumerate(self.options):
            try:
                if option.conditions and not self._counts(option):
                    yield _("row {row} never counts: where its condition holds, there is no finding", row=option.name)
                elif not self.has_knock_out and not any(self._lowers(option, one.outcome) for one in self.rows):
                    yield _(
                        "row {row} lowers nothing: the indicator is never higher than what it leaves", row=option.name
                    )
                elif better := next((one for one in self._others(number) if self._does_all_of(one, option)), None):
                    yield _(
                        "row {row} does nothing: wherever it counts, row {other} does too, asks for no more and leaves "
                        "no more",
                        row=option.name,
                        other=better.name,
                    )
            except UndecidedError:
                yield _("row {row}: whether it ever does anything was not found out", row=option.name)

    def _counts(self, option: _Option) -> bool:
        return any(
            self.cases.example((row, when)) is not None for when in option.conditions for row in range(len(self.rows))
        )

    def _lowers(self, option: _Option, severity: str) -> bool:
        return option.left_of(severity) < SEVERITIES.index(severity)

    def _others(self, number: int) -> Iterator[_Option]:
        """Yield the other options; of two that do the same the first is none of the second's others, so it stays."""
        option = self.options[number]
        yield from self.options[:number]
        yield from (one for one in self.options[number + 1 :] if not self._does_all_of(option, one))

    def _does_all_of(self, one: _Option, other: _Option) -> bool:
        """Return whether an option does all that another does, wherever that counts, and asks for no more."""
        mine, others = set(one.stated.get("needs", ())), set(other.stated.get("needs", ()))
        return (
            set(one.stated.get("all", ())) <= set(other.stated.get("all", ()))
            and (not mine or (bool(others) and others <= mine))
            and all(one.left_of(row.outcome) <= other.left_of(row.outcome) for row in self.rows)
            and (not one.conditions or (bool(other.conditions) and self._covers(one, other)))
        )

    def _covers(self, one: _Option, other: _Option) -> bool:
        """Return whether an option counts wherever another does and there is a finding."""
        return all(
            self.cases.example((row, when), one.conditions) is None
            for when in other.conditions
            for row in range(len(self.rows))
        )

    def gaps(self) -> Iterator[Gap]:
        """Yield the severities that no option lowers, each with a case of which `irreducible` says nothing, if any."""
        for severity in dict.fromkeys(one.outcome for one in self.rows):
            counting = (one for one in self.options if not self._lowers(one, severity))
            ways = [when for one in counting for when in (tuple((n,) for n in one.conditions) or ((),))]
            try:
                untold = self._unlowered(severity, ways if self.irreducible else ((),))
                told = None if untold or not self.irreducible else self._unlowered(severity, ((),))
            except UndecidedError:
                yield Gap(f"{self.name} {severity}", None, is_told=False)
                continue
            if untold or told:
                yield Gap(f"{self.name} {severity}", untold or told, is_told=untold is None)

    def _unlowered(self, severity: str, ways: Iterable[tuple[int, ...]]) -> Example | None:
        """Return a case in which this is the severity, none of the options that lower it counts, and one way holds."""
        lowering = [one for one in self.options if self._lowers(one, severity)]
        if any(not one.conditions for one in lowering):
            return None
        rank = SEVERITIES.index(severity)
        fails = [when for one in lowering for when in one.conditions]
        fails += [n for n, row in enumerate(self.rows) if SEVERITIES.index(row.outcome) > rank]
        rows = [n for n, row in enumerate(self.rows) if row.outcome == severity]
        found = (self.cases.example((row, *way), fails) for way in ways for row in rows)
        return next((one for one in found if one is not None), None)


def _of_options(rules: Rules) -> Iterator[str]:
    every = [Options(rules, name) for name in rules.indicators]
    for one in every:
        yield from one.idle()
    gaps = [gap for one in every for gap in one.gaps()]
    for severity, example, is_told in gaps:
        if example is None:
            yield _("whether a row lowers {severity} always was not found out", severity=severity)
        elif is_told:
            yield _(
                "gap: no row lowers {severity}, and `irreducible` says so: {example}",
                severity=severity,
                example=example,
            )
        else:
            yield _("gap: no row lowers {severity}: {example}", severity=severity, example=example)
    if not gaps:
        yield _("no gap: whatever an indicator comes to, a row lowers it")


# --- controls ---


def _of_controls(rules: Rules) -> Iterator[str]:
    stated = rules.documents[CONTROLS].data
    for one, other in combinations(stated, 2):
        if stated[one]["do"] == stated[other]["do"]:
            yield _("rows {one} and {other} overlap: they ask for the same", one=one, other=other)
    used = {
        control
        for name in rules.indicators
        for option in rules.indicator(name).get("controls", ())
        for control in option.get("all", ())
    }
    idle = [name for name, one in stated.items() if name not in used and not one.get("supporting")]
    for name in idle:
        yield _("gap: no option names {control}, so it lowers nothing", control=name)
    if not idle:
        yield _("no gap: options name each control, or it is supporting")
