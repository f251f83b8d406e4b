"""One case with some of its answers or controls open: what can still come out, each time with a case replayed.

A solver's answer is decoded into the case itself with the open answers filled in; answers to questions that are not
asked any more are set aside, as an office would do it. What open answers cannot reach is taken as the engine has it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import z3

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Read
from risk_engine.engine.find import Found
from risk_engine.engine.replay import Place, in_place, plain, with_answers, worked_as_asked
from risk_engine.engine.resolve import contradicting, resolve
from risk_engine.engine.work import Worked
from risk_engine.model.case import Case, answer, stated
from risk_engine.model.facts import ChoicesFact, Entity, RowFact, TextFact
from risk_engine.model.references import bears_on, closable, read_by, reopened
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.solver.answers import answer_of, is_true, listed_entries
from risk_engine.solver.blanks import Answer, Blank, Blanks, Stated, known, stated_entries
from risk_engine.solver.conditions import read
from risk_engine.solver.confirm import Replayed, Watch, confirm
from risk_engine.solver.domains import Domains
from risk_engine.solver.facts import Facts
from risk_engine.solver.findings import Finding
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Limits, Space, answers_of, bounds_of
from risk_engine.solver.terms import Chosen, Interval, Term, both, constant, either, negated, some

_SEVERITY = {one: constant(place, len(SEVERITIES)) for place, one in enumerate(SEVERITIES)}
_KNOCK_OUT = {one: constant(place, len(KNOCK_OUTS)) for place, one in enumerate(KNOCK_OUTS)}


def unsettled(worked: Worked) -> frozenset[str]:
    """Return the facts and lists that the case states, and that answers to open questions may make otherwise.

    An answer may contradict others, which are open again then, or close a list that has entries, which are set aside.
    Superfluous answers, and those that close them, are open again already.
    """
    closed = [
        name
        for name, condition in closable(worked.criteria).items()
        if worked.facts.lists[name] and evaluate(condition, worked.facts).value is None
    ]
    of_them = (f"{name}.{fact}" for name in closed for fact in worked.criteria.entities[name].facts)
    superfluous = (one for read in worked.facts.superfluous for one in contradicting(read, worked.facts))
    anew = {one.entity if one.fact is None else f"{one.entity}.{one.fact}" for one in superfluous}
    return frozenset(anew).union(closed, of_them, *reopened(worked.criteria).values())


def settled(worked: Worked) -> Iterator[Found]:
    """Yield the findings that are the same in every completion of the case.

    Of a case with superfluous answers none is taken as such: they bear on what reads them and what closes them.
    """
    if worked.facts.superfluous:
        return iter(())
    may_move, read = unsettled(worked), read_by(worked.criteria)
    return (one for one in worked.found if not one.open and read[one.id].isdisjoint(may_move))


def beyond(worked: Worked, names: Collection[str]) -> Iterator[Found]:
    """Yield the findings that no answer to these facts, or to lists of these names, reaches, nor what hangs on it."""
    if worked.facts.superfluous:
        return iter(())
    hanging = bears_on(worked.criteria)
    reached = {*names, *(other for one in names for other in hanging.get(one, ()))}
    may_move, read = unsettled(worked), read_by(worked.criteria)
    return (
        one
        for one in worked.found
        if read[one.id].isdisjoint(reached) or (not one.open and read[one.id].isdisjoint(may_move))
    )


def as_terms(found: Found) -> Finding:
    """Return what a finding comes to as terms that are all settled."""
    return Finding(
        id=found.id,
        indicator=found.indicator,
        inherent=_SEVERITY[found.inherent],
        possible=_SEVERITY[found.possible],
        residual=(_SEVERITY[found.residual[0]], _SEVERITY[found.residual[1]]),
        knock_out=(_KNOCK_OUT[found.knock_out[0]], _KNOCK_OUT[found.knock_out[1]]),
        is_open=found.open,
        severities=(),
        bars=(),
        counts=(),
        complete=(),
        is_capped=False,
    )


@dataclass(frozen=True)
class Opened:
    """What is open of a case, and which of its controls count as in place."""

    blanks: frozenset[Blank] = frozenset()
    lists: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    in_place: Mapping[str, Collection[str]] = field(default_factory=dict)
    """With the kinds of the evidence of each."""
    from_tables: Mapping[Blank, Any] = field(default_factory=dict)
    """What a table says of the case to stay near to, of questions that no table answers of this one."""
    superfluous: tuple[Sequence[Blank], Sequence[str]] = ((), ())
    """The questions, and the lists, that the case answers though others close them."""
    binding: bool = True
    """Whether an open answer must not be given where it is not asked; else it is set aside like a settled one."""
    completed: bool = False
    """Whether only completions are looked at: every list and every question that is open is settled in them.

    Facts are then read as known, which is true of completions alone, and takes half of the terms.
    """


class Settled(Blanks):
    """The unknowns of one case: the blanks, lists and controls that are named open, and nothing else.

    `base` is the case from which what is found should differ as little as possible: the case itself where answers may
    be changed, a harmless one where they are to be completed.
    """

    def __init__(  # noqa: PLR0913 (what a case may state, and what of this one is open)
        self,
        entities: Mapping[str, Entity],
        domains: Domains,
        bounds: Mapping[str, int],
        base: Case,
        case: Case,
        opened: Opened,
        *,
        context: z3.Context | None = None,
    ) -> None:
        """Take what a case may state, the case to stay near to, the case, and what of it is open."""
        self.case = case
        self.opened = opened
        counted = {name: len(stated_entries(case, name) or ()) for name, one in entities.items() if one.many}
        places = {name: bounds[name] if name in opened.lists else number for name, number in counted.items()}
        super().__init__(entities, domains, places, base, context)

    def is_open(self, blank: Blank) -> bool:
        """Return whether an answer is open: it is named, or stands in a list that is."""
        return blank in self.opened.blanks or blank.entity in self.opened.lists

    def binds(self, blank: Blank) -> bool:
        """Return whether a case must not answer this question where it is not asked: one it states is set aside."""
        return self.opened.binding and self.is_open(blank)

    def binds_list(self, entity: str) -> bool:
        """Return whether a case must not have entries of a list that is closed: those that it states are set aside."""
        return self.opened.binding and entity in self.opened.lists

    @property
    def kept(self) -> tuple[Sequence[Blank], Sequence[str]]:
        """The questions, and the lists, of which a superfluous answer counts: those of the case itself."""
        return self.opened.superfluous

    def completed(self, blank: Blank) -> bool:
        """Return whether only cases are looked at in which this question is settled, one way or the other."""
        return self.opened.completed and self.is_open(blank)

    def base_answer(self, blank: Blank) -> Any:
        """Return what the base case says there, also by a table; of a further entry, what the first says."""
        found = super().base_answer(blank)
        return self.opened.from_tables.get(blank) if found is None else found

    def listed(self, entity: str) -> tuple[Term, tuple[Term, ...]]:
        """Return whether a list is answered, and for each place whether there is an entry."""
        if entity in self.opened.lists:
            listed, present = super().listed(entity)
            return self.opened.completed or listed, present
        stated = stated_entries(self.case, entity)
        return self.lists.setdefault(entity, (stated is not None, (True,) * len(stated or ())))

    def list_differences(self, entity: str) -> list[Term]:
        """Return how a list differs from that of the base case; one that is settled is no difference."""
        return super().list_differences(entity) if entity in self.opened.lists else []

    def in_place(self, control: str, needs: Collection[str] = ()) -> Term:
        """Return whether a control is in place, with evidence on record, of one of these kinds if any are needed.

        One that is open may be put in place with evidence of every kind: nobody is advised to get less.
        """
        kinds = self.opened.in_place.get(control)
        if kinds is not None and (not needs or not set(kinds).isdisjoint(needs)):
            return True
        return super().in_place(control) if control in self.opened.controls else False

    def stated_in_case(self, blank: Blank) -> Any:
        """Return what the case states for a question, None where it states nothing."""
        if self.entities[blank.entity].many is None:
            return answer(getattr(self.case, blank.entity, None), blank.fact)
        entries = stated_entries(self.case, blank.entity) or ()
        return answer(entries[blank.place], blank.fact) if blank.place < len(entries) else None

    def _stated(self, blank: Blank, fact: Any) -> Stated:
        if self.is_open(blank):
            return super()._stated(blank, fact)
        value = self.stated_in_case(blank)
        domain = self.domains[blank.name]
        return Stated(_nothing(fact, domain) if value is None else known(value, domain), differs=False)


def _nothing(fact: Any, domain: tuple[Any, ...]) -> Answer:
    """Return that nothing is stated."""
    if isinstance(fact, ChoicesFact):
        return Chosen(unknown=True, options=dict.fromkeys(domain, False))
    low = constant(0, len(domain))
    return Interval(unknown=True, low=low, high=low)


class Completed(Facts):
    """The facts of a completion as it is stated: an open question that no ladder depends on stays open in it.

    Of the entries of a list that is open it is answered as in the base case.
    """

    def __init__(self, reading: Reading, blanks: Settled) -> None:
        """Take a reading of which all is asked for that ladders depend on, and its unknowns."""
        super().__init__(reading.criteria, blanks, reading.on, reading.profile)
        self._settled_blanks = blanks
        self._depended_on = frozenset([*blanks.touched, *blanks.lists])

    def stated(self, blank: Blank) -> Answer:
        """Return what is stated for a question."""
        if blank in self._depended_on or not self._settled_blanks.is_open(blank):
            return super().stated(blank)
        value = self.blanks.base_answer(blank) if blank.entity in self._settled_blanks.opened.lists else None
        domain = self.blanks.domains[blank.name]
        fact = self.criteria.entities[blank.entity].facts[blank.fact]
        return _nothing(fact, domain) if value is None else known(value, domain)

    def _listed(self, entity: str) -> tuple[Term, tuple[Term, ...]]:
        is_left = entity in self._settled_blanks.opened.lists and entity not in self._depended_on
        return (False, ()) if is_left else super()._listed(entity)

    def _completed(self, blank: Blank) -> bool:
        return blank in self._depended_on and super()._completed(blank)


class OpenCase:
    """One case of which some questions, lists and controls are open."""

    def __init__(  # noqa: PLR0913 (what of the case is open, and how)
        self,
        worked: Worked,
        base: Case,
        *,
        questions: Collection[Place] = (),
        lists: Collection[str] = (),
        controls: Collection[str] = (),
        limits: Limits | None = None,
        binding: bool = True,
        completed: bool = False,
        known: Iterable[Found] = (),
        context: z3.Context | None = None,
    ) -> None:
        """Take a case that was worked out, the case to stay near to (itself, or a harmless one), and what is open.

        `binding` says whether open answers must not be given where they are not asked; else they are set aside. Where
        it is `completed`, nothing but completions is asked about: whoever asks holds the solver to `complete`. What is
        `known` of findings is taken as it is.
        """
        self.worked, self.case, self.criteria = worked, worked.case, worked.criteria
        self._plain = plain(self.case)
        entities = self.criteria.entities
        looked = limits or Limits()
        preferred = answers_of(self.case, entities)
        for fact, values in answers_of(base, entities).items():
            preferred[fact] = [*preferred.get(fact, ()), *values]
        blanks = frozenset(map(self.blank, questions))
        opened_anew = {*(Read(*one) for one in questions), *(Read(name, None, None) for name in lists)}
        self._kept = [
            one
            for one in worked.facts.superfluous
            if one not in opened_anew and Read(one.entity, None, None) not in opened_anew
        ]
        """Superfluous answers of the case that stay as they are stated."""
        opened = Opened(
            blanks=blanks,
            from_tables=self._from_tables(base, blanks),
            lists=frozenset(lists),
            controls=frozenset(controls),
            in_place={name: one.kinds for name, one in worked.controls.items() if one.counts_as == "in_place"},
            superfluous=(
                [self.blank((one.entity, one.entry, one.fact)) for one in self._kept if one.fact is not None],
                [one.entity for one in self._kept if one.fact is None],
            ),
            binding=binding,
            completed=completed,
        )
        domains = looked.domains or Domains([self.criteria], worked.on, worked.profile, preferred)
        bounds = {**bounds_of([self.criteria], looked.entries), **looked.bounds}
        self.blanks = Settled(entities, domains, bounds, base, self.case, opened, context=context)
        self.space = Space([self.criteria], base, worked.on, looked, worked.profile, self.blanks)
        self.reading = self.space.reading
        self.reading.known = {one.id: as_terms(one) for one in known}

    def blank(self, place: Place) -> Blank:
        """Return the blank of a question of the case."""
        entity, entry, fact = place
        entries = stated_entries(self.case, entity) if self.criteria.entities[entity].many is not None else None
        number = next((n for n, one in enumerate(entries or ()) if getattr(one, "id", None) == entry), 0)
        return Blank(entity, number, fact)

    def place(self, blank: Blank) -> Place:
        """Return the question that a blank stands for; of a list that is open without an entry."""
        many = self.criteria.entities[blank.entity].many
        entries = None if many is None else stated_entries(self.case, blank.entity)
        entry = getattr(entries[blank.place], "id", None) if entries and blank.place < len(entries) else None
        return blank.entity, entry, blank.fact

    def _from_tables(self, base: Case, opened: Collection[Blank]) -> dict[Blank, Any]:
        """Return what tables say of the base case where the case names a row of which they say nothing."""
        facts = {one: self.criteria.entities[one.entity].facts[one.fact] for one in opened}
        waiting = {
            blank: fact
            for blank, fact in facts.items()
            if not isinstance(fact, RowFact | TextFact)
            and fact.from_ is not None
            and stated(self.case, self.place(Blank(blank.entity, blank.place, fact.from_))) is not None
        }
        if not waiting:
            return {}
        known = resolve(base, self.criteria, self.worked.on, self.worked.profile)
        found: dict[Blank, Any] = {}
        for blank in waiting:
            if self.criteria.entities[blank.entity].many is None:
                found[blank] = known.single[blank.entity].values[blank.fact]
            elif of_base := stated_entries(base, blank.entity):
                twin = getattr(of_base[blank.place if blank.place < len(of_base) else 0], "id", None)
                entries = known.lists[blank.entity] or ()
                found[blank] = next(one.values[blank.fact] for one in entries if one.id == twin)
        return found

    def complete(self) -> list[Term]:
        """Return that every open question that was asked for has an answer, as an office would give it.

        What a table knows is left to the table.
        """
        found: list[Term] = [
            either(self.blanks.lists[name][0], negated(self.reading.facts.may_have(name)))
            for name in self.blanks.opened.lists
            if name in self.blanks.lists
        ]
        for blank in self._opened():
            needless = negated(both(self.is_there(blank), self.is_wanted(blank)))
            found += [self.left_to_table(blank), self.is_of_use(blank), either(needless, self.is_known(blank))]
        return found

    def as_given(self) -> list[Term]:
        """Return that whatever is answered of the open questions that were asked for is answered as an office would.

        What a table knows is left to the table.
        """
        return [term for blank in self._opened() for term in (self.left_to_table(blank), self.is_of_use(blank))]

    def _opened(self) -> Iterator[Blank]:
        """Yield the open questions that were asked for, and those that are while whoever takes these looks at them."""
        seen: set[Blank] = set()
        while new := [one for one in self.blanks.touched if one not in seen]:
            seen.update(new)
            yield from filter(self.blanks.is_open, new)

    def fitting(self, apart_from: Collection[str]) -> list[Term]:
        """Return that the answers of a completion go together, in the way that the set declares.

        `apart_from` are contradictions that are not looked at.
        """
        facts = Completed(self.reading, self.blanks)
        stated = (
            (one.whenever, one.then) for name, one in self.criteria.invariants.facts.items() if name not in apart_from
        )
        return [either(negated(read(whenever, facts).must), read(then, facts).may) for whenever, then in stated]

    def is_wanted(self, blank: Blank) -> Term:
        """Return whether a question is there for anything: a row only where something that its table gives is asked."""
        declared = self.criteria.entities[blank.entity].facts
        if not isinstance(declared[blank.fact], RowFact):
            return self.is_asked(blank)
        asked = self.reading.facts.asked
        given = (one for one in self.reading.facts.given if one[:2] == blank[:2])
        taken = (one for one in given if getattr(declared[one.fact], "from_", None) == blank.fact)
        return both(self.is_asked(blank), some(asked[one].may if one in asked else True for one in taken))

    def is_asked(self, blank: Blank) -> Term:
        """Return whether a list may have the entry that a question is about, and whether a row is asked for at all."""
        facts, fact = self.reading.facts, self.criteria.entities[blank.entity].facts[blank.fact]
        may_have = facts.may_have(blank.entity)
        if not isinstance(fact, RowFact) or fact.ask_when is None:
            return may_have
        return both(may_have, read(fact.ask_when, facts, blank.place).may)

    def is_of_use(self, blank: Blank) -> Term:
        """Return that nothing is stated of a row that is not asked, nor of an entry that there cannot be."""
        return either(self.blanks.touched[blank].answer.unknown, self.is_asked(blank))

    def left_to_table(self, blank: Blank) -> Term:
        """Return that nothing is stated where a table gives the value, unless the case states it all the same."""
        if self.blanks.stated_in_case(blank) is not None:
            return True
        given = self.reading.facts.given.get(blank, False)
        return either(self.blanks.touched[blank].answer.unknown, negated(given))

    def is_known(self, blank: Blank) -> Term:
        """Return whether a question is settled: answered, given by a table, or not to be asked."""
        facts = self.reading.facts
        stated = negated(self.blanks.touched[blank].answer.unknown)
        if isinstance(self.criteria.entities[blank.entity].facts[blank.fact], RowFact):
            return stated
        if self.blanks.completed(blank):
            # What is read of it takes for granted that it is settled; this is what makes it so.
            needless = negated(facts.asked[blank].may) if blank in facts.asked else False
            return either(stated, facts.given.get(blank, False), needless)
        return negated(facts.answer(blank.name, blank.place)[0].unknown)

    def is_there(self, blank: Blank) -> Term:
        """Return whether the entry of a question is there."""
        if self.criteria.entities[blank.entity].many is None:
            return True
        return self.blanks.lists[blank.entity][1][blank.place]

    def replayed(self, model: z3.ModelRef, watched: Sequence[Watch], data: dict[str, Any] | None = None) -> Replayed:
        """Return the case of a solver's answer after the engine confirmed all that is watched.

        `data` is the case with its open answers filled in, where it is at hand.
        """
        stated = self.data(model) if data is None else data
        found = Replayed(*worked_as_asked(stated, self.criteria, self.worked.on, self.worked.profile, self._kept))
        confirm(watched, self.reading, model, found)
        return found

    def data(self, model: z3.ModelRef) -> dict[str, Any]:
        """Return the case with its open answers filled in, as plain data; what nothing asked for stays open."""
        data = dict(self._plain)
        for name in self.blanks.opened.lists:
            entries = listed_entries(model, self.blanks, name)
            if entries is not None:
                data[name] = entries
        answers = {
            self.place(blank): answer_of(model, self.blanks, blank) if blank in self.blanks.touched else None
            for blank in self.blanks.opened.blanks
            if blank.entity not in self.blanks.opened.lists
        }
        data = with_answers(data, answers)
        open_ones = [name for name, term in self.blanks.controls.items() if is_true(model, term)]
        data["controls"] = in_place(data.get("controls", ()), open_ones, self.criteria, self.worked.on)
        return data
