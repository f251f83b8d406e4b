"""A named person decides on an assessment and keeps replies, a second one confirms; whether two are one person."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias

from risk_engine.files.diagnostics import (
    RiskEngineError,
    help_line,
    printable,
    quoted,
    reason,
    suggestion,
    without_unseen,
)
from risk_engine.files.language import _
from risk_engine.files.plain import digest
from risk_engine.files.reading import open_file
from risk_engine.files.syntax import UNFIT
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import SCHEMA, Confirmation, Decided, Decision, Person, Reply, Sheet
from risk_engine.model.explanation import Explanation
from risk_engine.records.decisions import (
    UNSEALED,
    StatedCondition,
    about,
    conditions_of,
    contradiction,
    decided,
    decision_digest,
    four_eyes,
    level_words,
)
from risk_engine.version import __version__

_TITLE = re.compile(
    "dr|doctor|doktor|prof|professor|professorin|phd|dphil|dipl|habil|emer|emeritus|emerita|univ|doz|pd|mag|ing|"
    "mr|mrs|ms|mx|miss|herr|frau|msc|bsc|mba|llm|dame|sir"
)
_SPELT_OUT = re.compile(r"\bph\W{0,2}d\b|\b[mbd]\W{0,2}sc\b|\bh\W{0,2}c\b(?=\W*$)", re.IGNORECASE)
"""Degrees that are written with points between their letters."""

_LETTERS = str.maketrans("øœæłđðþħŧ", "ooalddtht")
_APOSTROPHES = "'\u2018\u2019\u02bc`\u00b4"
_FIRST_I = re.compile(r"\bI")
_UMLAUT = re.compile(r"([aou])e")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe", "å": "aa"})


def same_person(one: Person, other: Person) -> bool:
    """Return whether two people bear the same name; the role says nothing: one person can hold two.

    Nothing counts that only changes how a name is written: case, order, titles, points, accents, unseen characters,
    letters of another script that look alike, and whether an umlaut is spelt out.
    """
    return any(sorted(mine) == sorted(theirs) for mine, theirs in _pairs(one, other, _readings))


def may_be_same_person(one: Person, other: Person) -> bool:
    """Return whether the shorter name may be a shorter form of the other: initials, or a name that was left out.

    Or whether plain letters of one look like those of the other, as in `Vogel` and `VogeI`: two may be called so.
    """
    return any(
        _is_part(*sorted((mine, theirs), key=len))
        for readings in (_readings, _plain_readings)
        for mine, theirs in _pairs(one, other, readings)
    )


def spellings(name: str) -> frozenset[str]:
    """Return a name as it may be found in a text, in small letters: umlauts as they are, spelt out, and bare."""
    small = unicodedata.normalize("NFC", name.casefold())
    return frozenset({small, small.translate(_SPELT), _UMLAUT.sub(r"\1", small)})


def is_title(word: str) -> bool:
    """Return whether a word before or after a name is a title or a form of address."""
    return _TITLE.fullmatch(word.casefold()) is not None


def plain_letters(small: str) -> str:
    """Return a text in small letters with plain ones for those that no form of Unicode takes apart, such as `ø`."""
    return small.translate(_LETTERS)


_Readings: TypeAlias = Callable[[str], tuple[list[str], ...]]


def _pairs(one: Person, other: Person, readings: _Readings) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of both names in each reading."""
    for mine in readings(one.name):
        for theirs in readings(other.name):
            yield mine, theirs


def _readings(name: str) -> tuple[list[str], ...]:
    """Return the words of a name as its scripts mean them, and as they look: as they are, and in capitals."""
    composed = _composed(name)
    return _words(composed), *_looks(composed, plain=False)


def _plain_readings(name: str) -> tuple[list[str], ...]:
    """Return the words of a name as they look, plain letters and digits too: `I` is like `l`, `0` like `O`."""
    return _looks(_composed(name), plain=True)


def _composed(name: str) -> str:
    return without_unseen(unicodedata.normalize("NFKC", name))


def _looks(name: str, *, plain: bool) -> tuple[list[str], ...]:
    # No name begins with a small `l`; and among capitals what looks like one is meant to be a capital `I`.
    as_it_is = "I".join(_skeleton(part, plain=plain) for part in _FIRST_I.split(name))
    return _words(as_it_is), _words(_skeleton(name.upper(), plain=plain).replace("l", "I"))


def _skeleton(text: str, *, plain: bool) -> str:
    """Return a text with what each character looks like in its place (Unicode TR 39); `plain`: of ASCII ones too."""
    prototypes = _prototypes()
    return "".join(prototypes.get(char, char) if plain or not char.isascii() else char for char in text)


@cache
def _prototypes() -> dict[str, str]:
    """Return what Unicode's table of confusables says that each character looks like.

    The library has each line of the table both ways: what looks like several is what they look like.
    """
    from confusable_homoglyphs.confusables import confusables_data

    found: dict[str, str] = {}
    for char, (first, *more) in confusables_data.items():
        other = first["c"]
        is_prototype = more or (len(confusables_data[other]) == 1 and _plainness(char) > _plainness(other))
        if not is_prototype:
            found[char.strip(_MARK)] = other.strip(_MARK)
    return found


_MARK = "\N{LEFT-TO-RIGHT MARK}"
"""Stands around letters of scripts that are written from the right, in the table."""


def _plainness(prototype: str) -> tuple[int, bool, int]:
    return len(prototype.strip(_MARK)), prototype.isascii(), -ord(prototype.strip(_MARK)[0])


def _words(name: str) -> list[str]:
    """Return the bare words of a name; where it consists of nothing but titles, those."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    words = _SPELT_OUT.sub(" ", "".join(_seen(one) for one in plain)).split()
    folded = [_UMLAUT.sub(r"\1", one) for one in words if not _TITLE.fullmatch(one)]
    return folded or words


def _seen(sign: str) -> str:
    """Return what counts of a character: itself, a space between words, or nothing."""
    if sign.isspace():
        return " "
    if unicodedata.category(sign)[0] in {"M", "C"} or sign in _APOSTROPHES:
        return ""
    return sign if sign.isalnum() else " "


def _is_part(short: Sequence[str], long: Sequence[str]) -> bool:
    shared = Counter(short) & Counter(long)
    left = list((Counter(long) - shared).elements())
    for one in (Counter(short) - shared).elements():
        fitting = next((each for each in left if 1 in {len(one), len(each)} and one[0] == each[0]), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return any(len(one) > 1 for one in shared)


@dataclass(frozen=True)
class Said:
    """What the person who decides says; a ladder without a level takes the one proposed, if that is settled.

    `adopt` says whether the controls that the case lists become conditions; None: as `conditions_of` chooses.
    """

    by: Person
    on: date
    levels: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    conditions: tuple[StatedCondition, ...] = ()
    adopt: bool | None = None
    replies: tuple[Reply, ...] = ()
    supersedes: Decision | None = None
    sheet: Sheet | None = None


def decide(assessment: Explanation, said: Said) -> Decision:
    """Return the decision on an assessment; raise RiskEngineError with everything that stands against it."""
    if not assessment.proposals:
        message = _("the assessment proposes nothing, so there is nothing to decide")
        raise RiskEngineError(problem(message, _("assess the case again under criteria that have ladders")))
    chosen = dict(said.levels)
    levels = tuple(decided(one, chosen.get(one.ladder)) for one in assessment.proposals)
    conditions, wrong_conditions = conditions_of(assessment, levels, said.conditions, said.adopt, said.on)
    problems = [
        *_level_problems(assessment, said.levels),
        *_reason_problems(assessment, levels, said),
        *wrong_conditions,
        *_date_problems(assessment, said),
        *_supersedes_problems(assessment, said),
    ]
    if problems:
        raise RiskEngineError("\n".join(problems))
    decision = Decision.model_validate(
        {
            "schema": SCHEMA,
            "kind": "decision",
            "engine": __version__,
            "language": assessment.language,
            "sheet": said.sheet,
            "about": about(assessment),
            "levels": levels,
            "reason": said.reason,
            "conditions": conditions,
            "replies": said.replies,
            "by": said.by,
            "on": said.on,
            "four_eyes": four_eyes(assessment, levels, said.supersedes),
            "supersedes": said.supersedes.digest if said.supersedes else None,
            "digest": UNSEALED,
        }
    )
    return decision.model_copy(update={"digest": decision_digest(decision)})


def problem(message: str, way_out: str = "") -> str:
    """Return a problem and the way out, safe to print."""
    return printable(message) + help_line(printable(way_out))


def _level_problems(assessment: Explanation, stated: Sequence[tuple[str, str]]) -> Iterator[str]:
    ladders = {one.ladder: one for one in assessment.proposals}
    seen: set[str] = set()
    for ladder, level in stated:
        if ladder not in ladders:
            yield problem(_("there is no ladder `{ladder}`", ladder=ladder), suggestion(ladder, ladders))
        elif level not in ladders[ladder].ladder_levels:
            message = _("`{ladder}` has no level `{level}`", ladder=ladder, level=level)
            yield problem(message, suggestion(level, ladders[ladder].ladder_levels))
        if ladder in seen:
            yield problem(_("a level of `{ladder}` is named twice", ladder=ladder))
        seen.add(ladder)
    for name, proposal in ladders.items():
        if proposal.provisional and name not in seen:
            one = decided(proposal, None)
            message = _(
                "`{ladder}` is still open between {mildest} and {strictest}, so its proposal is not taken over",
                ladder=one.title,
                mildest=one.between[0].title,
                strictest=one.between[1].title,
            )
            known = quoted(proposal.ladder_levels)
            yield problem(message, _("decide it: --level {ladder}=LEVEL, one of {levels}", ladder=name, levels=known))


def _reason_problems(assessment: Explanation, levels: Sequence[Decided], said: Said) -> Iterator[str]:
    if said.reason is not None:
        return
    if against := contradiction(assessment, levels):
        message = _("the decision contradicts itself, and no reason is given: {what}", what=against)
        yield problem(message, _("decide one of them otherwise with --level, or say why both: --reason"))
    other = [one for one in levels if one.deviates]
    if other:
        named = ", ".join(
            _("{level} (proposed: {proposed})", level=level_words(one), proposed=one.proposed.title) for one in other
        )
        message = _("the decision deviates from the proposal, and no reason is given: {levels}", levels=named)
        yield problem(message, _("say why: --reason"))
    # Nothing settled was proposed, so whoever chooses has reasons of their own.
    chosen = dict(said.levels)
    if still := [one for one in levels if one.provisional and not one.deviates and one.ladder in chosen]:
        named = ", ".join(level_words(one) for one in still)
        message = _("this was chosen while it was still open, and no reason is given: {levels}", levels=named)
        yield problem(message, _("say why: --reason"))


def _date_problems(assessment: Explanation, said: Said) -> Iterator[str]:
    if said.on < assessment.on:
        message = _(
            "the decision is dated {day}, before the day of the assessment, {assessed}",
            day=said.on,
            assessed=assessment.on,
        )
        yield problem(message, _("name the day of the decision with --on, or assess for an earlier day"))
    for reply in said.replies:
        if reply.date > said.on:
            values = {"name": reply.name, "date": reply.date, "day": said.on}
            yield problem(_("the reply `{name}` is dated {date}, after the decision of {day}", **values))


def _supersedes_problems(assessment: Explanation, said: Said) -> Iterator[str]:
    old = said.supersedes
    if old is None:
        return
    if decision_digest(old) != old.digest:
        yield problem(_("the decision to supersede was changed after it was written"))
    earlier = {assessment.digest, assessment.supersedes.digest if assessment.supersedes else assessment.digest}
    if old.about.digest not in earlier:
        message = _("the decision to supersede is neither on this assessment nor on the one that it supersedes")
        yield problem(message, _("a changed case is assessed with `risk-engine assess CASE --supersedes OLD`"))
    if old.on > said.on:
        yield problem(_("the decision to supersede is of {earlier}, after {day}", earlier=old.on, day=said.on))


def confirm(decision: Decision, by: Person, on: date, *, different_person: bool = False) -> Decision:
    """Return the decision with the confirmation of a second person; raise RiskEngineError where that cannot be.

    `different_person`: it was said that two names which may be of one person are of two; that is kept.
    """
    problems: list[str] = []
    alike = may_be_same_person(by, decision.by)
    if decision_digest(decision) != decision.digest:
        message = _("the decision was changed after it was written")
        problems.append(problem(message, _("confirm the record as it was written")))
    if decision.confirmation is not None:
        message = _("`{name}` has confirmed this decision already", name=decision.confirmation.by.name)
        problems.append(problem(message))
    if same_person(by, decision.by):
        way_out = _(
            "a second person must confirm it; write what tells two people of one name apart, such as a middle name"
        )
        problems.append(problem(_("`{name}` took the decision", name=by.name), way_out))
    elif alike and not different_person:
        message = _("`{name}` may be `{other}`, who took the decision", name=by.name, other=decision.by.name)
        way_out = _("write both names out; if they are two people, say so: --different-person")
        problems.append(problem(message, way_out))
    if on < decision.on:
        message = _("the confirmation is dated {day}, before the decision of {decided}", day=on, decided=decision.on)
        problems.append(problem(message))
    if problems:
        raise RiskEngineError("\n".join(problems))
    stated = alike and different_person
    confirmation = Confirmation(decision=decision.digest, by=by, on=on, different_person=stated, digest=UNSEALED)
    sealed = confirmation.model_copy(update={"digest": confirmation_digest(confirmation)})
    return decision.model_copy(update={"confirmation": sealed})


def confirmation_digest(confirmation: Confirmation) -> str:
    """Return the digest of a confirmation without its own digest."""
    content = confirmation.model_dump(mode="json", by_alias=True)
    del content["digest"]
    return digest(content)


def confirmation_problem(decision: Decision) -> str | None:
    """Return why the confirmation of a stored decision does not count; None where it does, or where there is none."""
    confirmation = decision.confirmation
    if confirmation is None:
        return None
    if confirmation_digest(confirmation) != confirmation.digest:
        return _("altered: the confirmation was changed after it was written")
    if confirmation.decision != decision.digest or decision.digest != decision_digest(decision):
        return _("the confirmation is of another decision")
    if same_person(confirmation.by, decision.by):
        return _("the person who decided confirmed it too")
    if may_be_same_person(confirmation.by, decision.by) and not confirmation.different_person:
        return _("the person who decided may have confirmed it too, and nobody said that they are two")
    if confirmation.on < decision.on:
        return _("the confirmation is dated before the decision")
    return None


def awaits_confirmation(decision: Decision, assessment: Assessment | Explanation | None = None) -> bool:
    """Return whether a second person must confirm a stored decision and has not done so in a way that counts.

    With the assessment that it is about, what the set and the profile ask for counts, whatever the record says.
    """
    asked = bool(decision.four_eyes) or (assessment is not None and bool(four_eyes(assessment, decision.levels)))
    return asked and (decision.confirmation is None or confirmation_problem(decision) is not None)


MAX_TEXT = 64 * 1024
"""A longer text is not kept in the record, only its digest."""

_ODD_BREAKS = frozenset("\x85\u2028\u2029")
"""Ends of lines that readers of JSON do not agree on."""


def read_reply(path: Path, by: str, on: date) -> Reply:
    """Return the record of a reply; raise RiskEngineError where the file cannot be read."""
    hashed = hashlib.sha256()
    size, first = 0, b""
    try:
        with open_file(path) as file:
            while part := file.read(1 << 20):
                first = first or part
                hashed.update(part)
                size += len(part)
    except OSError as error:
        message = _("{path}: the reply cannot be read: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message) from error
    return Reply.model_validate(
        {
            "name": _name(path),
            "sha256": hashed.hexdigest(),
            "size": size,
            "text": _text(first) if size <= MAX_TEXT else None,
            "from": by,
            "date": on,
        }
    )


def _name(path: Path) -> str:
    """Return the name of a file as text; what cannot stand in a text is replaced."""
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", path.name)


def _text(raw: bytes) -> str | None:
    """Return the bytes as text, None where they are not plain text that comes back from JSON as it was."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if UNFIT.search(text) or _ODD_BREAKS.intersection(text) else text
