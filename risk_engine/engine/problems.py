"""What does not fit in a record: answers against each other or a table, evidence or a control that does not count.

Each is recorded by its kind and what it is about, and said in words when somebody reads.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, assert_never, cast

from risk_engine.engine.answerable import Column, facts_of
from risk_engine.engine.explainer import Explainer
from risk_engine.engine.facts import Among, Facts, Known, Read, Stated, holders, in_json, value_of
from risk_engine.engine.find import ControlState, Found, control_states, find
from risk_engine.engine.notes import closed_title, recorded_at
from risk_engine.engine.propose import Proposed, propose, rate, with_results
from risk_engine.engine.resolve import as_answered, broken, contradicting, resolve, unanswered
from risk_engine.engine.work import read_at
from risk_engine.files.diagnostics import nearest, quoted
from risk_engine.files.language import NP_, _, either, inside, ngettext, pgettext
from risk_engine.files.once import once
from risk_engine.model.assessment import ProblemFound, ProblemKind, Superseded
from risk_engine.model.case import Case, ControlRecord, Evidence, TakenFromFile, stated
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Problem
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.words import IN_PLACE, SEVERITIES, ControlStatus


def problems(  # noqa: PLR0913, PLR0917 (everything that can fail to fit)
    case: Case,
    facts: Facts,
    criteria: Criteria,
    controls: Mapping[str, ControlState],
    profile: Profile | None = None,
    supersedes: Superseded | None = None,
    among: Collection[str] | None = None,
    found: Iterable[Found] = (),
) -> tuple[ProblemFound, ...]:
    """Return what does not fit in the record; it changes no result, somebody should look at it.

    `found` are the findings of the case, `among` the contradictions that the case may show, where that is known.
    """
    return (
        *contradictions(facts, criteria, among),
        *superfluous_answers(facts),
        *_unlike_tables(facts, criteria, profile),
        *_later_evidence(case, facts.on),
        *_unsure(case, facts),
        *_controls(controls, facts, criteria),
        *_of_no_kind(controls, found),
        *_unlisted(supersedes, facts, criteria, controls),
        *_on_file(case, facts.on),
    )


def _on_file(case: Case, on: date) -> Iterator[ProblemFound]:
    """Yield what was taken from the office's files too long after it was recorded, and what the case says otherwise."""
    for one in case.on_file or ():
        if stale := one.stale(on):
            yield _problem("on_file_stale", *(f"{one.entry}.{fact}" for fact in stale))
        yield from (_problem("on_file_differs", f"{one.entry}.{fact}") for fact in one.differs)


def contradictions(facts: Facts, criteria: Criteria, among: Collection[str] | None = None) -> Iterator[ProblemFound]:
    """Yield each invariant among the answers that the case breaks."""
    for name, reads in broken(facts, criteria, among):
        yield _problem("contradiction", *(read.path() for read in reads), of=name)


def superfluous_answers(facts: Facts) -> Iterator[ProblemFound]:
    """Yield each answer to a question that others close, and that is not what the question comes to then."""
    for read, closing in facts.superfluous.items():
        yield _problem("superfluous_contradicts", read.path(), *(one.path() for one in closing))


def answered_though_closed(case: Case, facts: Facts) -> Iterator[ProblemFound]:
    """Yield that questions are answered which others close, with what they come to anyhow; nothing where none is.

    No record holds that, for it says what is not asked: it is found when somebody reads it.
    """
    closed = [read for read, origin in facts.origins.items() if origin == "not_asked" and read.fact is not None]
    paths = [read.path() for read in closed if stated(case, read) is not None]
    if paths:
        yield _problem("superfluous", *paths)


def deciding(
    case: Case, criteria: Criteria, on: date, profile: Profile | None = None
) -> Mapping[str | Read, tuple[str, ...]]:
    """Return the contradictions among the answers of a case that its result hangs on, each with the ladders that do.

    They go by the names of invariants, and by superfluous answers.

    A ladder hangs on one where its level, or what it may still come to, is another without the answers that make it;
    where it is another only without those of several, it hangs on each of them (decision 0080).
    """
    facts = resolve(case, criteria, on, profile)
    made_by: dict[str | Read, tuple[Read, ...]] = dict(broken(facts, criteria))
    made_by |= {one: contradicting(one, facts) for one in facts.superfluous}
    answers = {name: tuple(as_answered(reads, facts)) for name, reads in made_by.items()}
    controls = control_states(case, on)

    def proposals(facts: Facts) -> list[Proposed]:
        # That contradictions open answers again is left aside: it is asked what each of them does.
        plain = replace(facts, again=None, aside=None)
        found = find(plain, criteria, on, controls, profile)
        results = with_results(plain, found, rate(found, criteria.head), criteria)
        return [one._replace(rule=None, reads=()) for one in propose(results, criteria)]

    def moved(reads: Iterable[Read]) -> list[str]:
        left = proposals(resolve(unanswered(case, dict.fromkeys(reads)), criteria, on, profile))
        return [one.ladder for one, other in zip(now, left, strict=True) if one != other]

    now = proposals(facts)
    alone = {name: moved(reads) for name, reads in answers.items()}
    known = {ladder for ladders in alone.values() for ladder in ladders}
    together = moved(read for reads in answers.values() for read in reads) if len(answers) > 1 else ()
    of_all = [ladder for ladder in together if ladder not in known]
    return {name: (*ladders, *of_all) for name, ladders in alone.items() if ladders or of_all}


def _problem(kind: ProblemKind, *paths: str, of: str | None = None, evidence: int | None = None) -> ProblemFound:
    return ProblemFound(kind=kind, id=of, paths=paths, evidence=evidence)


@once
def _columns(criteria: Criteria) -> Mapping[tuple[str, str | None], Column]:
    """Return the facts that a table may know as well, by entity and short name."""
    known = ((name, one) for name, facts in facts_of(criteria).items() for one in facts)
    return {(name, one.short): one.table for name, one in known if one.table is not None}


def _unlike_tables(facts: Facts, criteria: Criteria, profile: Profile | None) -> Iterator[ProblemFound]:
    columns = _columns(criteria)
    for read, stated_in in facts.origins.items():
        if stated_in != "case" or (column := columns.get((read.entity, read.fact))) is None:
            continue
        row_read = read._replace(fact=column.row)
        row = value_of(facts, row_read)
        if not isinstance(row, str):
            continue
        listed, _origin = cell_of(criteria, profile, column.name, row, column.column, facts.on)
        value = value_of(facts, read)
        if listed is not None and not _is_alike(value, listed):
            yield _problem("table", read.path(), row_read.path())


def _is_alike(value: Stated, listed: Known) -> bool:
    """Return whether two values are the same; the order of chosen options means nothing."""
    if isinstance(value, tuple) and isinstance(listed, tuple) and not isinstance(value, Among):
        return sorted(value) == sorted(listed)
    return value == listed


def _later_evidence(case: Case, on: date) -> Iterator[ProblemFound]:
    for number, record in enumerate(case.evidence):
        if record.date > on:
            yield _problem("later_evidence", *record.for_, evidence=number)


def _unsure(case: Case, facts: Facts) -> Iterator[ProblemFound]:
    """Yield each answer whose latest evidence says that who gave it was unsure: it counts, but is to be asked again.

    Among records of one day the last one in the case is the latest. One dated after the day of the assessment settles
    nothing. What is said of one option of a `choices` fact settles that option alone.
    """
    if all(one.confidence != "unsure" for one in case.evidence):
        return
    numbered = list(enumerate(case.evidence))
    counted = [(at, one) for at, one in numbered if one.confidence == "unsure" or one.date <= facts.on]
    ordered = enumerate(sorted(counted, key=lambda numbered: numbered[1].date))
    latest = {path: (rank, at, record) for rank, (at, record) in ordered for path in record.for_}
    answered = {read.path() for read, origin in facts.origins.items() if origin == "case"}
    for path, (rank, at, record) in latest.items():
        fact = path if path in answered else path.rpartition(".")[0]
        is_settled = fact != path and fact in latest and latest[fact][0] >= rank
        if record.confidence == "unsure" and fact in answered and not is_settled:
            yield _problem("unsure", path, evidence=at)


def _controls(controls: Mapping[str, ControlState], facts: Facts, criteria: Criteria) -> Iterator[ProblemFound]:
    for name, state in controls.items():
        path = f"controls.{name}"
        for number, record in enumerate(state.record.evidence):
            if record.date > facts.on:
                yield _problem("control_later_evidence", path, of=name, evidence=number)
        if state.counts_as == "agreed" and state.record.status in IN_PLACE:
            yield _problem("control_without_evidence", path, of=name)
        records = criteria.controls[name].records
        if records is None or state.counts_as == "in_place":
            continue
        for answer in _answered(records.fact, records.is_, facts):
            yield _problem("control_not_in_place", answer, path, of=name)


def _of_no_kind(controls: Mapping[str, ControlState], found: Iterable[Found]) -> Iterator[ProblemFound]:
    """Yield each control in place that an option lacks, as none of its evidence is of a kind that the option needs.

    Where the option would neither lower the finding further nor lift a bar, nothing hangs on it.
    """
    for one in found:
        told: set[tuple[str, frozenset[str]]] = set()
        for number, option in enumerate(one.options):
            lowers = SEVERITIES.index(option.residual) < SEVERITIES.index(one.residual[1])
            helps = option.counts is not False and (lowers or one.knock_out[1] != "none")
            for name in option.lacking if helps else ():
                needed = name, frozenset(option.option.needs)
                if name in controls and controls[name].shows(()) and needed not in told:
                    told.add(needed)
                    yield _problem(
                        "control_without_kind", f"controls.{name}", f"finding.{one.id}.controls.{number}", of=name
                    )


def _unlisted(
    old: Superseded | None, facts: Facts, criteria: Criteria, listed: Collection[str]
) -> Iterator[ProblemFound]:
    """Yield each answer that changed to what a control records while the case does not list it (design, section 4).

    What was not answered before, or is a new entry, has not changed.
    """
    for name, control in criteria.controls.items():
        records = control.records
        if old is None or records is None or name in listed:
            continue
        for path in _answered(records.fact, records.is_, facts):
            before = old.recorded.get(path)
            if before is not None and before != in_json(records.is_):
                yield _problem("control_not_listed", path, f"controls.{name}", of=name)


def _answered(name: str, wanted: object, facts: Facts) -> Iterator[str]:
    """Yield the paths of a fact wherever it has a value."""
    entity, _dot, fact = name.partition(".")
    for holder in holders(facts, entity):
        if holder.values.get(fact) == wanted:
            yield Read(entity, holder.id, fact).path()


_STATUS: dict[ControlStatus, tuple[str, str]] = {
    "planned": NP_("status of a control", "planned"),
    "agreed": NP_("status of a control", "agreed"),
    "implemented": NP_("status of a control", "implemented"),
    "verified": NP_("status of a control", "verified"),
}
_SHOWN_AS: dict[ProblemKind, Literal["contradiction", "superfluous", "evidence", "control", "table", "unsure"]] = {
    "contradiction": "contradiction",
    "superfluous": "superfluous",
    "superfluous_contradicts": "contradiction",
    "table": "table",
    "later_evidence": "evidence",
    "unsure": "unsure",
    "control_later_evidence": "evidence",
    "control_without_evidence": "control",
    "control_without_kind": "control",
    "control_not_in_place": "control",
    "control_not_listed": "control",
    "on_file_stale": "evidence",
    "on_file_differs": "evidence",
}


def problem_shown(
    problem: ProblemFound,
    case: Case,
    explainer: Explainer,
    profile: Profile | None = None,
    supersedes: Superseded | None = None,
    decisive: Mapping[str | Read, tuple[str, ...]] = MappingProxyType({}),
) -> Problem:
    """Return what does not fit in the record of a case in the words of the current language.

    `decisive` are the contradictions that the result hangs on, each with the ladders that do.
    """
    text = _Words(case, explainer, profile, supersedes).text(problem)
    paths = problem.paths
    if problem.kind == "unsure":
        (path,) = paths
        is_fact = any(read.path() == path for read in explainer.facts.origins)
        paths = (path if is_fact else path.rpartition(".")[0],)
    shown = Problem(kind=_SHOWN_AS[problem.kind], id=problem.id, text=text, paths=paths)
    if shown.kind != "contradiction":
        return shown
    reads = tuple(read_at(path, explainer.facts) for path in paths)
    answers = tuple(recorded_at(read, explainer) for read in reads if read.fact is not None)
    made_by = reads[0] if problem.id is None else problem.id
    invariants = explainer.criteria.invariants.facts
    title = closed_title(reads[0], explainer) if problem.id is None else invariants[problem.id].title
    return shown.model_copy(update={"title": title, "decides": decisive.get(made_by, ()), "answers": answers})


@dataclass(frozen=True)
class _Words:
    case: Case
    explainer: Explainer
    profile: Profile | None
    supersedes: Superseded | None

    def text(self, problem: ProblemFound) -> str:
        name, at = problem.id or "", problem.evidence or 0
        match problem.kind:
            case "contradiction":
                title = self.explainer.criteria.invariants.facts[name].title
                return f"{title} ({'; '.join(f'{path}: {self._shown(path)}' for path in problem.paths)})"
            case "superfluous":
                return ngettext(
                    "{paths} need not be answered: the answer is what it comes to anyhow",
                    "{paths} need not be answered: the answers are what they come to anyhow",
                    len(problem.paths),
                    paths=", ".join(problem.paths),
                )
            case "superfluous_contradicts":
                path, *closing = problem.paths
                said = {"path": path, "others": quoted(closing, "and")}
                if read_at(path, self.explainer.facts).fact is None:
                    return _(
                        "{path} has entries ({entries}), but the answer to {others} says that there are none: both "
                        "count as given, and what hangs on them is open",
                        entries=self._shown(path),
                        **said,
                    )
                return _(
                    "{path} is answered “{answer}”, but the answer to {others} says that it need not be asked: both "
                    "count as given, and what hangs on them is open",
                    answer=self._shown(path),
                    **said,
                )
            case "table":
                return self._unlike_table(problem.paths[0])
            case "later_evidence":
                record = _record(self.case.evidence, at, "evidence")
                return _(
                    "the evidence “{reference}” is dated {date}, after the day of the assessment; the answers count "
                    "all the same",
                    reference=record.reference,
                    date=record.date,
                )
            case "unsure":
                return self._unsure(problem.paths[0], at)
            case "control_later_evidence":
                later = _record(self._control(name).evidence, at, f"controls.{name}.evidence")
                return _(
                    "{control}: the evidence “{reference}” is dated {date}, after the day; it does not count",
                    control=name,
                    reference=later.reference,
                    date=later.date,
                )
            case "control_without_evidence":
                return _(
                    "{control} is said to be {status}, but no evidence counts: it counts as agreed",
                    control=name,
                    status=pgettext(*_STATUS[self._control(name).status]),
                )
            case "control_without_kind":
                return self._of_no_kind(name, problem.paths[-1])
            case "control_not_in_place":
                counts_as = control_states(self.case, self.explainer.facts.on)[name].counts_as
                return _(
                    "{path} is answered as if {control} were in place, but {control} is only {status}",
                    path=problem.paths[0],
                    control=name,
                    status=pgettext(*_STATUS["planned" if counts_as == "planned" else "agreed"]),
                )
            case "control_not_listed":
                return self._not_listed(problem.paths[0], name)
            case "on_file_stale":
                return self._stale(problem.paths)
            case "on_file_differs":
                return self._differs(problem.paths[0])
            case _:
                assert_never(problem.kind)

    def _file_of(self, path: str) -> TakenFromFile:
        return next(one for one in self.case.on_file or () if path.startswith(f"{one.entry}."))

    def _stale(self, paths: Sequence[str]) -> str:
        file = self._file_of(paths[0])
        oldest = min(file.answers[path.rpartition(".")[2]] for path in paths)
        return ngettext(
            "{number} answer on file (`{file}`, used for {entry}) is older than {limit} days, of {day}: look at it "
            "again",
            "{number} answers on file (`{file}`, used for {entry}) are older than {limit} days, the oldest of {day}: "
            "look at them again",
            len(paths),
            file=file.file,
            entry=file.entry,
            limit=file.stale_after_days,
            day=oldest,
        )

    def _differs(self, path: str) -> str:
        file, read = self._file_of(path), read_at(path, self.explainer.facts)
        on_file = file.differs[path.rpartition(".")[2]]
        other = tuple(on_file) if isinstance(on_file, list) else on_file
        fact = self.explainer.criteria.fact(f"{read.entity}.{read.fact}")
        return _(
            "{path} is answered “{answer}” in the case, on file (`{file}`) it is “{other}”; the case counts",
            path=path,
            answer=self._shown(path),
            file=file.file,
            other=self.explainer.criteria.shown(fact, other),
        )

    def _shown(self, path: str) -> str:
        read = read_at(path, self.explainer.facts)
        return self.explainer.shown(read, self.explainer.value(read))

    def _control(self, name: str) -> ControlRecord:
        return {record.id: record for record in self.case.controls}[name]

    def _of_no_kind(self, name: str, path: str) -> str:
        _finding, indicator, _controls, number = path.split(".")
        criteria = self.explainer.criteria
        needs = criteria.indicators[indicator].controls[int(number)].needs
        kinds = [_("“{text}”", text=criteria.head.evidence_kinds[one]) for one in needs]
        text = _(
            "{control} has no evidence of the kind {kinds}: it counts as agreed for {finding}",
            control=name,
            kinds=either(kinds),
            finding=indicator,
        )
        for stated_kind in dict.fromkeys(one.kind for one in self._control(name).evidence):
            near = None if stated_kind in criteria.head.evidence_kinds else nearest(stated_kind, needs)
            if near:
                meant = _("did you mean `{near}`?", near=near)
                text += f"; `{stated_kind}`: {meant}"
        return text

    def _unlike_table(self, path: str) -> str:
        criteria = self.explainer.criteria
        read = read_at(path, self.explainer.facts)
        facts = criteria.entities[read.entity].facts
        fact = facts[read.fact or ""]
        if isinstance(fact, RowFact | TextFact) or fact.from_ is None:
            raise LookupError(path)
        row, row_fact = self.explainer.value(read._replace(fact=fact.from_)), cast("RowFact", facts[fact.from_])
        table = criteria.tables[row_fact.of]
        column = fact.column or read.fact or ""
        listed, origin = cell_of(criteria, self.profile, row_fact.of, row, column, self.explainer.facts.on)
        values = {
            "stated": self._shown(path),
            "listed": self.explainer.shown(read, listed),
            "path": path,
            "row": table.rows[row].name,
        }
        if origin == "profile":
            return _("the case states “{stated}” for {path}; the profile has “{listed}” for {row}", **values)
        return _(
            "the case states “{stated}” for {path}; the table of {table} has “{listed}” for {row}",
            table=inside(table.title),
            **values,
        )

    def _unsure(self, path: str, at: int) -> str:
        record = _record(self.case.evidence, at, "evidence")
        values = {"path": path, "reference": record.reference, "date": record.date}
        if who := record.collected_by:
            return _("{path} is answered as unsure by {who} (“{reference}”, {date}): ask again", who=who, **values)
        return _("{path} is answered as unsure (“{reference}”, {date}): ask again", **values)

    def _not_listed(self, path: str, name: str) -> str:
        old = self.supersedes
        if old is None:
            raise LookupError(path)
        return _(
            "{path} is now answered as if {control} were in place; in the assessment of {day} it was "
            "“{before}”, and the case does not list {control}",
            path=path,
            control=name,
            day=old.on,
            before=_word(old.recorded[path]),
        )


def _record(records: Sequence[Evidence], at: int, where: str) -> Evidence:
    """Return one record of evidence; raise LookupError with its path where there is none."""
    if not 0 <= at < len(records):
        raise LookupError(f"{where}.{at}")
    return records[at]


def _word(value: Any) -> str:
    shown = in_json(value)
    return str(shown).lower() if isinstance(shown, bool) else str(shown)
