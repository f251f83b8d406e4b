"""What is told of the place under the cursor: the record by that name as people read it, or the condition there."""

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from risk_engine.audit.editor.edited import Edited
from risk_engine.audit.editor.mentions import Mention, Spoken
from risk_engine.audit.editor.verdicts import MOST_NAMED, SinceRelease
from risk_engine.engine.sentences import Sentences
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from risk_engine.model.references import ladder_entity, result_entities
from risk_engine.report.set_pages.catalogue import catalogue

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_WHOLE = frozenset(
    {"fact", "definition", "indicator", "control", "parameter", "table", "entity", "ladder", "awareness", "source"}
)
"""Kinds of which the catalogue has a record by their name."""
_FIRST_PART = frozenset({"table", "entity"})
"""Kinds whose record has their parts with it, which would be too much."""


def told(edited: Edited, mention: Mention | None, spoken: Spoken | None, file: str) -> str | None:
    """Return what to tell of a place, as Markdown; None where nothing is known of it."""
    with edited.as_it_stands():
        words = None if edited.criteria is None else criteria_in_words(edited.criteria)
        parts = []
        if spoken is not None and words is not None:
            parts.append(_sentence(edited, words, spoken, file))
        if mention is not None and words is not None:
            parts += [*_verdict(edited, mention), _record(edited, words, mention)]
    return "\n\n".join(filter(None, parts)) or None


def told_of_case(edited: Edited, name: str) -> str | None:
    """Return of a case of cases.yaml whether it is as expected, and what is otherwise in it than as released."""
    verdicts, since = edited.verdicts, edited.since_release
    parts = []
    if verdicts is not None and (differences := verdicts.differences_of(name)) is not None:
        fine = _("as expected")
        parts.append("\n".join(f"- {one}" for one in differences) or f"**{fine}**")
    if since is not None and since.trial.edits:
        with edited.as_it_stands():
            lines = [f"- {one}" for one in since.lines_of_case(name)]
        parts.append("\n".join((_("Against {version} as released:", version=f"{since.before}"), "", *lines)))
    return "\n\n".join(parts) or None


def told_of_trial(edited: Edited, since: SinceRelease, case: str | None = None) -> list[str]:
    """Return what an edit does to a case, where one is named, and to the cases of the release before it."""
    with edited.as_it_stands():
        of_case = [] if case is None else [f"{case}:", *(f"  {one}" for one in since.lines_of_case(case))]
        return [*of_case, *since.lines()]


def _sentence(edited: Edited, criteria: Criteria, spoken: Spoken, file: str) -> str:
    """Return a condition as it stands in the editor, read aloud; nothing where it cannot be read."""
    data = edited.documents[file].data
    entities = {**criteria.entities, **result_entities(criteria), **ladder_entity(criteria)}
    try:
        for step in spoken.loc:
            data = data[step]
        return Sentences(entities).of(_CONDITION.validate_python(data))
    except (ValidationError, LookupError, ValueError):  # half written, or of names that there are not
        return ""


def _record(edited: Edited, criteria: Criteria, mention: Mention) -> str:
    match mention.kind:
        case "level":
            return _level(criteria, *mention.name.split(".", 1))
        case "option":
            fact, _dot, option = mention.name.rpartition(".")
            listed = edited.names.known.listed
            users = [one for one, name in listed.items() if name == fact]
            return _option(criteria, (*users, fact)[0], option)
        case "option_list":
            listed = edited.names.known.listed
            return "\n".join(f"- `{one}`" for one, name in listed.items() if name == mention.name)
        case kind if kind in _WHOLE:
            try:
                text = catalogue(criteria, mention.name)
            except RiskEngineError:
                return ""
            parts = text.split("\n### ")
            return parts[0] if kind in _FIRST_PART else text
        case _:
            return ""


def _level(criteria: Criteria, ladder: str, level: str) -> str:
    found = criteria.ladders.get(ladder)
    if found is None or level not in found.levels:
        return ""
    one = found.levels[level]
    entities = {**criteria.entities, **result_entities(criteria), **ladder_entity(criteria)}
    rules = [rule for rule in found.rules if rule.level == level]
    lines = [f"**{one.title}** (`{ladder}`). {one.answer}", ""]
    lines += [f"- {Sentences(entities).of(rule.when)}: {rule.sentence}" for rule in rules]
    if found.otherwise.level == level:
        lines.append("- " + _("otherwise") + f": {found.otherwise.sentence}")
    return "\n".join(lines)


def _option(criteria: Criteria, name: str, option: str) -> str:
    entity, _dot, short = name.partition(".")
    fact = criteria.entities[entity].facts.get(short) if entity in criteria.entities else None
    if not isinstance(fact, ChoiceFact | ChoicesFact) or option not in fact.options:
        return ""
    return f"**{fact.options[option]}**\n\n`{name}`: {fact.question or ''}"


def _verdict(edited: Edited, mention: Mention) -> Iterator[str]:
    """Yield which cases come to it, and of these which are not as they are expected."""
    if mention.kind not in {"indicator", "level"} or edited.verdicts is None:
        return
    shown = edited.verdicts.cases_of(mention.kind, mention.name)
    failed = [name for name, passes in shown.items() if not passes]
    summary = edited.verdicts.summary(mention.kind, mention.name)
    yield f"**{summary}**" if failed or not shown else f"**{summary}** · " + _("all as expected")
    lines = [f"- {name}: " + _("not as expected") for name in failed[:MOST_NAMED]]
    lines += [f"- {name}" for name in shown if name not in failed][: MOST_NAMED - len(lines)]
    if len(shown) > len(lines):
        lines.append("- …")
    yield "\n".join(lines)
