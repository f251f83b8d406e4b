"""What was proved of a set, as a page and as text."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from risk_engine.files.language import _, current, ngettext
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.proof import Claim, Example, ProofReport
from risk_engine.report.blocks import (
    Answer,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Line,
    Prose,
    Run,
    Section,
    Table,
    View,
    mark,
    say,
    strong,
)
from risk_engine.report.proofs.words import Words, days, status_word, topic_title
from risk_engine.report.sanitize import cleaned
from risk_engine.report.wording import coded, day


def claim_group(claim: Claim, words: Words) -> Group:
    """Return a claim that does not hold, with the cases that show it."""
    subject = words.subject(claim)
    title = (*coded(claim.statement), *(say(f" ({subject})") if subject else ()))
    rows = [Field(_("Why"), (coded(claim.reason),))] if claim.reason else []
    if claim.on is not None:
        rows.append(Field(_("Asked on another day, on which it is in force"), (say(day(claim.on)),)))
    blocks: list[Block] = [Fields(tuple(rows))] if rows else []
    blocks.append(_table(claim.examples, words))
    blocks.append(Fields(tuple(_outcome(claim, words))))
    return Group(tuple(Run(one.text, "strong") if one.style == "plain" else one for one in title), tuple(blocks))


def _table(examples: Sequence[Example], words: Words) -> Table:
    """Return where cases differ from the base case; of a pair, where the second differs stands out."""
    told = [words.differences(one) for one in examples]
    rows: list[tuple[Line, ...]] = []
    for path in dict.fromkeys(path for one in told for path in one):
        base = words.base_value(path)
        cells = [_cell(path, one, base, words) for one in told]
        first = cells[0]
        marked = [say(strong(cell) if number and cell != first else cell) for number, cell in enumerate(cells)]
        there = words.value(path, base) if words.has_entry(path) else _("no such entry")
        rows.append((words.fact(path), say(there), *marked))
    for control in dict.fromkeys(control for one in examples for control in one.in_place):
        title = words.criteria.controls[control].title
        cells = [_("in place") if control in one.in_place else _("not in place") for one in examples]
        marked = [say(strong(cell) if number and cell != cells[0] else cell) for number, cell in enumerate(cells)]
        rows.append((say(f"{title} ", Run(control, "code")), say(_("not in place")), *marked))
    if not rows:
        rows.append((say(_("Nothing: it is the base case itself")), *(say("–") for _one in (0, *examples))))
    if len(examples) == 1:
        return Table(
            _("The case, by what differs from the base case"),
            (_("Question"), _("Base case"), _("Here")),
            tuple(rows),
            (50, 25, 25),
        )
    head = (_("Question"), _("Base case"), _("First case"), _("Second case"))
    return Table(_("The two cases, by what differs from the base case"), head, tuple(rows), (40, 20, 20, 20))


def _cell(path: str, told: dict[str, Any], base: Any, words: Words) -> str:
    if path in told:
        return words.value(path, told[path])
    parent = ".".join(path.split(".")[:2])
    if path != parent and not words.has_entry(path) and parent not in told:
        return _("no such entry")
    return words.value(path, base)


def _outcome(claim: Claim, words: Words) -> Iterator[Field]:
    """Yield what came of the cases, first what the claim is about."""
    examples = claim.examples
    if len(examples) > 1:
        pairs = zip(*(one.confirmed for one in examples), strict=True)
        moved = [(words.confirmed(one), words.confirmed(other)) for one, other in pairs if one != other]
        if moved:
            lines = [say(strong(label), f": {before} → {after}") for (label, before), (_same, after) in moved]
            yield Field(_("From the first to the second case"), tuple(lines))
    labels = (_("Result"),) if len(examples) == 1 else (_("Result of the first case"), _("Result of the second case"))
    for label, one in zip(labels, examples, strict=True):
        yield Field(label, (words.results(one), say(_("Findings: "), *words.findings(one))))
    if notes := tuple(_notes(examples)):
        yield Field(_("Please note"), notes)


def _notes(examples: Sequence[Example]) -> Iterator[Line]:
    names = dict.fromkeys(name for one in examples for name in one.contradicts)
    if names:
        yield say(
            mark(_("contradiction")), " ", _("Its answers contradict each other: {names}.", names=", ".join(names))
        )
    if not all(one.is_smallest for one in examples):
        yield say(mark(_("perhaps not the smallest")), " ", _("There may be a smaller case that shows the same."))


def claims_table(claims: Sequence[Claim], words: Words) -> Iterator[Block]:
    """Yield a table of claims, each with what became of it and the smallest case that shows it."""
    # The title of an indicator stands once, at its first claim.
    subjects = [None, *(one.subject for one in claims)]
    named = (one.subject != before for one, before in zip(claims, subjects, strict=False))
    rows = tuple(
        (_statement(one, words if is_first else None), _became(one), _shown(one, words))
        for one, is_first in zip(claims, named, strict=True)
    )
    caption = ngettext("{number} claim", "{number} claims", len(claims))
    head = (_("Claim"), _("Outcome"), _("Reason, or the smallest case: what differs from the base case"))
    yield Table(caption, head, rows, (38, 14, 48))


def _statement(claim: Claim, words: Words | None) -> Line:
    subject = words.subject(claim) if words else ""
    return (*coded(claim.statement), *say(f" ({subject})" if subject else ""))


def _became(claim: Claim) -> Line:
    word = status_word(claim.status)
    return say(word if claim.status == "proved" else mark(word))


def _shown(claim: Claim, words: Words) -> Line:
    parts: list[Line] = []
    if claim.on is not None:
        parts.append(say(_("on {day}", day=day(claim.on))))
    if claim.reason:
        parts.append(coded(claim.reason))
    elif claim.is_by_form:
        parts.append(say(_("follows from the form of the rules")))
    if len(claim.examples) == 1:
        parts.append(_case(claim.examples[0], words))
    elif claim.examples:
        parts.append(say(_("a pair of cases, shown above")))
    line: list[Run] = []
    for one in parts:
        line += [*say(" · " if line else ""), *one]
    return tuple(line)


def _case(example: Example, words: Words) -> Line:
    told = [f"{path}: {words.value(path, value)}" for path, value in words.differences(example).items()]
    told += [_("{control} in place", control=one) for one in example.in_place]
    line = say("; ".join(told) or _("the base case itself"))
    if not example.is_smallest:
        line = (*line, *say(" ", mark(_("perhaps not the smallest"))))
    if example.contradicts:
        line = (*line, *say(" ", mark(_("contradicts itself: {names}", names=", ".join(example.contradicts)))))
    return line


_SHOWN_DIGEST: Final = 12
_LATER: Final = 5
"""So many later days are named."""


def proof_view(report: ProofReport, criteria: Criteria, base: Case, *, everything: bool = True) -> View:
    """Return a proof as ready text in the current language, harmless everywhere.

    `criteria` are those that were proved, in the words of that language. Without `everything` the claims that are
    proved are only counted.
    """
    words = Words(criteria, base)
    sections = (
        *_not_proved(report, words),
        _topics(report),
        _reach(report),
        *(_all_claims(report, words) if everything else ()),
        _version(report),
    )
    name = f"{report.set_id} {report.version}"
    return cleaned(
        View(
            kind="audit",
            language=current(),
            title=_("What is proved of {criteria}", criteria=name),
            about=f"{criteria.head.title} · {day(report.on)}",
            case_id=name,
            on=report.on,
            kept_by=f"{name} {report.digest[:_SHOWN_DIGEST]}",
            warning=None,
            answer=_answer(report),
            scales=(),
            scope=None,
            sections=sections,
            full_report="",
            footer=_(
                "Asked of a solver by risk-engine {engine} over all possible cases. Every case shown here was assessed "
                "by the engine itself and came out as it says.",
                engine=report.engine_version,
            ),
        )
    )


def in_short(report: ProofReport) -> str:
    """Return the first sentence: how many claims there are, and what became of them."""
    if not report.claims:
        if "directions" in report.topics:
            return _("Nothing is left to prove: every fact that a rule reads has a direction.")
        return _("Nothing is claimed: the set has nothing of what was asked about.")
    return ngettext(
        "{number} claim: {proved} proved, {refuted} refuted, {undecided} not decided",
        "{number} claims: {proved} proved, {refuted} refuted, {undecided} not decided",
        len(report.claims),
        proved=report.count("proved"),
        refuted=report.count("refuted"),
        undecided=report.count("undecided"),
    )


def _answer(report: ProofReport) -> Answer:
    tone: Literal["mild", "strict", "open"] = "mild"
    if report.count("refuted"):
        tone = "strict"
    elif report.count("undecided"):
        tone = "open"
    return Answer(in_short(report), tuple(_cautions(report)), tone, (), None)


def _cautions(report: ProofReport) -> Iterator[Line]:
    """Yield what must be known before the numbers are read."""
    if not report.is_in_force:
        yield say(mark(_("not in force")), " ", _("This version is not in force on {day}.", day=day(report.on)))
    later = sorted(set(report.later))
    if later:
        told = days(later[:_LATER])
        more = len(later) - _LATER
        if more > 0:
            told += " " + ngettext("and {number} more day", "and {number} more days", more)
        yield say(
            mark(_("one day")),
            " ",
            _(
                "Rules are read as they stand on {day}. They change on {later}: ask again with --on.",
                day=day(report.on),
                later=told,
            ),
        )


def _not_proved(report: ProofReport, words: Words) -> Iterator[Section]:
    titles = {"refuted": _("Refuted"), "undecided": _("Not decided")}
    for status, title in titles.items():
        found = [one for one in report.claims if one.status == status]
        if not found:
            continue
        with_cases = [one for one in found if one.examples]
        groups: list[Block | Group] = [claim_group(one, words) for one in with_cases]
        yield Section(status, title, (*groups, *_without_cases([one for one in found if not one.examples], words)))


def _without_cases(claims: Sequence[Claim], words: Words) -> Iterator[Group]:
    """Yield the claims that no case shows, by topic and reason."""
    reasons: dict[tuple[str, str], list[Claim]] = {}
    for one in claims:
        reasons.setdefault((topic_title(one.topic), one.reason), []).append(one)
    for (title, reason), several in reasons.items():
        lines = tuple(_named(one, words) for one in several)
        yield Group(say(strong(title)), (Prose(coded(reason)), Bullets(lines)))


def _named(claim: Claim, words: Words) -> Line:
    subject = words.subject(claim)
    return (*coded(claim.statement), *say(f" ({subject})")) if subject else coded(claim.statement)


def _topics(report: ProofReport) -> Section:
    rows = [
        (
            say(topic_title(topic)),
            *(
                say(str(sum(one.status == status for one in report.of(topic))))
                for status in ("proved", "refuted", "undecided")
            ),
        )
        for topic in report.topics
    ]
    head = (_("What is claimed"), status_word("proved"), status_word("refuted"), status_word("undecided"))
    blocks: list[Block] = [Table(_("How many claims of each kind"), head, tuple(rows), (61, 13, 13, 13))]
    by_form = sum(one.is_by_form for one in report.claims)
    unsure = sum(not example.is_smallest for one in report.claims for example in one.examples)
    notes: list[str] = []
    if by_form:
        notes.append(
            ngettext(
                "{number} claim follows from the form of the rules and needed no solver.",
                "{number} claims follow from the form of the rules and needed no solver.",
                by_form,
            )
        )
    if unsure:
        notes.append(
            ngettext(
                "{number} case is not proved to be the smallest one that shows it; it is marked.",
                "{number} cases are not proved to be the smallest ones that show it; they are marked.",
                unsure,
            )
        )
    if notes:
        blocks.append(Bullets(tuple(say(one) for one in notes)))
    return Section("topics", _("What was asked"), tuple(blocks))


def _reach(report: ProofReport) -> Section:
    bounds = ", ".join(f"{name} {number}" for name, number in report.bounds.items())
    rows = [Field(_("Day"), (say(day(report.on)),))]
    if bounds:
        rows.append(
            Field(_("Entries of each list with which cases of the whole set are looked for first"), (say(bounds),))
        )
    rows.append(Field(_("Profile"), (say(report.profile or _("none")),)))
    aside = Bullets(tuple(say(one) for one in report.put_aside))
    return Section("reach", _("How far this reaches"), (Fields(tuple(rows)), Prose(say(strong(_("Put aside")))), aside))


def _all_claims(report: ProofReport, words: Words) -> Iterator[Section]:
    for topic in report.topics:
        if claims := report.of(topic):
            yield Section(f"all-{topic}", topic_title(topic), tuple(claims_table(claims, words)))


def _version(report: ProofReport) -> Section:
    rows = (
        Field(_("Criteria"), (say(f"{report.set_id} {report.version}"), say(Run(f"sha256:{report.digest}", "code")))),
        Field(_("Engine"), (say(report.engine_version),)),
    )
    return Section("version", _("What was proved"), (Fields(rows),))
