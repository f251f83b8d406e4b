"""What is still to be answered, as a letter with a table to each of those who are asked.

A letter holds questions and nothing of what is known: no answer, no finding, no severity, nothing of another entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from risk_engine.diagnostics import RiskEngineError, quoted
from risk_engine.language import _, ngettext, pgettext
from risk_engine.model.assessment import Assessment, Entry, Gap
from risk_engine.report.blocks import Blanks, Block, Letterhead, Line, Prose, Section, Table, View, say, strong
from risk_engine.report.documents.discreet import may_be_named, names_nobody, project
from risk_engine.report.documents.frame import called, framed
from risk_engine.report.unknown import who_to_ask
from risk_engine.report.wording import Names, day

OTHERS = "others"
"""What `--to` calls those whom the criteria do not name."""


@dataclass(frozen=True)
class Addressee:
    """Who is asked what: `key` as `--to` names them, the entry that a letter is about, if it is about one alone."""

    key: str
    role: str
    title: str
    entry: Entry | None
    gaps: tuple[Gap, ...]


def addressees(assessment: Assessment) -> tuple[Addressee, ...]:
    """Return who has to answer something, those first whose answers weigh most.

    Of a list of which somebody is asked about several entries, each entry has a letter of its own: who gets the one
    must not read what is asked about the other. So has an entry of the list that is called as those who are asked.
    """
    by_role: dict[str, list[Gap]] = {}
    for gap in assessment.gaps:
        by_role.setdefault(gap.asked_of or OTHERS, []).append(gap)
    return tuple(one for role, gaps in by_role.items() for one in _of_role(role, gaps, assessment))


def questions(assessment: Assessment, to: str | None) -> View:
    """Return the letters to all addressees, or to those that `to` names; raise RiskEngineError where it names none."""
    every = addressees(assessment)
    chosen = [one for one in every if to is None or to in {one.key, one.role}]
    if to is not None and not chosen:
        way_out = _("no answer is missing")
        if every:
            known = quoted(one.key for one in every)
            way_out = _("they are: {addressees}", addressees=known)
        raise RiskEngineError(_("nobody who is called `{to}` has a question to answer", to=to), way_out)
    names = Names(assessment)
    if not chosen:
        return _nothing(assessment, names)
    letters = tuple(_letter(one, assessment, names, is_first=one is chosen[0]) for one in chosen)
    title = letters[0].title if len(letters) == 1 else _("Questions about {project}", project=project(assessment))
    return framed("questions", (assessment, None), title, letters)


def _of_role(role: str, gaps: list[Gap], assessment: Assessment) -> Iterator[Addressee]:
    entries = {one.path: one for one in assessment.entries}
    about = {gap.path: ".".join(gap.path.split(".")[:2]) for gap in gaps}
    asked = dict.fromkeys(path for path in about.values() if path in entries)
    lists = [path.partition(".")[0] for path in asked]
    apart = [path for path, entity in zip(asked, lists, strict=True) if entity == role or lists.count(entity) > 1]
    title = who_to_ask(gaps[0])
    for path in apart:
        entity, _dot, entry = path.partition(".")
        key = f"{role}.{entry}" if entity == role else f"{role}.{path}"
        yield Addressee(key, role, title, entries[path], tuple(gap for gap in gaps if about[gap.path] == path))
    rest = tuple(gap for gap in gaps if about[gap.path] not in apart)
    if rest:
        # No entry is called so: what is not about one of those above can be chosen without them.
        yield Addressee(f"{role}:other" if apart else role, role, title, None, rest)


def _letter(to: Addressee, assessment: Assessment, names: Names, *, is_first: bool) -> Section:
    known = [to.entry.path] if to.entry else [".".join(gap.path.split(".")[:2]) for gap in to.gaps]
    about = project(assessment, known)
    number = len(to.gaps)
    subject = ngettext("{number} question about {project}", "{number} questions about {project}", number, project=about)
    sender = (assessment.institution, _("Research office")) if assessment.institution else (_("Research office"),)
    named = to.entry if to.entry and may_be_named(to.entry, assessment) else None
    recipient = (to.title, named.label) if named else (to.title,)
    blocks: list[Block] = [
        Letterhead(sender, recipient, day(assessment.on)),
        Prose(say(_("Dear colleague,"))),
        Prose(say(_opening(to))),
    ]
    if named:
        blocks.append(Prose(say(_("All of them are about: {kind} “{name}”.", kind=named.title, name=named.label))))
    blocks += [
        _table(to, assessment, names),
        Prose(say(_("Please write the answers into the table and send it back. Thank you for your help."))),
        Prose(say(_("Kind regards,"))),
        Blanks((_("Name and role"), _("Please answer by"), _("Please send it to"))),
        Prose(say(strong(_("Filled in by the person who answers")))),
        Blanks((_("Name and role"), _("Date and signature"))),
    ]
    return Section(f"to-{to.key}", subject, tuple(blocks), starts_page=not is_first)


def _opening(to: Addressee) -> str:
    return ngettext(
        "before we can decide, one answer is missing that you may be able to give. “Not known” is a good answer too: "
        "it never counts as a no, and it helps us more than a guess.",
        "before we can decide, {number} answers are missing that you may be able to give. “Not known” is a good answer "
        "too: it never counts as a no, and it helps us more than a guess.",
        len(to.gaps),
    )


def _table(to: Addressee, assessment: Assessment, names: Names) -> Table:
    head = (pgettext("number", "No."), _("Question"), _("How to find out"), _("Your answer"))
    rows = tuple(
        (say(str(number)), _question(gap, to, assessment, names), say(gap.help or "–"), say(""))
        for number, gap in enumerate(to.gaps, 1)
    )
    return Table(_("Questions"), head, rows, shares=(6, 42, 26, 26))


def _question(gap: Gap, to: Addressee, assessment: Assessment, names: Names) -> Line:
    """Return a question and, in a letter that is not about one entry alone, which entry it is about."""
    own = ".".join(gap.path.split(".")[:2])
    entry = next((one for one in assessment.entries if one.path == own), None)
    if entry is None or to.entry is not None:
        return say(gap.question)
    if may_be_named(entry, assessment) and names_nobody(entry.label, assessment, (own,)):
        return say(names.fact(gap.path))
    return say(_("{question} ({kind})", question=gap.question, kind=entry.title))


def _nothing(assessment: Assessment, names: Names) -> View:
    blocks: list[Block] = [Prose(say(_("No answer is missing that could change a finding. Nobody has to be asked.")))]
    if names.unsure:
        count = len(names.unsure)
        blocks.append(
            Prose(
                say(
                    ngettext(
                        "{number} answer was given as unsure; the full report names it: ask again.",
                        "{number} answers were given as unsure; the full report names them: ask again.",
                        count,
                    )
                )
            )
        )
    title = _("Nothing is missing: {project}", project=called(assessment.case_title, assessment.case_id))
    return framed("questions", (assessment, None), title, (Section("questions", _("Questions"), tuple(blocks)),))
