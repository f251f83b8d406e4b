"""One sitting of an interview: what has been asked, what was skipped, what comes next, and the way back."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from risk_engine.engine.facts import Read, holders
from risk_engine.model.case import Answer
from risk_engine.model.facts import TextFact, is_offered
from risk_engine.office.forms.case_record import Record, answered_reads, finished_lists
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.office.interview.standing import Kind, Looker, Step, open_step

Stage: TypeAlias = Literal["deciding", "further", "all"]
"""What is asked: what decides, what moves a finding too, or every question that there is."""


def answered_steps(record: Record) -> Iterator[Step]:
    """Yield what the case answers already, in the order of its file: the way back leads over it too."""
    for read in answered_reads(record):
        kind: Kind = "fact" if read.fact is not None else "list" if read.entry is None else "name"
        yield Step(kind, read)


class Session:
    """One sitting; `record` is the case as it is now."""

    def __init__(self, record: Record, looker: Looker, stage: Stage = "deciding") -> None:
        self.record = record
        self.looker = looker
        self.stage: Stage = stage
        self.skipped: set[Read] = set()
        self._done = list(answered_steps(record))
        self._waiting: list[Step] = []
        finished = finished_lists(record)
        for name, entity in record.criteria.entities.items():
            if entity.many is not None and record.entries(name) and name not in finished:
                self.add(name)
        self.standing = looker.look(record.worked)

    # --- what comes next ---

    def next(self) -> Step | None:
        """Return what to ask; None where nothing is left that this stage asks."""
        while self._waiting and not self._is_there(self._waiting[-1]):
            self._waiting.pop()
        if self._waiting:
            return self._waiting[-1]
        return next((one for one in self._asked() if self._is_new(one) and self._is_offered(one)), None)

    def _is_new(self, step: Step) -> bool:
        """Return whether a question was not skipped, nor is answered: what contradicts is asked again at the end."""
        return step.read not in self.skipped and self.record.worked.facts.origins.get(step.read) != "case"

    def _is_offered(self, step: Step) -> bool:
        """Return whether a question is still asked on the day of the case, and not deprecated."""
        entity, _entry, fact = step.read
        return is_offered(self.record.criteria.entities[entity].facts.get(fact or ""), self.record.under.on)

    def _asked(self) -> Iterator[Step]:
        yield from self.standing.deciding
        if self.stage != "deciding":
            yield from self.standing.further
        if self.stage == "all":
            yield from map(open_step, (*self.standing.others, *self._texts()))

    def _texts(self) -> Iterator[Read]:
        """Yield what is only text for the file, and not answered."""
        facts = self.record.worked.facts
        for name, entity in self.record.criteria.entities.items():
            texts = [short for short, fact in entity.facts.items() if isinstance(fact, TextFact)]
            reads = (Read(name, entry.id, short) for entry in holders(facts, name) for short in texts)
            yield from (read for read in reads if facts.origins[read] == "missing" and facts.to_ask(read) == (read,))

    # --- answers ---

    def answer(self, step: Step, value: Answer | None) -> tuple[str, ...]:
        """Take the answer to a fact (None is "not known yet"); return the paths of what is no longer asked."""
        if value is None:
            return self.skip(step)
        self.skipped.discard(step.read)
        record, moved = self.record.with_answer(step.read, value)
        self._take(record, step)
        return moved

    def skip(self, step: Step) -> tuple[str, ...]:
        """Leave a question open, and take out what was answered to it; it is not asked again in this sitting.

        Return the paths of what is no longer asked.
        """
        self.skipped.add(step.read)
        if step.kind == "name" and step.read.entry is not None:
            # With every question asked, this one would come once more as one of its facts.
            self.skipped.add(step.read._replace(fact=label_fact(self.record.criteria, step.read.entity)))
        record, moved = self.record.without_answer(step.read)
        if record is self.record:
            self.keep(step)
        else:
            self._take(record, step)
        return moved

    def keep(self, step: Step) -> None:
        """Go on with what is answered already; of a list that is being filled, with no further entry."""
        self._end(step)
        if step.kind != "more":
            self._done.append(step)

    def none(self, step: Step) -> None:
        """Take that a list has no entries."""
        self._take(self.record.with_none(step.read.entity), step)

    def name(self, step: Step, value: Answer) -> str | None:
        """Take the name of a new entry, or another one for an entry that is there; return its id.

        None where another entry has this name already, and where the list has no room for a new one.
        """
        entity, entry, _fact = step.read
        known = self.record.named(entity, str(value))
        if (known is not None and known != entry) or (entry is None and self.record.is_full(entity)):
            return None
        if entry is not None:
            label = label_fact(self.record.criteria, entity)
            if label == ENTRY_ID:  # the name is what everything else refers to it by
                self.keep(step)
                return entry
            record, _moved = self.record.with_answer(Read(entity, entry, label), value)
            self._take(record, step)
            return entry
        record, entry = self.record.with_entry(entity, value)
        self.skipped.discard(Read(entity, None, None))
        self._end(step)
        self._take(record, Step("name", Read(entity, entry, None)))
        self.add(entity)
        return entry

    def ask_name(self, step: Step) -> None:
        """Ask for the name of a new entry of a list, of which it was said that there are some, so no longer none."""
        record, _moved = self.record.without_answer(step.read)
        if record is not self.record:
            self.record = record
            self.standing = self.looker.look(record.worked)
        self._end(step)
        self._waiting.append(Step("name", Read(step.read.entity, None, None)))

    def add(self, entity: str) -> None:
        """Ask for one more entry of a list, before anything else, and only once; not where the list is full."""
        more = Step("more", Read(entity, None, None))
        # What waits may ask for it already, as a name where it was said that there is another.
        self._waiting = [*(one for one in self._waiting if one.read != more.read), more]

    def remove(self, step: Step) -> bool:
        """Take out an entry of which only the name is known; False where more of it is."""
        record = self.record.without_entry(step.read.entity, step.read.entry or "")
        if record is None:
            return False
        self._end(step)
        self.record = record
        self.standing = self.looker.look(record.worked)
        if record.entries(step.read.entity):
            self.add(step.read.entity)
        return True

    def back(self) -> bool:
        """Ask the question before once more; its answer stands until there is another. False where there is none."""
        while self._done:
            step = self._done.pop()
            if self._is_there(step):
                self.skipped.discard(step.read)
                self._waiting.append(step)
                return True
        return False

    def again(self, reads: Iterable[Read]) -> None:
        """Ask once more for what is answered; the answers stand until there are others."""
        wanted = set(reads)
        answered = [one for one in answered_steps(self.record) if one.read in wanted]
        self._waiting += [one for one in answered if one not in self._waiting]

    def _is_there(self, step: Step) -> bool:
        """Return whether something can still be asked: its entry is there, and no other answer settles it."""
        entity, entry, fact = step.read
        if entry is not None and all(one["id"] != entry for one in self.record.entries(entity)):
            return False
        if fact is None:
            return entry is not None or self._has_room(step)
        facts = self.record.worked.facts
        origin = facts.origins[step.read]
        return origin == "case" or (origin == "missing" and facts.to_ask(step.read) == (step.read,))

    def _has_room(self, step: Step) -> bool:
        """Return whether something that is asked of a list as a whole can still be asked."""
        record, entity = self.record, step.read.entity
        if record.worked.facts.origins.get(Read(entity, None, None)) == "not_asked":
            return False
        if step.kind == "list":
            return not record.entries(entity)
        return not record.is_full(entity) and (step.kind == "name" or bool(record.entries(entity)))

    def _take(self, record: Record, step: Step) -> None:
        self.record = record
        self.keep(step)
        self.standing = self.looker.look(record.worked)

    def _end(self, step: Step) -> None:
        if self._waiting and self._waiting[-1] == step:
            self._waiting.pop()
