"""What somebody meant by an answer that a case cannot give: the way out that only the criteria know."""

from risk_engine.diagnostics import quoted
from risk_engine.language import _
from risk_engine.loading.checks.fit import titled
from risk_engine.model.case import UNKNOWN, row_suggestion
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoiceFact, ChoicesFact, Entity, RowFact
from risk_engine.plain import Loc

_NOT_KNOWN = frozenset({UNKNOWN, "not known", "unkown", "don't know", "dont know", "n/a", "?"})


def meant(criteria: CriteriaSet, loc: Loc, value: object) -> str:
    """Return the way out for what stands at a place of a case and cannot stand there; empty if none is known."""
    entity = criteria.entities.get(f"{loc[0]}") if loc else None
    if entity is None:
        return ""
    name, below = f"{loc[0]}", loc[1:]
    if entity.many is not None and below and isinstance(below[0], int):
        below = below[1:]
        if not below:
            return _entry(value)
    return _answer(criteria, entity, below, value) if below else _whole(name, entity, value)


def _whole(name: str, entity: Entity, value: object) -> str:
    """Return what was meant in place of an entity as a whole."""
    if _is_not_known(value):
        return _("did you mean `{near}`?", near=UNKNOWN)
    match value:
        case tuple() if entity.many is not None:
            return _("a case cannot have more; make a second case of the rest")
        case tuple():
            return _("a case has only one `{name}`: write its keys and values without a list", name=name)
        case dict() if entity.many is not None:
            return _("begin each entry with a `-`")
        case str() if entity.many is not None:
            return _entry(value)
        case _:
            return ""


def _entry(value: object) -> str:
    return _("an entry is keys with values and begins with its id: `- id: {word}`", word=_word(value))


def _word(value: object) -> str:
    return value if isinstance(value, str) and value.isidentifier() and value.isascii() and value.islower() else "…"


def _answer(criteria: CriteriaSet, entity: Entity, loc: Loc, value: object) -> str:
    """Return what was meant in place of the answer to a question, or of one option in it."""
    fact = entity.facts.get(f"{loc[0]}")
    if _is_not_known(value):
        if len(loc) > 1:
            return _("if not all of it is known, write `{unknown}` in place of the whole list", unknown=UNKNOWN)
        return _("did you mean `{near}`?", near=UNKNOWN)
    match fact, value:
        case ChoicesFact(options=options), str() if len(loc) == 1:
            near = value if value in options else titled(value, options)
            return _("write {what}", what=f"`[{near}]`") if near else ""
        case ChoiceFact(options=options) | ChoicesFact(options=options), str():
            near = titled(value, options)
            return _("did you mean `{near}`?", near=near) if near else ""
        case ChoiceFact(options=options), tuple():
            return _("write one of {known}", known=quoted(options))
        case RowFact(of=table), bool() | int() if len(loc) == 1:
            return row_suggestion(criteria.tables[table], str(value).lower())
        case _:
            return ""


def _is_not_known(value: object) -> bool:
    return isinstance(value, str) and value.replace("_", " ").strip().casefold() in _NOT_KNOWN
