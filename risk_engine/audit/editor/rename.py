"""A name changed in every file of a set, with what it was called where a released version knows it by that."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from risk_engine.audit.editor.edited import Edited
from risk_engine.audit.editor.mentions import Kind, Known, Mention, mapping
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document
from risk_engine.loading.bundle import documents, read_bundle
from risk_engine.loading.releases import releases_of
from risk_engine.loading.set_files import ID, NAME, SOURCE_ID
from risk_engine.loading.sets import beside, bundle_path, file_of_entity, is_bundle, version_at

_PATTERNS: Mapping[Kind, re.Pattern[str]] = {
    "indicator": ID,
    "control": ID,
    "awareness": ID,
    "invariant": ID,
    "row": ID,
    "source": SOURCE_ID,
}
_NAMED_OUTSIDE = frozenset({"parameter", "table", "column", "ladder", "level"})
"""Kinds that profiles and decisions name, and that no `was` is read for."""


class Edit(NamedTuple):
    """A text to put in place of what stands between two columns of a line, from 0."""

    file: str
    line: int
    begin: int
    end: int
    text: str


class Renamed(NamedTuple):
    """What to change in the files, and of a table which file is called otherwise from now on."""

    edits: tuple[Edit, ...]
    files: tuple[tuple[str, str], ...] = ()


def can_be_renamed(mention: Mention | None) -> bool:
    """Return whether this is a name that can be changed here; the sentence that names a case is written by hand."""
    return mention is not None and mention.kind != "case"


def renamed(edited: Edited, mention: Mention, new: str) -> Renamed:
    """Return what to change so that something has another name; raise RiskEngineError where that cannot be."""
    kind, owner, old = mention.kind, *_split(mention)
    _check(edited, mention, new)
    names = edited.names
    edits = [Edit(one.file, one.line, one.begin, one.end, new) for one in names.of(kind, mention.name) if one.end > 0]
    with edited.as_it_stands():
        is_known = any(_is_released(edited, one, kind) for one in _called(edited, mention))
    if is_known and kind in _NAMED_OUTSIDE:
        message = _("`{name}` is in a released version, and profiles and decisions name it", name=mention.name)
        raise RiskEngineError(message, _("there is no `was` for it: keep the name, and change its title"))
    declared = next((one for one in names.of(kind, mention.name) if one.declares), None)
    if declared is None:
        raise RiskEngineError(_("nothing in the set says what `{name}` is", name=mention.name))
    document = edited.documents[declared.file]
    match kind:
        case "entity" | "control" | "indicator" if is_known:
            edits += _former(document, (old,), declared.file, old)
        case "fact":
            loc: Loc = (owner, "facts", old)
            fact = names.known.facts.get(mention.name, {})
            lacks_column = names.known.column_of(mention.name) is not None and "column" not in fact
            column = f"column: {old}" if lacks_column else ""
            if is_known:
                edits += _former(document, loc, declared.file, old, also=column)
            elif column:
                edits.append(_first_key(document, loc, declared.file, column))
        case "option" if is_known:
            with edited.as_it_stands():
                users = [one for one in _facts_with(edited, owner) if _is_released(edited, f"{one}.{old}", "option")]
            for name in users:
                entity, _dot, short = name.partition(".")
                file = _file_of(edited, entity)
                edits += _former_option(edited.documents[file], (entity, "facts", short), file, old, new)
        case "row" if is_known:
            edits += _former(document, ("rows", old), declared.file, f"[{old}]", key="aliases")
        case "column":
            for name, fact in names.known.facts.items():
                if names.known.column_of(name) == mention.name and "column" not in fact:
                    entity, _dot, short = name.partition(".")
                    file = _file_of(edited, entity)
                    facts = edited.documents[file]
                    edits.append(_first_key(facts, (entity, "facts", short), file, f"column: {new}"))
        case _:
            pass
    files = ((declared.file, f"tables/{new}.yaml"),) if kind == "table" else ()
    return Renamed(tuple(dict.fromkeys(edits)), files)


def _file_of(edited: Edited, entity: str) -> str:
    return file_of_entity({name: one.data for name, one in edited.documents.items()}, (entity,))


def _facts_with(edited: Edited, owner: str) -> list[str]:
    """Return the facts that have the options of a fact, or of a list that is named."""
    return [one for one, name in edited.names.known.listed.items() if name == owner] or [owner]


def _called(edited: Edited, mention: Mention) -> list[str]:
    """Return how cases know something: an option of a list with each fact that names the list."""
    owner, old = _split(mention)
    return [f"{one}.{old}" for one in _facts_with(edited, owner)] if mention.kind == "option" else [mention.name]


def _split(mention: Mention) -> tuple[str, str]:
    """Return what something stands in, and its own name there."""
    owner, _dot, old = mention.name.rpartition(".")
    return (owner, old) if mention.kind in {"fact", "option", "level", "row", "column"} else ("", mention.name)


def _check(edited: Edited, mention: Mention, new: str) -> None:
    """Raise RiskEngineError where something cannot be called so, or the files cannot be changed now."""
    owner, _old = _split(mention)
    if not can_be_renamed(mention):
        raise RiskEngineError(_("the name of a case is a sentence; it is changed by hand"))
    if edited.unreadable:
        file = min(edited.unreadable)
        raise RiskEngineError(
            _("`{file}` cannot be read, so what it names is not known", file=file), _("mend it first")
        )
    if not _PATTERNS.get(mention.kind, NAME).fullmatch(new):
        allowed = _("letters, digits, `_` and `-`")
        if mention.kind not in _PATTERNS:
            allowed = _("small letters, digits and `_`, a letter first")
        raise RiskEngineError(_("`{name}` cannot be a name here", name=new), _("allowed: {allowed}", allowed=allowed))
    wanted = f"{owner}.{new}" if owner else new
    if any(one.declares for one in edited.names.of(mention.kind, wanted)):
        raise RiskEngineError(_("there is `{name}` already", name=wanted))


def _is_released(edited: Edited, name: str, kind: Kind) -> bool:
    """Return whether the newest released version of the set has something of a kind under this name."""
    version = version_at(edited.folder)
    every = releases_of(version).every
    newest = next((one for one in reversed(beside(version)) if f"{one}" in every), None)
    if newest is None:
        return False
    bundle = newest.path if is_bundle(newest.path) else bundle_path(newest)
    if not is_bundle(bundle):
        return True  # it was released, and nobody can say what was in it
    return _has(documents(read_bundle(bundle)), name, kind)


def _has(files: Mapping[str, Document], name: str, kind: Kind) -> bool:
    known = Known.of(files)
    entity, _dot, short = name.partition(".")

    def data(file: str) -> Mapping[str, Any]:
        return mapping(files[file].data) if file in files else {}

    match kind:
        case "entity":
            return name in known.entities
        case "fact":
            return name in known.facts
        case "option":
            fact, _dot, option = name.rpartition(".")
            return option in mapping(known.facts.get(fact, {}).get("options"))
        case "control" | "parameter" | "ladder":
            return name in data(f"{kind}s.yaml")
        case "level":
            return short in mapping(mapping(data("ladders.yaml").get(entity)).get("levels"))
        case "table":
            return f"tables/{name}.yaml" in files
        case "row" | "column":
            return short in mapping(data(f"tables/{entity}.yaml").get(f"{kind}s"))
        case "indicator":
            return any(name in data(file) for file in files if file.startswith("indicators/"))
        case _:
            return False


# --- what it was called ---


def _former(document: Document, loc: Loc, file: str, old: str, *, key: str = "was", also: str = "") -> Iterator[Edit]:
    """Yield what has to be written so that a thing says what it was called, and perhaps something else."""
    said = _at(document, loc).get(key)
    if said is None:
        yield _first_key(document, loc, file, *filter(None, (f"{key}: {old}", also)))
        return
    if also:
        yield _first_key(document, loc, file, also)
    position = document.position((*loc, key))
    line, column = position.line - 1, position.column - 1
    text = document.lines[line]
    bare = old.strip("[]")
    match said:
        case str():
            yield Edit(file, line, column, column, f"[{bare}, ")
            end = column + len(said) + 2 * (text[column] in "\"'")
            yield Edit(file, line, end, end, "]")
        case tuple() if text[column] == "[":
            yield Edit(file, line, column + 1, column + 1, f"{bare}, ")
        case _:
            raise _by_hand(document, (*loc, key), old)


def _former_option(document: Document, loc: Loc, file: str, old: str, new: str) -> Iterator[Edit]:
    """Yield what has to be written so that a fact says how an option was called."""
    said = _at(document, loc).get("was")
    if said is None:
        yield _first_key(document, loc, file, f"was: {{values: {{{old}: {new}}}}}")
        return
    values = mapping(said).get("values")
    if "name" in mapping(said) or not isinstance(values, dict):
        raise _by_hand(document, (*loc, "was"), f"{{values: {{{old}: {new}}}}}")
    yield _first_key(document, (*loc, "was", "values"), file, f"{old}: {new}")


def _by_hand(document: Document, loc: Loc, text: str) -> RiskEngineError:
    message = _(
        "{place}: what it was called is said here in a form that only a person should change",
        place=document.position(loc),
    )
    return RiskEngineError(message, _("add `{text}` there, then rename again", text=text))


def _at(document: Document, loc: Loc) -> Mapping[str, Any]:
    data = document.data
    for step in loc:
        data = mapping(data).get(step)  # type: ignore[arg-type] # no list is on these ways
    return mapping(data)


def _first_key(document: Document, loc: Loc, file: str, *entries: str) -> Edit:
    """Return what writes entries of a mapping before its first one."""
    position = document.position(loc)
    line, column = position.line - 1, position.column - 1
    if document.lines[line].startswith("{", column):
        return Edit(file, line, column + 1, column + 1, "".join(f"{one}, " for one in entries))
    # The value of a block begins where its first key does.
    indent = " " * column
    return Edit(file, line, column, column, "".join(f"{one}\n{indent}" for one in entries))
