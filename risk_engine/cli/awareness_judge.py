"""`awareness judge`: which pairs of institutions are doubted, and why; and what a person says of one."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import typer

from risk_engine.awareness import need_counting
from risk_engine.cli import awareness_options as shared
from risk_engine.cli import options
from risk_engine.cli.output import FORM, form_of, note, put
from risk_engine.files.diagnostics import RiskEngineError, quoted, suggestion
from risk_engine.files.language import _, grouped_by_thousands, ngettext

if TYPE_CHECKING:
    import polars as pl

    from risk_engine.awareness.overrules import Overrules, Said, Word
    from risk_engine.awareness.works import Collaborations

Form: TypeAlias = Literal["text", "json"]
_FORMS: Final[tuple[Form, ...]] = ("text", "json")
_LINKS: Final = 3
"""So many works of a pair are named on a terminal; a file has all of them."""

JUDGE_EXAMPLES = """Examples: risk-engine awareness judge works.jsonl --status suspect ·
risk-engine awareness judge works.jsonl --pair "University of Lodz" "Wuhan University" --as confirmed --by "A. Officer"
--reason "both named the joint laboratory" --overrules overrules.yaml"""


def judge(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    data: shared.Data,
    pair: Annotated[
        tuple[str, str] | None,
        typer.Option("--pair", metavar="A B", help="Only this pair, by the names or keys of both institutions."),
    ] = None,
    said: Annotated[
        Literal["confirmed", "suspect", "open"] | None,
        typer.Option("--as", help="What you say of the pair; `open` takes back what was said before."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says it.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    overrules: shared.OverrulesOption = None,
    status: Annotated[
        Literal["confirmed", "unchecked", "suspect"] | None,
        typer.Option("--status", help="Only pairs of this status."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, metavar="N", help="Only so many pairs, most works first.")] = 20,
    between: shared.Between = ("EU27-AC", "CN"),
    regions: shared.RegionsOption = None,
    years: shared.Years = None,
    mapping: shared.Mapping = None,
    sources: shared.Sources = None,
    whole: shared.Whole = False,
    merge: shared.MergeOption = None,
    max_parties: shared.MaxParties = None,
    form: Annotated[Form | None, FORM] = None,
    output: options.Output = None,
) -> None:
    """Say which pairs of institutions are confirmed, unchecked or suspect, and why; or say it of one, with a reason.

    A pair is suspect where one affiliation may have been matched to two institutions, or where an upload, covers or
    errata stand as works: docs/awareness-doubt.md has every rule. It is counted all the same, and left out of rankings,
    networks and briefs. Your word goes before the rules, with your name and reason; it is added to the file of
    --overrules, in which nothing is ever changed, and a later word holds in its place.

    Exit code 0: done; 2: something cannot be used, and nothing is written.
    """
    need_counting()
    from risk_engine.awareness import counts
    from risk_engine.awareness.doubt import judge_pairs
    from risk_engine.awareness.overrules import Overrules, read_overrules

    span = shared.years_of(years)
    person, why = _who(said, by, reason, pair, overrules)
    form = form_of(output, _FORMS, form, inputs=(*data, mapping, sources, overrules))
    known = shared.regions_of(regions)
    sides = known.pair(*between)
    words = read_overrules(overrules) if overrules is not None and overrules.exists() else Overrules()
    if overrules is not None and not overrules.exists() and said is None:
        note(_("{path} is not there yet: nobody said anything", path=overrules))
    read = shared.chosen(
        shared.read_data(data, merge, known, said=sources, mapping=mapping, whole=whole), span, most=max_parties
    )
    found = counts.within(read, max_parties)
    pairs = counts.pairs(found, sides)
    if pair is not None:
        pairs = _only(pairs, pair)
    if said is not None and overrules is not None:
        _add(pairs, said, (person, why), overrules)
        return
    judged = judge_pairs(found, pairs, words)
    if status is not None:
        judged = judged.filter(judged["status"] == status)
    put(_json(judged, found, words) if form == "json" else _text(judged, found, words, top), output)


def _who(
    said: str | None, by: str | None, reason: str | None, pair: tuple[str, str] | None, overrules: Path | None
) -> tuple[str, str]:
    """Return who says something and why; raise RiskEngineError with all that is missing."""
    if said is None:
        if by is not None or reason is not None:
            message = _("--by and --reason are of a word on a pair")
            raise RiskEngineError(message, _("say it: --as confirmed, --as suspect, or --as open"))
        return "", ""
    reading = options.Reading()
    person, why = reading.text("--by", by), reading.text("--reason", reason)
    if pair is None:
        reading.problem(_("--as is said of one pair"), _("name it: --pair A B"))
    if overrules is None:
        reading.problem(_("--as needs a file in which it is kept"), _("name it: --overrules FILE"))
    reading.end()
    return person, why


def _only(pairs: "pl.DataFrame", asked: tuple[str, str]) -> "pl.DataFrame":
    """Return the one pair of two institutions, in any order; raise RiskEngineError where there is none, or several."""
    one, other = (text.casefold() for text in asked)
    is_meant = [
        (one in mine and other in theirs) or (other in mine and one in theirs)
        for mine, theirs in (
            [{row[f"{what}_{side}"].casefold() for what in ("name", "institution")} for side in "ab"]
            for row in pairs.iter_rows(named=True)
        )
    ]
    found = pairs.filter(is_meant)
    if found.height == 1:
        return found
    names = _("{one} and {other}", one=asked[0], other=asked[1])
    if found.height:
        keys = [f'--pair "{row["institution_a"]}" "{row["institution_b"]}"' for row in found.iter_rows(named=True)]
        message = _("several pairs are called {names}", names=names)
        raise RiskEngineError(message, _("name one by its keys: {keys}", keys=", ".join(keys[:_LINKS])))
    known = {name.casefold(): name for side in "ab" for name in pairs[f"name_{side}"]}
    keyed = {key.casefold() for side in "ab" for key in pairs[f"institution_{side}"]}
    if unknown := [text for text in asked if text.casefold() not in known.keys() | keyed]:
        way_out = next((hint for text in unknown if (hint := suggestion(text, known.values()))), "")
        raise RiskEngineError(_("no pair here has {names}", names=quoted(unknown, "and")), way_out)
    raise RiskEngineError(_("{names} have no work together here", names=names))


def _add(pairs: "pl.DataFrame", said: "Said", who: tuple[str, str], overrules: Path) -> None:
    from risk_engine.awareness.overrules import Side, Word, add_word

    row = pairs.row(0, named=True)
    sides = [Side(country=row[f"country_{side}"], institution=row[f"institution_{side}"]) for side in "ab"]
    word = Word(
        pair=(sides[0], sides[1]), said=said, by=who[0], reason=who[1], on=options.today(), works=int(row["works"])
    )
    several = len(add_word(overrules, word).about(word.pair))
    told = {"one": row["name_a"], "other": row["name_b"]}
    match said:
        case "confirmed":
            note(_("confirmed: {one} and {other} work together", **told))
        case "suspect":
            note(_("suspect: {one} and {other} stay out of rankings, networks and briefs", **told))
        case "open":
            note(_("open: the rules decide again on {one} and {other}", **told))
    note(
        ngettext(
            "{number} word on them, in {path}",
            "{number} words on them, the last one holds, in {path}",
            several,
            path=overrules,
        )
    )


# --- what is printed ---


def _said(row: Mapping[str, Any], words: "Overrules") -> "Sequence[Word]":
    from risk_engine.awareness.overrules import Side

    sides = [Side(country=row[f"country_{side}"], institution=row[f"institution_{side}"]) for side in "ab"]
    return words.about((sides[0], sides[1]))


def _links(of: "Collaborations") -> dict[str, str]:
    return {work: link or work for work, link in of.works.select("work", "link").iter_rows()}


def _text(judged: "pl.DataFrame", of: "Collaborations", words: "Overrules", top: int) -> str:
    from risk_engine.awareness.doubt import reason_words, status_words

    links = _links(of)
    lines: list[str] = []
    for row in judged.head(top).iter_rows(named=True):
        works = ngettext("{number} work", "{number} works", row["works"], number=grouped_by_thousands(row["works"]))
        one, other = (f"{row[f'name_{side}']} ({row[f'country_{side}']})" for side in "ab")
        lines.append(f"{one} – {other}: {works}, {status_words(row['status'])}")
        lines += [f"  {reason_words(one)} [{one}]" for one in row["reasons"]]
        lines += [
            "  " + _("{day}, {name}: {said}: {reason}", day=one.on, name=one.by, said=one.said, reason=one.reason)
            for one in _said(row, words)
        ]
        lines += [f"  {links[one]}" for one in row["work_ids"][:_LINKS]]
        lines.append("")
    if judged.height > top:
        more = judged.height - top
        lines.append(
            ngettext(
                "{number} more pair: --top shows more",
                "{number} more pairs: --top shows more",
                more,
                number=grouped_by_thousands(more),
            )
        )
    elif not judged.height:
        lines.append(_("no pair is like that here"))
    return "\n".join(lines).rstrip()


def _json(judged: "pl.DataFrame", of: "Collaborations", words: "Overrules") -> str:
    links = _links(of)
    rows = [
        {key: row[key] for key in judged.columns if key != "work_ids"}
        | {
            "links": [links[one] for one in row["work_ids"]],
            "said": [one.model_dump(mode="json", exclude={"pair"}) for one in _said(row, words)],
        }
        for row in judged.iter_rows(named=True)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)
