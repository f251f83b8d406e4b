"""Single changes of the answers in a case file, and of its lists; each checked, all problems told at once.

What stands in the way of one change does not hide what is wrong with the next. Nothing is decided for whoever changes
the case: an answer stands as it is given, and what it does not fit with is for the reader to see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import (
    Diagnostic,
    InvalidSourceError,
    RiskEngineError,
    help_line,
    nearest,
    printable,
    suggestion,
)
from risk_engine.files.language import _, ngettext
from risk_engine.files.source import Document
from risk_engine.files.syntax import DATE as A_DAY
from risk_engine.files.syntax import DoubtError, block, decoded, one_line, value_of
from risk_engine.loading.case import case_document, case_of, rules_for, stated_date, today_of
from risk_engine.loading.suggest import meant
from risk_engine.loading.translation import criteria_in_words
from risk_engine.loading.validate import path_problem, validated
from risk_engine.model.case import COMPARE_WITH, ON_FILE, UNKNOWN, Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoicesFact, DateFact, IntegerFact
from risk_engine.model.former_names import answer_text, former_names, stated_today
from risk_engine.office.forms.case_file import EVIDENCE, Rewritten, rewritten_of
from risk_engine.office.forms.case_record import Data, Record, Under
from risk_engine.office.forms.merge import known_answer, without_replaced
from risk_engine.portfolio.assess import contradictions
from risk_engine.report.returned import NO, YES

CONTROLS: Final = "controls"
_NEEDED: Final = frozenset({"id", "title"})
"""What every case has; it can be changed, not taken out."""
_APART: Final = frozenset({CONTROLS, EVIDENCE, ON_FILE, "set_aside"})
"""What has commands of its own, or none."""
_DAYS: Final = frozenset({"assessment_date", "retain_until"})
_EMPTY: Final = frozenset({"[]", "none"})
_CHOOSE_RULES: Final = frozenset({"criteria", "assessment_date"})
"""What says under which rules a case is read."""


@dataclass(frozen=True)
class Asked:
    """What a command asks for beside its changes: which rules the case is read under."""

    criteria: str | None
    on: date | None
    today: date


class AnswerEdit:
    """A case file that is being changed: what it says now, what was said of each change, what is wrong with one."""

    def __init__(self, target: Path, content: bytes, asked: Asked) -> None:
        """Read what the file holds; raise InvalidSourceError where it is no case at all."""
        self.target = target
        self._asked = asked
        self.text = decoded(content, target.as_posix())
        self.document = case_document(self.text, target)
        day, rules = rules_for(self.document, asked.criteria, asked.on, instead=asked.today)
        self.day = day or asked.today
        self.criteria: Criteria = criteria_in_words(rules)
        self.names = former_names(self.criteria)
        self.renamed = today_of(self.document, self.criteria)
        self.record = Record(dict(self.renamed.document.data), Under(self.criteria, self.day, path=self.document.path))
        self.said: list[str] = []
        self.problems: list[str] = []
        self.is_smaller = False
        """Whether anything was taken out of the file."""
        self._gone: frozenset[int] = frozenset()
        self._is_renamed = False
        self._changed: dict[str, Any] = {}

    @property
    def data(self) -> Data:
        """What the case says now."""
        return self.record.data

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of the lists that a case has."""
        return tuple(name for name, entity in self.criteria.entities.items() if entity.many is not None)

    @property
    def lists_as_called(self) -> tuple[str, ...]:
        """The same with what earlier versions called them."""
        former = (old for old, now in self.names.entities.items() if now.name in self.lists)
        return (*self.lists, *former)

    def problem(self, what: str, message: str, way_out: str = "") -> None:
        """Note what is wrong with a change."""
        self.problems.append(printable(f"{what}: {message}") + help_line(printable(way_out)))

    def written(self) -> Rewritten:
        """Return the new text of the file; raise RiskEngineError with every problem of every change.

        A case that could not be used before may be mended so; one that cannot be used afterwards is not written.
        """
        if self.problems:
            raise RiskEngineError("\n".join([*dict.fromkeys(self.problems), _("nothing was written")]))
        new = rewritten_of(self.text, self.document, self.renamed, self.data, self._gone, renames=self._is_renamed)
        after = case_document(new.text, self.target)
        try:
            case_of(after, self._criteria_of(after) if self._changed.keys() & _CHOOSE_RULES else self.criteria)
        except InvalidSourceError:
            case_of(self.document, self.criteria)  # what was wrong before is told where it stands
            raise
        return new

    def _criteria_of(self, document: Document) -> Criteria:
        return rules_for(document, self._asked.criteria, self._asked.on, instead=self._asked.today)[1]

    def new_contradictions(self, text: str) -> list[str]:
        """Return what does not fit in the case as a text states it, and did before; in words."""
        old = self._contradictions(self.document)
        new = self._contradictions(case_document(text, self.target))
        return [one for one in new if one not in old]

    def _contradictions(self, document: Document) -> list[str]:
        day = stated_date(document) or self.day
        try:
            found = contradictions(case_of(document, self.criteria), self.criteria, day)
        except InvalidSourceError:
            return []  # as it was before it was mended
        return [one.text for one in found]

    # --- names ---

    def rename(self) -> None:
        """Write the case in the names of the criteria that it is read by, which it names where it named others."""
        if COMPARE_WITH in self.document.data:
            self.problem(COMPARE_WITH, _("each set that a case is compared with has names of its own"),
                         _("take it out, or leave the case as it is: it is read as it stands"))  # fmt: skip
        if self.renamed.problems:
            raise InvalidSourceError(self.renamed.problems)
        self._is_renamed = bool(self.renamed.former)
        self.said += dict.fromkeys(printable(one.text) for one in self.renamed.former)
        head = self.criteria.head
        if not self._is_renamed:
            self.said.append(_("all names are those of {version}", version=f"{head.id} {head.version}"))
        stated, _at, number = str(self.data.get("criteria") or "").partition("@")
        if number and stated == self.criteria.head.id and number != self.criteria.head.version:
            self.set("criteria", f"{stated}@{self.criteria.head.version}")

    def path_today(self, path: str) -> str:
        """Return a path in the names of the criteria; that it was given in those of an earlier version is said."""
        today = self.names.path(path, self.criteria, self.day)
        if today != path:
            self._say_once(_("`{old}` is now `{new}`", old=path, new=today))
        return today

    def control_today(self, control: str) -> str:
        """Return a control in the names of the criteria; that it was given in those of an earlier version is said."""
        today = self.names.control(control, self.day)
        if today != control:
            self._say_once(_("the control `{old}` is now `{new}`", old=control, new=today))
        return today

    def _say_once(self, line: str) -> None:
        if line not in self.said:
            self.said.append(line)

    # --- answers ---

    def set(self, path: str, text: str) -> bool:
        """Give what a path names another value; return whether it is an answer that now stands."""
        text = self._answer_today(path, text)
        path = self.path_today(path)
        if not self._is_first(path, text):
            return False
        name = path.partition(".")[0]
        if path in Case.model_fields and path not in _APART:
            self._set_head(path, text)
        elif name in _APART or name in Case.model_fields:
            self.problem(
                path,
                _("this is not set by a value"),
                _("entries, controls and evidence have commands of their own: `risk-engine case --help`"),
            )
        elif (entity := self.criteria.entities.get(path)) is not None and entity.many is not None:
            self._set_list(path, text)
        elif path.endswith(f".{ON_FILE}") and self._is_entry(path.removesuffix(f".{ON_FILE}")):
            self._say(path, self.record.stated(self._read(path)), text)
            self.record = self._with_file(self._read(path), text)
        elif problem := self._path_problem(path):
            self.problem(path, *problem)
        else:
            return self._set_answer(path, text)
        return False

    def _answer_today(self, path: str, text: str) -> str:
        """Return an answer as it is given today: earlier versions may have called options otherwise."""
        several = tuple(one.strip() for one in text.split(","))
        given = several if len(several) > 1 else text
        _path, now = stated_today(path, given, self.criteria, self.day)
        if now == given:
            return text
        return (", ".join(map(answer_text, now)) or "[]") if isinstance(now, tuple) else answer_text(now)

    def _is_first(self, path: str, text: str) -> bool:
        """Return whether this is the first value that is given for a path; that there is a second is noted."""
        if path in self._changed:
            self.problem(path, _("this is named twice"), _("give one value"))
            return False
        self._changed[path] = text
        return True

    def _path_problem(self, path: str) -> tuple[str, str] | None:
        """Return why a path names nothing that can be set, and what was meant."""
        name, *parts = path.split(".")
        if name not in self.criteria.entities:
            known = [*self.criteria.entities, *(one for one in Case.model_fields if one not in _APART)]
            return _("there is no `{name}` in a case", name=name), suggestion(name, known)
        entity = self.criteria.entities[name]
        if entity.many is not None and len(parts) == 1 and parts[0] in entity.facts:
            ids = [f"`{name}.{one['id']}.{parts[0]}`" for one in self.record.blocks(name)]
            way_out = _("name the entry: {paths}", paths=", ".join(ids[:5])) if ids else self._way_to_add(name)
            return _("`{name}` is a list, and this names no entry", name=name), way_out
        problem = path_problem(path, self.data, self.criteria)
        if problem is None and len(parts) > (1 if entity.many is None else 2):
            return _("one option alone is not set"), _("name the question, and all options that apply, with commas")
        if problem is not None and entity.many is not None and len(parts) > 1:
            ids = [str(one["id"]) for one in self.record.blocks(name)]
            if parts[0] not in ids:
                near = nearest(parts[0], ids)
                return problem[0], _("did you mean `{near}`?", near=f"{name}.{near}") if near else self._way_to_add(
                    name
                )
        return problem

    def _way_to_add(self, entity: str) -> str:
        return _("add it: {command}", command=f"`risk-engine case add {self.target} {entity} NAME`")

    def _is_entry(self, path: str) -> bool:
        entity, _dot, entry = path.partition(".")
        return entity in self.lists and entry in {one["id"] for one in self.record.blocks(entity)}

    def _with_file(self, read: Read, name: str) -> Record:
        """Return the record in which an entry takes what is on file, its answers that are open left to that."""
        blocks = self.record.blocks(read.entity)
        after = tuple({**one, ON_FILE: name} if one["id"] == read.entry else one for one in blocks)
        return self.record.with_value(read.entity, after)

    def _set_head(self, name: str, text: str) -> None:
        value: object = day_or_text(text) if name in _DAYS else text
        if self._fits(name, {name: value}, Case):
            self._say(name, self.data.get(name), value)
            self.record = self.record.with_head(name, value)

    def _set_list(self, name: str, text: str) -> None:
        before = self.data.get(name)
        has_entries = bool(self.record.entries(name))
        if text not in {UNKNOWN, *_EMPTY}:
            way_out = _(
                "`{unknown}` and `none` can be set; entries are added: {command}",
                unknown=UNKNOWN,
                command=f"`risk-engine case add {self.target} {name} NAME`",
            )
            self.problem(name, _("`{name}` is a list", name=name), way_out)
        elif has_entries:
            command = f"risk-engine case remove {self.target} {name}.{self.record.entries(name)[0]['id']}"
            self.problem(
                name,
                _("the list has entries, which are not thrown away by a word"),
                _("take each out: `{command}`", command=command),
            )
        else:
            value: object = UNKNOWN if text == UNKNOWN else ()
            self._say(name, before if isinstance(before, str) else () if before == () else None, value)
            self.record = self.record.with_list(name, value)

    def _set_answer(self, path: str, text: str) -> bool:
        read = self._read(path)
        fact = self.criteria.entities[read.entity].facts[read.fact or ""]
        value = typed(fact, text)
        answers = {read.fact: value} if read.entry is None else ({"id": read.entry, read.fact: value},)
        if not self._fits(path, {read.entity: answers}, case_model(self.criteria)):
            return False
        before = self.record.stated(read)
        self._say(path, before, value, fact)
        known = known_answer(before, self.criteria, f"{read.entity}.{read.fact}")
        new = known_answer(value, self.criteria, f"{read.entity}.{read.fact}")
        self.record = self.record.with_stated(read, value)
        if known is not None and known != new:
            self._withdraw({path: (known, new)})
        return True

    def _read(self, path: str) -> Read:
        entity, *parts = path.split(".")
        return Read(entity, parts[0] if len(parts) > 1 else None, parts[-1])

    def _fits(self, what: str, data: Mapping[str, Any], model: type[Case]) -> bool:
        """Return whether these parts of a case can stand in one; what is wrong is noted."""
        found: list[Diagnostic] = []
        whole = {"id": "case", "title": "case", **data}
        validated(model, whole, Document(what, whole, {}, ()), (), found, partial(meant, self.criteria))
        for one in found:
            self.problem(what, one.message, one.help)
        return not found

    def _say(self, path: str, before: object, after: object, fact: AnyFact | None = None) -> None:
        """Say what a place held and holds now."""
        words = "" if fact is None or fact.confidential else self.criteria.shown(fact, after)
        beside = f" ({words})" if words and words != shown_value(after) and after != UNKNOWN else ""
        self.said.append(f"{shown_change(path, before, after)}{beside}")

    def _withdraw(self, replaced: Mapping[str, tuple[Any, Any]]) -> None:
        """Take out evidence for answers that are others now: it proves nothing about the new ones."""
        left, gone, lines = without_replaced(self.record.evidence, replaced)
        if lines:
            self._gone |= self._of_the_file(gone)
            self.record = self.record.with_value(EVIDENCE, left)
            self.said += [line for found in lines.values() for line in found]
            self.is_smaller = True

    def _of_the_file(self, gone: frozenset[int]) -> frozenset[int]:
        """Return which records of evidence of the file these are, of which some may be out already."""
        left = [one for one in range(len(self.renamed.document.data.get(EVIDENCE) or ())) if one not in self._gone]
        return frozenset(left[one] for one in gone if one < len(left))

    # --- entries ---

    def add(self, entity: str, name: str) -> str | None:
        """Add an entry to a list by its name, `ID=NAME` or a name alone; return its id, None where it cannot be."""
        entity = self.path_today(entity)
        declared = self.criteria.entities.get(entity)
        if declared is None or declared.many is None:
            self.problem(entity, _("there is no list of this name"), suggestion(entity, self.lists))
            return None
        own, is_, label = name.partition("=")
        has_id = bool(is_) and self._is_id(own)
        label = (label if has_id else name).strip()
        what = f"{entity} `{label}`"
        if not label:
            self.problem(entity, _("an entry needs a name"))
        elif self.record.is_full(entity):
            self.problem(what, _("one entry too many: at most {most} are allowed", most=declared.many))
        elif (known := self.record.named(entity, label)) is not None:
            self.problem(what, _("this is in the list already, as `{path}`", path=f"{entity}.{known}"))
        elif has_id and own in {one["id"] for one in self.record.entries(entity)}:
            self.problem(what, _("the id `{entry}` is taken", entry=own), _("choose another id"))
        else:
            self.record, entry = self.record.with_entry(entity, label, own if has_id else None)
            self.said.append(_("new: {path} ({name})", path=f"{entity}.{entry}", name=label))
            return entry
        return None

    def _is_id(self, text: str) -> bool:
        return bool(text) and all(one.isascii() and (one.islower() or one.isdigit() or one in "_-") for one in text)

    def remove(self, path: str) -> None:
        """Take out what a path names: an answer, an entry, a key of the head."""
        path = self.path_today(path)
        name, *parts = path.split(".")
        entity = self.criteria.entities.get(name)
        if path in Case.model_fields and path not in _APART:
            self._remove_head(path)
        elif entity is not None and entity.many is not None and len(parts) == 1:
            self._remove_entry(path, name, parts[0])
        elif problem := self._path_problem(path):
            self.problem(path, *problem)
        elif self.record.stated(read := self._read(path)) is None:
            self.problem(path, _("nothing is said here"))
        else:
            self._remove_answer(path, read)

    def _remove_head(self, name: str) -> None:
        if name in _NEEDED:
            self.problem(name, _("every case has one"), _("give it another value with `case set`"))
        elif name not in self.data:
            self.problem(name, _("nothing is said here"))
        else:
            self._taken_out(name, self.data[name])
            self.record = Record({key: one for key, one in self.data.items() if key != name}, self.record.under)

    def _remove_answer(self, path: str, read: Read) -> None:
        before = self.record.stated(read)
        self._taken_out(path, before)
        known = known_answer(before, self.criteria, f"{read.entity}.{read.fact}")

        def without(one: Data) -> Data:
            return {key: value for key, value in one.items() if key != read.fact}

        if read.entry is None:
            self.record = self.record.with_value(read.entity, without(self.data[read.entity]) or UNKNOWN)
        else:
            blocks = self.record.blocks(read.entity)
            left = tuple(without(one) if one["id"] == read.entry else one for one in blocks)
            self.record = self.record.with_value(read.entity, left)
        if known is not None:
            self._withdraw({path: (known, None)})

    def _remove_entry(self, path: str, name: str, entry: str) -> None:
        blocks = self.record.blocks(name)
        found = next((one for one in blocks if one["id"] == entry), None)
        if found is None:
            known = [f"{name}.{one['id']}" for one in blocks]
            self.problem(path, _("there is no such entry"), suggestion(path, known))
            return
        self._taken_out(path, found)
        named = (part for record in self.record.evidence for part in record.get("for", ()))
        self._withdraw({part: ("", None) for part in named if part.startswith(f"{path}.")})
        left = tuple(one for one in self.record.blocks(name) if one["id"] != entry)
        # That there are no others nobody has said.
        self.record = self.record.with_value(name, left or UNKNOWN)

    def _taken_out(self, path: str, before: object) -> None:
        self.said.append(shown_change(path, before, None))
        self.is_smaller = True


def typed(fact: AnyFact, text: str) -> object:
    """Return what somebody means who writes this as the answer to a fact; what it cannot be stays text.

    Several options stand with commas between, none of them is `none` or `[]`.
    """
    match fact:
        case _ if text == UNKNOWN:
            return UNKNOWN
        case BooleanFact():
            yes, no = {"true", "yes", _(YES).casefold()}, {"false", "no", _(NO).casefold()}
            return True if text.casefold() in yes else False if text.casefold() in no else text
        case ChoicesFact(options=options):
            if text in _EMPTY - options.keys():
                return ()
            return tuple(dict.fromkeys(one.strip() for one in text.strip("[]").split(",") if one.strip()))
        case IntegerFact() | DateFact():
            try:
                return value_of(text, nulls=False)
            except DoubtError:
                return text
        case _:
            return text


def shown_value(value: object) -> str:
    """Return what a case file says, on one line; of records how many; a dash for what it does not say."""
    if isinstance(value, tuple) and any(isinstance(one, dict) for one in value):
        return ngettext("{number} record", "{number} records", len(value))
    return "-" if value is None else value if isinstance(value, str) else one_line(value)


def shown_change(path: str, before: object, after: object) -> str:
    """Return what moved in a case file: values on one line, a whole entry that comes or goes in lines of its own."""
    entry = before or after
    if isinstance(entry, dict) and not (before and after):
        moved = _("new") if after else _("taken out")
        return "\n".join([f"{path}: {moved}", *block(entry, 2)])
    return f"{path}: {shown_value(before)} -> {shown_value(after)}"


def day_or_text(text: str) -> object:
    """Return the day that a text states, else the text: what a day is, the model says."""
    try:
        return value_of(text, nulls=False) if A_DAY.fullmatch(text) else text
    except DoubtError:
        return text
