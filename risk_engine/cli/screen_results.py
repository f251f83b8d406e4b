"""What `risk-engine screen` shows: hits in words, as tables and as JSON, and what is new or gone since a recheck."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from risk_engine.cli.lists_opened import not_looked_at
from risk_engine.cli.output import Table, note_lines, put, put_table, say, spoken
from risk_engine.files.language import _, grouped_by_thousands, ngettext

if TYPE_CHECKING:
    from risk_engine.screening.asked import Asked
    from risk_engine.screening.asked_in import Found
    from risk_engine.screening.decisions import Decisions
    from risk_engine.screening.hits import Hit
    from risk_engine.screening.screen import Screened, Screening

Form: TypeAlias = Literal["text", "json", "table", "csv", "xlsx"]


def show(
    found: "list[Screened]",
    screening: "Screening",
    kept: "Decisions",
    form: Form,
    output: Path | None,
    *,
    show_all: bool,
) -> None:
    """Show what was found of each organisation, in a form, here or in a file."""
    match form:
        case "json":
            _put_json(
                {
                    "on": screening.on,
                    "lists": [{"id": one.id, "digest": one.digest} for one in screening.heads],
                    "screened": [_plain(one, kept) for one in found],
                },
                output,
            )
        case "text":
            lines = []
            for one in found:
                lines += [*_lines(one, screening, kept, show_all=show_all), ""]
            lines += [_of_lists(screening)] if screening.lists else []
            lines += not_looked_at(screening)
            if output is None:
                say("\n".join(lines))
            else:
                put("\n".join(lines), output)
        case _:
            with spoken(form):
                rows = [row for one in found for row in _rows(one, screening, kept, show_all=show_all)]
                title = _("Screening as of {day}", day=screening.on)
                put_table(Table(title, _heads(), rows, 0), form, output)
            note_lines(not_looked_at(screening)[:1] if not screening.lists else [])


def _put_json(data: object, output: Path | None) -> None:
    import orjson

    put(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode(), output)


def _of_lists(screening: "Screening") -> str:
    names = sum(head.names for head in screening.heads if head.standing != "registry")
    number = len(screening.lists)
    return ngettext(
        "looked up on {number} list with {names} names, as of {day}",
        "looked up on {number} lists with {names} names, as of {day}",
        number,
        names=grouped_by_thousands(names),
        day=screening.on,
    )


def _title(asked: "Asked") -> str:
    from risk_engine.screening.hit_words import identifier

    more = [asked.country, *asked.names[1:]]
    more += [f"{identifier(kind)} {one}" for kind, several in asked.identifiers.items() for one in several]
    told = "; ".join(filter(None, more))
    return f"{asked.name} ({told})" if told else asked.name


def _lines(screened: "Screened", screening: "Screening", kept: "Decisions", *, show_all: bool) -> Iterator[str]:
    from risk_engine.screening.hit_words import lines, strength

    asked = screened.asked
    yield _title(asked) + (f" – {asked.where}" if asked.where else "")
    for one in screened.registered:
        told = {"registry": one.head.title, "name": one.entry.name, "key": one.entry.key}
        text = (
            _("part of {name} ({key}) in {registry}", **told)
            if one.is_part
            else _("{name} ({key}) in {registry}", **told)
        )
        yield f"  {text}: {strength(one.strength)}"
    if screening.registries and not screened.registered:
        yield "  " + _("not found in the registry")
    apart: list[str] = []
    ruled_out: list[str] = []
    shown = 0
    for hit in screened.hits:
        decision = kept.about(asked, hit)
        if not show_all and decision is not None and decision.holds and decision.verdict == "ruled_out":
            ruled_out.append(f"{hit.entry.name} [{hit.id}]")
        elif not show_all and hit.is_told_apart and decision is None:
            apart.append(f"{hit.entry.name} [{hit.id}]")
        else:
            shown += 1
            yield from (f"  {line}" for line in lines(hit, decision, screened.on))
    if not shown and screening.lists:
        yield "  " + _("no hit")
    if apart:
        yield "  " + _("near by name, but another organisation in the registry: {names}", names="; ".join(apart))
    if ruled_out:
        yield "  " + _("ruled out: {names}", names="; ".join(ruled_out))


def _plain(screened: "Screened", kept: "Decisions") -> dict[str, Any]:
    from risk_engine.screening.hit_words import plain

    asked = screened.asked
    return {
        "asked": {
            "names": asked.names,
            "country": asked.country,
            "identifiers": dict(asked.identifiers),
            "where": asked.where,
            "digest": asked.digest,
        },
        "registered": [
            {"list": one.head.id, "key": one.entry.key, "name": one.entry.name, "strength": one.strength}
            | {"is_part": one.is_part}
            for one in screened.registered
        ],
        "hits": [plain(hit, kept.about(asked, hit), screened.on) for hit in screened.hits],
    }


def _heads() -> list[str]:
    return [
        _("name"),
        _("country"),
        _("strength"),
        _("how"),
        _("entry"),
        _("hit"),
        _("list"),
        _("a hit is"),
        _("agrees"),
        _("differs"),
        _("listed since"),
        _("age of the list"),
        _("decision"),
        _("in the registry"),
        _("where"),
    ]


def _rows(screened: "Screened", screening: "Screening", kept: "Decisions", *, show_all: bool) -> Iterator[list[str]]:
    from risk_engine.screening import hit_words as words

    asked = screened.asked
    some = False
    known = "; ".join(f"{one.entry.name} ({one.entry.key})" for one in screened.registered)
    for hit in screened.hits:
        if not show_all and (hit.is_told_apart or is_ruled_out(screened, kept, hit)):
            continue
        some = True
        decision = kept.about(asked, hit)
        yield [
            asked.name,
            asked.country,
            words.strength(hit.strength),
            words.kind(hit.kind),
            hit.entry.name,
            hit.id,
            hit.head.title,
            words.standings(hit.standings),
            "; ".join(map(words.agreeing, hit.agrees)),
            "; ".join(map(words.differing, hit.differs)),
            str(hit.entry.since or ""),
            words.age(hit.head, screened.on),
            words.decided(decision) if decision is not None else "",
            known,
            asked.where,
        ]
    if not some:
        none = _("no hit") if screening.lists else ""
        yield [asked.name, asked.country, none, *[""] * (len(_heads()) - 5), known, asked.where]


def show_news(
    found: "Found",
    screened: "Sequence[Screened]",
    screening: "Screening",
    kept: "Decisions",
    form: Form,
    output: Path | None,
) -> "list[Screened]":
    """Show what is new or gone since the last recheck of organisations found in files; return what is new."""
    from dataclasses import replace

    from risk_engine.screening.hit_words import lines, plain

    text: list[str] = []
    data: list[dict[str, Any]] = []
    new: list[Screened] = []
    for one, (asked, where) in zip(screened, found.asked, strict=True):
        news = kept.news(one)
        hits = tuple(hit for hit in news.new if not hit.is_told_apart)
        if not hits and not news.gone:
            continue
        new.append(replace(one, hits=hits))
        text.append(f"{_title(asked)} – {'; '.join(where)}")
        for hit in hits:
            first, *rest = lines(hit, kept.about(asked, hit), one.on)
            text += ["  " + _("new: {hit}", hit=first), *(f"  {line}" for line in rest)]
        text += ["  " + _("gone: {hit}", hit=f"{name} [{hit_id}]") for hit_id, name in news.gone]
        data.append(
            {
                "name": asked.name,
                "where": where,
                "new": [plain(hit, kept.about(asked, hit), one.on) for hit in hits],
                "gone": [{"hit": hit_id, "entry": name} for hit_id, name in news.gone],
                "last": news.last,
            }
        )
    counts = ngettext("{number} organisation", "{number} organisations", len(screened))
    files = ngettext("{number} file", "{number} files", found.files)
    text += [] if data else [_("nothing new, nothing gone")]
    text.append(_("{organisations} in {files}; {lists}", organisations=counts, files=files, lists=_of_lists(screening)))
    if form == "json":
        _put_json({"on": screening.on, "organisations": len(screened), "files": found.files, "news": data}, output)
    elif output is None:
        say("\n".join(text))
    else:
        put("\n".join(text), output)
    return new


def is_ruled_out(screened: "Screened", kept: "Decisions", hit: "Hit") -> bool:
    """Return whether a person ruled a hit out, and both sides are still as they were."""
    decision = kept.about(screened.asked, hit)
    return decision is not None and decision.holds and decision.verdict == "ruled_out"
