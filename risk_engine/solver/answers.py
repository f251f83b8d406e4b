"""A solver's answer as a case that an office could have written, a case that is there as terms, the smallest answer.

The smallest case that answers a question (design, section 9): fewest differences, fewest entries, file order.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import z3

from risk_engine.model.case import Case, answer, entries, shown_in_place
from risk_engine.solver.blanks import Answer, Blank, Blanks, is_stated, stated_entries
from risk_engine.solver.solver import ask_solver, work_of
from risk_engine.solver.terms import Chosen, Interval, Term, is_at, negated, some, tell

TRUE = 1
"""What the solver calls a truth that holds (`Z3_L_TRUE`)."""


def is_true(model: z3.ModelRef, term: Term) -> bool:
    """Return whether a term holds in a solver's answer; what it leaves open is false."""
    if isinstance(term, bool):
        return term
    # `model.eval` wraps what it finds in three more objects; a case has hundreds of answers, and a proof many cases.
    found = (z3.Ast * 1)()
    z3.Z3_model_eval(model.ctx.ref(), model.model, term.as_ast(), True, found)  # noqa: FBT003 (a C function)
    return bool(z3.Z3_get_bool_value(model.ctx.ref(), found[0]) == TRUE)


def value_of(model: z3.ModelRef, found: Answer, domain: tuple[Any, ...]) -> Any:
    """Return the value that an answer has in a solver's answer, None where it is unanswered."""
    if is_true(model, found.unknown):
        return None
    match found:
        case Chosen(_unknown, options):
            return tuple(one for one, term in options.items() if is_true(model, term))
        case Interval(_unknown, low, _high):
            return domain[max(place for place, term in enumerate(low) if is_true(model, term))]


def stated_case(
    model: z3.ModelRef, blanks: Blanks, on: date, varied: Callable[[Term], Term] = lambda term: term
) -> dict[str, Any]:
    """Return the case that a solver's answer states, as plain data of a case file; `varied` makes another one of it.

    What nothing asked for is as in the base case; a further entry of a list is a twin of the first one there.
    """
    data: dict[str, Any] = {}
    for name, entity in blanks.entities.items():
        if entity.many is None:
            data[name] = _entry(model, blanks, name, 0, varied)
        elif (entries := listed_entries(model, blanks, name, varied)) is not None:
            data[name] = entries
    data["controls"] = tuple(
        shown_in_place(name, on, _kinds(model, blanks, name, varied))
        for name, term in blanks.controls.items()
        if is_true(model, varied(term))
    )
    return data


def _kinds(model: z3.ModelRef, blanks: Blanks, control: str, varied: Callable[[Term], Term]) -> tuple[str, ...] | None:
    """Return the kinds of evidence of a control in a solver's answer; None where no option needs any."""
    kinds = blanks.kinds.get(control)
    return None if kinds is None else tuple(one for one, term in kinds.items() if is_true(model, varied(term)))


def listed_entries(
    model: z3.ModelRef, blanks: Blanks, entity: str, varied: Callable[[Term], Term] = lambda term: term
) -> tuple[dict[str, Any], ...] | None:
    """Return the entries of a list in a solver's answer, as plain data; None if it is unanswered."""
    places = _places(model, blanks, entity, varied)
    if places is None:
        return None
    return tuple(
        {"id": entry_id(blanks, entity, place), **_entry(model, blanks, entity, place, varied)} for place in places
    )


def entry_id(blanks: Blanks, entity: str, place: int) -> str:
    """Return the id of an entry: that of the base case, or a new one."""
    of_base = stated_entries(blanks.base, entity) or ()
    ids = [str(answer(one, "id")) for one in of_base]
    if place < len(ids):
        return ids[place]
    name = f"{entity}-{place + 1}"
    while name in ids:
        name += "x"
    return name


def _varied(found: Answer, varied: Callable[[Term], Term]) -> Answer:
    match found:
        case Chosen(unknown, options):
            return Chosen(varied(unknown), {name: varied(term) for name, term in options.items()})
        case Interval(unknown, low, high):
            return Interval(varied(unknown), tuple(map(varied, low)), tuple(map(varied, high)))


def _places(model: z3.ModelRef, blanks: Blanks, entity: str, varied: Callable[[Term], Term]) -> list[int] | None:
    """Return the places of a list that have an entry; None if the list is unanswered."""
    if entity not in blanks.lists:
        of_base = stated_entries(blanks.base, entity)
        return None if of_base is None else list(range(len(of_base)))
    listed, present = blanks.lists[entity]
    if not is_true(model, varied(listed)):
        return None
    return [place for place, term in enumerate(present) if is_true(model, varied(term))]


def _entry(
    model: z3.ModelRef, blanks: Blanks, entity: str, place: int, varied: Callable[[Term], Term]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for short in blanks.entities[entity].facts:
        value = answer_of(model, blanks, Blank(entity, place, short), varied)
        if value is not None:
            found[short] = value
    return found


def answer_of(
    model: z3.ModelRef, blanks: Blanks, blank: Blank, varied: Callable[[Term], Term] = lambda term: term
) -> Any:
    """Return what a solver's answer states for a question, as the base case says it where no rule sees a difference.

    What nothing asked for is as in the base case. None where nothing is stated.
    """
    if blank not in blanks.touched:
        return blanks.base_answer(blank)
    found = _varied(blanks.touched[blank].answer, varied)
    return blanks.as_in_base(blank, value_of(model, found, blanks.domains[blank.name]))


def states(case: Case, blanks: Blanks, in_place: Mapping[str, Collection[str]]) -> Iterator[Term]:
    """Yield the terms that make the blanks state what a case states, of everything that was asked for.

    `in_place` are its controls that count, with the kinds of their evidence. The first entry of a list takes the first
    place; a case with more entries than the blanks have places cannot be stated: the terms then contradict each other.
    """
    for entity, (listed, present) in blanks.lists.items():
        stated = entries(case, entity)
        yield listed if stated is not None else negated(listed)
        number = len(stated or ())
        if number > len(present):
            yield False
        for place, one in enumerate(present):
            yield one if place < number else negated(one)
    for blank, asked in blanks.touched.items():
        entry = _states_entry(case, blanks, blank.entity, blank.place)
        value = answer(entry, blank.fact)  # type: ignore[arg-type]
        if value is None:
            yield asked.answer.unknown
        else:
            yield is_stated(asked.answer, value, blanks.domains[blank.name])
    for control, term in blanks.controls.items():
        yield term if control in in_place else negated(term)
    for control, kinds in blanks.kinds.items():
        for kind, term in kinds.items():
            yield term if kind in in_place.get(control, ()) else negated(term)


def _states_entry(case: Case, blanks: Blanks, entity: str, place: int) -> object:
    if blanks.entities[entity].many is None:
        return getattr(case, entity)
    stated = entries(case, entity) or ()
    return stated[place] if place < len(stated) else None


FEW = 3
"""Up to so many differences are tried from below."""
STEPS = 1_100_000
"""The work that one step may take, in the solver's own count: the same on every machine, unlike seconds."""
THOROUGH = 5_000_000
"""The same where every case is to be proved the smallest."""


class Search:
    """Goes from one answer of a solver to the smallest, and holds the solver to what was found on the way.

    Each step may take so much work and no more, and all of them together where `way` says so: what is smallest is worth
    a second, not an hour.
    """

    def __init__(self, solver: z3.Solver, blanks: Blanks, steps: int, way: int | None = None) -> None:
        self._solver = solver
        self._steps = steps
        self._left = way
        self._blanks = blanks
        self.is_proved = True
        """Whether it is sure that no case differs in fewer facts, or has fewer entries at as many."""

    def least(self, model: z3.ModelRef, wishes: Iterable[Sequence[Term]] = ()) -> z3.ModelRef:
        """Return the smallest answer, given one; where a step takes too long, the best so far.

        Last come `wishes`, one after the other: of each, the first of its terms that can hold.
        """
        differs = [one for one in self._blanks.differences() if not isinstance(one, bool)]
        model = self._fewest(differs, model)
        present = [
            one for _listed, places in self._blanks.lists.values() for one in places if not isinstance(one, bool)
        ]
        # A case that differs in little has nearly always as few entries as it can.
        model = self._downwards(present, model)
        if _holding(differs, model):
            model = self.lowest(self._first(differs, model))
        for one in wishes:
            model = self._granted(one, model)
        return model

    def _fewest(self, terms: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return an answer in which as few of these terms as possible hold, and hold the solver to so few."""
        if not terms:
            return model
        for number in range(min(FEW, _holding(terms, model)) + 1):
            # Few are enough nearly always, and that fewer are not is shown fast.
            found, better = self._check([at_most_of(terms, number)])
            if better is not None:
                self._add([at_most_of(terms, number)])
                return better
            self.is_proved = self.is_proved and found == z3.unsat
        return self._downwards(terms, self._fewer(terms, model))

    def _downwards(self, terms: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return the same, from an answer in which few of the terms hold."""
        number = _holding(terms, model)
        while number:
            # One less at a time: where there is a smaller case it is found fast; that there is none may take long.
            found, better = self._check([at_most_of(terms, number - 1)])
            if better is None:
                self.is_proved = self.is_proved and found == z3.unsat
                break
            model = self._fewer(terms, better)
            number = _holding(terms, model)
        if terms:
            self._add([at_most_of(terms, number)])
        return model

    def _fewer(self, terms: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return an answer that does without each of the terms that it can do without, the last first."""
        self._solver.push()
        holding = [one for one in terms if is_true(model, one)]
        self._add(negated(one) for one in terms if not is_true(model, one))
        # Most can go, and many at once: what cannot be done without as a whole is halved.
        waiting = [holding]
        while waiting:
            several = [one for one in waiting.pop() if is_true(model, one)]
            if not several:
                continue
            better = self._kept([negated(one) for one in several])
            if better is not None:
                model = better
                self._add(negated(one) for one in holding if not is_true(model, one))
                holding = [one for one in holding if is_true(model, one)]
            elif len(several) > 1:
                middle = len(several) // 2
                waiting += [several[:middle], several[middle:]]
        self._solver.pop()
        return model

    def _first(self, terms: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return the answer in which those of the terms hold that stand first."""
        start = 0
        holding = [is_true(model, one) for one in terms]
        while True in holding[start:]:
            first = holding.index(True, start)
            better = self._kept([some(terms[start:first])]) if start < first else None
            if better is None:
                self._add([*(negated(one) for one in terms[start:first]), terms[first]])
                start = first + 1
            else:
                model = better
                holding = [is_true(model, one) for one in terms]
        return model

    def lowest(self, model: z3.ModelRef) -> z3.ModelRef:
        """Return the answer that gives each question that differs an answer, and the first that it can have."""
        for blank in self._blanks.in_order():
            asked = self._blanks.touched[blank]
            if not is_true(model, asked.differs):
                continue
            # An answer tells more than a missing one.
            model = self._granted([negated(asked.answer.unknown)], model)
            if not is_true(model, asked.answer.unknown):
                for wishes in first_values(asked.answer):
                    model = self._granted(wishes, model)
        return model

    def _granted(self, wishes: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return the answer that grants the first of some wishes that can be granted, and hold the solver to it."""
        for wish in wishes:
            better = model if is_true(model, wish) else self._kept([wish])
            if better is not None:
                self._add([wish])
                return better
        return model

    def _add(self, terms: Iterable[Term]) -> None:
        tell(self._solver, terms)

    def _kept(self, terms: Sequence[Term]) -> z3.ModelRef | None:
        """Return an answer that fulfils these terms as well, None where there is none or it is not found soon."""
        return None if any(one is False for one in terms) else self._check(terms)[1]

    def _check(self, terms: Sequence[Term]) -> tuple[z3.CheckSatResult, z3.ModelRef | None]:
        if self._left is not None and self._left <= 0:
            return z3.unknown, None
        self._solver.push()
        self._add(terms)
        self._solver.set("rlimit", self._steps)
        began = 0 if self._left is None else work_of(self._solver)
        found = ask_solver(self._solver)
        if self._left is not None:
            self._left -= work_of(self._solver) - began
        model = self._solver.model() if found == z3.sat else None
        self._solver.pop()
        return found, model


def at_most_of(terms: Sequence[Term], number: int) -> z3.BoolRef:
    """Return that no more than so many of some terms hold."""
    # `z3.AtMost` compares the sorts of all pairs, which takes longer than the answer.
    known = [one for one in terms if not isinstance(one, bool)]
    context = known[0].ctx
    asts = (z3.Ast * len(known))(*(one.as_ast() for one in known))
    return z3.BoolRef(z3.Z3_mk_atmost(context.ref(), len(known), asts, number), context)


def _holding(terms: Sequence[Term], model: z3.ModelRef) -> int:
    return sum(is_true(model, one) for one in terms)


def first_values(found: Answer) -> list[list[Term]]:
    """Return what is wished of an answer, one wish after the other: the first value, of options as few as possible."""
    match found:
        case Interval(_unknown, low, _high):
            return [[is_at(low, place) for place in range(len(low))]]
        case Chosen(_unknown, options):
            return [[negated(term)] for term in options.values()]
