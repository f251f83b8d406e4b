"""A stored assessment to the one that outsiders may read: the case without what may tell a confidential answer.

What is withheld by what a case answered would itself tell the answer: what a set may tell is a function of it alone.
What is left is assessed again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from risk_engine.engine.assess import recorded
from risk_engine.engine.explain import explained
from risk_engine.engine.work import case_from, work
from risk_engine.files.diagnostics import RiskEngineError, help_line, printable
from risk_engine.files.language import _, current
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation, Finding, ProfileShown, Proposal, Recorded
from risk_engine.model.facts import AnyFact, RowFact, TextFact
from risk_engine.model.profile import Disclosure, Profile
from risk_engine.model.references import decides_on, facts_named, read_by, reads_of
from risk_engine.model.translation import Told
from risk_engine.report.pages.redact_text import Data, SecretWords, secret_words
from risk_engine.version import __version__

_RESULTS = ("finding.", "dimension.")


@dataclass(frozen=True)
class Confidential:
    """What is withheld under a set: facts as `entity.fact`, indicators, controls and awareness notes by their ids."""

    facts: frozenset[str]
    indicators: frozenset[str]
    dimensions: frozenset[str]
    """Dimensions whose points add up a withheld indicator."""
    controls: frozenset[str]
    notes: frozenset[str]
    notes_of_results: frozenset[str]
    """Those of the notes that read no confidential answer themselves, only what findings came to."""


def confidential_in(criteria: Criteria) -> Confidential:
    """Return what may tell a confidential answer under these criteria."""
    named = {f"{name}.{short}": fact for name, one in criteria.entities.items() for short, fact in one.facts.items()}
    own = frozenset(name for name, fact in named.items() if fact.confidential)
    hanging = decides_on(criteria)
    facts = own.union(*(hanging.get(one, ()) for one in own))
    reads = read_by(criteria)
    indicators = frozenset(
        name for name, one in criteria.indicators.items() if not facts.isdisjoint((*reads[name], *facts_named(one)))
    )
    dimensions = {criteria.indicators[one].dimension for one in indicators}
    noting = {name: reads_of(criteria, rule.when).facts for name, rule in criteria.awareness.items()}
    direct = frozenset(name for name, read in noting.items() if not facts.isdisjoint(read))
    results = {name for name, read in noting.items() if any(one.startswith(_RESULTS) for one in read)}
    notes_of_results = frozenset(results) - direct if indicators else frozenset[str]()
    return Confidential(
        facts=facts,
        indicators=indicators,
        dimensions=frozenset(
            name for name in criteria.head.dimensions if not dimensions.isdisjoint(criteria.head.rated_under(name))
        ),
        controls=frozenset(name for name in criteria.controls if _serves_only(name, indicators, criteria)),
        notes=direct | notes_of_results,
        notes_of_results=notes_of_results,
    )


def _serves_only(control: str, indicators: frozenset[str], criteria: Criteria) -> bool:
    """Return whether a control lowers something, and nothing but these indicators."""
    lowers = {name for name, one in criteria.indicators.items() if any(control in each.all for each in one.controls)}
    return bool(lowers) and lowers <= indicators


@dataclass(frozen=True)
class Marks:
    """What stands in the place of what is withheld: of an answer, and of a name (None: names of people are shown)."""

    answer: str
    person: str | None

    @property
    def all(self) -> tuple[str, ...]:
        """Return each mark once."""
        return tuple(dict.fromkeys(one for one in (self.answer, self.person) if one is not None))


@dataclass(frozen=True)
class OpenCase:
    """Writes the open part of a stated case as plain data; holds what each part needs.

    `text` returns a text of the case as it may be told, `answer` an open answer; `left_out` are controls that may not.
    """

    stated: Data
    criteria: Criteria
    confidential: Collection[str]
    left_out: Collection[str]
    marks: Marks
    text: Callable[[str], str]
    answer: Callable[[str], str]

    def case(self) -> dict[str, Any]:
        """Return the whole of it, under a neutral id."""
        whole: dict[str, Any] = {"id": "case", "title": self.text(self.stated["title"])}
        if "institution" in self.stated:
            whole["institution"] = self.answer(self.stated["institution"])
        if "assessor" in self.stated:
            whole["assessor"] = self.person(self.stated["assessor"])
        for name, entity in self.criteria.entities.items():
            content = self.stated.get(name)
            if isinstance(content, Mapping):
                whole[name] = self.entry(name, content)
            elif content is not None and entity.many is not None:
                whole[name] = tuple({"id": number, **self.entry(name, one)} for number, one in _numbered(content))
        controls = self.stated.get("controls", ())
        whole["controls"] = tuple(self.control(one) for one in controls if one["id"] not in self.left_out)
        whole["evidence"] = tuple(one for record in self.stated.get("evidence", ()) for one in self.for_facts(record))
        return whole

    def person(self, name: str) -> str:
        """Return the name of a person as it may be told."""
        return self.text(name) if self.marks.person is None else self.marks.person

    def entry(self, entity: str, stated: Data) -> dict[str, Any]:
        """Return the open answers of an entry, its id left out."""
        facts = self.criteria.entities[entity].facts
        shown = {
            name: value
            for name, value in stated.items()
            if name in facts and f"{entity}.{name}" not in self.confidential
        }
        return {name: self.open_answer(facts[name], value) for name, value in shown.items()}

    def open_answer(self, fact: AnyFact, value: Any) -> Any:
        """Return an answer of an entry; one that names another entry by its id, by the number that it has here."""
        if not isinstance(fact, TextFact):
            return value
        if fact.belongs_to is None:
            return self.answer(value)
        numbers = {one["id"]: number for number, one in _numbered(self.stated.get(fact.belongs_to) or ())}
        return numbers.get(value)

    def control(self, stated: Data) -> dict[str, Any]:
        """Return what became of a control, as it may be told."""
        owner = {"owner": self.person(stated["owner"])} if "owner" in stated else {}
        evidence = tuple(self.evidence(one) for one in stated.get("evidence", ()))
        return {**stated, **owner, "evidence": evidence}

    def evidence(self, stated: Data) -> dict[str, Any]:
        """Return a record of evidence as it may be told."""
        who = {"collected_by": self.person(stated["collected_by"])} if "collected_by" in stated else {}
        # A word of the set tells nothing, and controls count by it.
        kind = stated["kind"] if stated["kind"] in self.criteria.head.evidence_kinds else self.text(stated["kind"])
        return {**stated, "kind": kind, "reference": self.text(stated["reference"]), **who}

    def for_facts(self, stated: Data) -> Iterator[dict[str, Any]]:
        """Yield a record for the open answers that it is for; where it is for others too, it may tell them."""
        paths = [self.open_path(path) for path in stated["for"]]
        kept = tuple(path for path in paths if path is not None)
        if not kept:
            return
        record = self.evidence(stated) | {"for": kept}
        if len(kept) < len(paths):
            record |= {"reference": self.marks.answer}
            record.pop("sha256", None)
        yield record

    def open_path(self, path: str) -> str | None:
        """Return a path of evidence with the number of its entry, None where it leads to a confidential answer."""
        entity, *rest = path.split(".")
        if entity not in self.criteria.entities:
            return None
        start = [entity]
        if self.criteria.entities[entity].many is not None:
            numbers = {one["id"]: number for number, one in _numbered(self.stated.get(entity) or ())}
            entry, *rest = rest or [""]
            start.append(numbers.get(entry, ""))
        if not all(start) or not rest or f"{entity}.{rest[0]}" in self.confidential:
            return None
        return ".".join((*start, *rest))


def _numbered(entries: Sequence[Data]) -> Iterator[tuple[str, Data]]:
    """Yield each entry with its number; the numbers of a list are of one length, so that they sort as they count."""
    digits = len(str(len(entries)))
    yield from ((f"{number:0{digits}}", one) for number, one in enumerate(entries, 1))


_DECIDED = ("outcome", "inherent", "possible", "residual", "expected", "knock_out", "knock_out_before", "open")
"""What a finding came to; the same then and now, or nothing is handed out."""


@dataclass(frozen=True)
class Redaction:
    """An assessment without what is confidential, and what may be said about what it lacks."""

    assessment: Explanation
    disclosure: Disclosure | None
    withheld: Confidential
    has_notes: bool
    secrets: SecretWords = field(repr=False)

    @property
    def shows_findings(self) -> bool:
        """Whether of findings on confidential answers it is told what they came to."""
        return self.disclosure is not None and self.disclosure.findings == "shown"


def redaction(
    assessment: Explanation, told: Told, disclosure: Disclosure | None, marks: Marks, *, wordless: bool = False
) -> Redaction:
    """Return the assessment without what is confidential; its digest stays that of the assessment it was made from.

    A `wordless` one holds no text of the case at all: what a document on it says, it says whatever the case tells.
    Raises RiskEngineError where the criteria are other ones, or where this engine finds what was not found then.
    """
    criteria = told.words
    if told.criteria.digest != assessment.criteria.digest:
        named = f"{assessment.criteria.id} {assessment.criteria.version}"
        message = _("these are not the criteria `{criteria}` that the assessment was made under", criteria=named)
        raise RiskEngineError(
            printable(message) + help_line(_("name the folder of its own criteria with `--criteria`"))
        )
    hidden = confidential_in(criteria)
    secrets = secret_words(assessment.case, (criteria, told.criteria), hidden.facts, people=marks.person is not None)

    def text(one: str) -> str:
        return "…" if wordless else secrets.text(one, marks.answer)

    def answer(one: str) -> str:
        return "…" if wordless else secrets.open_answer(one, marks.answer)

    shows_findings = disclosure is not None and disclosure.findings == "shown"
    left_out = frozenset[str]() if shows_findings else hidden.controls
    stated = OpenCase(assessment.case, criteria, hidden.facts, left_out, marks, text, answer).case()
    made = _with_places(_assessed_again(assessment, criteria, hidden, stated), criteria, hidden, marks)
    results = _with_findings if shows_findings else _with_levels
    bare = results(made, assessment, hidden, marks).model_copy(
        update={
            "engine": assessment.engine,
            "profile": _profile(assessment, text),
            "case_id": text(assessment.case_id),
            "case_digest": "",
            "not_in_force": assessment.not_in_force,
            "review_due": assessment.review_due,
            "digest": assessment.digest,
            "is_translated": assessment.is_translated,
        }
    )
    has_notes = bool(assessment.case.get("notes") or assessment.case.get("set_aside"))
    return Redaction(bare, disclosure, hidden, has_notes, secrets)


def _assessed_again(
    assessment: Explanation, criteria: Criteria, hidden: Confidential, stated: dict[str, Any]
) -> Explanation:
    """Return what the open answers alone come to, by the indicators that read no others."""
    kept = {name: one for name, one in criteria.indicators.items() if name not in hidden.indicators}
    profile = _for_open_indicators(assessment.profile.profile, hidden) if assessment.profile else None
    open_criteria = criteria.model_copy(update={"indicators": kept})
    try:
        case = case_from(stated, open_criteria)
    except ValidationError as error:
        raise RiskEngineError(_("the case in the assessment does not fit the criteria that it names")) from error
    worked = work(case, open_criteria, assessment.on, profile)
    used = assessment.criteria
    record = recorded(worked, in_force=used.in_force, draft=used.draft, withdrawn=used.withdrawn)
    made = explained(record, Told(current(), open_criteria, open_criteria, None))
    then = {one.id: one for one in assessment.findings}
    differing = [one.id for one in made.findings if one.id not in then or not _is_same(one, then[one.id])]
    if differing:
        message = _(
            "this engine ({version}) finds something else than the assessment says: {indicators}",
            version=__version__,
            indicators=", ".join(differing),
        )
        way_out = _(
            "`risk-engine verify` says whether it was altered; if not, use risk-engine {version}, which wrote it",
            version=assessment.engine,
        )
        raise RiskEngineError(f"{message}{help_line(way_out)}")
    return made


def _is_same(one: Finding, other: Finding) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _DECIDED)


def _for_open_indicators(profile: Profile, hidden: Confidential) -> Profile:
    kept = {name: one for name, one in profile.policy_knock_outs_off.items() if name not in hidden.indicators}
    return profile.model_copy(update={"policy_knock_outs_off": kept})


def _profile(assessment: Explanation, text: Callable[[str], str]) -> ProfileShown | None:
    """Return what the institution set for itself; of the profile itself only what names it."""
    used = assessment.profile
    if used is None:
        return None
    named = Profile(institution=text(used.profile.institution), criteria=used.profile.criteria)
    overrides = tuple(one.model_copy(update={"reason": text(one.reason)}) for one in used.overrides)
    return ProfileShown(profile=named, digest=used.digest, overrides=overrides)


def _with_places(made: Explanation, criteria: Criteria, hidden: Confidential, marks: Marks) -> Explanation:
    """Return it with the mark at each place where a document would tell a confidential answer, answered or not."""
    update = {
        "described": (*made.described, *_places(made, criteria, hidden, marks)),
        "benefits": tuple(_covered(one, hidden, marks) for one in made.benefits),
        "necessity": tuple(_covered(one, hidden, marks) for one in made.necessity),
    }
    return made.model_copy(update=update)


def _places(made: Explanation, criteria: Criteria, hidden: Confidential, marks: Marks) -> Iterator[Recorded]:
    """Yield for each entry the confidential facts that are told beside it: texts, names and rows of tables."""
    holders = [(one.path.partition(".")[0], one.path) for one in made.entries]
    holders += [(name, name) for name, one in criteria.entities.items() if one.many is None]
    for entity, path in holders:
        for short, fact in criteria.entities[entity].facts.items():
            if f"{entity}.{short}" in hidden.facts and isinstance(fact, RowFact | TextFact):
                question = criteria.title_of(f"{entity}.{short}")
                yield Recorded(path=f"{path}.{short}", question=question, shown=marks.answer)


def _covered(fact: Recorded, hidden: Confidential, marks: Marks) -> Recorded:
    entity, *_, short = fact.path.split(".")
    if f"{entity}.{short}" not in hidden.facts:
        return fact
    return fact.model_copy(update={"shown": marks.answer, "confidential": False})


def _with_levels(made: Explanation, assessment: Explanation, hidden: Confidential, marks: Marks) -> Explanation:
    """Return it with the levels that were proposed, and without what would tell what withheld findings came to."""
    mine = {one.ladder: one for one in made.proposals}
    update = {
        "proposals": tuple(_level(one, mine[one.ladder], marks) for one in assessment.proposals),
        "ratings": tuple(one for one in made.ratings if one.dimension not in hidden.dimensions),
        "awareness": tuple(one for one in made.awareness if one.id not in hidden.notes),
    }
    return made.model_copy(update=update)


def _level(proposal: Proposal, of_open: Proposal, marks: Marks) -> Proposal:
    """Return a proposal with a reason only where the findings that are shown come to the same by themselves.

    Whoever knows the rules can see as much from these findings and the level.
    """
    if (of_open.level.name, of_open.provisional) == (proposal.level.name, proposal.provisional):
        reason = {"rule": of_open.rule, "sentence": of_open.sentence, "findings": of_open.findings}
    else:
        reason = {"rule": "", "sentence": marks.answer, "findings": ()}
    return proposal.model_copy(update=reason)


def _with_findings(made: Explanation, assessment: Explanation, hidden: Confidential, marks: Marks) -> Explanation:
    """Return it with what the findings on confidential answers came to, and why nothing that they read is told."""
    told = {one.id: one for one in made.findings}
    findings = (told.get(one.id) or _bare(one, marks) for one in assessment.findings)
    update = {
        "findings": tuple(findings),
        "proposals": assessment.proposals,
        "ratings": assessment.ratings,
        "awareness": (
            *(one for one in made.awareness if one.id not in hidden.notes),
            *(
                one.model_copy(update={"depends_on": ()})
                for one in assessment.awareness
                if one.id in hidden.notes_of_results
            ),
        ),
    }
    return made.model_copy(update=update)


def _bare(finding: Finding, marks: Marks) -> Finding:
    nothing = dict.fromkeys(("entries", "reads", "bars", "missing", "options"), ())
    return finding.model_copy(update={**nothing, "because": (marks.answer,)})
