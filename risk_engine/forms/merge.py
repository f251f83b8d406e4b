"""Answers into a case: what is new is added, what is the same confirmed, what contradicts is reported with both places.

Who answered, and when, becomes evidence of the case. An answer that does not stand is kept in the notes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from risk_engine.diagnostics import quoted
from risk_engine.forms.answers import CONFIDENTIAL, Filled, FilledEntry
from risk_engine.forms.ask import ENTRY_ID, label_fact
from risk_engine.forms.entries import is_blank, known_answer, known_entries, new_id, with_answer
from risk_engine.forms.fields import Given, short
from risk_engine.forms.names import in_quotes, same_label
from risk_engine.forms.preference import CASE, NEW, Preference
from risk_engine.forms.problems import FormProblem
from risk_engine.forms.support import Replaced, records_of, still_counting
from risk_engine.forms.words import NOT_KNOWN
from risk_engine.language import _, ngettext
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, shown
from risk_engine.plain import Loc
from risk_engine.report.blank_case import NO_TITLE
from risk_engine.source import Document

Data = dict[str, Any]


@dataclass(frozen=True)
class _Stated:
    """A value, who states it (CASE or a file), and where."""

    value: Answer | None
    who: str
    place: str


@dataclass
class Merged:
    """The case with the answers in it, and what there is to say about how they came in."""

    data: Data
    contradictions: list[FormProblem] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """Path: where the answer stands that came from a questionnaire."""
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    undecided: set[str] = field(default_factory=set)
    """Paths for which a preference was given, though nothing contradicts there."""
    open: tuple[str, ...] = ()
    """Paths of what contradicts and is not decided."""
    gone: frozenset[int] = frozenset()
    """The places of records of evidence that the case had, and that support nothing any more."""


def merged(document: Document, filled: Sequence[Filled], criteria: CriteriaSet, preference: Preference) -> Merged:
    """Return the case that a document states with these answers in it, file after file.

    Where there are contradictions that nobody decided, the data hold the first of the answers.
    """
    merge = _Merge(document, criteria, preference)
    for one in filled:
        merge.take(one)
    merge.result.open = tuple(merge.open)
    merge.result.contradictions += [problem for found in merge.open.values() for problem, _filled, _given in found]
    merge.drop_support()
    for one in filled:
        merge.record(one)
    return merge.result


class _Merge:
    def __init__(self, document: Document, criteria: CriteriaSet, preference: Preference) -> None:
        self.document = document
        self.criteria = criteria
        self.preference = preference
        self.result = Merged(dict(document.data), undecided=set(preference.single))
        self.stated: dict[str, _Stated] = {}
        self.first: dict[str, Answer] = {}
        """Path: what the case stated where another answer took its place."""
        self.files: dict[str, int] = {}
        self.paths: dict[int, list[tuple[str, Given]]] = {}
        self.lost: dict[int, list[str]] = {}
        self.beaten: set[tuple[int, str]] = set()
        self.open: dict[str, list[tuple[FormProblem, Filled, Given]]] = {}
        """Path: what contradicts there and is not decided; a later file may be the one that is preferred."""

    # --- answers ---

    def take(self, filled: Filled) -> None:
        """Take the answers of one file."""
        self.paths[id(filled)], self.lost[id(filled)] = [], []
        self.files[filled.paper.name] = id(filled)
        if filled.title is not None:
            self._title(filled, filled.title)
        for entry in filled.entries:
            place = self._place_of(filled, entry)
            if place is None:
                continue
            for name, given in entry.answers.items():
                self._answer(filled, place, name, given)
        for name, given in filled.lists.items():
            self._list(filled, name, given)

    def _title(self, filled: Filled, given: Given) -> None:
        known = self.result.data.get("title")
        known = None if known == NO_TITLE else known
        if known is not None and same_label(str(known)) == same_label(str(given.value)):
            return
        if self._decided(filled, "title", known, given, ("title",)):
            self.result.data["title"] = given.value

    def _list(self, filled: Filled, name: str, given: Given) -> None:
        have = self._entries(name)
        if have is not None and self._is_blank(name, have):
            have = None
        if given.value is None:
            if name not in self.result.data:
                self.result.data[name] = UNKNOWN
            if have is not None:
                self._not_known(filled, name, given, (name,), tuple(str(one.get("id")) for one in have))
            return
        known = None if have is None else tuple(str(one.get("id")) for one in have)
        if known and self.preference.of_path(name) in {NEW, filled.paper.name}:
            # Whole entries, with what supports them, are not thrown away by a word on a form.
            answers = {"new": self._words(name, ()), "known": self._words(name, known)}
            message = _("`{path}` is answered {new}, but the case has {known}", path=name, **answers)
            way_out = _("prefer `{path}`, or take the entries out of the case yourself", path=f"{name}={CASE}")
            self.result.contradictions.append(FormProblem(given.place, message, way_out))
        elif self._decided(filled, name, known, given, (name,)):
            self.result.data[name] = ()
        self.paths[id(filled)].append((name, given))

    def _answer(self, filled: Filled, place: Loc, name: str, given: Given) -> None:
        entry = self._at(place)
        path = self._path(place, name)
        known = known_answer(entry.get(name), self.criteria, f"{place[0]}.{name}")
        if given.value is None:
            if name not in entry:
                self._set(place, name, UNKNOWN)
            if known is not None:
                self._not_known(filled, path, given, (*place, name), known)
            return
        is_label = len(place) > 1 and name == label_fact(self.criteria, str(place[0]))
        if is_label and known is not None and same_label(str(known)) == same_label(str(given.value)):
            return  # by this name the entry was found; the case keeps its spelling
        if self._decided(filled, path, known, given, (*place, name)):
            self._set(place, name, given.value)
        self.paths[id(filled)].append((path, given))

    def _not_known(self, filled: Filled, path: str, given: Given, loc: Loc, known: Answer) -> None:
        """Say and note that somebody does not know what is answered; the answer stands."""
        before = self.stated.get(path)
        place = before.place if before else f"{self.document.position(loc)}"
        said = _(
            "`{path}` is answered “{not_known}”, but there is an answer in {place}; it stands",
            path=path,
            not_known=_(NOT_KNOWN),
            place=place,
        )
        self.result.said.append(f"{given.place}: {said}")
        self._lose(filled, path, known, given.place, in_quotes(_(NOT_KNOWN)))

    def _decided(self, filled: Filled, path: str, known: Answer | None, given: Given, loc: Loc) -> bool:
        """Return whether a new answer takes the place of the known one; note what contradicts and what is lost."""
        before = self.stated.get(path) or _Stated(known, CASE, f"{self.document.position(loc)}")
        name = filled.paper.name
        if known is None or known == given.value:
            if known is None:
                self.stated[path] = _Stated(given.value, name, given.place)
                self.result.places[path] = given.place
            return known is None
        who = self.preference.of_path(path)
        self.result.undecided.discard(path)
        takes = who in {NEW, name}
        if not takes and not (who == before.who or (who == CASE and before.who == CASE)):
            answers = {"new": self._words(path, given.value), "known": self._words(path, known)}
            message = _(
                "`{path}` is answered {new}, but {place} says {known}", path=path, place=before.place, **answers
            )
            problem = FormProblem(given.place, message)
            self.open.setdefault(path, []).append((problem, filled, given))
            return False
        if not takes:
            self.beaten.add((id(filled), path))
        lost, stands = (before, given.value) if takes else (_Stated(given.value, name, given.place), known)
        self._lose(filled, path, stands, lost.place, self._noted(path, lost.value))
        if takes:
            for _problem, other, answer in self.open.pop(path, []):
                self._lose(other, path, stands, answer.place, self._noted(path, answer.value))
            if before.who == CASE:
                self.first[path] = known
            self.stated[path] = _Stated(given.value, name, given.place)
            self.result.places[path] = given.place
        return takes

    def _lose(self, filled: Filled, path: str, stands: Answer | None, place: str, lost: str) -> None:
        """Note an answer that does not stand."""
        said = {"path": path, "stands": self._noted(path, stands), "place": place, "lost": lost}
        self.lost[id(filled)].append(_("{path}: {stands} stands; {place} said {lost}", **said))

    def _words(self, path: str, value: Answer | None) -> str:
        entity, *parts = path.split(".")
        if not parts:
            if isinstance(value, str):
                return short(value)
            return short(", ".join(value) if isinstance(value, tuple) and value else _("there are none"))
        fact = self.criteria.entities[entity].facts.get(parts[-1])
        if isinstance(fact, RowFact) and isinstance(value, str):
            return short(self.criteria.tables[fact.of].rows[value].name)
        return short(shown(fact, value))

    def _noted(self, path: str, value: Answer | None) -> str:
        """Return the words for an answer as they may stand in the notes, which everybody reads who has the case."""
        entity, *parts = path.split(".")
        fact = self.criteria.entities[entity].facts.get(parts[-1]) if parts else None
        return _(CONFIDENTIAL) if fact is not None and fact.confidential else self._words(path, value)

    # --- entries ---

    def _place_of(self, filled: Filled, entry: FilledEntry) -> Loc | None:
        """Return where the answers about an entry belong; an entry that is new is added. None where it may not be."""
        data, name = self.result.data, entry.entity
        if self.criteria.entities[name].many is None:
            if not isinstance(data.get(name), dict):
                data[name] = {}
            return (name,)
        have = self._entries(name)
        known = known_entries(self.criteria, entry, have or ())
        if len(known) > 1:
            ids = quoted([f"{name}.{one.get('id')}" for number, one in enumerate(have or ()) if number in known], "and")
            message = _(
                "{name} can be any of several entries of the case, which have this name: {ids}",
                name=short(entry.label),
                ids=ids,
            )
            way_out = _(
                "give them names that differ, or make a form that says which is which: `case new FILE --from CASE`"
            )
            self.result.contradictions.append(FormProblem(entry.place, message, way_out))
            return None
        if known:
            self._same(filled, entry, (name, known[0]))
            return (name, known[0])
        most = self.criteria.entities[name].many or 0
        if entry.id is not None:
            message = _("the case has no entry `{path}` any more", path=f"{name}.{entry.id}")
            way_out = _("give the entry back its id in the case, or make a new questionnaire")
            self.result.contradictions.append(FormProblem(entry.place, message, way_out))
            return None
        if len(have or ()) >= most and not self._is_blank(name, have or ()):
            label = short(entry.label)
            message = _("{name} would be one entry too many: at most {most} are allowed", name=label, most=most)
            self.result.contradictions.append(FormProblem(entry.place, message, _("take one out of the case first")))
            return None
        taken = () if have and self._is_blank(name, have) else have or ()
        new: Data = {ENTRY_ID: new_id(self.criteria, name, entry.label or name, taken)}
        said = {"place": entry.place, "path": f"{name}.{new[ENTRY_ID]}", "name": short(entry.label)}
        added = _("{place}: new entry `{path}`, {name}", **said)
        if have and self._is_blank(name, have):
            data[name] = ({**have[0], **new},)
            self.result.said.append(added)
            return (name, 0)
        given = Given((new[ENTRY_ID],), entry.place)
        if have == () and not self._decided(filled, name, (), given, (name,)):
            return None
        data[name] = (*(have or ()), new)
        self.result.said.append(added)
        return (name, len(have or ()))

    def _same(self, filled: Filled, entry: FilledEntry, place: Loc) -> None:
        """Say that an entry was found by its name alone, for two people may mean two things by it.

        Nothing is said again of a file that is on record. Another spelling is noted too.
        """
        found = self._at(place)
        path = f"{entry.entity}.{found['id']}"
        on_record = [one.get("for", ()) for one in self._evidence() if one.get("sha256") == filled.paper.sha256]
        if entry.id is not None or any(part.startswith(f"{path}.") for parts in on_record for part in parts):
            return
        label = label_fact(self.criteria, entry.entity)
        fact, before = f"{path}.{label}", str(found[label])
        names = {"path": path, "name": short(entry.label), "before": short(before)}
        said = f"{entry.place}: " + _("{name} is taken as the same entry as `{path}`, {before}", **names)
        if entry.label == before:
            self.result.said.append(said)
            return
        self.result.warned.append(said)
        names |= {"name": self._noted(fact, entry.label), "before": self._noted(fact, before)}
        self.lost[id(filled)].append(_("{name} is taken as the same entry as `{path}`, {before}", **names))

    def _is_blank(self, name: str, have: Sequence[Data]) -> bool:
        return is_blank(name, have, self._evidence())

    def _entries(self, name: str) -> tuple[Data, ...] | None:
        found = self.result.data.get(name)
        return found if isinstance(found, tuple) else None

    def _at(self, place: Loc) -> Data:
        found: Any = self.result.data
        for step in place:
            found = found[step]
        return found  # type: ignore[no-any-return]

    def _set(self, place: Loc, name: str, value: object) -> None:
        entity = str(place[0])
        changed = with_answer(self._at(place), name, value, ["id", *self.criteria.entities[entity].facts])
        if len(place) == 1:
            self.result.data[entity] = changed
        else:
            before = self.result.data[entity]
            self.result.data[entity] = tuple(changed if at == place[1] else one for at, one in enumerate(before))

    def _path(self, place: Loc, name: str) -> str:
        entry = [] if len(place) == 1 else [str(self._at(place)["id"])]
        return ".".join([str(place[0]), *entry, name])

    # --- who said so ---

    def drop_support(self) -> None:
        """Take out of the evidence what supported answers of the case that were replaced; note it where they were."""
        replaced = {path: Replaced(old, self.stated[path].value) for path, old in self.first.items()}
        replaced = {path: one for path, one in replaced.items() if one.old != one.new}
        have = self._evidence()
        support = still_counting(have, replaced)
        if support.records != have:
            self.result.data["evidence"] = support.records
            self.result.gone = support.gone
        for path, lines in support.noted.items():
            self.lost[self.files[self.stated[path].who]] += lines

    def record(self, filled: Filled) -> None:
        """Add to the case who answered what, and when, and what of it does not stand."""
        stand = [(path, given) for path, given in self.paths[id(filled)] if self._stands(filled, path, given)]
        have = self._evidence()
        new = records_of(filled, ((path, given.unsure) for path, given in stand if "." in path), have)
        if new:
            self.result.data["evidence"] = (*have, *new)
        who = ", ".join(one for one in (filled.paper.name.rpartition("/")[2], filled.by, filled.day.isoformat()) if one)
        notes = [*self.lost[id(filled)], *([filled.remarks] if filled.remarks else [])]
        self._note(f"{who}: {line}" for line in (*notes, *(one.noted for one in filled.left)))
        self.result.said.append(self._summary(filled, stand))

    def _note(self, lines: Iterable[str]) -> None:
        before = self.result.data.get("notes")
        text = before if isinstance(before, str) else ""
        new = [one for one in lines if one not in text]
        if new:
            self.result.data["notes"] = "\n".join([*([text.rstrip("\n")] if text else []), *new])

    def _stands(self, filled: Filled, path: str, given: Given) -> bool:
        found = self.stated.get(path)
        return (id(filled), path) not in self.beaten and (found is None or found.value == given.value)

    def _evidence(self) -> tuple[Data, ...]:
        found = self.result.data.get("evidence")
        return found if isinstance(found, tuple) else ()

    def _summary(self, filled: Filled, stand: Sequence[tuple[str, Given]]) -> str:
        unknown = sum(given.value is None for entry in filled.entries for given in entry.answers.values())
        unknown += sum(given.value is None for given in filled.lists.values())
        unsure = sum(given.unsure for _path, given in stand)
        head = {"file": filled.paper.name, "day": filled.day.isoformat()}
        filled_in = _("{file}: filled in on {day}", **head)
        if filled.by:
            filled_in = _("{file}: filled in by {who} on {day}", who=filled.by, **head)
        taken = ngettext("{number} answer taken", "{number} answers taken", len(stand))
        rest = _("{unsure} of them unsure; {unknown} not known yet", unsure=unsure, unknown=unknown)
        return f"{filled_in}: {taken}, {rest}"
