"""What lists and the registry propose for an entry of a case, or for what is on file: taken one by one.

What is proposed is the package's (`office/prefill`); taken it is an answer like any other, with its author, and
evidence beside it. Nothing that is answered is written over. That nothing was found is evidence of an answer, and
which one somebody chooses with it.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import read_of
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.model.case import Answer as Value
from risk_engine.office.forms.answers import WrongError
from risk_engine.office.forms.case_record import Record
from risk_engine.office.prefill.accepted import records_of
from risk_engine.office.prefill.proposals import ACCEPTABLE, OF_A_LIST, OF_A_SEARCH, Proposal, proposals
from risk_engine.web import cases, log, on_file, questions, screening
from risk_engine.web.models import Case, Dossier, OnFile, Person
from risk_engine.web.record_of_rows import EVIDENCE
from risk_engine.web.tasks import reason

PAGE = "hits"
"""As what the page counts from which answers were taken."""


@dataclass(frozen=True)
class Offer:
    """A proposal beside the question that it is about."""

    proposal: Proposal
    asked: questions.Asked
    says: str
    """The answer that is proposed, in words; nothing where evidence alone is."""
    is_there: bool
    """Whether the case has its evidence already; of a search that nothing was found, that of an earlier one."""
    is_asked: bool
    """Whether the question is asked now: other answers may close it."""
    closed_by: str = ""
    """Because of which answers it is not asked, in words."""

    @property
    def path(self) -> str:
        """Of the question."""
        return self.proposal.path

    @property
    def stands(self) -> str:
        """What the case says, in words; nothing where nobody knows yet."""
        return questions.in_words(self.asked) if self.asked.is_known else ""

    @property
    def wants_answer(self) -> bool:
        """Whether it is evidence for an answer that nobody gave yet."""
        return self.proposal.state == "evidence" and not self.asked.is_known

    @property
    def is_told_closed(self) -> bool:
        """Whether it says something though its question is not asked: an answer, or a hit that somebody confirmed."""
        is_confirmed = any(one["kind"] == OF_A_LIST for one in self.proposal.evidence)
        return not self.is_asked and (bool(self.says) or is_confirmed)

    @property
    def may_take(self) -> bool:
        """Whether there is something to take."""
        is_new = self.proposal.state == "proposed" or not self.is_there or self._is_search
        return self.is_asked and self.proposal.state in ACCEPTABLE and is_new

    @property
    def is_ticked(self) -> bool:
        """Whether it is offered as what most people want: what needs no further thought."""
        return self.may_take and not self.wants_answer and not self.is_there

    @property
    def _is_search(self) -> bool:
        return any(one["kind"] == OF_A_SEARCH for one in self.proposal.evidence)


def offers(sight: questions.Sight, place: tuple[str, str], person: Person, asked: Collection[str]) -> tuple[Offer, ...]:
    """Return what is proposed for an entry of which these questions are asked; raises as `screening.screened` does.

    Of what was decided about hits it counts what the person may know.
    """
    subject = screening.subject_in(sight.record, *place)
    if subject is None:
        return ()
    screened = screening.screened(subject.asked)
    about = screening.decided(person, screened.hits)
    found = proposals(subject, screened, screening.heads(), about)
    return tuple(_offer(one, sight, is_asked=one.path in asked) for one in found)


def for_case(case: Case, place: tuple[str, str], person: Person) -> tuple[Offer, ...]:
    """Return what is proposed for an entry of a case. Raises as `offers` does."""
    sight = questions.of_staff(case)
    return offers(sight, place, person, {one.path for one in questions.page(sight, *place).asked})


def for_file(dossier: Dossier, rows: Mapping[str, OnFile], person: Person) -> tuple[Offer, ...]:
    """Return what is proposed for what is on file, where no answer closes a question. Raises as `offers` does."""
    sight, place = on_file.sight(dossier, rows), (dossier.about, dossier.key)
    facts = sight.record.criteria.entities[dossier.about].facts
    return offers(sight, place, person, {Read(*place, one).path() for one in facts})


def _offer(one: Proposal, sight: questions.Sight, *, is_asked: bool) -> Offer:
    asked = questions.asked_for(read_of(one.path), sight)
    says = "" if one.answer is None else questions.value_in_words(asked, one.answer)
    have = [cases.plain(each) for each in sight.record.evidence]
    is_there = all(_is_there(*each, have) for each in records_of([one]))
    return Offer(one, asked, says, is_there, is_asked, "" if is_asked else reason(sight, asked.read))


def _is_there(paths: tuple[str, ...], record: Mapping[str, Any], have: list[dict[str, Any]]) -> bool:
    same = ("kind",) if record["kind"] == OF_A_SEARCH else ("kind", "reference")
    return any(set(paths) <= set(one["for"]) and all(one[name] == record[name] for name in same) for one in have)


def digest_of(found: tuple[Offer, ...]) -> str:
    """Return what stands for all that is proposed, so that nobody takes what they did not see."""
    stated = [
        {"path": one.path, "state": one.proposal.state, "says": one.says, "stands": one.stands, "why": one.proposal.why}
        for one in found
    ]
    return hashlib.sha256(canonical({"offers": stated})).hexdigest()


@transaction.atomic
def take(case: Case, place: tuple[str, str], chosen: Mapping[str, str], by: Person, last_answer: int, seen: str) -> int:
    """Answer in a case what was proposed and is chosen, with its evidence; return how many proposals were taken.

    `chosen` are the questions, each with the answer that somebody chose beside evidence of one that was open;
    `last_answer` and `seen` are what stood there when they chose. Raises as `cases.take_over` does, and RiskEngineError
    where something else is proposed by now, or an answer is missing.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    taken = _chosen(for_case(case, place, by), chosen, seen)
    values = {
        path: cases.plain({"value": value})["value"] for path, value in _values(taken, chosen, cases.record(case))
    }
    cases.take_over(case, values, by, PAGE, last_answer)
    case.refresh_from_db()
    latest = cases.latest(case)
    number = sum(one.startswith(f"{EVIDENCE}.") for one in latest)
    for count, (paths, record) in enumerate(records_of([one.proposal for one in taken]), number + 1):
        # A path goes on behind the question where it is about one option of several.
        supported = {one: latest[one if one in latest else one.rpartition(".")[0]].seq for one in paths}
        stated = {**record, "for": paths, "answers": supported}
        cases.save_beside(case, f"{EVIDENCE}.{count}", stated, by, PAGE, 0)
    log.note("prefilled", by, case, entry=".".join(place), answers=sorted(chosen))
    return len(taken)


@transaction.atomic
def keep(dossier: Dossier, chosen: Mapping[str, str], by: Person, seen: str) -> int:
    """Put on file what was proposed and is chosen, likewise."""
    dossier = Dossier.objects.select_for_update().get(pk=dossier.pk)
    rows = on_file.standing(dossier)
    taken = _chosen(for_file(dossier, rows, by), chosen, seen)
    values = dict(_values(taken, chosen, on_file.sight(dossier, rows).record))
    for one in taken:
        fact = one.asked.read.fact or ""
        row = on_file.standing(dossier).get(fact)
        stands = row is not None and row.value is not None
        new = [{"for": each.get("option", ""), **each} for each in one.proposal.evidence]
        evidence = [*(row.evidence if row and stands else ()), *new]
        said = on_file.Said(
            tuple({name: value for name, value in each.items() if name != "option"} for each in evidence),
            row.recorded_on if row and stands else cases.today(),
            row.until if row and stands else None,
        )
        on_file.put(dossier, fact, values.get(one.path, row and row.value), said, by, row.seq if row else 0)
    return len(taken)


def _chosen(found: tuple[Offer, ...], chosen: Mapping[str, str], seen: str) -> list[Offer]:
    taken = [one for one in found if one.path in chosen and one.may_take]
    if digest_of(found) != seen or {one.path for one in taken} != set(chosen):
        raise RiskEngineError(_("Something else is proposed by now: look at it again."))
    if not taken:
        raise RiskEngineError(_("Tick what is to be taken."))
    return taken


def _values(taken: list[Offer], chosen: Mapping[str, str], record: Record) -> Iterator[tuple[str, Value]]:
    """Yield the answers that are new, by their questions."""
    for one in taken:
        value = one.proposal.answer
        if one.wants_answer:
            try:
                value = questions.value_of(one.asked, [chosen[one.path]] if chosen[one.path] else [], record)
            except WrongError as error:
                raise RiskEngineError(f"{one.asked.question.text} {error}") from error
        elif one.proposal.state != "proposed":
            continue
        if value is None:
            text = one.asked.question.text
            raise RiskEngineError(_("Say what it means that nothing was found: {question}", question=text))
        yield one.path, value
