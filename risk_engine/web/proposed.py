"""What lists and the registry propose for an entry of a case, beside what the case says: taken one by one.

What is proposed is the package's (`office/prefill`); taken it is an answer of the case like any other, with its author,
and evidence beside it. Nothing that is answered is written over. That nothing was found is evidence of an answer, and
which one somebody chooses with it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from risk_engine.engine.replay import read_of
from risk_engine.engine.work import tupled
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.office.forms.answers import WrongError
from risk_engine.office.forms.case_record import Record
from risk_engine.office.prefill.accepted import records_of
from risk_engine.office.prefill.proposals import ACCEPTABLE, OF_A_SEARCH, Proposal, proposals
from risk_engine.web import cases, log, questions, screening
from risk_engine.web.models import Case, Person
from risk_engine.web.record_of_rows import EVIDENCE

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


def offers(case: Case, place: tuple[str, str], person: Person) -> tuple[Offer, ...]:
    """Return what is proposed for an entry of a case; raises as `screening.screened` does.

    Of what was decided about hits it counts what the person may know.
    """
    sight = questions.of_staff(case)
    subject = screening.subject_in(sight.record, *place)
    if subject is None:
        return ()
    screened = screening.screened(subject.asked)
    about = screening.decided(person, screened.hits)
    asked = {one.path for one in questions.page(sight, *place).asked}
    found = proposals(subject, screened, screening.heads(), about)
    return tuple(_offer(one, sight, is_asked=one.path in asked) for one in found)


def _offer(one: Proposal, sight: questions.Sight, *, is_asked: bool) -> Offer:
    asked = questions.asked_for(read_of(one.path), sight)
    says = "" if one.answer is None else questions.value_in_words(asked, one.answer)
    have = [cases.plain(each) for each in sight.record.evidence]
    return Offer(one, asked, says, all(_is_there(*each, have) for each in records_of([one])), is_asked)


def _is_there(paths: tuple[str, ...], record: Mapping[str, Any], have: list[dict[str, Any]]) -> bool:
    same = ("kind",) if record["kind"] == OF_A_SEARCH else ("kind", "reference")
    return any(set(paths) <= set(one["for"]) and all(one[name] == record[name] for name in same) for one in have)


def digest_of(found: tuple[Offer, ...]) -> str:
    """Return what stands for all that is proposed, so that nobody takes what they did not see."""
    stated = [
        {"path": one.path, "state": one.proposal.state, "answer": one.proposal.answer, "why": one.proposal.why}
        for one in found
    ]
    return hashlib.sha256(canonical(cases.plain({"offers": stated}))).hexdigest()


@transaction.atomic
def take(case: Case, place: tuple[str, str], chosen: Mapping[str, str], by: Person, last_answer: int, seen: str) -> int:
    """Answer what was proposed and is chosen, with its evidence; return how many proposals were taken.

    `chosen` are the questions, each with the answer that somebody chose beside evidence of one that was open;
    `last_answer` and `seen` are what stood there when they chose. Raises as `cases.take_over` does, and RiskEngineError
    where something else is proposed by now, or an answer is missing.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    found = offers(case, place, by)
    taken = [one for one in found if one.path in chosen and one.may_take]
    if digest_of(found) != seen or {one.path for one in taken} != set(chosen):
        raise RiskEngineError(_("Something else is proposed by now: look at it again."))
    if not taken:
        raise RiskEngineError(_("Tick what is to be taken."))
    values = dict(_values(taken, chosen, cases.record(case)))
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


def _values(taken: list[Offer], chosen: Mapping[str, str], record: Record) -> Iterator[tuple[str, Any]]:
    for one in taken:
        value = one.proposal.answer
        if one.wants_answer:
            try:
                value = questions.value_of(one.asked, [chosen[one.path]] if chosen[one.path] else [], record)
            except WrongError as error:
                raise RiskEngineError(f"{one.asked.question.text} {error}") from error
            if value is None:
                text = one.asked.question.text
                raise RiskEngineError(_("Say what it means that nothing was found: {question}", question=text))
        elif one.proposal.state != "proposed":
            continue
        yield one.path, cases.plain({"value": tupled(value)})["value"]
