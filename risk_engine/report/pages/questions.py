"""What is still to be answered, as a letter with a table to each of those who are asked.

A letter holds questions and nothing of what is known: no answer, no finding, no severity, no title of the case, nothing
of another entry. What the criteria call confidential is not asked in writing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from risk_engine.diagnostics import RiskEngineError, quoted
from risk_engine.language import _, ngettext, pgettext
from risk_engine.model.explanation import Entry, Explanation, Gap
from risk_engine.report.blocks import (
    Blanks,
    Block,
    Letterhead,
    Line,
    Prose,
    Section,
    Table,
    View,
    say,
    shortened,
    strong,
)
from risk_engine.report.pages.discreet import (
    Kept,
    confidential_points,
    may_be_named,
    names_nobody,
    tells_an_entry,
)
from risk_engine.report.pages.frame import called, framed, nameless
from risk_engine.report.unknown import who_to_ask
from risk_engine.report.wording import Names, day

OTHERS = "others"
"""What `--to` calls those whom the criteria do not name."""
_ROOM = 90
"""How many letters of the id of a case stand in a subject."""


@dataclass(frozen=True)
class Addressee:
    """Who is asked what: `key` as `--to` names them, the entry that a letter is about, if it is about one alone.

    `is_listed` says whether those who are asked are entries of the case themselves, such as partners; `stem` is what
    the letter's file may be called.
    """

    key: str
    role: str
    title: str
    entry: Entry | None
    gaps: tuple[Gap, ...]
    is_listed: bool
    stem: str

    def known(self) -> frozenset[str]:
        """Return the paths of the entries that the addressee may read of."""
        if self.entry is not None:
            return frozenset({self.entry.path})
        return frozenset() if self.is_listed else frozenset(_entry_of(gap) for gap in self.gaps)


def addressees(assessment: Explanation) -> tuple[Addressee, ...]:
    """Return who has to answer something, those first whose answers weigh most.

    Of a list of which somebody is asked about several entries, each entry has a letter of its own: who gets the one
    must not read what is asked about the other. So has an entry of the list that is called as those who are asked.
    """
    by_role: dict[str, list[Gap]] = {}
    for gap in assessment.gaps:
        by_role.setdefault(gap.asked_of or OTHERS, []).append(gap)
    return tuple(one for role, gaps in by_role.items() for one in _of_role(role, gaps, assessment))


def questions(assessment: Explanation, to: str | None) -> View:
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
    both = frozenset[str].intersection(*(one.known() for one in chosen))
    title = _subject(assessment, both)
    shown = framed("questions", (assessment, None), title, letters)
    return nameless(shown, assessment) if tells_an_entry(assessment.case_id, assessment, both) else shown


def _subject(assessment: Explanation, known: frozenset[str]) -> str:
    """Return what a letter is about; the title of a case may name anybody, and so may its id."""
    if tells_an_entry(assessment.case_id, assessment, known):
        return _("Questions on a planned cooperation")
    return _("Questions on a planned cooperation, case {id}", id=shortened(assessment.case_id, _ROOM))


def _entry_of(gap: Gap) -> str:
    return ".".join(gap.path.split(".")[:2])


def _of_role(role: str, gaps: list[Gap], assessment: Explanation) -> Iterator[Addressee]:
    entries = {one.path: one for one in assessment.entries}
    about = {gap.path: _entry_of(gap) for gap in gaps}
    is_listed = any(path.partition(".")[0] == role for path in entries)
    asked = dict.fromkeys(path for path in about.values() if path in entries)
    lists = [path.partition(".")[0] for path in asked]
    apart = [path for path, entity in zip(asked, lists, strict=True) if entity == role or lists.count(entity) > 1]
    title = who_to_ask(gaps[0])
    for number, path in enumerate(apart, 1):
        entity, _dot, entry = path.partition(".")
        key = f"{role}.{entry}" if entity == role else f"{role}.{path}"
        stem = f"{role}-{number}" if tells_an_entry(entry, assessment, {path}) else key
        own = tuple(gap for gap in gaps if about[gap.path] == path)
        yield Addressee(key, role, title, entries[path], own, is_listed, stem)
    rest = tuple(gap for gap in gaps if about[gap.path] not in apart)
    if rest:
        # No entry is called so: what is not about one of those above can be chosen without them.
        key = f"{role}:other" if apart else role
        yield Addressee(key, role, title, None, rest, is_listed, key)


def _letter(to: Addressee, assessment: Explanation, names: Names, *, is_first: bool) -> Section:
    kept = Kept(assessment)
    asked = tuple(one for one in to.gaps if not kept.answer(one.path))
    sender = (assessment.institution, _("Research office")) if assessment.institution else (_("Research office"),)
    named = to.entry if to.entry and may_be_named(to.entry, assessment) else None
    recipient = (to.title, named.label) if named else (to.title,)
    blocks: list[Block] = [
        Letterhead(sender, recipient, day(assessment.on)),
        Prose(say(_("Dear colleague,"))),
    ]
    blocks += _asked(to, asked, assessment, names)
    if len(asked) < len(to.gaps):
        blocks.append(Prose(say(confidential_points())))
    blocks += [Prose(say(_("Kind regards,"))), *_closing(is_asked=bool(asked))]
    return Section(f"to-{to.stem}", _subject(assessment, to.known()), tuple(blocks), starts_page=not is_first)


def _asked(to: Addressee, asked: Sequence[Gap], assessment: Explanation, names: Names) -> list[Block]:
    """Return the questions with room for the answers, nothing where there are none."""
    if not asked:
        return []
    blocks: list[Block] = [Prose(say(_opening(len(asked))))]
    if to.entry and may_be_named(to.entry, assessment):
        entry = to.entry
        blocks.append(Prose(say(_("All of them are about: {kind} “{name}”.", kind=entry.title, name=entry.label))))
    blocks += [
        _table(to, asked, assessment, names),
        Prose(say(_("Please write the answers into the table and send it back. Thank you for your help."))),
    ]
    return blocks


def _closing(*, is_asked: bool) -> list[Block]:
    if not is_asked:
        return [Blanks((_("Name and role"), _("Date and signature")))]
    return [
        Blanks((_("Name and role"), _("Please answer by"), _("Please send it to"))),
        Prose(say(strong(_("Filled in by the person who answers")))),
        Blanks((_("Name and role"), _("Date and signature"))),
    ]


def _opening(number: int) -> str:
    return ngettext(
        "before we can decide, one answer is missing that you may be able to give. “Not known” is a good answer too: "
        "it never counts as a no, and it helps us more than a guess.",
        "before we can decide, {number} answers are missing that you may be able to give. “Not known” is a good answer "
        "too: it never counts as a no, and it helps us more than a guess.",
        number,
    )


def _table(to: Addressee, asked: Sequence[Gap], assessment: Explanation, names: Names) -> Table:
    head = (pgettext("number", "No."), _("Question"), _("How to find out"), _("Your answer"))
    rows = tuple(
        (say(str(number)), _question(gap, to, assessment, names), say(gap.help or "–"), say(""))
        for number, gap in enumerate(asked, 1)
    )
    return Table(_("Questions"), head, rows, shares=(6, 42, 26, 26))


def _question(gap: Gap, to: Addressee, assessment: Explanation, names: Names) -> Line:
    """Return a question and, in a letter that is not about one entry alone, which entry it is about."""
    own = _entry_of(gap)
    entry = next((one for one in assessment.entries if one.path == own), None)
    if entry is None or to.entry is not None:
        return say(gap.question)
    is_open = may_be_named(entry, assessment) and names_nobody(entry.label, assessment, (own,))
    if own in to.known() and is_open:
        return say(names.fact(gap.path))
    return say(_("{question} ({kind})", question=gap.question, kind=entry.title))


def _nothing(assessment: Explanation, names: Names) -> View:
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
