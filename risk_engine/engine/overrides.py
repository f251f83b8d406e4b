"""What a profile changed on a day: each override with the value of the set beside it."""

from collections.abc import Iterator
from datetime import date

from risk_engine.files.language import _, pgettext
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Override
from risk_engine.model.profile import Profile
from risk_engine.model.tables import CellValue, cell_on, value_on


def overrides(profile: Profile, criteria: Criteria, on: date) -> Iterator[Override]:
    """Yield what a profile changed on a day, in words: each value with that of the set beside it, and the reason."""
    for name, value in profile.parameters.items():
        if value.applies(on):
            parameter = criteria.parameters[name]
            before = value_on(parameter.values, on)
            yield Override(what=parameter.title, set_value=_text(before), value=_text(value.value), reason=value.reason)
    for table_name, rows in profile.tables.items():
        table = criteria.tables[table_name]
        for row, cells in rows.items():
            for column, cell in cells.items():
                if cell.applies(on):
                    before = cell_on(table.columns[column], row, on)
                    what = f"{table.columns[column].title}: {table.rows[row].name}"
                    yield Override(what=what, set_value=_text(before), value=_text(cell.value), reason=cell.reason)
    for name, off in profile.policy_knock_outs_off.items():
        if off.applies(on):
            title = criteria.indicators[name].title
            yield Override(
                what=_("{indicator} {title}: policy knock-out", indicator=name, title=title),
                set_value=pgettext("of a knock-out", "on"),
                value=_("switched off, high at most"),
                reason=off.reason,
            )
    for two in profile.four_eyes:
        ladder = criteria.ladders[two.ladder]
        asked = any((one.ladder, one.level) == (two.ladder, two.level) for one in criteria.head.four_eyes)
        level = ladder.levels[two.level]
        what = _("{ladder}, {level}: two people decide", ladder=ladder.title, level=level.title)
        yield Override(what=what, set_value=_text(asked), value=_text(value=True), reason=two.reason)


def _text(value: CellValue | None) -> str:
    match value:
        case None:
            return _("not known")
        case bool():
            return _("yes") if value else _("no")
        case tuple():
            return ", ".join(value) or pgettext("no entries", "none")
        case _:
            return str(value)
