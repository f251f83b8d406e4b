"""One sitting of an interview: what has been asked, what was skipped, what comes next, and the way back."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from risk_engine.engine.facts import Read, holders
from risk_engine.model.case import Answer
from risk_engine.model.facts import TextFact, is_offered
from risk_engine.office.forms.case_record import Record, answered_reads
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.office.interview.standing import Looker, Step

Stage: TypeAlias = Literal["deciding", "further", "all"]
"""What is asked: what decides, what moves a finding too, or every question that there is."""


class Session:
    """One sitting; `record` is the case as it is now."""

    def __init__(self, record: Record, looker: Looker, stage: Stage = "deciding") -> None:
        self.record = record
        self.looker = looker
        self.stage: Stage = stage
        self.skipped: set[Read] = set()
        self._done = list(map(Step, answered_reads(record)))
        """What the case answers already, in the order of its file: the way back leads over it too."""
        self._waiting: list[Step] = []
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
            yield from map(Step, (*self.standing.others, *self._texts()))

    def _texts(self) -> Iterator[Read]:
        """Yield what is only text for the file, and not answered."""
        facts = self.record.worked.facts
        for name, entity in self.record.criteria.entities.items():
            texts = [
                short
                for short, fact in entity.facts.items()
                # To what something belongs can be said only where there is anything.
                if isinstance(fact, TextFact) and (fact.belongs_to is None or self.record.entries(fact.belongs_to))
            ]
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
        if step.kind == "name":
            # With every question asked, this one would come once more as one of its facts.
            self.skipped.add(step.read._replace(fact=label_fact(self.record.criteria, step.read.entity)))
        record, moved = self.record.without_answer(step.read)
        if record is self.record:
            self.keep(step)
        else:
            self._take(record, step)
        return moved

    def keep(self, step: Step) -> None:
        """Go on with what is answered already."""
        self._end(step)
        self._done.append(step)

    def none(self, step: Step) -> None:
        """Take that a list has no entries, or no further ones."""
        if self.record.entries(step.read.entity):
            self.keep(step)
        else:
            self._take(self.record.with_none(step.read.entity), step)

    def fill(self, step: Step, names: Iterable[Answer]) -> None:
        """Take the names of entries, with which a list is complete; those that it has stay."""
        self.skipped.discard(step.read)
        self._end(step)
        record = self.record
        for name in names:
            record, entry = record.with_entry(step.read.entity, name)
            self._done.append(Step(Read(step.read.entity, entry, None)))
        self._look_at(record)

    def name(self, step: Step, value: Answer) -> None:
        """Take another name for an entry."""
        label = label_fact(self.record.criteria, step.read.entity)
        if label == ENTRY_ID:  # the name is what everything else refers to it by
            self.keep(step)
        else:
            self._take(self.record.with_answer(step.read._replace(fact=label), value)[0], step)

    def add(self, entity: str) -> None:
        """Ask for further entries of a list, before anything else, and only once; not where the list is full."""
        step = Step(Read(entity, None, None))
        self._waiting = [*(one for one in self._waiting if one.read != step.read), step]

    def remove(self, step: Step) -> bool:
        """Take out an entry of which only the name is known; False where more of it is."""
        record = self.record.without_entry(step.read.entity, step.read.entry or "")
        if record is None:
            return False
        self._end(step)
        self._look_at(record)
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
        answered = [Step(one) for one in answered_reads(self.record) if one in wanted]
        self._waiting += [one for one in answered if one not in self._waiting]

    def _is_there(self, step: Step) -> bool:
        """Return whether something can still be asked: its entry is there, and no other answer settles it."""
        entity, entry, fact = step.read
        if entry is not None and all(one["id"] != entry for one in self.record.entries(entity)):
            return False
        facts = self.record.worked.facts
        if fact is None:
            return entry is not None or not (facts.origins.get(step.read) == "not_asked" or self.record.is_full(entity))
        origin = facts.origins[step.read]
        return origin == "case" or (origin == "missing" and facts.to_ask(step.read) == (step.read,))

    def _take(self, record: Record, step: Step) -> None:
        self.keep(step)
        self._look_at(record)

    def _look_at(self, record: Record) -> None:
        self.record = record
        self.standing = self.looker.look(record.worked)

    def _end(self, step: Step) -> None:
        if self._waiting and self._waiting[-1] == step:
            self._waiting.pop()
