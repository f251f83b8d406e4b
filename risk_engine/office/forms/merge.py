"""Answers into a case: what is new is added, what is the same confirmed, a contradiction told with both places.

Who answered what, and when, becomes evidence of the case; what does not stand any more goes to its notes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _, ngettext
from risk_engine.files.source import Document
from risk_engine.loading.case import place_of
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact, RowFact
from risk_engine.office.forms.answers import CONFIDENTIAL, Filled, FilledEntry, Given
from risk_engine.office.forms.case_record import Data, Record, Under
from risk_engine.office.forms.export_form import label_fact
from risk_engine.office.forms.form import FormProblem, in_quotes, short
from risk_engine.report.blank_case import NO_TITLE
from risk_engine.report.returned import NOT_KNOWN, same_label

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


def merged(document: Document, filled: Sequence[Filled], under: Under, preference: Preference) -> "Merged":
    """Return the case that a document states with these answers in it, file after file.

    Where there are contradictions that nobody decided, it holds the first of the answers.
    """
    merge = Merged(document, under, preference)
    several = [Taken(one) for one in filled]
    for one in several:
        merge.take(one)
    merge.contradictions += [problem for found in merge.open.values() for problem, _taken, _given in found]
    merge.withdraw({one.filled.returned.name: one for one in several})
    for one in several:
        merge.attribute(one)
    return merge


class Merged:
    """The case with the answers in it, and what there is to say about how they came in."""

    def __init__(self, document: Document, under: Under, preference: Preference) -> None:
        self.document = document
        self.criteria = under.criteria
        self.preference = preference
        self.record = Record(document.data, under)
        self.contradictions: list[FormProblem] = []
        self.said: list[str] = []
        self.warned: list[str] = []
        self.stated: dict[str, Stated] = {}
        """Path: the answer that came from a questionnaire and stands."""
        self.first: dict[str, Answer] = {}
        """Path: what the case stated where another answer took its place."""
        self.open: dict[str, list[tuple[FormProblem, Taken, Given]]] = {}
        """Path: what contradicts there and is not decided; a later file may be the one that is preferred."""
        self.undecided = set(preference.single)
        """Paths for which a preference was given, though nothing contradicts there."""
        self.gone = frozenset[int]()
        """The places of records of evidence that the case had, and that support nothing any more."""

    # --- answers ---

    def take(self, taken: Taken) -> None:
        """Take the answers of one file."""
        filled = taken.filled
        if filled.title is not None:
            self._title(taken, filled.title)
        for entry in filled.entries:
            about = self._about(taken, entry)
            if about is None:
                continue
            for name, given in entry.answers.items():
                self._answer(taken, about._replace(fact=name), given)
        for name, given in filled.lists.items():
            self._list(taken, name, given)

    def _title(self, taken: Taken, given: Given) -> None:
        known = self.record.data.get("title")
        known = None if known == NO_TITLE else known
        if known is not None and same_label(str(known)) == same_label(str(given.value)):
            return
        if self._decided(taken, "title", known, given):
            self.record = self.record.with_value("title", given.value)

    def _list(self, taken: Taken, name: str, given: Given) -> None:
        record = self.record
        known = tuple(str(one.get("id")) for one in record.entries(name)) if record.is_listed(name) else None
        if given.value is None:
            if name not in record.data:
                self.record = record.with_list(name, UNKNOWN)
            if known is not None:
                self._not_known(taken, name, given, known)
            return
        if known and self.preference.of_path(name) in {NEW, taken.filled.returned.name}:
            # Whole entries, with what supports them, are not thrown away by a word on a form.
            answers = {"new": self._words(name, ()), "known": self._words(name, known)}
            message = _("`{path}` is answered {new}, but the case has {known}", path=name, **answers)
            way_out = _("prefer `{path}`, or take the entries out of the case yourself", path=f"{name}={CASE}")
            self.contradictions.append(FormProblem(given.place, message, way_out))
        elif self._decided(taken, name, known, given):
            self.record = self.record.with_none(name)
        taken.answers.append((name, given))

    def _answer(self, taken: Taken, read: Read, given: Given) -> None:
        owners = getattr(self.criteria.entities[read.entity].facts.get(read.fact or ""), "belongs_to", None)
        if owners is not None and isinstance(given.value, str):
            named = (one["id"] for one in self.record.entries(owners) if one["id"] == given.value)
            owner = next(named, None) or self.record.named(owners, given.value)
            if owner is None:
                message = _("`{name}` has no entry `{entry}`", name=owners, entry=given.value)
                self.contradictions.append(FormProblem(given.place, message, _("write the name of one that it has")))
                return
            given = replace(given, value=owner)
        path, stated = read.path(), self.record.stated(read)
        known = known_answer(stated, self.criteria, f"{read.entity}.{read.fact}")
        if given.value is None:
            if stated is None:
                self.record = self.record.with_stated(read, UNKNOWN)
            if known is not None:
                self._not_known(taken, path, given, known)
            return
        is_label = read.entry is not None and read.fact == label_fact(self.criteria, read.entity)
        if is_label and known is not None and same_label(str(known)) == same_label(str(given.value)):
            return  # by this name the entry was found; the case keeps its spelling
        if self._decided(taken, path, known, given):
            self.record = self.record.with_stated(read, given.value)
        taken.answers.append((path, given))

    def _not_known(self, taken: Taken, path: str, given: Given, known: Answer) -> None:
        """Say and note that somebody does not know what is answered; the answer stands."""
        before = self.stated.get(path)
        place = before.place if before else self._where(path)
        said = _(
            "`{path}` is answered “{not_known}”, but there is an answer in {place}; it stands",
            path=path,
            not_known=_(NOT_KNOWN),
            place=place,
        )
        self.said.append(f"{given.place}: {said}")
        self._lose(taken, path, known, given.place, in_quotes(_(NOT_KNOWN)))

    def _decided(self, taken: Taken, path: str, known: Answer | None, given: Given) -> bool:
        """Return whether a new answer takes the place of the known one; note what contradicts and what is lost."""
        before = self.stated.get(path) or Stated(known, CASE, self._where(path))
        name = taken.filled.returned.name
        if known is None or known == given.value:
            if known is None:
                self.stated[path] = Stated(given.value, name, given.place)
            return known is None
        who = self.preference.of_path(path)
        self.undecided.discard(path)
        takes = who in {NEW, name}
        if not takes and not (who == before.who or (who == CASE and before.who == CASE)):
            answers = {"new": self._words(path, given.value), "known": self._words(path, known)}
            message = _(
                "`{path}` is answered {new}, but {place} says {known}", path=path, place=before.place, **answers
            )
            problem = FormProblem(given.place, message)
            self.open.setdefault(path, []).append((problem, taken, given))
            return False
        if not takes:
            taken.beaten.add(path)
        lost, stands = (before, given.value) if takes else (Stated(given.value, name, given.place), known)
        self._lose(taken, path, stands, lost.place, self._noted(path, lost.value))
        if takes:
            for _problem, other, answer in self.open.pop(path, []):
                self._lose(other, path, stands, answer.place, self._noted(path, answer.value))
            if before.who == CASE:
                self.first[path] = known
            self.stated[path] = Stated(given.value, name, given.place)
        return takes

    def _lose(self, taken: Taken, path: str, stands: Answer | None, place: str, lost: str) -> None:
        """Note an answer that does not stand."""
        said = {"path": path, "stands": self._noted(path, stands), "place": place, "lost": lost}
        taken.lost.append(_("{path}: {stands} stands; {place} said {lost}", **said))

    def _words(self, path: str, value: Answer | None) -> str:
        """Return the words for an answer."""
        if "." not in path:
            if isinstance(value, str):
                return short(value)
            return short(", ".join(value) if isinstance(value, tuple) and value else _("there are none"))
        return short(self.criteria.shown(self._fact(path), value))

    def _noted(self, path: str, value: Answer | None) -> str:
        """Return the words for an answer as they may stand in the notes, which everybody reads who has the case."""
        fact = self._fact(path)
        return _(CONFIDENTIAL) if fact is not None and fact.confidential else self._words(path, value)

    def _fact(self, path: str) -> AnyFact | None:
        entity, *parts = path.split(".")
        return self.criteria.entities[entity].facts.get(parts[-1]) if parts else None

    def _where(self, path: str) -> str:
        """Return where an answer stands in the file of the case."""
        return f"{self.document.position(place_of(self.record.data, path))}"

    # --- entries ---

    def _about(self, taken: Taken, entry: FilledEntry) -> Read | None:
        """Return what the answers about an entry are about; an entry that is new is added. None where it may not be."""
        record, name = self.record, entry.entity
        if self.criteria.entities[name].many is None:
            return Read(name, None, None)
        known = known_entries(self.criteria, entry, record.blocks(name))
        if len(known) > 1:
            message = _(
                "{name} can be any of several entries of the case, which have this name: {ids}",
                name=short(entry.label),
                ids=quoted([f"{name}.{one}" for one in known], "and"),
            )
            way_out = _(
                "give them names that differ, or make a form that says which is which: `case new FILE --from CASE`"
            )
            self.contradictions.append(FormProblem(entry.place, message, way_out))
            return None
        if known:
            about = Read(name, known[0], None)
            self._same(taken, entry, about)
            return about
        if entry.id is not None:
            message = _("the case has no entry `{path}` any more", path=f"{name}.{entry.id}")
            way_out = _("give the entry back its id in the case, or make a new questionnaire")
            self.contradictions.append(FormProblem(entry.place, message, way_out))
            return None
        if record.is_full(name):
            label, most = short(entry.label), self.criteria.entities[name].many or 0
            message = _("{name} would be one entry too many: at most {most} are allowed", name=label, most=most)
            self.contradictions.append(FormProblem(entry.place, message, _("take one out of the case first")))
            return None
        added, new = record.with_block(name, entry.label or name)
        is_none = record.is_listed(name) and not record.entries(name)
        if is_none and not self._decided(taken, name, (), Given((new,), entry.place)):
            return None
        self.record = added
        said = {"place": entry.place, "path": f"{name}.{new}", "name": short(entry.label)}
        self.said.append(_("{place}: new entry `{path}`, {name}", **said))
        return Read(name, new, None)

    def _same(self, taken: Taken, entry: FilledEntry, about: Read) -> None:
        """Say that an entry was found by its name alone, for two people may mean two things by it.

        Nothing is said again of a file that is on record. Another spelling is noted too.
        """
        path, sha256 = about.path(), taken.filled.returned.sha256
        on_record = [one.get("for", ()) for one in self.record.evidence if one.get("sha256") == sha256]
        if entry.id is not None or any(part.startswith(f"{path}.") for parts in on_record for part in parts):
            return
        label = label_fact(self.criteria, entry.entity)
        fact, before = f"{path}.{label}", str(self.record.stated(about._replace(fact=label)))
        names = {"path": path, "name": short(entry.label), "before": short(before)}
        said = f"{entry.place}: " + _("{name} is taken as the same entry as `{path}`, {before}", **names)
        if entry.label == before:
            self.said.append(said)
            return
        self.warned.append(said)
        names |= {"name": self._noted(fact, entry.label), "before": self._noted(fact, before)}
        taken.lost.append(_("{name} is taken as the same entry as `{path}`, {before}", **names))

    # --- what supports them ---

    def withdraw(self, files: Mapping[str, Taken]) -> None:
        """Take out the evidence for answers of the case that were replaced: it proves nothing about the new ones.

        What supported an answer is noted with what was taken of the file, by its name, that replaced it.
        """
        replaced = {path: (old, self.stated[path].value) for path, old in self.first.items()}
        left, gone, noted = without_replaced(self.record.evidence, replaced)
        for path, lines in noted.items():
            files[self.stated[path].who].lost += lines
        if noted:
            self.record, self.gone = self.record.with_value("evidence", left), gone

    def attribute(self, taken: Taken) -> None:
        """Add who answered what, and when, and what of it does not stand; say so too."""
        filled, record = taken.filled, self.record
        stand = [(path, given) for path, given in taken.answers if self._stands(taken, path, given)]
        new = records_of(filled, ((path, given.unsure) for path, given in stand if "." in path), record.evidence)
        if new:
            record = record.with_value("evidence", (*record.evidence, *new))
        name = filled.returned.name.rpartition("/")[2]
        who = ", ".join(one for one in (name, filled.by, filled.day.isoformat()) if one)
        notes = [*taken.lost, *([filled.remarks] if filled.remarks else []), *(one.noted for one in filled.left)]
        self.record = _with_notes(record, (f"{who}: {line}" for line in notes))
        self.said.append(_summary(filled, stand))

    def _stands(self, taken: Taken, path: str, given: Given) -> bool:
        found = self.stated.get(path)
        return path not in taken.beaten and (found is None or found.value == given.value)


def without_replaced(
    evidence: Sequence[Data], replaced: Mapping[str, tuple[Answer, Answer | None]]
) -> tuple[tuple[Data, ...], frozenset[int], dict[str, list[str]]]:
    """Return evidence without what it says for answers that others took the place of, old and new by their path.

    Also which records support nothing any more, and for each such answer what no longer counts, in words.
    """
    of_path = {part: path for path, (old, new) in replaced.items() for part in _parts(path, old, new)}
    left: list[Data] = []
    gone: set[int] = set()
    noted: dict[str, list[str]] = {}
    for number, record in enumerate(evidence):
        named = record.get("for", ())
        for part in (one for one in named if one in of_path):
            no_longer = _(
                "{path}: no longer counts as evidence, for the answer was replaced: {record}",
                path=part,
                record=described(record),
            )
            noted.setdefault(of_path[part], []).append(no_longer)
        kept = tuple(one for one in named if one not in of_path)
        if kept:
            left.append(record if kept == named else {**record, "for": kept})
        else:
            gone.add(number)
    return tuple(left), frozenset(gone), noted


def _parts(path: str, old: Answer, new: Answer | None) -> tuple[str, ...]:
    """Return what evidence may name for an answer that was replaced: it, or an option that is no longer as it was."""
    if old == new:
        return ()
    before, after = ({*one} if isinstance(one, tuple) else set[str]() for one in (old, new))
    return (path, *(f"{path}.{option}" for option in sorted(before ^ after)))


def _with_notes(record: Record, lines: Iterable[str]) -> Record:
    before = record.data.get("notes")
    text = before if isinstance(before, str) else ""
    new = [one for one in lines if one not in text]
    return record.with_value("notes", "\n".join([*([text.rstrip("\n")] if text else []), *new])) if new else record


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


def known_entries(criteria: Criteria, entry: FilledEntry, have: Sequence[Data]) -> list[str]:
    """Return which entries can be meant: by the id that the form noted, else by the name in other spelling."""
    if entry.id is not None:
        return [entry.id for one in have if one["id"] == entry.id]
    label, wanted = label_fact(criteria, entry.entity), same_label(entry.label or "")
    named = [(one["id"], one.get(label)) for one in have]
    return [known for known, name in named if name not in {None, UNKNOWN} and same_label(str(name)) == wanted]


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
