"""What a changed record is called, where it stands, and what the place of a change in it is called."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from risk_engine.files.language import N_, NP_, _, pgettext
from risk_engine.model.changes import Edit, Rename, RenameKind, Step
from risk_engine.report.blocks import Line, Run, grouped, say
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import coded, day, fill, knock_out_word, severity_word

LABELS = {
    "about": N_("What the set is for"),
    "adjustable": N_("May a profile change it"),
    "aliases": N_("Other spellings"),
    "sums": N_("Adds up"),
    "answer": N_("Answer"),
    "as_of": N_("As of"),
    "ask_when": N_("Asked, if"),
    "asked_of": N_("Who answers"),
    "author": N_("Author"),
    "belongs_to": N_("Belongs to an entry of"),
    "bands": N_("Bands"),
    "because": N_("A report says"),
    "benefit": N_("Questions about benefit"),
    "cap": N_("Most points below critical"),
    "challenge": N_("To challenge a result"),
    "change": N_("What may be answered in any way"),
    "changeable": N_("Changeable by a redesign"),
    "column": N_("Column of the table"),
    "columns": N_("Columns"),
    "confidential": N_("Confidential"),
    "controls": N_("Control options"),
    "country": N_("What is an entry’s country"),
    "date": N_("Made on"),
    "deprecated": N_("Not offered"),
    "deprecated_options": N_("Answers that are not offered"),
    "differ_in": N_("What two cases differ in"),
    "dimension": N_("Dimension"),
    "dimensions": N_("Dimensions"),
    "do": N_("What to do"),
    "effective": N_("In force"),
    "effort": N_("Effort"),
    "equals": N_("Means the same as"),
    "escalation": N_("The ladder that says who else must look at it"),
    "evidence": N_("Evidence"),
    "evidence_kinds": N_("Kinds of evidence"),
    "explain": N_("Explanation"),
    "fact": N_("Question"),
    "facts": N_("Questions"),
    "families": N_("Families of indicators"),
    "four_eyes": N_("Levels that two people decide"),
    "from": N_("Known from the row of"),
    "gate": N_("The ladder that says whether it may start"),
    "grade": N_("How it was read"),
    "ground": N_("Ground"),
    "grounds": N_("Grounds"),
    "group_by": N_("What cases are grouped by"),
    "headline": N_("The ladder whose level is the result"),
    "help": N_("Help"),
    "implied": N_("Yes for certain, if"),
    "instrument": N_("Instrument"),
    "irreducible": N_("Where no option counts"),
    "kind": N_("Kind"),
    "label": N_("What names an entry"),
    "language": N_("Language"),
    "level": N_("Level"),
    "levels": N_("Levels"),
    "link": N_("Link"),
    "many": N_("Most entries of a case"),
    "name": N_("Name"),
    "necessity": N_("Questions about necessity"),
    "note": N_("Note"),
    "notice": N_("Please note"),
    "of": N_("The table it is a row of"),
    "options": N_("Answers"),
    "original": N_("Original title"),
    "otherwise": N_("Otherwise it is"),
    "points": N_("Points of severities"),
    "provisional": N_("Counts unanswered facts"),
    "question": N_("Question"),
    "range": N_("Range"),
    "read": N_("Read on"),
    "reason": N_("Reason"),
    "records": N_("Once it is part of the proposal"),
    "reopens": N_("Opens the answers again"),
    "review_months": N_("Looked at again after"),
    "riskier": N_("Direction"),
    "rows": N_("Rows"),
    "rules": N_("Rules"),
    "sentence": N_("Because"),
    "source": N_("Source"),
    "sources": N_("Sources"),
    "supporting": N_("Supporting"),
    "then": N_("Kept, if"),
    "title": N_("Title"),
    "titles": N_("Names of bands"),
    "triage": N_("First questions"),
    "type": N_("Kind of answer"),
    "used_for": N_("Kept for the file only"),
    "value": N_("Value"),
    "values": N_("Values"),
    "verified": N_("Somebody has read it"),
    "was": N_("Was called"),
    "when": N_("If"),
    "whenever": N_("Applies, if"),
    "who": N_("Who"),
}
"""By the key that an author writes."""

_PARTS = {
    "head": NP_("part of a set", "Whole set"),
    "indicators": NP_("part of a set", "Indicators"),
    "ladders": NP_("part of a set", "From findings to a result"),
    "definitions": NP_("part of a set", "Words that conditions use"),
    "parameters": NP_("part of a set", "Parameters"),
    "entities": NP_("part of a set", "Questions"),
    "tables": NP_("part of a set", "Tables"),
    "controls": NP_("part of a set", "Controls"),
    "awareness": NP_("part of a set", "What people are told"),
    "invariants": NP_("part of a set", "What must never happen"),
    "sources": NP_("part of a set", "Sources"),
}
PARTS = tuple(_PARTS)
"""The parts of a set in the order in which a report goes through them: first what decides."""


def part_title(part: Step) -> str:
    """Return what a part of a set is called."""
    return pgettext(*_PARTS[f"{part}"])


def within(edit: Edit) -> tuple[Step, ...]:
    """Return the way from a record to the place of an edit; of a whole part of the set there is none."""
    match edit.loc:
        case ("head", "severity", *rest) | ("head", *rest):
            return tuple(rest)
        case ("entities", _, "facts", _, *rest) | ("tables", _, "columns", _, *rest) | ("invariants", _, _, *rest):
            return tuple(rest)
        case (_, _, *rest):
            return tuple(rest)
        case _:
            return ()


def label(edit: Edit, speech: Speech, counts_of: str = "") -> Line:
    """Return what the place of an edit in its record is called; `counts_of` names the version that counts entries."""
    return coded(_label(edit, speech, counts_of))


def _label(edit: Edit, speech: Speech, counts_of: str) -> str:
    place = within(edit)
    if not place and edit.kind == "reordered":
        return _("Order")
    if not place:
        return _("Holds, if") if edit.loc[0] == "definitions" else _("Kind of answer")
    owner = _owner(edit.loc[0], place, counts_of) or _valued(edit.loc, place, speech)
    own = LABELS.get(f"{place[-1]}")
    if owner is None:
        return _(own) if own else f"{place[-1]}"
    if len(place) == owner[1] or own is None:
        return owner[0]
    return pgettext("a thing and its part", "{thing}: {part}", thing=owner[0], part=_(own))


def _owner(part: Step, place: tuple[Step, ...], counts_of: str) -> tuple[str, int] | None:
    """Return what in a record has a name of its own, and how many steps lead to it; None where nothing has."""
    match part, place:
        case "indicators", ("severity", str() as severity, *_rest):
            return pgettext("severity of an indicator", "{severity}, if", severity=_capital(_severity(severity))), 2
        case "indicators", ("knock_out", str() as kind, *_rest):
            return _("Knock-out, {kind}, if", kind=knock_out_word(kind)), 2  # type: ignore[arg-type]
        case "indicators", ("controls", step, *_rest):
            return _numbered(N_("Control option {number}"), step, counts_of), 2
        case "ladders", ("rules", step, *_rest):
            return _numbered(N_("Rule {number}"), step, counts_of), 2
        case "ladders", ("levels", level, *_rest):
            return _("Level {level}", level=f"`{level}`"), 2
        case "ladders", ("otherwise", *_rest):
            return _("If no rule holds"), 1
        case "entities", ("options", option, *_rest):
            return _("Answer {option}", option=f"`{option}`"), 2
        case "entities", ("deprecated_options", option, *_rest):
            return _("Answer {option} is not offered", option=f"`{option}`"), 2
        case "entities", ("changeable", option, *_rest):
            return _("Changeable to {option}", option=f"`{option}`"), 2
        case "awareness", ("when" | "then" as key,):
            return (_("Told, if") if key == "when" else _("What people are told")), 1
        case "head", ("points", severity, *_rest):
            return _("Points of {severity}", severity=_severity(f"{severity}")), 2
        case "head", ("bands" | "titles", band, *_rest):
            return _("Band {band}", band=f"`{band}`"), 2
        case "head", (("four_eyes" | "triage") as listed, _step, *_rest):
            return _(LABELS[f"{listed}"]), 2
        case "head", (("dimensions" | "grounds" | "asked_of" | "evidence_kinds" | "families") as kind, name, *_rest):
            return f"{_(_OF_HEAD[f'{kind}'])} `{name}`", 2
        case "head", ("roles", ("label" | "country") as role, entity, *_rest):
            return f"{_(LABELS[f'{role}'])} (`{entity}`)", 3
        case _:
            return None


def _valued(loc: tuple[Step, ...], place: tuple[Step, ...], speech: Speech) -> tuple[str, int] | None:
    """Return what a value of a parameter or table is called: by the time or the row that it is for."""
    criteria = speech.criteria
    match loc, place:
        case ("parameters", str() as name, *_), ("values", int() as number, key):
            values = criteria.parameters[name].values
            since = values[number].from_ if len(values) > 1 else None
            if key != "value" or since is None:
                return None
            return _("Value from {day}", day=day(since)), 3
        case ("tables", str() as table, *_), ("rows", row, *_rest):
            return _("Row {row}", row=_row(table, f"{row}", speech)), 2
        case ("tables", str() as table, *_), ("values", row, *rest):
            return _row(table, f"{row}", speech), 2 + len(rest)
        case _:
            return None


def _row(table: str, row: str, speech: Speech) -> str:
    known = speech.criteria.tables.get(table)
    return f"{known.rows[row].name} (`{row}`)" if known and row in known.rows else f"`{row}`"


_OF_HEAD = {
    "dimensions": N_("Dimension"),
    "grounds": N_("Ground"),
    "asked_of": N_("Who answers"),
    "evidence_kinds": N_("Kind of evidence"),
    "families": N_("Family"),
}


def _numbered(message: str, step: Step, counts_of: str) -> str:
    """Return an entry of a list by its number, from 1; where versions count differently, with the one that counts."""
    number = int(f"{step}".removeprefix("+")) + 1
    told = _(message, number=number)
    return _("{entry} ({version})", entry=told, version=counts_of) if counts_of else told


def _severity(name: str) -> str:
    return severity_word(name)  # type: ignore[arg-type]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


_KINDS = {
    "added": NP_("change of a record", "new"),
    "removed": NP_("change of a record", "gone"),
    "changed": NP_("change of a record", "changed"),
    "reordered": NP_("change of a record", "new order"),
}


Pair: TypeAlias = tuple[Speech, Speech]
"""How the earlier and the later version say things."""


def kind_word(kind: str) -> str:
    """Return what became of a record or a place in it."""
    return pgettext(*_KINDS[kind])


def by_part(edits: Iterable[Edit]) -> dict[Step, list[Edit]]:
    """Return edits by the part of the set, in the order in which a report goes through the parts."""
    found: dict[Step, list[Edit]] = {part: [] for part in PARTS}
    for one in edits:
        found[one.loc[0]].append(one)
    return {part: several for part, several in found.items() if several}


def by_record(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """Return edits by the record, in their order."""
    return grouped(edits, lambda one: one.record)


def titled(edit: Edit, speech: Speech) -> Line:
    """Return the name of a record with its title."""
    if edit.loc[:2] == ("head", "severity"):
        return say(_("Points and bands"))
    if edit.loc[0] == "head" or (edit.kind == "reordered" and edit.record == ".".join(map(str, edit.loc))):
        return say(part_title(edit.loc[0]))
    title, name = _title(edit.loc, speech), Run(edit.record.partition(" ")[2], "code")
    if edit.loc[0] in {"ladders", "tables"} or (edit.loc[0] == "entities" and "facts" not in edit.loc):
        return say(f"{title} (", name, ")")
    return say(name, f" {title}" if title else "")


def _title(loc: tuple[Step, ...], speech: Speech) -> str:
    criteria = speech.criteria
    match loc:
        case ("entities", str() as entity, "facts", str() as short, *_):
            declared = criteria.entities.get(entity)
            return criteria.title_of(f"{entity}.{short}") if declared and short in declared.facts else ""
        case ("entities", str() as entity, *_):
            return criteria.entities[entity].title if entity in criteria.entities else ""
        case ("tables", str() as table, "columns", str() as column, *_):
            known = criteria.tables.get(table)
            return known.columns[column].title if known and column in known.columns else ""
        case ("invariants", "undirected", *_):
            return _("question without a direction")
        case ("invariants", str() as kind, str() as name, *_):
            record = getattr(criteria.invariants, kind).get(name)
            return f"{record.title}" if record else ""
        case ("definitions" | "head", *_):
            return ""
        case ("sources", str() as name, *_):
            return criteria.sources[name].instrument if name in criteria.sources else ""
        case (str() as part, str() as name, *_):
            record = getattr(criteria, part).get(name)
            return f"{record.title}" if record else ""
        case _:
            return ""


def anchor(loc: tuple[Step, ...]) -> str | None:
    """Return where a record stands in a catalogue: whatever names it in a sentence leads there."""
    match loc:
        case ("indicators", name, *_):
            return f"{name}"
        case ("entities", entity, "facts", fact, *_):
            return f"fact-{entity}.{fact}"
        case ("tables", table, "columns", column, *_):
            return f"column-{table}-{column}"
        case ("definitions" | "controls" | "parameters" | "ladders" | "tables" as part, name, *_):
            return f"{f'{part}'.removesuffix('s')}-{name}"
        case _:
            return None


def hint(edit: Edit) -> Line:
    """Return that something looks as if it had only been renamed."""
    record = edit.record.partition(" ")[2]
    owner = record.removesuffix(f"{edit.loc[-1]}") if not within(edit) else ""
    own, other = Run(f"{owner}{edit.loc[-1]}", "code"), Run(f"{owner}{edit.looks_renamed}", "code")
    message = _("{new} looks like a new name for {old}: all else is equal. The engine takes them for two things.")
    new, old = (own, other) if edit.kind == "added" else (other, own)
    line = fill(message, new=new, old=old)
    if (way := _how_to_say(edit)) is not None:
        line = say(*line, " ", *fill(_("If it is the same thing, say {was} there."), was=Run(way, "code")))
    return say(Run(record, "code"), ": ", *line) if within(edit) else line


def _how_to_say(edit: Edit) -> str | None:
    """Return what an author says of something new that is the same as what is gone; None where nothing can be said."""
    new, old = f"{edit.loc[-1]}", f"{edit.looks_renamed}"
    old, new = (old, new) if edit.kind == "added" else (new, old)
    match edit.loc:
        case ("entities" | "controls" | "indicators", _) | ("entities", _, "facts", _):
            return f"was: {old}"
        case ("entities", _, "facts", _, "options", _):
            return f"was: {{values: {{{old}: {new}}}}}"
        case _:
            return None


_RENAMED: Mapping[RenameKind, str] = {
    "entity": N_("entity"),
    "fact": N_("fact"),
    "option": N_("option"),
    "control": N_("control"),
    "indicator": N_("indicator"),
}


def renamed(rename: Rename) -> Line:
    """Return what something was called and what it is called now."""
    old, new = Run(rename.before, "code"), Run(rename.after, "code")
    line = fill(_("{kind} {old} → {new}"), kind=_(_RENAMED[rename.kind]), old=old, new=new)
    return line if rename.until is None else say(*line, " ", *fill(_("(read until {day})"), day=day(rename.until)))
