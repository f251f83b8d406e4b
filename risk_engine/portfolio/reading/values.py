"""What a cell of a table says, by the fact that it answers: a value of the set, no answer, or the reason why neither.

Nothing is guessed and nothing cast without a word (docs/portfolio.md, "What a cell may say"). Each different text of a
column is looked at once, whatever number of rows says it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple, assert_never, get_args

import polars as pl

from risk_engine.files.diagnostics import suggestion
from risk_engine.files.language import N_, _, in_language, languages
from risk_engine.files.once import once
from risk_engine.loading.translation import languages_of, told_in
from risk_engine.model.case import UNKNOWN, row_names, row_suggestion
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
from risk_engine.model.mapping import DateForm
from risk_engine.model.tables import Table
from risk_engine.portfolio.stated import stated_as

NONE, EMPTY = "none", "[]"
"""How a cell says that there is nothing in a list; where an option is called `none`, only the second."""
SEPARATOR = ";"
"""What stands between several choices in a cell."""
_TRUE, _FALSE = (N_("yes"), N_("true")), (N_("no"), N_("false"))
_WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]{0,17}))(?:\.0)?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITH_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9:.]+")
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{80}-\x{84}\x{86}-\x{9f}\x{fffe}\x{ffff}]"
"""Characters that no case file can hold (`files.syntax.UNFIT`)."""
_NOT_AS_IT_STANDS = rf"(?i)^$|^unknown$|^\s|\s$|{_CONTROL}"
"""What a text has that is none, has space around it, or cannot be one."""
ERROR, FORMULA = "\0e", "\0f"
"""How a cell of a workbook begins that is an error, or a formula of which the file does not keep what it comes to."""
OTHER_FORM, NO_DAY = "\0d", "\0n"
"""How a cell begins that is not written as its mapping says that days are, or is written so and is no day."""
MOST_SUGGESTED = 200
"""For so many different values of a column it is looked up what was meant; that takes a thousand times as long."""


class Checked(NamedTuple):
    """A column as its fact has it, and the reason beside each value that it cannot take; no reasons: all are fine."""

    values: pl.Series
    reasons: pl.Series | None = None


class Refused(NamedTuple):
    """Why a value is none of a fact."""

    reason: str


def plain(text: str) -> str:
    """Return a text as words are compared: without space around it, in one case.

    >>> plain("  Joint   Project ")
    'joint project'
    """
    return " ".join(text.casefold().split())


class Words:
    """The words of a set by which cells may name its options and rows, in each language that the set speaks."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self._options: dict[int, Mapping[str, str]] = {}
        self._rows: dict[str, Mapping[str, str]] = {}

    @cached_property
    def spoken(self) -> Sequence[Criteria]:
        """The set in each of its languages."""
        return (self.criteria, *(told_in(self.criteria, one).words for one in languages_of(self.criteria)))

    @cached_property
    def truths(self) -> Mapping[str, bool]:
        """What says yes and no."""
        return _truths()

    def options(self, name: str, fact: ChoiceFact | ChoicesFact) -> Mapping[str, str]:
        """Return the option that each text names: its own name, else a title that no other option of the fact has."""
        if id(fact) not in self._options:
            entity, _dot, short = name.partition(".")
            titles = [(title, one) for one, title in fact.options.items()]
            for spoken in self.spoken if entity in self.criteria.entities else ():
                told = spoken.entities[entity].facts[short]
                if isinstance(told, ChoiceFact | ChoicesFact):
                    titles += [(title, one) for one, title in told.options.items()]
            self._options[id(fact)] = unmistakable(fact.options, titles)
        return self._options[id(fact)]

    def rows(self, table: str) -> Mapping[str, str]:
        """Return the row that each text names: an id or an alias of it, else a name that no other row has."""
        if table not in self._rows:
            exact = row_names(self.criteria.tables[table])
            named = [(one, row) for one, row in exact.items()]
            for spoken in self.spoken:
                named += [(row.name, one) for one, row in spoken.tables[table].rows.items()]
            self._rows[table] = {**unmistakable(self.criteria.tables[table].rows, named), **exact}
        return self._rows[table]


words_of = once(Words)
"""The words of a set, gathered once."""


def unmistakable(names: Iterable[str], titles: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return by `plain` text what it names: a name itself, or a title that belongs to one of them alone."""
    meant: dict[str, set[str]] = {}
    for title, name in titles:
        meant.setdefault(plain(title), set()).add(name)
    found = {text: next(iter(several)) for text, several in meant.items() if len(several) == 1}
    return {**found, **{plain(one): one for one in names}, **{one: one for one in names}}


def _truths() -> dict[str, bool]:
    found: dict[str, bool] = {}
    for tag in languages("outside"):
        with in_language(tag):
            found |= {plain(_(one)): True for one in _TRUE} | {plain(_(one)): False for one in _FALSE}
    return found


# --- a column ---


def can_hold(dtype: pl.DataType, fact: AnyFact) -> bool:
    """Return whether a column of this type can hold answers to a fact; text always can, each value is looked at."""
    if dtype in {pl.String, pl.Null} or isinstance(dtype, pl.Categorical | pl.Enum):
        return True
    match fact:
        case BooleanFact():
            return dtype == pl.Boolean
        case IntegerFact():
            return dtype.is_integer() or dtype.is_float()
        case DateFact():
            return dtype == pl.Date or isinstance(dtype, pl.Datetime)
        case ChoicesFact():
            return isinstance(dtype, pl.List) and can_hold(_inner(dtype), TextFact(type="text"))
        case TextFact() | RowFact():
            return dtype.is_integer()
        case ChoiceFact():
            return False
        case _:
            assert_never(fact)


def _inner(dtype: pl.List) -> pl.DataType:
    inner = dtype.inner
    return inner if isinstance(inner, pl.DataType) else inner()


def checked(raw: pl.Series, name: str, fact: AnyFact, words: Words, suggested: int = MOST_SUGGESTED) -> Checked:
    """Return a column as its fact has it; what it says must be of a type that `can_hold` answers.

    `name` is the full name of the fact; of so many values that are none it is looked up what was meant.
    """
    wanted = stated_as(fact, words.criteria)
    if raw.dtype == pl.Null:
        return Checked(pl.Series(raw.name, [None] * len(raw), dtype=wanted))
    is_words = isinstance(raw.dtype, pl.Categorical | pl.Enum) and raw.dtype != wanted
    if is_words or (raw.dtype.is_integer() and wanted == pl.String):
        raw = raw.cast(pl.String)
    stands = as_it_stands(raw, fact, wanted)
    if stands.odd is None:
        return Checked(stands.values)
    if isinstance(raw.dtype, pl.List):
        return _lists(raw, name, fact, words)
    if raw.dtype != pl.String:
        return _typed(raw, fact, wanted)
    if raw.str.starts_with("\0").any():
        return _marked(raw, name, fact, words)
    if isinstance(fact, TextFact):
        return text_of(raw)
    return by_unique(raw, wanted, _reader(name, fact, words, suggested))


class Stands(NamedTuple):
    """A column as its fact has it as far as values are answers as they stand, and which must be looked at."""

    values: pl.Series
    odd: pl.Series | None
    """None where there is none."""


def as_it_stands(raw: pl.Series, fact: AnyFact, wanted: pl.DataType) -> Stands:
    """Return a column of which most values are answers to a fact as they stand, of the type `wanted`."""
    match fact:
        case ChoiceFact() | RowFact() if isinstance(wanted, pl.Enum) and raw.dtype in {pl.String(), wanted}:
            values = raw.cast(wanted, strict=False)
            odd = values.is_null() & raw.is_not_null() if values.null_count() > raw.null_count() else None
            words = fact.options if isinstance(fact, ChoiceFact) else wanted.categories
            if UNKNOWN in words:  # which is no answer, whatever a set calls so
                said = raw.cast(pl.String) == UNKNOWN
                odd = said if odd is None else odd | said
        case ChoicesFact() if isinstance(raw.dtype, pl.List):
            values = raw.cast(wanted, strict=False)
            odd = values.list.n_unique() != values.list.len()
            if values.explode(empty_as_null=False, keep_nulls=False).null_count():
                odd |= values.list.eval(pl.element().is_null()).list.any()
        case TextFact() if raw.dtype == pl.String:
            # Names come again and again.
            values, is_odd = raw, raw.unique().str.contains(_NOT_AS_IT_STANDS).any()
            odd = raw.str.contains(_NOT_AS_IT_STANDS) if is_odd else None
        case IntegerFact(range=(lowest, highest)) if raw.dtype.is_integer():
            values, odd = raw.cast(wanted, strict=False), ~raw.is_between(lowest, highest)
        case BooleanFact() | DateFact() if raw.dtype == wanted:
            values, odd = raw, None
        case _:
            values, odd = pl.Series([None], dtype=wanted).new_from_index(0, len(raw)), raw.is_not_null()
    return Stands(values, odd.fill_null(value=False) if odd is not None and odd.any() else None)


def _marked(raw: pl.Series, name: str, fact: AnyFact, words: Words) -> Checked:
    """Return a column of text some of whose cells could not be read already: of a workbook, or by a mapping."""
    marked = raw.to_frame("raw").select(
        pl.when(pl.col("raw").str.starts_with(ERROR))
        .then(pl.lit(_("it is an error of the spreadsheet")))
        .when(pl.col("raw").str.starts_with(FORMULA))
        .then(pl.lit(_("it is a formula, and the file does not keep what it comes to; write the value")))
        .when(pl.col("raw").str.starts_with(OTHER_FORM))
        .then(pl.lit(_("it is not written as the mapping says that days of this column are (`dates`)")))
        .when(pl.col("raw").str.starts_with(NO_DAY))
        .then(pl.lit(_("there is no such day")))
        .alias("reason")
    )["reason"]
    values, reasons = checked(raw.set(marked.is_not_null(), None), name, fact, words)
    both = marked.to_frame() if reasons is None else pl.DataFrame({"reason": marked, "other": reasons})
    return Checked(values, both.select(pl.coalesce(both.columns).alias("reason"))["reason"])


def text_of(raw: pl.Series) -> Checked:
    """Return a column of free text: trimmed, empty and `unknown` are no answers."""
    if not raw.str.contains(_NOT_AS_IT_STANDS).any():
        return Checked(raw)
    text = raw.str.strip_chars()
    frame = text.to_frame("text").select(
        pl.when(pl.col("text").str.len_bytes().eq(0) | pl.col("text").str.to_lowercase().eq(UNKNOWN))
        .then(None)
        .otherwise(pl.col("text"))
        .alias("text"),
        pl.col("text").str.contains(_CONTROL).fill_null(value=False).alias("unfit"),
    )
    if not frame["unfit"].any():
        return Checked(frame["text"])
    reason = pl.lit(_("a character that nobody can see cannot stand in a text; take it out"))
    return Checked(frame["text"], frame.select(pl.when("unfit").then(reason))["literal"])


def by_unique(raw: pl.Series, wanted: pl.DataType, read: Callable[[str], Any]) -> Checked:
    """Return a column of text as values, each different text read once; `read` returns a value, None or Refused."""
    texts = raw.unique().drop_nulls()
    found = [read(one) for one in texts.to_list()]
    known = pl.DataFrame(
        {
            "raw": texts,
            "value": pl.Series([None if isinstance(one, Refused) else one for one in found], dtype=wanted),
            "reason": pl.Series([one.reason if isinstance(one, Refused) else None for one in found], dtype=pl.String),
        }
    )
    joined = raw.to_frame("raw").join(known, on="raw", how="left", maintain_order="left")
    return Checked(joined["value"], joined["reason"] if known["reason"].null_count() < known.height else None)


def _typed(raw: pl.Series, fact: AnyFact, wanted: pl.DataType) -> Checked:
    """Return a column that has a type of its own."""
    value = pl.col("raw")
    match fact:
        case IntegerFact(range=(lowest, highest)):
            whole = value.is_nan().not_() & value.floor().eq(value) if raw.dtype.is_float() else pl.lit(value=True)
            fits = whole & value.is_between(lowest, highest)
            reason = _outside(lowest, highest)
        case DateFact() if isinstance(raw.dtype, pl.Datetime):
            fits = value.dt.truncate("1d").eq(value)
            reason = _("there is a time of day in it; a day is asked for")
        case _:
            return Checked(raw)
    frame = raw.to_frame("raw").select(
        pl.when(fits).then(value).cast(wanted, strict=False).alias("value"),
        pl.when(fits.not_()).then(pl.lit(reason)).alias("reason"),
    )
    return Checked(frame["value"], frame["reason"] if frame["reason"].null_count() < len(raw) else None)


def _outside(lowest: int, highest: int) -> str:
    return _("a whole number from {lowest} to {highest} is asked for", lowest=lowest, highest=highest)


def _lists(raw: pl.Series, name: str, fact: AnyFact, words: Words) -> Checked:
    """Return a column of lists of options."""
    assert isinstance(fact, ChoicesFact)  # noqa: S101 (`can_hold`)
    lists = raw.cast(pl.List(pl.String))
    joined = lists.list.eval(pl.element().fill_null("")).list.join(_INSIDE).to_frame("text")
    empty = lists.list.len().eq(0).alias("empty")
    text = joined.select(pl.when(empty).then(pl.lit(EMPTY)).otherwise(pl.col("text")).alias("text"))["text"]
    near = _Near(MOST_SUGGESTED)
    return by_unique(
        text, stated_as(fact, words.criteria), lambda one: _several(one.split(_INSIDE), name, fact, words, near)
    )


_INSIDE = "\x1f"
"""What stands between the options of a list while its different values are looked at; no option holds it."""


# --- one text ---


class _Near:
    """Says what a text may have meant, of the first few that fit nothing."""

    def __init__(self, most: int) -> None:
        self._left = most

    def refused(self, message: str, text: str, known: Iterable[str] | Table) -> Refused:
        """Return why a text is no value, with the way out."""
        self._left -= 1
        if self._left < 0:
            return Refused(message)
        way_out = row_suggestion(known, text) if isinstance(known, Table) else suggestion(text, known)
        return Refused(f"{message}; {way_out}" if way_out else message)


def _reader(name: str, fact: AnyFact, words: Words, most: int) -> Callable[[str], Any]:
    """Return what reads one text as an answer to a fact: its value, None where it is no answer, or Refused."""
    near = _Near(most)

    def read(raw: str) -> Any:
        text = raw.strip()
        said = plain(text)
        if said in {"", UNKNOWN}:
            return None
        match fact:
            case BooleanFact():
                return words.truths.get(said, Refused(_("it is neither yes nor no; write one of these words")))
            case ChoiceFact(options=options):
                found = words.options(name, fact).get(said)
                return found or near.refused(_("there is no such option"), text, options)
            case ChoicesFact():
                is_empty = text == EMPTY or (said == NONE and NONE not in fact.options)
                parts = [EMPTY] if is_empty else text.split(SEPARATOR)
                return _several(parts, name, fact, words, near)
            case RowFact(of=table):
                rows = words.rows(table)
                row = rows.get(text) or rows.get(said)
                return row or near.refused(_("the table has no such row"), text, words.criteria.tables[table])
            case IntegerFact(range=(lowest, highest)):
                whole = _WHOLE.fullmatch(text)
                if whole is None or not lowest <= int(whole[1]) <= highest:
                    return Refused(_outside(lowest, highest))
                return int(whole[1])
            case DateFact():
                return day_of(text)
            case TextFact():
                return text
            case _:
                assert_never(fact)

    return read


def _several(parts: Sequence[str], name: str, fact: ChoicesFact, words: Words, near: _Near) -> Any:
    """Return the options that a cell names, [] where it says that there are none of them; or Refused."""
    if list(parts) == [EMPTY]:
        return []
    known = words.options(name, fact)
    found: list[str] = []
    for part in map(plain, parts):
        option = known.get(part)
        if not part:
            return Refused(_("an option is missing beside a `;`"))
        if option is None:
            return near.refused(_("`{text}` is no option", text=part), part, fact.options)
        if option in found:
            return Refused(_("the option `{option}` is named twice", option=option))
        found.append(option)
    return found


def day_of(text: str) -> date | Refused:
    """Return the day that a text states, as year-month-day and no other way."""
    if _ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return Refused(_("there is no such day"))
    if _WITH_TIME.fullmatch(text):
        return Refused(_("there is a time of day in it; a day is asked for"))
    return Refused(
        _(
            "a day is written year-month-day, like 2027-01-31; in a spreadsheet give the column that format, or save "
            "it as .xlsx, where a day is a day; or say with `dates` in a mapping how the column writes days"
        )
    )


def _form(form: DateForm) -> re.Pattern[str]:
    def digits(part: re.Match[str]) -> str:
        fewest = 1 if len(part[0]) == 2 and not form.isalpha() else len(part[0])  # noqa: PLR2004 (a day or a month)
        return f"(?P<{part[0][0]}>[0-9]{{{fewest},{len(part[0])}}})"

    return re.compile(re.sub("Y+|M+|D+", digits, re.escape(form)))


_FORMS: Final[Mapping[DateForm, re.Pattern[str]]] = {form: _form(form) for form in get_args(DateForm)}
"""Days and months may have one digit where something parts them; years have four."""


def in_form(text: str, form: DateForm) -> str:
    """Return a day that is written in a form as year-month-day; marked where it is none.

    >>> in_form("31.1.2027", "DD.MM.YYYY"), in_form("2027-01-31", "DD.MM.YYYY"), in_form("unknown", "DD.MM.YYYY")
    ('2027-01-31', '2027-01-31', 'unknown')
    """
    said = text.strip()
    if plain(said) in {"", UNKNOWN} or _ISO.match(said) or said.startswith("\0"):
        return text
    written = _FORMS[form].fullmatch(said)
    if written is None:
        return f"{OTHER_FORM}{text}"
    try:
        return date(*(int(written[part]) for part in "YMD")).isoformat()
    except ValueError:
        return f"{NO_DAY}{text}"


def forms_of(texts: Iterable[str]) -> list[DateForm]:
    """Return the forms in which every text is a day; none where all are read without a form."""
    odd = [one for one in texts if isinstance(day_of(one.strip()), Refused) and plain(one) not in {"", UNKNOWN}]
    return [form for form in _FORMS if odd and not any(in_form(one, form).startswith("\0") for one in odd)]
