"""How far the number of a version must be raised for what it means and for what it asks of people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from risk_engine.files.language import _, first_few
from risk_engine.model.changes import CITED, NOT_DECIDED, Direction, Rename, RequiredBump, Shift
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact, IntegerFact, RowFact
from risk_engine.model.profile import parameters_on
from risk_engine.model.tables import CellValue, Table

_MOST_TELLING: tuple[Direction, ...] = ("stricter", "milder", "looser", "tighter", "skips", "opens")
"""In which order a reason is looked for where none of the ladders that count gets milder."""


def required_bump(  # noqa: PLR0913, PLR0917 (all that a step may be needed for)
    before: Criteria,
    after: Criteria,
    shifts: Sequence[Shift],
    not_compared: Sequence[str],
    days: Sequence[date],
    counted: Sequence[str],
    renamed: Sequence[Rename] = (),
) -> RequiredBump:
    """Return the least bump: patch if no decision can change, minor if none gets milder, else major.

    `counted` are the ladders by which a version is called milder. What a case could state before and cannot any more
    (facts, options, rows, numbers) makes it major too, and so does what asks less care of people, and what is not
    decided: nothing is taken for harmless that is not proved. A new name that decisions and letters cite is minor.
    """
    decisions = [one for one in shifts if one.of == "ladder"]
    milder = [one for one in decisions if one.name in counted and one.direction == "milder"]
    reasons = [_why(one, after) for one in milder if one.status == "refuted"]
    reasons += [*not_compared, *_gone(before, after), *_unread(renamed, after), *less(before, after, days)]
    reasons += [_why(one, after) for one in milder if one.status == "undecided"]
    if reasons:
        return RequiredBump(bump="major", why=reasons[0])
    for one in sorted((one for one in decisions if one.status != "proved"), key=_decided_first):
        return RequiredBump(bump="minor", why=_why(one, after))
    reasons = [*_asks_more(before, after), *more(before, after, days), *_cited(renamed)]
    if reasons:
        return RequiredBump(bump="minor", why=reasons[0])
    return RequiredBump(bump="patch", why=_("no case is decided otherwise"))


_MOST_CITED = 3
"""So many new names stand in a sentence; all of them are listed in the comparison."""


def shown_by(required: RequiredBump, shifts: Sequence[Shift], after: Criteria) -> Shift | None:
    """Return the question whose case shows that so large a step is needed; None where no case does."""
    decisions = [one for one in shifts if one.of == "ladder" and one.status == "refuted"]
    return next((one for one in decisions if _why(one, after) == required.why), None)


def _decided_first(shift: Shift) -> tuple[bool, int]:
    return shift.status == "undecided", _MOST_TELLING.index(shift.direction)


def _why(shift: Shift, after: Criteria) -> str:
    """Return what a version does or may do to results, in a sentence."""
    ladder = after.ladders[shift.name].title
    if shift.status == "undecided":
        text = _("it is not decided whether no case comes out otherwise on the ladder {ladder}", ladder=ladder)
        return f"{text} ({_(NOT_DECIDED)})"
    match shift.direction:
        case "milder":
            return _("{ladder} can become milder", ladder=ladder)
        case "looser":
            return _("{ladder} can become looser where answers are missing", ladder=ladder)
        case "tighter":
            return _("{ladder} can become tighter where answers are missing", ladder=ladder)
        case "stricter" | "skips":
            return _("{ladder} can become stricter", ladder=ladder)
        case "opens":
            return _("new questions leave decided cases open")


def _gone(before: Criteria, after: Criteria) -> Iterator[str]:
    """Yield what a case may state under the earlier version alone, and roles that another ladder has now."""
    for role in ("gate", "headline", "escalation"):
        if getattr(before.head.roles, role) != getattr(after.head.roles, role):
            yield _("another ladder has the role `{role}`", role=role)
    yield from (_("the control `{name}` is gone", name=one) for one in before.controls if one not in after.controls)
    yield from (why for _name, why in _answers_gone(before, after))


def _unread(renamed: Sequence[Rename], after: Criteria) -> Iterator[str]:
    """Yield old names that are not read on all days before the later version: on them its cases were written."""
    for one in renamed:
        if one.until is not None and one.until < after.head.in_force.from_:
            yield _("`{name}` is read until {day} only", name=one.before, day=one.until)


def _cited(renamed: Sequence[Rename]) -> Iterator[str]:
    """Yield in one sentence what decisions and letters cite by another name: no single one is the reason."""
    match [one for one in renamed if one.kind in CITED]:
        case []:
            return
        case [one]:
            yield _("`{old}` is called `{new}` now, and decisions and letters name it", old=one.before, new=one.after)
        case several:
            names = first_few([f"`{one.before}` → `{one.after}`" for one in several], _MOST_CITED)
            yield _("decisions and letters name what is called otherwise now: {names}", names=names)


def _answers_gone(before: Criteria, after: Criteria) -> Iterator[tuple[str, str]]:
    """Yield questions and lists of which a case may say something under the earlier version alone, each with what."""
    for name, entity in before.entities.items():
        if name not in after.entities:
            yield name, _("`{name}` is gone", name=name)
            continue
        later = after.entities[name]
        if entity.many is not None and later.many is not None and later.many < entity.many:
            yield name, _("`{name}` may have fewer entries", name=name)
        for short, fact in entity.facts.items():
            full = f"{name}.{short}"
            if short not in later.facts:
                yield full, _("`{name}` is gone", name=full)
                continue
            now = later.facts[short]
            match fact, now:
                case ((ChoiceFact() | ChoicesFact()), (ChoiceFact() | ChoicesFact())):
                    lost = [one for one in fact.options if one not in now.options]
                    yield from (
                        (full, _("the option `{option}` of `{name}` is gone", option=one, name=full)) for one in lost
                    )
                case IntegerFact(range=(low, high)), IntegerFact(range=(lowest, highest)):
                    if lowest > low or highest < high:
                        yield full, _("`{name}` may have fewer values", name=full)
                case RowFact(of=table), RowFact(of=other):
                    said, says = _spellings(before.tables[table]), _spellings(after.tables[other])
                    missing = [one for one, row in said.items() if says.get(one) != row]
                    yield from (
                        (full, _("the row `{row}` of `{table}` is gone", row=one, table=other)) for one in missing
                    )
                case _:
                    pass


def _spellings(table: Table) -> dict[str, str]:
    """Return every name under which a case may state a row, with the row that it means."""
    return {name: row_id for row_id, row in table.rows.items() for name in (row_id, *row.aliases)}


def _asks_more(before: Criteria, after: Criteria) -> Iterator[str]:
    """Yield what a case may state under the later version alone: what it means then, no earlier result can show."""
    for name, _why in _answers_gone(after, before):
        entity, _dot, short = name.partition(".")
        is_known = entity in before.entities and (not short or short in before.entities[entity].facts)
        yield _("`{name}` accepts more answers", name=name) if is_known else _("it asks more")


Level = tuple[str, str]


def less(before: Criteria, after: Criteria, days: Sequence[date]) -> Iterator[str]:
    """Yield in sentences what the later version no longer asks, on any of these days."""
    for ladder, level in _together(before):
        if (ladder, level) not in _together(after):
            yield _("two people need no longer decide {level} together", level=_called(before, ladder, level))
    for (ladder, level), _sooner, later in _reviews(before, after, days):
        if later:
            yield _("{level} is looked at again later", level=_called(before, ladder, level))
    yield from (
        _("a profile can no longer change `{name}`", name=one)
        for one in _adjustable(before)
        if one not in _adjustable(after)
    )


def more(before: Criteria, after: Criteria, days: Sequence[date]) -> Iterator[str]:
    """Yield in sentences what the later version asks or allows beside results and the earlier one does not."""
    for ladder, level in _together(after):
        if (ladder, level) not in _together(before):
            yield _("two people must decide {level} together", level=_called(after, ladder, level))
    for (ladder, level), sooner, _later in _reviews(before, after, days):
        if sooner:
            yield _("{level} is looked at again sooner", level=_called(before, ladder, level))
    yield from (
        _("a profile can now change `{name}`", name=one) for one in _adjustable(after) if one not in _adjustable(before)
    )


def _together(criteria: Criteria) -> list[Level]:
    return [(one.ladder, one.level) for one in criteria.head.four_eyes]


def _reviews(before: Criteria, after: Criteria, days: Sequence[date]) -> Iterator[tuple[Level, bool, bool]]:
    """Yield for each level of both versions whether on some day it is looked at again sooner, and later."""
    values = [[(one, parameters_on(one, day, None)) for one in (before, after)] for day in days]
    for ladder, declared in before.ladders.items():
        for level in declared.levels:
            if ladder in after.ladders and level in after.ladders[ladder].levels:
                pairs = [tuple(_months(one, ladder, level, known) for one, known in both) for both in values]
                yield (ladder, level), any(new < old for old, new in pairs), any(new > old for old, new in pairs)


def _months(criteria: Criteria, ladder: str, level: str, parameters: Mapping[str, CellValue]) -> int:
    wanted = criteria.ladders[ladder].levels[level].review_months
    found = parameters[wanted.parameter] if isinstance(wanted, ParameterRef) else wanted
    assert isinstance(found, int)  # noqa: S101 (checked when the set was loaded)
    return found


def _adjustable(criteria: Criteria) -> dict[str, None]:
    """Return what a profile may change, as a profile names it, in the order of the set."""
    parameters = [name for name, one in criteria.parameters.items() if one.adjustable]
    columns = [
        f"{name}.{short}" for name, one in criteria.tables.items() for short, it in one.columns.items() if it.adjustable
    ]
    return dict.fromkeys(
        [*parameters, *columns, *(name for name, one in criteria.indicators.items() if one.adjustable)]
    )


def _called(criteria: Criteria, ladder: str, level: str) -> str:
    found = criteria.ladders[ladder]
    return f"{found.title}: {found.levels[level].title}"
