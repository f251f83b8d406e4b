"""The kinds of tables: a ladder, the severities of an indicator, controls, their options, and simple indicators."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from risk_engine.audit.tables.cells import Reader
from risk_engine.audit.tables.rules import HIGHEST_FIRST, Rules, RuleTable, fields_of, severities, with_fields
from risk_engine.audit.tables.table import Column, Form, Record, Returned, ReturnedTable, Table, table_of
from risk_engine.files.diagnostics import RiskEngineError, quoted, suggestion
from risk_engine.files.language import N_, _
from risk_engine.model.references import result_entities
from risk_engine.model.words import SEVERITIES

LADDERS, CONTROLS = "ladders.yaml", "controls.yaml"
OTHERWISE: Final = "otherwise"


def table(kind: RuleTable, rules: Rules) -> Table:
    """Return a table of the set as its files have it."""
    return table_of(kind.form, tuple(kind.records()), rules.about)


def kind_of(of: str, rules: Rules) -> RuleTable:
    """Return the kind of table that is asked for, like `ladder:NAME`; raise RiskEngineError where there is none."""
    what, colon, name = of.partition(":")
    if what == "ladder" and name in rules.criteria.ladders:
        return LadderTable(rules, name)
    if what == "severity" and name in rules.criteria.indicators:
        return SeverityTable(rules, name)
    whole: dict[str, Callable[[Rules], RuleTable]] = {
        "controls": ControlsTable,
        "options": OptionsTable,
        "indicators": IndicatorsTable,
    }
    if of == "controls" and CONTROLS not in rules.documents:
        raise RiskEngineError(_("the set has no {file}", file=CONTROLS), _("write the first control there"))
    if of in whole:
        return whole[of](rules)
    if what in {"ladder", "severity"}:
        known = rules.criteria.ladders if what == "ladder" else rules.criteria.indicators
        message = (
            _("there is no ladder `{name}`", name=name)
            if what == "ladder"
            else _("there is no indicator `{name}`", name=name)
        )
        way_out = (
            suggestion(name, known)
            if colon and name
            else _("name it, like `{what}`", what=f"{what}:{next(iter(known))}")
        )
        raise RiskEngineError(message, way_out)
    forms = ("ladder:NAME", "severity:INDICATOR", *whole)
    raise RiskEngineError(_("there is no table `{name}`", name=of), _("tables: {known}", known=quoted(forms)))


@dataclass(frozen=True)
class LadderTable:
    """The rules of a ladder, the strictest first, and what it says otherwise."""

    rules: Rules
    name: str

    @cached_property
    def form(self) -> Form:
        """What such tables have in common."""
        criteria = self.rules.criteria
        ladder = self.rules.words.ladders[self.name]
        return Form(
            of=f"ladder:{self.name}",
            title=_("Ladder {name}", name=self.name),
            policy="FIRST",
            keys=(
                Column(
                    "rule",
                    _("Rule"),
                    help=_("Its number in the file. A new rule has none; the order of the rows counts."),
                ),
            ),
            fields=(
                Column(
                    "level",
                    _("Level"),
                    "name",
                    tuple(ladder.levels),
                    "\n".join(f"{name}: {one.title}" for name, one in ladder.levels.items()),
                    is_needed=True,
                ),
                Column(
                    "provisional",
                    _("Provisional"),
                    "boolean",
                    ("true",),
                    _("true: unanswered facts count, and it is left out of the range"),
                ),
                Column("sentence", _("Sentence"), is_needed=True),
            ),
            reader=Reader(criteria, result_entities(criteria)),
        )

    @property
    def _ladder(self) -> dict[str, Any]:
        found: dict[str, Any] = self.rules.documents[LADDERS].data[self.name]
        return found

    def records(self) -> Iterator[Record]:
        """Yield each rule by its number, and last what the ladder says otherwise."""
        for number, rule in enumerate(self._ladder["rules"], 1):
            yield Record((f"{number}",), fields_of(rule, self.form.fields), rule["when"])
        yield Record((OTHERWISE,), fields_of(self._ladder[OTHERWISE], self.form.fields))

    def taken(self, found: ReturnedTable) -> dict[str, Any]:
        """Return the file of ladders with the rules in the order of the rows."""
        old = self._ladder
        new: list[dict[str, Any]] = []
        last: dict[str, Any] | None = None
        for record in found.records:
            key = record.key[0]
            if key == OTHERWISE:
                last = with_fields(found, record, record.key, old[OTHERWISE])
                self._check_otherwise(found, record, last)
                continue
            if last is not None:
                found.problem(
                    record.at, _("no row can stand below `otherwise`: it would never be reached"), _("move it up")
                )
            rule: dict[str, Any] = {}
            if not key.startswith("\0"):
                if not key.isdecimal() or not 0 < int(key) <= len(old["rules"]):
                    message = _(
                        "there is no rule `{number}`; the ladder has {last}", number=key, last=len(old["rules"])
                    )
                    found.problem(record.at, message, _("a new rule has no number in this column"))
                    continue
                rule = old["rules"][int(key) - 1]
            when = found.condition(record, rule.get("when"))
            if when is None:
                found.problem(
                    record.at,
                    _("this rule has no condition: it would always hold"),
                    _("say what it tests, or put it into the row `otherwise`"),
                )
            fields = with_fields(found, record, record.key, rule)
            self._check_order(found, record, new, fields.get("level"))
            # In the order in which a rule is written.
            order: dict[str, Any] = {one: fields.get(one) for one in ("level", "provisional") if one in fields}
            new.append({**fields, "when": when} if rule else {**order, "when": when, **fields})
        if last is None:
            found.problems.append(
                found.grid.problem(
                    2, 1, _("the row `otherwise` is missing"), _("it says what the ladder proposes where no row holds")
                )
            )
        ladder = {**old, "rules": tuple(new), OTHERWISE: last}
        return {LADDERS: {**self.rules.documents[LADDERS].data, self.name: ladder}}

    def _check_order(self, found: ReturnedTable, record: Returned, above: list[dict[str, Any]], level: Any) -> None:
        """Note a rule that stands below a milder one: the first that holds decides."""
        levels = list(self.rules.criteria.ladders[self.name].levels)
        milder = above[-1].get("level") if above else None
        if milder in levels and level in levels and levels.index(level) > levels.index(milder):
            message = _("`{level}` is stricter than `{milder}` above it", level=level, milder=milder)
            cell = found.fields[record.key].get("level", record.at)
            found.problem(cell, message, _("rules stand strictest first, levels mildest first"))

    def _check_otherwise(self, found: ReturnedTable, record: Returned, stated: dict[str, Any]) -> None:
        rows = record.alternatives
        if len(rows) > 1 or rows[0].tests or rows[0].rest:
            found.problem(record.at, _("the row `otherwise` can have no condition"))
        if "provisional" in stated:
            cell = found.fields[record.key]["provisional"]
            found.problem(cell, _("the row `otherwise` cannot be provisional"))


@dataclass(frozen=True)
class SeverityTable:
    """The severities of one indicator with their conditions, the highest first."""

    rules: Rules
    name: str

    @cached_property
    def form(self) -> Form:
        """What such tables have in common."""
        return Form(
            of=f"severity:{self.name}",
            title=_("Severity {name}", name=self.name),
            policy="PRIORITY",
            keys=(Column("severity", _("Severity"), "name", HIGHEST_FIRST),),
            fields=(),
            reader=self.rules.facts,
        )

    def records(self) -> Iterator[Record]:
        """Yield each severity that it can have."""
        yield from severities(self.rules, self.name)

    def taken(self, found: ReturnedTable) -> dict[str, Any]:
        """Return the file of the indicator with these severities."""
        file = self.rules.indicators[self.name]
        old = self.rules.indicator(self.name)
        new = {**old, "severity": _severities(found, found.records, old["severity"])}
        return {file: {**self.rules.documents[file].data, self.name: new}}


def _severities(found: ReturnedTable, records: list[Returned], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return the severities that rows state, those that there were in their old order."""
    stated: dict[str, Any] = {}
    for record in records:
        name = record.key[-1]
        if name not in HIGHEST_FIRST:
            what = (
                _("there is no severity `{name}`", name=name)
                if name.strip("\0").isalpha()
                else _("a severity is missing here")
            )
            found.problem(record.at, what, quoted(HIGHEST_FIRST))
            continue
        stated[name] = found.condition(record, old.get(name))
        if stated[name] is None:
            found.problem(record.at, _("this row tests nothing: it would always hold"))
    return {one: stated[one] for one in (*old, *(one for one in stated if one not in old)) if one in stated}


@dataclass(frozen=True)
class ControlsTable:
    """The controls of a set."""

    rules: Rules

    @cached_property
    def form(self) -> Form:
        """What such tables have in common."""
        return Form(
            of="controls",
            title=_("Controls"),
            policy="UNIQUE",
            keys=(Column("control", _("Control"), help=_("Its id; decisions and cases cite it.")),),
            fields=(
                Column("title", _("Title"), is_needed=True),
                Column("do", _("What to do"), is_needed=True),
                Column("who", _("Who"), "name", tuple(self.rules.criteria.head.asked_of), is_needed=True),
                Column("effort", _("Effort"), "number", ("1", "2", "3"), _("1 little, 2 some, 3 much"), is_needed=True),
                Column("supporting", _("Supporting"), "boolean", ("true",)),
                Column("records", _("Answer that it stands for (YAML)"), "yaml"),
            ),
            reader=None,
        )

    def records(self) -> Iterator[Record]:
        """Yield each control."""
        for name, record in self.rules.documents[CONTROLS].data.items():
            yield Record((name,), fields_of(record, self.form.fields))

    def taken(self, found: ReturnedTable) -> dict[str, Any]:
        """Return the file of controls; it keeps its order, and new ones stand at its end."""
        old = self.rules.documents[CONTROLS].data
        new = {}
        for record in found.records:
            if record.key[0].startswith("\0"):
                found.problem(record.at, _("a control has no id here"), _("give it one that no other has had"))
                continue
            self.rules.check_name(found, record, N_("control"))
            new[record.key[0]] = with_fields(found, record, record.key, old.get(record.key[0], {}))
        return {CONTROLS: _in_order(old, new)}


def _in_order(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {one: new[one] for one in (*old, *(one for one in new if one not in old)) if one in new}


@dataclass(frozen=True)
class OptionsTable:
    """In which ways controls lower findings."""

    rules: Rules

    @cached_property
    def form(self) -> Form:
        """What such tables have in common."""
        criteria = self.rules.criteria
        return Form(
            of="options",
            title=_("Control options"),
            policy="COLLECT",
            keys=(
                Column("indicator", _("Indicator"), "name", tuple(criteria.indicators)),
                Column(
                    "option", _("Option"), help=_("Its number in the file. A new option has a number that is free.")
                ),
            ),
            fields=(
                Column("all", _("Controls, all of them"), "names", (*criteria.controls, *self.rules.more_controls)),
                Column("residual", _("Severity left"), "name", SEVERITIES),
                Column("lowers_by", _("Lowers by"), "number", ("1", "2", "3", "4")),
                Column("needs", _("Evidence, one of"), "names", tuple(criteria.head.evidence_kinds)),
            ),
            reader=self.rules.facts,
            are_pairs=True,
        )

    def records(self) -> Iterator[Record]:
        """Yield each option of each indicator."""
        for name in self.rules.indicators:
            for number, option in enumerate(self.rules.indicator(name).get("controls", ()), 1):
                yield Record((name, f"{number}"), fields_of(option, self.form.fields), option.get("when"))

    def taken(self, found: ReturnedTable) -> dict[str, Any]:
        """Return the files of the indicators with these options, in the order of their numbers."""
        stated: dict[str, dict[int, Any]] = {name: {} for name in self.rules.indicators}
        for record in found.records:
            name, number = record.key
            if name not in stated:
                found.problem(record.at, _("there is no indicator `{name}`", name=name), suggestion(name, stated))
            elif not number:
                way_out = _("a new option has a number that is free")
                found.problem(record.at, _("an option has no number here"), way_out)
            elif not number.isdecimal():
                found.problem(
                    record.at, _("`{text}` is no whole number", text=number), _("options are numbered from 1")
                )
            else:
                stated[name][int(number)] = self._option(found, record)
        files = {
            name: dict(document.data)
            for name, document in self.rules.documents.items()
            if name.startswith("indicators/")
        }
        for name, options in stated.items():
            old = self.rules.indicator(name)
            new = tuple(options[number] for number in sorted(options))
            file = files[self.rules.indicators[name]]
            if new == old.get("controls", ()):
                continue
            if new:
                file[name] = {**old, "controls": new}
            else:
                file[name] = {key: value for key, value in old.items() if key != "controls"}
        return files

    def _option(self, found: ReturnedTable, record: Returned) -> dict[str, Any]:
        have = self.rules.indicator(record.key[0]).get("controls", ())
        number = int(record.key[1])
        old = have[number - 1] if 0 < number <= len(have) else {}
        new = with_fields(found, record, record.key, old)
        if ("residual" in new) == ("lowers_by" in new):
            cell = found.fields[record.key]["lowers_by"]
            found.problem(cell, _("an option needs exactly one of `residual` and `lowers_by`"))
        when = found.condition(record, old.get("when"))
        if when is None:
            new.pop("when", None)
        else:
            new["when"] = when
        return new


@dataclass(frozen=True)
class IndicatorsTable:
    """The indicators of a set, a row for each condition under which one has a severity."""

    rules: Rules

    @cached_property
    def form(self) -> Form:
        """What such tables have in common."""
        head = self.rules.criteria.head
        return Form(
            of="indicators",
            title=_("Indicators"),
            policy="PRIORITY",
            keys=(
                Column("indicator", _("Indicator"), help=_("Its id; decisions and letters cite it.")),
                Column("severity", _("Severity"), "name", HIGHEST_FIRST),
            ),
            fields=(
                Column("title", _("Title"), is_needed=True),
                Column(
                    "dimension",
                    _("Dimension"),
                    "name",
                    tuple(name for name, one in head.dimensions.items() if not one.sums),
                    is_needed=True,
                ),
                Column("ground", _("Ground"), "name", tuple(head.grounds), is_needed=True),
                Column("question", _("Question"), is_needed=True),
                Column("knock_out", _("Knock-out (YAML)"), "yaml"),
                Column("irreducible", _("Where no control counts")),
                Column("reason", _("Reason"), is_needed=True),
                Column("evidence", _("Evidence"), is_needed=True),
                Column(
                    "because",
                    _("Because"),
                    "lines",
                    help=_("A sentence on each line; `{entity.fact}` fills an answer in."),
                    is_needed=True,
                ),
                Column("sources", _("Sources (YAML)"), "yaml", is_needed=True),
                Column("author", _("Author (YAML)"), "yaml", is_needed=True),
            ),
            reader=self.rules.facts,
            are_pairs=True,
            owner=1,
        )

    def records(self) -> Iterator[Record]:
        """Yield each severity of each indicator, the highest first."""
        for name in self.rules.indicators:
            fields = fields_of(self.rules.indicator(name), self.form.fields)
            yield from severities(self.rules, name, (name,), fields)

    def taken(self, found: ReturnedTable) -> dict[str, Any]:
        """Return the files of indicators; each stays in its file, a new one comes into that of the row above it."""
        rows: dict[str, list[Returned]] = {}
        for record in found.records:
            if not record.key[0]:
                found.problem(record.at, _("an indicator has no id here"), _("give it one that no other has had"))
            rows.setdefault(record.key[0], []).append(record)
        files = {
            name: document.data for name, document in self.rules.documents.items() if name.startswith("indicators/")
        }
        new: dict[str, dict[str, Any]] = {name: {} for name in files}
        file = next(iter(files))
        for name, records in rows.items():
            file = self.rules.indicators.get(name, file)
            old = files[file].get(name, {})
            if name:
                self.rules.check_name(found, records[0], N_("indicator"))
            stated = with_fields(found, records[0], (name,), old)
            severity = _severities(found, records, old.get("severity", {}))
            new[file][name] = {**stated, "severity": severity}
        return {name: _in_order(files[name], records) for name, records in new.items()}
