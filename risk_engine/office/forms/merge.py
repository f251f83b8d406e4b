"""Answers into a case: what is new is added, what is the same confirmed, a contradiction told with both places.

Who answered what, and when, becomes evidence of the case; what does not stand any more goes to its notes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoicesFact, RowFact
from risk_engine.office.forms.answers import Filled, FilledEntry, Given
from risk_engine.office.forms.case_file import CaseData, Data, new_id
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.office.forms.form import NOT_KNOWN, FormProblem, in_quotes, same_label, short
from risk_engine.report.blank_case import NO_TITLE

CASE, NEW = "case", "new"
"""Whose answer stands where two contradict: that of the case, or the one that comes later."""


@dataclass(frozen=True)
class Preference:
    """Whose answer stands where two contradict: for all of them, and for single answers by their path."""

    all: str | None = None
    single: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str], files: Sequence[str]) -> "Preference":
        """Return what `case`, `new`, a file's name or `PATH=…` mean; raise RiskEngineError for anything else."""
        every: str | None = None
        single: dict[str, str] = {}
        for word in words:
            path, _sign, who = word.rpartition("=") if word not in files else ("", "", word)
            if who not in {CASE, NEW, *files}:
                known = quoted((CASE, NEW, *files))
                raise RiskEngineError(
                    _("`--prefer {word}` names none of {known}", word=word, known=known),
                    _("or write `PATH=` before it"),
                )
            if path:
                single[path] = who
            else:
                every = who
        return cls(every, single)

    def of_path(self, path: str) -> str | None:
        """Return whose answer stands for a path, None if nobody said."""
        return self.single.get(path, self.all)


KIND = "questionnaire"


@dataclass(frozen=True)
class Replaced:
    """An answer of the case that another one takes the place of."""

    old: Answer
    new: Answer | None

    def parts(self, path: str) -> tuple[str, ...]:
        """Return what evidence may name for it: the answer, or an option that is no longer as it was."""
        old, new = ({*one} if isinstance(one, tuple) else set[str]() for one in (self.old, self.new))
        return (path, *(f"{path}.{option}" for option in sorted(old ^ new)))


@dataclass
class Support:
    """Records of evidence that still count, which ones do not, and what is noted of them."""

    records: tuple[Data, ...]
    gone: frozenset[int] = frozenset()
    """The places, in the list as it was, of records that support nothing any more."""
    noted: dict[str, list[str]] = field(default_factory=dict)
    """Path of the answer that was replaced: what supported it."""


def still_counting(records: Sequence[Data], replaced: Mapping[str, Replaced]) -> Support:
    """Return the evidence without what supported answers that were replaced: it proves nothing about the new ones."""
    left: list[Data] = []
    gone: set[int] = set()
    noted: dict[str, list[str]] = {}
    of_path = {part: path for path, one in replaced.items() for part in one.parts(path)}
    for number, record in enumerate(records):
        named = record.get("for", ())
        for part in (one for one in named if one in of_path):
            said = _(
                "{path}: no longer counts as evidence, for the answer was replaced: {record}",
                path=part,
                record=described(record),
            )
            noted.setdefault(of_path[part], []).append(said)
        kept = tuple(one for one in named if one not in of_path)
        if kept:
            left.append(record if kept == named else {**record, "for": kept})
        else:
            gone.add(number)
    return Support(tuple(left), frozenset(gone), noted)


def described(record: Mapping[str, Any]) -> str:
    """Return everything that a record of evidence says, but not what it was for."""
    more = [
        _("collected by {who}", who=record["collected_by"]) if record.get("collected_by") else "",
        str(record.get("confidence") or ""),
        f"SHA-256 {record['sha256']}" if record.get("sha256") else "",
    ]
    head = f"{record.get('kind')} {record.get('reference')}"
    return ", ".join([head, f"{record.get('date')}", *(one for one in more if one)])


def records_of(filled: Filled, answers: Iterable[tuple[str, bool]], have: Sequence[Data]) -> tuple[Data, ...]:
    """Return the records for these answers of a person, each with whether they are unsure; not those on record."""
    returned = filled.returned
    known = {path for one in have if one.get("sha256") == returned.sha256 for path in one.get("for", ())}
    new = [(path, unsure) for path, unsure in answers if path not in known]
    found: list[Data] = []
    for unsure in (False, True):
        paths = tuple(path for path, is_so in new if is_so == unsure)
        if paths:
            record: Data = {
                "for": paths,
                "kind": KIND,
                "reference": returned.name.rpartition("/")[2],
                "date": filled.day,
            }
            record |= {"collected_by": filled.by} if filled.by else {}
            found.append({**record, "confidence": "unsure" if unsure else "declared", "sha256": returned.sha256})
    return tuple(found)


@dataclass(frozen=True)
class Stated:
    """A value, who states it (CASE or a file), and where."""

    value: Answer | None
    who: str
    place: str


@dataclass
class Taken:
    """What became of the answers of one file."""

    filled: Filled
    answers: list[tuple[str, Given]] = field(default_factory=list)
    beaten: set[str] = field(default_factory=set)
    """Paths of answers that do not stand because another one is preferred."""
    lost: list[str] = field(default_factory=list)
    """What the notes say of answers that do not stand."""


def withdraw(
    case: CaseData, replaced: Mapping[str, Answer], stated: Mapping[str, Stated], files: Mapping[str, Taken]
) -> frozenset[int]:
    """Take out of the evidence what supported answers of the case that were replaced; note it where they were.

    `replaced` says what the case stated, `files` what was taken of which file. Returns the places, in the list as it
    was, of records that support nothing any more.
    """
    changed = {path: Replaced(old, stated[path].value) for path, old in replaced.items()}
    changed = {path: one for path, one in changed.items() if one.old != one.new}
    have = case.evidence()
    support = still_counting(have, changed)
    for path, lines in support.noted.items():
        files[stated[path].who].lost += lines
    if support.records == have:
        return frozenset()
    case.data["evidence"] = support.records
    return support.gone


def attribute(case: CaseData, taken: Taken, stated: Mapping[str, Stated]) -> str:
    """Add to the case who answered what, and when, and what of it does not stand; return what there is to say of it."""
    filled = taken.filled
    stand = [(path, given) for path, given in taken.answers if _stands(taken, path, given, stated)]
    have = case.evidence()
    new = records_of(filled, ((path, given.unsure) for path, given in stand if "." in path), have)
    if new:
        case.data["evidence"] = (*have, *new)
    who = ", ".join(one for one in (filled.returned.name.rpartition("/")[2], filled.by, filled.day.isoformat()) if one)
    notes = [*taken.lost, *([filled.remarks] if filled.remarks else [])]
    _note(case, (f"{who}: {line}" for line in (*notes, *(one.noted for one in filled.left))))
    return _summary(filled, stand)


def _stands(taken: Taken, path: str, given: Given, stated: Mapping[str, Stated]) -> bool:
    found = stated.get(path)
    return path not in taken.beaten and (found is None or found.value == given.value)


def _note(case: CaseData, lines: Iterable[str]) -> None:
    before = case.data.get("notes")
    text = before if isinstance(before, str) else ""
    new = [one for one in lines if one not in text]
    if new:
        case.data["notes"] = "\n".join([*([text.rstrip("\n")] if text else []), *new])


def _summary(filled: Filled, stand: Sequence[tuple[str, Given]]) -> str:
    unknown = sum(given.value is None for entry in filled.entries for given in entry.answers.values())
    unknown += sum(given.value is None for given in filled.lists.values())
    unsure = sum(given.unsure for _path, given in stand)
    head = {"file": filled.returned.name, "day": filled.day.isoformat()}
    filled_in = _("{file}: filled in on {day}", **head)
    if filled.by:
        filled_in = _("{file}: filled in by {who} on {day}", who=filled.by, **head)
    taken = ngettext("{number} answer taken", "{number} answers taken", len(stand))
    rest = _("{unsure} of them unsure; {unknown} not known yet", unsure=unsure, unknown=unknown)
    return f"{filled_in}: {taken}, {rest}"


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


def merged(document: Document, filled: Sequence[Filled], criteria: Criteria, preference: Preference) -> Merged:
    """Return the case that a document states with these answers in it, file after file.

    Where there are contradictions that nobody decided, the data hold the first of the answers.
    """
    merge = _Merge(document, criteria, preference)
    several = [Taken(one) for one in filled]
    for one in several:
        merge.take(one)
    result = merge.result
    result.open = tuple(merge.open)
    result.contradictions += [problem for found in merge.open.values() for problem, _taken, _given in found]
    result.gone = withdraw(merge.case, merge.first, merge.stated, {one.filled.returned.name: one for one in several})
    result.said += [attribute(merge.case, one, merge.stated) for one in several]
    return result


class _Merge:
    def __init__(self, document: Document, criteria: Criteria, preference: Preference) -> None:
        self.document = document
        self.criteria = criteria
        self.preference = preference
        self.result = Merged(dict(document.data), undecided=set(preference.single))
        self.case = CaseData(self.result.data, criteria)
        self.stated: dict[str, Stated] = {}
        self.first: dict[str, Answer] = {}
        """Path: what the case stated where another answer took its place."""
        self.open: dict[str, list[tuple[FormProblem, Taken, Given]]] = {}
        """Path: what contradicts there and is not decided; a later file may be the one that is preferred."""

    # --- answers ---

    def take(self, taken: Taken) -> None:
        """Take the answers of one file."""
        filled = taken.filled
        if filled.title is not None:
            self._title(taken, filled.title)
        for entry in filled.entries:
            place = self._place_of(taken, entry)
            if place is None:
                continue
            for name, given in entry.answers.items():
                self._answer(taken, place, name, given)
        for name, given in filled.lists.items():
            self._list(taken, name, given)

    def _title(self, taken: Taken, given: Given) -> None:
        known = self.case.data.get("title")
        known = None if known == NO_TITLE else known
        if known is not None and same_label(str(known)) == same_label(str(given.value)):
            return
        if self._decided(taken, "title", known, given, ("title",)):
            self.case.data["title"] = given.value

    def _list(self, taken: Taken, name: str, given: Given) -> None:
        have = self.case.entries(name)
        if have is not None and self.case.is_blank(name, have):
            have = None
        if given.value is None:
            if name not in self.case.data:
                self.case.data[name] = UNKNOWN
            if have is not None:
                self._not_known(taken, name, given, (name,), tuple(str(one.get("id")) for one in have))
            return
        known = None if have is None else tuple(str(one.get("id")) for one in have)
        if known and self.preference.of_path(name) in {NEW, taken.filled.returned.name}:
            # Whole entries, with what supports them, are not thrown away by a word on a form.
            answers = {"new": self.case.words(name, ()), "known": self.case.words(name, known)}
            message = _("`{path}` is answered {new}, but the case has {known}", path=name, **answers)
            way_out = _("prefer `{path}`, or take the entries out of the case yourself", path=f"{name}={CASE}")
            self.result.contradictions.append(FormProblem(given.place, message, way_out))
        elif self._decided(taken, name, known, given, (name,)):
            self.case.data[name] = ()
        taken.answers.append((name, given))

    def _answer(self, taken: Taken, place: Loc, name: str, given: Given) -> None:
        entry = self.case.at(place)
        path = self.case.path(place, name)
        known = known_answer(entry.get(name), self.criteria, f"{place[0]}.{name}")
        if given.value is None:
            if name not in entry:
                self.case.put(place, name, UNKNOWN)
            if known is not None:
                self._not_known(taken, path, given, (*place, name), known)
            return
        is_label = len(place) > 1 and name == label_fact(self.criteria, str(place[0]))
        if is_label and known is not None and same_label(str(known)) == same_label(str(given.value)):
            return  # by this name the entry was found; the case keeps its spelling
        if self._decided(taken, path, known, given, (*place, name)):
            self.case.put(place, name, given.value)
        taken.answers.append((path, given))

    def _not_known(self, taken: Taken, path: str, given: Given, loc: Loc, known: Answer) -> None:
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
        self._lose(taken, path, known, given.place, in_quotes(_(NOT_KNOWN)))

    def _decided(self, taken: Taken, path: str, known: Answer | None, given: Given, loc: Loc) -> bool:
        """Return whether a new answer takes the place of the known one; note what contradicts and what is lost."""
        before = self.stated.get(path) or Stated(known, CASE, f"{self.document.position(loc)}")
        name = taken.filled.returned.name
        if known is None or known == given.value:
            if known is None:
                self.stated[path] = Stated(given.value, name, given.place)
                self.result.places[path] = given.place
            return known is None
        who = self.preference.of_path(path)
        self.result.undecided.discard(path)
        takes = who in {NEW, name}
        if not takes and not (who == before.who or (who == CASE and before.who == CASE)):
            answers = {"new": self.case.words(path, given.value), "known": self.case.words(path, known)}
            message = _(
                "`{path}` is answered {new}, but {place} says {known}", path=path, place=before.place, **answers
            )
            problem = FormProblem(given.place, message)
            self.open.setdefault(path, []).append((problem, taken, given))
            return False
        if not takes:
            taken.beaten.add(path)
        lost, stands = (before, given.value) if takes else (Stated(given.value, name, given.place), known)
        self._lose(taken, path, stands, lost.place, self.case.noted(path, lost.value))
        if takes:
            for _problem, other, answer in self.open.pop(path, []):
                self._lose(other, path, stands, answer.place, self.case.noted(path, answer.value))
            if before.who == CASE:
                self.first[path] = known
            self.stated[path] = Stated(given.value, name, given.place)
            self.result.places[path] = given.place
        return takes

    def _lose(self, taken: Taken, path: str, stands: Answer | None, place: str, lost: str) -> None:
        """Note an answer that does not stand."""
        said = {"path": path, "stands": self.case.noted(path, stands), "place": place, "lost": lost}
        taken.lost.append(_("{path}: {stands} stands; {place} said {lost}", **said))

    # --- entries ---

    def _place_of(self, taken: Taken, entry: FilledEntry) -> Loc | None:
        """Return where the answers about an entry belong; an entry that is new is added. None where it may not be."""
        data, name = self.case.data, entry.entity
        if self.criteria.entities[name].many is None:
            if not isinstance(data.get(name), dict):
                data[name] = {}
            return (name,)
        have = self.case.entries(name)
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
            self._same(taken, entry, (name, known[0]))
            return (name, known[0])
        most = self.criteria.entities[name].many or 0
        if entry.id is not None:
            message = _("the case has no entry `{path}` any more", path=f"{name}.{entry.id}")
            way_out = _("give the entry back its id in the case, or make a new questionnaire")
            self.result.contradictions.append(FormProblem(entry.place, message, way_out))
            return None
        if len(have or ()) >= most and not self.case.is_blank(name, have or ()):
            label = short(entry.label)
            message = _("{name} would be one entry too many: at most {most} are allowed", name=label, most=most)
            self.result.contradictions.append(FormProblem(entry.place, message, _("take one out of the case first")))
            return None
        others = () if have and self.case.is_blank(name, have) else have or ()
        new: Data = {ENTRY_ID: new_id(self.criteria, name, entry.label or name, others)}
        said = {"place": entry.place, "path": f"{name}.{new[ENTRY_ID]}", "name": short(entry.label)}
        added = _("{place}: new entry `{path}`, {name}", **said)
        if have and self.case.is_blank(name, have):
            data[name] = ({**have[0], **new},)
            self.result.said.append(added)
            return (name, 0)
        given = Given((new[ENTRY_ID],), entry.place)
        if have == () and not self._decided(taken, name, (), given, (name,)):
            return None
        data[name] = (*(have or ()), new)
        self.result.said.append(added)
        return (name, len(have or ()))

    def _same(self, taken: Taken, entry: FilledEntry, place: Loc) -> None:
        """Say that an entry was found by its name alone, for two people may mean two things by it.

        Nothing is said again of a file that is on record. Another spelling is noted too.
        """
        found = self.case.at(place)
        path = f"{entry.entity}.{found['id']}"
        sha256 = taken.filled.returned.sha256
        on_record = [one.get("for", ()) for one in self.case.evidence() if one.get("sha256") == sha256]
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
        names |= {"name": self.case.noted(fact, entry.label), "before": self.case.noted(fact, before)}
        taken.lost.append(_("{name} is taken as the same entry as `{path}`, {before}", **names))


def known_entries(criteria: Criteria, entry: FilledEntry, have: Sequence[Data]) -> list[int]:
    """Return which entries can be meant: by the id that the form noted, else by the name in other spelling."""
    if entry.id is not None:
        return [number for number, one in enumerate(have) if one.get("id") == entry.id]
    label, wanted = label_fact(criteria, entry.entity), same_label(entry.label or "")
    named = [(number, one.get(label)) for number, one in enumerate(have)]
    return [number for number, name in named if name not in {None, UNKNOWN} and same_label(str(name)) == wanted]


def known_answer(value: object, criteria: Criteria, name: str) -> Answer | None:
    """Return what a case states for a fact as the case model reads it: no alias, options in their order."""
    fact = criteria.fact(name)
    if value is None or value == UNKNOWN:
        return None
    if isinstance(fact, ChoicesFact) and isinstance(value, tuple):
        return tuple(one for one in fact.options if one in value)
    if isinstance(fact, RowFact):
        rows = criteria.tables[fact.of].rows
        return next((row_id for row_id, row in rows.items() if value in (row_id, *row.aliases)), None)
    return value  # type: ignore[return-value]
