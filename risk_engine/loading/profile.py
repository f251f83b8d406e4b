"""Read an institution's profile and check that it overrides only what the criteria set lets it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, suggestion
from risk_engine.files.language import N_, _
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document, read
from risk_engine.loading.case import speaks_of_names
from risk_engine.loading.checks.context import column_readers, misfit, months_misfit, operand_misfit
from risk_engine.loading.validate import validated
from risk_engine.model.case import row_suggestion
from risk_engine.model.conditions import Compare, ParameterRef, leaves
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, RuleFact, TextFact
from risk_engine.model.profile import Profile, ValueOverride
from risk_engine.model.references import promise_conditions, rule_conditions
from risk_engine.model.tables import Table


def load_profile(path: Path | str, criteria: Criteria) -> Profile:
    """Return the profile of a file; raise InvalidSourceError with every problem in it."""
    document = read(Path(path), go_on=True)
    problems: list[Diagnostic] = list(document.problems)
    if isinstance(document.data, dict) and speaks_of_names(criteria):
        from risk_engine.loading.former_names import ProfileToday

        document = ProfileToday(document, criteria, problems).document()
    profile = validated(Profile, document.data, document, (), problems)
    if profile is not None:
        problems += _Check(profile, criteria, document).problems()
    if problems or profile is None:
        raise InvalidSourceError(problems)
    return profile


def kept_profile(profile: Profile, document: Document, criteria: Criteria) -> Profile:
    """Return a profile that was stored, in the names of criteria that may be other ones than it was made for.

    Raises InvalidSourceError, with the places in its document, if the criteria do not let a profile say this.
    """
    # Few sets have other names than before.
    from risk_engine.loading.former_names import ProfileToday

    problems: list[Diagnostic] = []
    said = replace(document, data=profile.model_dump(by_alias=True, exclude_none=True))
    today = ProfileToday(said, criteria, problems).document()
    profile = profile if today is said else Profile.model_validate(today.data)
    problems += _Check(profile, criteria, replace(today, data=document.data)).problems()
    if problems:
        raise InvalidSourceError(problems)
    return profile


def check_profile(profile: Profile, document: Document, criteria: Criteria) -> None:
    """Raise InvalidSourceError, with the places in its document, if the criteria do not let a profile say this."""
    if problems := list(_Check(profile, criteria, document).problems()):
        raise InvalidSourceError(problems)


class _Check:
    """Holds a profile against the criteria set."""

    def __init__(self, profile: Profile, criteria: Criteria, document: Document) -> None:
        self.profile = profile
        self.criteria = criteria
        self.document = document

    def problems(self) -> Iterator[Diagnostic]:
        wanted, have = self.profile.criteria, self.criteria.head.id
        if wanted != have:
            message = _("the profile is made for `{wanted}`, the criteria are `{have}`", wanted=wanted, have=have)
            yield self.document.problem(("criteria",), message)
            return
        yield from self._parameters()
        yield from self._tables()
        yield from self._knock_outs()
        yield from self._four_eyes()

    def _four_eyes(self) -> Iterator[Diagnostic]:
        for number, two in enumerate(self.profile.four_eyes):
            loc: Loc = ("four_eyes", number)
            ladder = self.criteria.ladders.get(two.ladder)
            if ladder is None:
                message = _("there is no ladder `{ladder}`", ladder=two.ladder)
                yield self.document.problem((*loc, "ladder"), message, suggestion(two.ladder, self.criteria.ladders))
            elif two.level not in ladder.levels:
                message = _("`{ladder}` has no level `{level}`", ladder=two.ladder, level=two.level)
                yield self.document.problem((*loc, "level"), message, suggestion(two.level, ladder.levels))

    def _knock_outs(self) -> Iterator[Diagnostic]:
        for name in self.profile.policy_knock_outs_off:
            loc: Loc = ("policy_knock_outs_off", name)
            indicator = self.criteria.indicators.get(name)
            if indicator is None:
                yield self._unknown(loc, N_("indicator"), self.criteria.indicators)
            elif not indicator.adjustable:
                message = _("`{name}` has no policy knock-out that a profile may switch off", name=name)
                yield self.document.problem(loc, message, key=True)

    def _parameters(self) -> Iterator[Diagnostic]:
        for name, override in self.profile.parameters.items():
            loc: Loc = ("parameters", name)
            parameter = self.criteria.parameters.get(name)
            if parameter is None:
                yield self._unknown(loc, N_("parameter"), self.criteria.parameters)
            elif not parameter.adjustable:
                yield self._not_adjustable(loc)
            elif type(override.value) is not type(parameter.values[0].value):
                message = _(_must_be(parameter.values[0].value), name=name)
                yield self.document.problem((*loc, "value"), message)
            else:
                for leaf, fact in self._compared_with(name):
                    if problem := operand_misfit(fact, leaf.op, override.value):
                        message = _("a rule compares it with `{fact}`: {problem}", fact=leaf.fact, problem=problem[0])
                        yield self.document.problem((*loc, "value"), message, problem[1])
                if self._sets_a_review(name) and (problem := months_misfit(override.value)):
                    yield self.document.problem((*loc, "value"), *problem)

    def _sets_a_review(self, parameter: str) -> bool:
        """Return whether a parameter says when a level of some ladder is looked at again."""
        wanted = ParameterRef(parameter=parameter)
        return any(
            level.review_months == wanted
            for ladder in self.criteria.ladders.values()
            for level in ladder.levels.values()
        )

    def _compared_with(self, parameter: str) -> Iterator[tuple[Compare, RuleFact]]:
        """Yield the facts that some rule compares with a parameter, and where."""
        for condition in (*rule_conditions(self.criteria), *promise_conditions(self.criteria)):
            for node, _place in leaves(condition, self.criteria.definitions):
                if not isinstance(node, Compare) or node.fact.partition(".")[0] not in self.criteria.entities:
                    continue
                fact, wanted = self.criteria.fact(node.fact), node.operand
                if wanted == ParameterRef(parameter=parameter) and not isinstance(fact, RowFact | TextFact):
                    yield node, fact

    def _tables(self) -> Iterator[Diagnostic]:
        for name, rows in self.profile.tables.items():
            table = self.criteria.tables.get(name)
            if table is None:
                yield self._unknown(("tables", name), N_("table"), self.criteria.tables)
                continue
            for row, cells in rows.items():
                if row not in table.rows:
                    message = _("there is no row `{row}`", row=row)
                    yield self.document.problem(("tables", name, row), message, row_suggestion(table, row), key=True)
                    continue
                for column, override in cells.items():
                    yield from self._cell(("tables", name, row, column), table, override)

    def _cell(self, loc: Loc, table: Table, override: ValueOverride) -> Iterator[Diagnostic]:
        _tables, name, _row, column = loc
        if column not in table.columns:
            yield self._unknown(loc, N_("column"), table.columns)
        elif not table.columns[f"{column}"].adjustable:
            yield self._not_adjustable(loc)
        else:
            readers = column_readers(self.criteria, f"{name}", f"{column}")
            problem = next((one for fact in readers if (one := misfit(fact, override.value))), None)
            if problem:
                yield self.document.problem((*loc, "value"), *problem)

    def _unknown(self, loc: Loc, kind: str, known: Iterable[str]) -> Diagnostic:
        name = f"{loc[-1]}"
        message = _("there is no {kind} `{name}`", kind=_(kind), name=name)
        return self.document.problem(loc, message, suggestion(name, known), key=True)

    def _not_adjustable(self, loc: Loc) -> Diagnostic:
        message = _("the criteria do not let a profile change `{name}`", name=loc[-1])
        return self.document.problem(loc, message, _("only what the set marks `adjustable` can be changed"), key=True)


def _must_be(value: object) -> str:
    if isinstance(value, tuple):
        return N_("the value of `{name}` must be a list of options")
    whole_number = N_("the value of `{name}` must be a whole number")
    return whole_number if isinstance(value, int) else N_("the value of `{name}` must be a date")
