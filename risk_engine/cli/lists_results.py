"""What `risk-engine lists` shows: a list that was read, all lists with their age, one with its versions, one entry."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from risk_engine.cli.output import note, say
from risk_engine.files.diagnostics import RiskEngineError, printable, quoted, suggestion
from risk_engine.files.language import _, first_few, grouped_by_thousands, ngettext, pgettext

if TYPE_CHECKING:
    from risk_engine.screening.entry import Entry, ListHead
    from risk_engine.screening.lists import Brought
    from risk_engine.screening.store import Store

_SHOWN = 8


def _number(number: int) -> str:
    return grouped_by_thousands(number)


def say_brought(brought: "Brought") -> None:
    """Say what came of reading a list: what it was taken for, what is in it, what is new."""
    version = brought.version
    head = version.head
    if brought.format is None:
        typer.echo(_("{id}: the server says that nothing has changed", id=head.id))
        return
    what = _(brought.format.what, mapping=brought.mapping)
    typer.echo(_("{id}: read as {what}", id=head.id, what=what))
    say(f"  {_said_of(head)}")
    if left_out := _left_out(head):
        say(f"  {left_out}")
    numbers = {"new": _number(version.new), "changed": _number(version.changed), "gone": _number(version.gone)}
    say("  " + _("{new} new, {changed} said anew, {gone} gone", **numbers))
    if brought.skipped:
        note(
            ngettext(
                "{number} entry could not be read and was left out",
                "{number} entries could not be read and were left out",
                brought.skipped,
            )
        )
    if brought.missing:
        note(_("read without {files}: other names and addresses are missing", files=", ".join(brought.missing)))
    if brought.unknown_countries:
        names = first_few([f"`{printable(one)}`" for one in brought.unknown_countries], _SHOWN)
        note(_("not known as countries, so left out as such: {names}", names=names))


def _said_of(head: "ListHead") -> str:
    entries = ngettext("{count} entry", "{count} entries", head.entries, count=_number(head.entries))
    return _("{title}: {entries} with {names} names", title=head.title, entries=entries, names=_number(head.names))


def _left_out(head: "ListHead") -> str:
    if head.persons_basis:
        return _("persons are kept: {basis}", basis=head.persons_basis)
    several = []
    if head.dropped_persons:
        several.append(
            ngettext("{count} person", "{count} persons", head.dropped_persons, count=_number(head.dropped_persons))
        )
    if head.dropped_others:
        count = _number(head.dropped_others)
        several.append(
            ngettext("{count} vessel or the like", "{count} vessels and the like", head.dropped_others, count=count)
        )
    return _("left out: {several}", several=", ".join(several)) if several else ""


STANDING_WORDS = {
    "law": lambda: pgettext("what a hit on a list is", "law"),
    "evidence": lambda: pgettext("what a hit on a list is", "evidence"),
    "registry": lambda: pgettext("what a hit on a list is", "registry"),
    "tracker": lambda: pgettext("what a hit on a list is", "tracker"),
}


def _several(head: "ListHead") -> str:
    return " / ".join(STANDING_WORDS[one]() for one in head.standings)


def overview(heads: "tuple[ListHead, ...]", day: date) -> list[str]:
    """Return the lines about lists: what a hit on each is, and how old it is."""
    from risk_engine.screening.hit_words import dated

    if not heads:
        return [_("there is no list yet")]
    lines = []
    for one in heads:
        whose = f", {one.jurisdiction}" if one.jurisdiction else ""
        standings = _("{several}, as each entry says", several=_several(one)) if one.mixed else _several(one)
        lines.append(f"{one.id}: {one.title} ({standings}{whose})")
        days = dated(one, day)
        if one.source_date is not None:
            days += ", " + _("read here on {day}", day=one.read_on)
        lines.append(f"  {days} · {_said_of(one).rpartition(': ')[2]}")
    return lines


def plain(head: "ListHead", day: date) -> dict[str, Any]:
    """Return what is known of a list, for programs."""
    from dataclasses import asdict

    return asdict(head) | {"age": head.age(day), "is_stale": head.is_stale(day)}


def of_list(opened: "Store", list_id: str, day: date) -> tuple[list[str], dict[str, Any]]:
    """Return the lines about one list with its versions, and the same for programs."""
    head = opened.head_on(list_id, day)
    several = opened.versions(list_id)
    lines = overview((head,), day)
    for label, text in (
        (_("publisher"), head.publisher),
        (_("source"), head.source),
        (_("layout"), head.format),
        (_("licence"), head.licence),
        (_("digest"), head.digest),
    ):
        if text:
            lines.append(f"  {label}: {text}")
    if left_out := _left_out(head):
        lines.append(f"  {left_out}")
    if (ended := opened.ended(list_id)) is not None:
        lines.append("  " + _("taken out from {day} on", day=ended))
    lines.append(_("versions:"))
    for one in several:
        numbers = {"new": _number(one.new), "changed": _number(one.changed), "gone": _number(one.gone)}
        counts = _("{new} new, {changed} said anew, {gone} gone", **numbers)
        lines.append(f"  {one.head.read_on}: {_number(one.head.entries)} ({counts})")
    versions = [plain(one.head, day) | {"new": one.new, "changed": one.changed, "gone": one.gone} for one in several]
    return lines, plain(head, day) | {"ended": ended, "versions": versions}


def of_entry(opened: "Store", head: "ListHead", key: str, day: date) -> tuple[list[str], dict[str, Any]]:
    """Return the lines about one entry of a list, and the same for programs.

    Raises RiskEngineError where it has none.
    """
    from dataclasses import asdict

    found = opened.entry(head.id, key, day)
    if found is None:
        message = _("`{id}` has no entry `{key}` on {day}", id=head.id, key=key, day=day)
        if opened.entry(head.id, key) is not None:
            raise RiskEngineError(message, _("on another day it has: --on"))
        if like := opened.keys_with(head.id, key):
            raise RiskEngineError(message, suggestion(key, like))
        raise RiskEngineError(message, _("its keys are such as {keys}", keys=quoted(opened.keys_with(head.id), "and")))
    names = [one._asdict() for one in found.names]
    relations = [one._asdict() for one in found.relations]
    return list(_entry_lines(found)), asdict(found) | {"names": names, "relations": relations}


def _entry_lines(entry: "Entry") -> Iterator[str]:
    from risk_engine.screening.lists import entry_words

    yield f"{entry.name} ({entry.list}, {entry.key})"
    yield from (f"  {label}: {text}" for label, text in entry_words(entry))
