"""All questions about one version of a criteria set, asked one after the other."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date

from risk_engine.audit.proofs.days import changing_days
from risk_engine.audit.proofs.monotone import Unsettled
from risk_engine.audit.proofs.questions import Questions, Task
from risk_engine.audit.proofs.spread import spread
from risk_engine.language import _
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Profile
from risk_engine.model.proof import TOPICS, Claim, ProofReport, Topic
from risk_engine.solver.smallest_case import THOROUGH
from risk_engine.solver.space import Limits
from risk_engine.version import __version__

Tell = Callable[[int, int], None]


def prove(  # noqa: PLR0913 (what is asked, of what, and how far)
    criteria: CriteriaSet,
    base: Case,
    on: date,
    profile: Profile | None = None,
    limits: Limits | None = None,
    *,
    only: Collection[Topic] = TOPICS,
    tell: Tell = lambda *_: None,
) -> ProofReport:
    """Return every claim about a set as it stands on a day, over all cases; `base` is where examples start.

    `limits` says how far questions look, and over how many processes they are spread; `only` names the topics that are
    asked about; `tell` is called with how many of how many parts are done. The report is the same over however many
    processes. Raises SolverMismatchError, a defect of this program, where the engine does not confirm a case, and
    NotInForceError if a parameter has no value on the day.
    """
    topics = tuple(one for one in TOPICS if one in only)
    looked = replace(limits or Limits(), search=THOROUGH)
    asked = Questions(criteria, base, on, profile, looked, frozenset(topics))
    tasks = asked.tasks()
    found: dict[Task, list[Claim]] = {}
    unsettled = Unsettled()
    tell(0, len(tasks) + 1)
    for number, (task, claims, falling) in enumerate(spread(asked, tasks)):
        found[task] = claims
        unsettled.add(falling)
        tell(number + 1, len(tasks) + 1)
    claims = [claim for task in sorted(found) for claim in found[task]]
    claims += asked.of_steps_of_ladders(unsettled)
    tell(len(tasks) + 1, len(tasks) + 1)
    head = criteria.head
    return ProofReport(
        set_id=head.id,
        version=head.version,
        title=head.title,
        digest=criteria.digest,
        engine_version=__version__,
        on=on,
        profile=profile.institution if profile else None,
        topics=topics,
        bounds=dict(asked.space(on).blanks.bounds),
        put_aside=tuple(_put_aside(criteria, on, profile)),
        later=tuple(one for one in changing_days(criteria) if one > on),
        claims=tuple(sorted(claims, key=lambda one: TOPICS.index(one.topic))),
    )


def _put_aside(criteria: CriteriaSet, on: date, profile: Profile | None) -> Iterator[str]:
    yield _("Free text and the names of rows: no rule reads them.")
    yield _("Numbers and days: one of each class that rules can tell apart stands for all of it; nothing is lost.")
    yield _("Evidence, and controls that are planned or agreed: no ladder reads them.")
    yield _(
        "Further entries: a question about one indicator has as many entries of a list as its rules can tell apart, "
        "and what is ruled out of the whole set is ruled out of lists of any length; more would change nothing."
    )
    yield _("Other days than {day}: rules and tables are read as they stand on it.", day=on.isoformat())
    if criteria.awareness:
        yield _("Awareness notes: they change no result.")
    for name, off in sorted(profile.policy_knock_outs_off.items()) if profile else ():
        if off.applies(on):
            yield _("The policy knock-out of {indicator}: the profile switches it off.", indicator=name)
