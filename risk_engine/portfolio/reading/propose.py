"""What the columns of an office's own table may state: a guess for each, with its reason, for a person to confirm.

A header is held against the names, former names, questions and titles of a set in all its languages; what the cells say
against the answers that a fact can have. The file that comes of it uses nothing until somebody says `confirmed: true`.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError, printable, quoted, suggestion
from risk_engine.files.language import _, first_few
from risk_engine.loading.translation import languages_of, told_in
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.mapping import DateForm, MappedColumn
from risk_engine.portfolio.reading.checking import case_ids, shown
from risk_engine.portfolio.reading.headers import CASE, CORE, DAY, TITLE
from risk_engine.portfolio.reading.mapping import full_name
from risk_engine.portfolio.reading.tables import Part, Table
from risk_engine.portfolio.reading.values import can_hold, checked, forms_of, in_form, plain, words_of

SAMPLE: Final = 5_000
"""So many rows are looked at."""
_NEAR, _SURE = 0.55, 0.85
"""From how alike a header and a name are, it is a guess, and a good one."""
_MOST_VALUES, _MOST_SHOWN, _LONGEST = 30, 5, 60
_STOP: Final = frozenset(
    (  # noqa: SIM905 (a word a line is a page of them)
        "a an and are as at be by do does for from has have if in is it its of on or that the there this to "
        "was what when where which who will with der die das ein eine und oder ist sind im in von zu zum zur "
        "wird welche welcher welches"
    ).split()
)
_CASE_WORDS: Final = (
    "case",
    "case id",
    "id",
    "number",
    "no",
    "nr",
    "project id",
    "reference",
    "application",
    "application id",
    "aktenzeichen",
    "kennung",
    "antrag",
    "vorgang",
)
_TITLE_WORDS: Final = ("title", "project title", "name of the project", "titel", "projekttitel", "acronym")
_DAY_WORDS: Final = (
    "assessment date",
    "date of assessment",
    "date of application",
    "tag der bewertung",
    "eingang",
    "submission date",
    "received",
)
_SPLITS: Final = (";", "|", "\n", ",")


@dataclass(frozen=True)
class Guess:
    """What a column may state, and why somebody may think so."""

    header: str
    to: str
    reason: str
    split: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    """What cells say that nobody reads, with the answer that each may be."""
    unread: tuple[str, ...] = ()
    """What cells say for which nothing was found."""
    forms: tuple[DateForm, ...] = ()
    """The forms in which every day that is not year-month-day is one; of several nobody can tell which."""

    @property
    def dates(self) -> DateForm | None:
        """The form in which days are written, where it can be no other."""
        return self.forms[0] if len(self.forms) == 1 else None


@dataclass(frozen=True)
class Proposal:
    """The guesses, and the columns for which there is none, each with some of what its cells say."""

    guesses: tuple[Guess, ...]
    unplaced: Mapping[str, str]
    columns: tuple[str, ...]
    near: Mapping[str, str] = field(default_factory=dict)
    """Of columns for which there is none: what they are most like, and why that is no guess."""
    notes: tuple[str, ...] = ()
    """What else to mind before the file is used."""


@dataclass(frozen=True)
class _Target:
    """Something that a column can state."""

    path: str
    name: str
    fact: AnyFact
    called: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[frozenset[str], ...]:
        return tuple(_words(one) for one in self.called)


def propose(table: Table, criteria: Criteria, about: str | None = None) -> Proposal:
    """Return what the columns of a table may state: of cases, or of one with a row for each entry of an entity.

    Raises RiskEngineError where there is no such entity.
    """
    if about is not None and about not in criteria.entities:
        raise RiskEngineError(_("no case has `{name}`", name=about), suggestion(about, criteria.entities))
    part = next(table.parts(SAMPLE))
    headers = [one for one in table.schema if not part.frame.schema[one].is_nested()]
    targets = list(_targets(criteria) if about is None else _targets_about(about, criteria))
    scored = [found for header in headers for found in _scored(header, part, targets, criteria)]
    taken: dict[str, str] = {}
    guesses: dict[str, Guess] = {}
    near: dict[str, str] = {}
    for score, guess in sorted(scored, key=lambda one: -one[0]):
        if guess.header in guesses or guess.header in near:
            continue
        if score < _NEAR:
            near[guess.header] = _("most like `{name}` ({reason})", name=guess.to, reason=guess.reason)
        elif guess.to not in taken:
            guesses[guess.header] = guess
            taken[guess.to] = guess.header
    for _score, guess in scored:
        if guess.header not in guesses and guess.header not in near:
            other = taken[guess.to]
            near[guess.header] = _("like `{name}`, which `{other}` fits better", name=guess.to, other=other)
    unplaced = {one: _shown(part.frame[one]) for one in headers if one not in guesses}
    unplaced |= {one: _("holds lists") for one in table.schema if one not in headers}
    placed = tuple(guesses[one] for one in headers if one in guesses)
    return Proposal(placed, unplaced, tuple(table.schema), near, tuple(_notes(part)))


def _notes(part: Part) -> Iterator[str]:
    torn = 0 if part.torn is None else len(part.torn) - part.torn.null_count()
    if torn:
        assert part.torn is not None  # noqa: S101 (some are)
        counts = {"torn": torn, "rows": len(part.rows), "reason": part.torn.drop_nulls()[0]}
        yield _(
            "{torn} of the first {rows} rows do not fit the headers: {reason}; where the headers stand in another row, "
            "say so with `--header`",
            **counts,
        )


def samples(part: Part) -> dict[str, str]:
    """Return some of what the cells of each column say."""
    nested = _("holds lists")
    return {one: nested if dtype.is_nested() else _shown(part.frame[one]) for one, dtype in part.frame.schema.items()}


def looked_at(part: Part, header: str, mapped: MappedColumn, criteria: Criteria) -> Guess:
    """Return how what the cells of a column say is read as answers to what a person says that it states."""
    to, split = mapped.to, mapped.split
    full = full_name(to)
    target = next((one for one in _targets(criteria) if one.name == full), None)
    cells = part.frame[header]
    if target is None or isinstance(target.fact, TextFact) or cells.dtype.is_nested():
        return Guess(header, to, "", split)
    if mapped.option is not None:  # its cells say yes or no
        target = replace(target, fact=BooleanFact(type="boolean"))
    found = _read(cells, target, criteria, split, mapped.dates)
    reason = found.reason if found.known else ""
    return Guess(header, to, reason, split, found.values, found.unread, found.forms)


def _targets(criteria: Criteria) -> Iterator[_Target]:
    yield _Target(CASE, CASE, TextFact(type="text"), _CASE_WORDS)
    yield _Target(TITLE, TITLE, CORE[TITLE], _TITLE_WORDS)
    yield _Target(DAY, DAY, CORE[DAY], _DAY_WORDS)
    spoken = (criteria, *(told_in(criteria, one).words for one in languages_of(criteria)))
    for name, fact in criteria.every_fact():
        if fact.deprecated is not None or (not isinstance(fact, RowFact | TextFact) and fact.from_ is not None):
            continue  # what is not asked any more, and what a table knows
        if isinstance(fact, TextFact) and fact.belongs_to is not None:
            continue  # the id of an entry, which no table of an office's own has
        entity, _dot, short = name.partition(".")
        told = [one.entities[entity] for one in spoken]
        called = [short, f"{entity} {short}", *(f"{one.title} {short}" for one in told)]
        called += [former.name for former in fact.was if former.name is not None]
        called += [question for one in told if (question := one.facts[short].question)]
        if isinstance(fact, RowFact):
            for one in spoken:
                table = one.tables[fact.of].title
                called += [table, f"{one.entities[entity].title} {table}"]
        is_list = criteria.entities[entity].many is not None
        path = f"{entity}.{{number}}.{short}" if is_list else name
        yield _Target(path, name, fact, tuple(dict.fromkeys(called)))


def _targets_about(entity: str, criteria: Criteria) -> Iterator[_Target]:
    """Yield what a column of a table about an entity can state; the case stands in as many rows as it has entries."""
    for one in _targets(criteria):
        if one.path == CASE:
            # It needs no row of its own, so what it is called decides.
            yield replace(one, path=_OF_CASE)
        elif one.name.startswith(f"{entity}."):
            yield replace(one, path=one.name)


_OF_CASE: Final = "of case"


def _words(text: str) -> frozenset[str]:
    found = re.findall(r"[^\W\d_]+", text.casefold())
    return frozenset(_ENDING.sub("", one[:_STEM]) for one in found if one not in _STOP)


_STEM: Final = 6
"""So many letters of a word are compared: it may end otherwise, and in German a longer one may begin with it."""
_ENDING: Final = re.compile(r"(?<=\w{4})(?:e[nst]?|t)$|(?<=\w{3})s$")


def _scored(header: str, part: Part, targets: Iterable[_Target], criteria: Criteria) -> Iterator[tuple[float, Guess]]:
    """Yield what a column may state, with how likely that is: more than one where it is both called so and says so."""
    column = part.frame[header]
    number = int(found[0]) if (found := re.findall(r"(?<!\d)[1-9]\d?(?!\d)", header)) else 1
    # “(yes/no)” says how it is answered, not what is asked.
    words = (_words(header) - _words(" ".join(words_of(criteria).truths))) or _words(header)
    for target in targets:
        name, reason = _alike(header, words, target)
        # Every table has days, and hardly one of them is that of the assessment.
        if name < (_SURE if target.path == DAY else _LEAST) and not isinstance(target.fact, RowFact):
            continue
        if target.path == _OF_CASE:
            if name >= _SURE:
                yield name + 0.5, Guess(header, CASE, reason)
            continue
        if target.path == CASE:
            if (told := _as_ids(column, is_called_so=name >= _SURE)) is not None:
                yield name + 0.5, Guess(header, CASE, f"{reason}; {told}")
            continue
        if not can_hold(column.dtype, target.fact):
            continue
        found_in = _said(column, target, criteria)
        # Any number is an answer to any question about numbers; a country is not.
        bonus = _BONUS / 3 if isinstance(target.fact, IntegerFact | DateFact) else _BONUS
        score = name + (bonus * found_in.share if found_in.share >= _MOSTLY else -_BONUS if found_in.known else 0)
        if score < _NEAR and not (name >= _NEAR and found_in.known):
            continue
        path = target.path.format(number="*" if found_in.split else number)
        entity = criteria.entities.get(path.partition(".")[0])
        if entity is not None and entity.many is not None and number > entity.many:
            continue
        reasons = [reason] if reason else []
        if found_in.known:
            reasons.append(found_in.reason)
        told = "; ".join(reasons)
        yield score, Guess(header, path, told, found_in.split, found_in.values, found_in.unread, found_in.forms)


_LEAST, _MOSTLY, _BONUS = 0.3, 0.6, 0.3


def _alike(header: str, words: frozenset[str], target: _Target) -> tuple[float, str]:
    """Return how alike a header and what something is called are, from 0 to 1, and in what."""
    said = plain(re.sub(r"[\W_]+", " ", header))
    best, reason = 0.0, ""
    for called, its in zip(target.called, target.words, strict=True):
        text = plain(re.sub(r"[\W_]+", " ", called))
        if said == text or header == target.name:
            return 1.1 if header == target.name else 1.0, _("the header is “{called}”", called=called)
        both = len(words & its)
        if not both:
            continue
        score = 2 * both / (len(words) + len(its))
        if len(its) > _LONG and both > 1:
            score = max(score, 0.8 * both / len(words))  # a question says more than a header
        if len(its) <= _LONG:
            score = max(score, difflib.SequenceMatcher(None, said, text).ratio() * 0.9 if both == len(words) else 0)
        if score > best:
            best, reason = score, _("the header is like “{called}”", called=called)
    return best, reason


_LONG: Final = 4


def _as_ids(column: pl.Series, *, is_called_so: bool) -> str | None:
    """Return why a column may hold the ids of cases, None where it does not; a few may be wrong where it says so."""
    ids = case_ids(column).drop_nulls()
    if not len(ids):
        return None
    different = ids.n_unique()
    if different == len(column):
        return _("every row has another")
    if not is_called_so or different < len(column) * _MOSTLY_IDS:
        return None
    counts = {"without": len(column) - len(ids), "again": len(ids) - different}
    return _("{without} rows have none, {again} one that another row has too; those are rejected", **counts)


_MOSTLY_IDS: Final = 0.9


@dataclass(frozen=True)
class _Found:
    """What the cells of a column are as answers: how many different ones there are, and how many of them are read."""

    known: int = 0
    read: int = 0
    split: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    forms: tuple[DateForm, ...] = ()

    @property
    def reason(self) -> str:
        """What speaks for it in what the cells say."""
        told = _("{read} of {all} different values are answers", read=self.read, all=self.known)
        if not self.forms:
            return told
        if len(self.forms) == 1:
            return f"{told}; " + _("written as {form} all are days, and in no other form", form=self.forms[0])
        return f"{told}; " + _("days may be written as {forms}, and nobody can tell which", forms=quoted(self.forms))

    @property
    def share(self) -> float:
        """How much of it is read, or is nearly an answer."""
        return (self.read + len(self.values)) / self.known if self.known else 0.0


def _said(column: pl.Series, target: _Target, criteria: Criteria) -> _Found:
    if isinstance(target.fact, TextFact):
        return _Found()
    whole = _read(column, target, criteria, None)
    if column.dtype != pl.String or whole.share >= _MOSTLY or "{number}" not in target.path:
        return whole
    parted = [_read(column, target, criteria, one) for one in _SPLITS if column.str.contains(one, literal=True).any()]
    return max([whole, *parted], key=lambda one: one.share)


def _read(
    column: pl.Series, target: _Target, criteria: Criteria, split: str | None, dates: DateForm | None = None
) -> _Found:
    texts = column if split is None else column.str.split(split).explode()
    if texts.dtype == pl.String:
        texts = texts.str.strip_chars()
    counts = texts.drop_nulls().value_counts(sort=True)
    different = counts[texts.name].rename("said")
    forms: tuple[DateForm, ...] = ()
    read_as = different
    if isinstance(target.fact, DateFact) and different.dtype == pl.String:
        forms = () if dates else tuple(forms_of(different))
        if form := dates or (forms[0] if len(forms) == 1 else None):
            read_as = pl.Series([in_form(one, form) for one in different], dtype=pl.String)
    values, reasons = checked(read_as, target.name, target.fact, words_of(criteria), 0)
    stated = different.filter(values.is_not_null())
    if reasons is None:
        return _Found(len(stated), len(stated), split, forms=forms)
    unread = shown(different.filter(reasons.is_not_null())).to_list()
    known = len(stated) + len(unread)
    # What nothing of is read is hardly what was meant, and looking for it takes long.
    is_near = bool(len(stated)) or len(unread) <= _MOST_SHOWN
    short = [one for one in unread[:_MOST_VALUES] if is_near and len(one) <= _LONGEST]
    near = {one: meant for one in short if (meant := _near(one, target, criteria)) is not None}
    left = tuple(one for one in unread if one not in near)
    return _Found(known, known - len(unread), split, near, left, forms)


def _near(text: str, target: _Target, criteria: Criteria) -> str | None:
    """Return the answer that a text may mean, by its letters; None where none is near."""
    words = words_of(criteria)
    match target.fact:
        case ChoiceFact() | ChoicesFact():
            known = words.options(target.name, target.fact)
        case RowFact(of=table):
            known = words.rows(table)
        case _:
            return None
    near = difflib.get_close_matches(plain(text), known, n=1, cutoff=0.8)
    return known[near[0]] if near else None


def _shown(column: pl.Series) -> str:
    said = shown(column.drop_nulls().unique(maintain_order=True).head(_MOST_SHOWN + 1)).to_list()
    told = [_short(one) for one in said if one.strip()]
    return ", ".join([*told[:_MOST_SHOWN], *("…" for _more in told[_MOST_SHOWN:])])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"  # noqa: PLR2004


# --- as a file ---


def as_file(
    proposal: Proposal, criteria: Criteria, table: str, sheet: str | None, header: int, about: str | None = None
) -> str:
    """Return the mapping file of a proposal, or what stands in one on a table about an entity: nothing is confirmed."""
    notes = [
        _comment(
            _("What the columns of {table} may state. Every line is a guess, with its reason above it.", table=table)
        ),
        _comment(
            _("Look at each; where it is right, or was put right, write `confirmed: true`. Nothing else is used.")
        ),
    ]
    if about is not None:
        lines = _columns_of(proposal, header)
        title = _comment(_("This stands in the mapping of the table of the cases, which lies beside it."))
        name = _quoted(sheet or table)
        return "\n".join(
            [
                *notes,
                title,
                "tables:",
                f"  {name}:",
                f"    about: {about}",
                *(one and f"    {one}" for one in lines),
                "",
            ]
        )
    head = [f"criteria: {criteria.head.id}", *([f"sheet: {_quoted(sheet)}"] if sheet is not None else [])]
    return "\n".join([*notes, *head, *_columns_of(proposal, header), ""])


def _columns_of(proposal: Proposal, header: int) -> list[str]:
    lines = []
    if header != 1:
        lines.append(f"header: {header}")
    lines.append("columns:" if proposal.guesses else "columns: {}")
    for guess in proposal.guesses:
        lines += ["", f"  {_comment(guess.reason)}", f"  {_quoted(guess.header)}:", f"    to: {_quoted(guess.to)}"]
        if guess.split is not None:
            lines.append(f"    split: {_quoted(guess.split)}")
        if guess.dates is not None:
            lines.append(f"    dates: {guess.dates}")
        elif guess.forms:
            which = _("`dates` says which it is: {forms}", forms=quoted(guess.forms))
            lines.append(f"    {_comment(which)}")
        if guess.values:
            lines += ["    values:", *(f"      {_quoted(said)}: {_quoted(one)}" for said, one in guess.values.items())]
        if guess.unread:
            told = first_few([_short(one) for one in guess.unread], _MOST_SHOWN)
            unlike = _("no answer is like: {values}", values=told)
            lines.append(f"    {_comment(unlike)}")
        lines.append("    confirmed: false")
    lines += ["", *map(_comment, proposal.notes)] if proposal.notes else []
    if proposal.unplaced:
        lines += ["", _comment(_("For these columns nothing was found. Who leaves one out on purpose lists it here."))]
        for one, said in proposal.unplaced.items():
            lines.append(_comment(f"{one}: {said}"))
            if one in proposal.near:
                lines.append(_comment(f"  {proposal.near[one]}"))
    return [*lines, "left_out: []"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    return f"# {printable(' '.join(text.split()))}"
