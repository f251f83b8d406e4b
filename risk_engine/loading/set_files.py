"""The files of a version of a criteria set, read one after another, and the pieces of the set in them by name.

What cannot be read is left out and remembered as broken, so that nobody is told to look for it elsewhere.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ConfigDict, TypeAdapter

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, file_problem, suggestion
from risk_engine.files.language import N_, _
from risk_engine.files.plain import BROKEN, Loc
from risk_engine.files.source import MAX_SET_BYTES, Document, read
from risk_engine.loading.sets import fact_files, is_rule_file, with_options, yaml_files
from risk_engine.loading.validate import validated
from risk_engine.loading.version_files import FACTS, HEAD, NAMED_IN, OPTIONS, REQUIRED, TRANSLATION, UNREAD, right_name
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import (
    AloneInvariant,
    AwarenessRule,
    Control,
    FactInvariant,
    Indicator,
    Invariants,
    ResultInvariant,
    SameInvariant,
    Undirected,
)
from risk_engine.model.facts import AnyFact, Entity, Fact, OptionList
from risk_engine.model.ladders import InForce, Ladder, SetHead, SeverityPoints
from risk_engine.model.tables import Parameter, Source, Table

T = TypeVar("T")

NAME = re.compile(r"[a-z][a-z0-9_]*")
ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
FACT_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


class Kind(NamedTuple, Generic[T]):
    """A kind of record: how it is called, what it must be, how its names look."""

    name: str
    model: type[T] | TypeAdapter[T]
    pattern: re.Pattern[str]


class SetFiles:
    """What stands in the files of a folder, the problems there, and the names that are not to be missed."""

    def __init__(self, folder: Path, documents: dict[str, Document] | None = None) -> None:
        """Read every file, unless they were read already; what is wrong with one is among the problems."""
        self.folder = folder
        self.problems: list[Diagnostic] = []
        self.broken: set[tuple[str, str]] = set()
        self.documents: dict[str, Document] = documents or {}
        if documents is None:
            self._read_files()

    def problem(self, file: str, loc: Loc, message: str, help_text: str = "") -> None:
        """Add a problem at a key of a file."""
        self.problems.append(self.documents[file].problem(loc, message, help_text, key=True))

    def mapping(self, file: str, loc: Loc = ()) -> dict[str, Any]:
        """Return the keys and values at a place; nothing, and perhaps a problem, if something else is there."""
        if file not in self.documents:
            return {}
        data = self.documents[file].data
        for step in loc:
            data = data.get(step, {}) if isinstance(data, dict) else {}
        if isinstance(data, dict):
            return data
        if data is not BROKEN:
            message = _("keys with values are needed here, not a list or a single value")
            self.problems.append(self.documents[file].problem(loc, message))
        self._lose(file)
        return {}

    def records(
        self, kind: Kind[T], file: str, loc: Loc = (), written: Callable[[Loc, Any], Any] = lambda _place, data: data
    ) -> dict[str, T]:
        """Return the records at a place of a file by name; what cannot be read is noted as broken.

        `written` returns what stands at a place written out, BROKEN where that cannot be (which it tells).
        """
        found: dict[str, T] = {}
        for name, stated in self.mapping(file, loc).items():
            place = (*loc, name)
            record = None
            if not kind.pattern.fullmatch(name):
                self.wrong_name(kind.name, kind.pattern, file, place)
            elif (data := written(place, stated)) is not BROKEN or stated is BROKEN:
                record = validated(kind.model, data, self.documents[file], place, self.problems)
            if record is not None:
                found[name] = record
            else:
                self.lose_name(kind.name, name, f"{loc[0]}." if kind.name == "fact" else "")
        return found

    def lose_name(self, kind: str, name: str, owner: str = "") -> None:
        """Note that a name is not to be missed elsewhere; nor the one that is meant where it is written in capitals."""
        meant = _NOT_IN_NAMES.sub("_", name.casefold())
        self.broken |= {(kind, f"{owner}{name}"), (kind, f"{owner}{meant}")}

    def wrong_name(self, kind: str, pattern: re.Pattern[str], file: str, place: Loc) -> None:
        """Add that a record cannot be called so."""
        allowed = _("letters, digits, `_` and `-`")
        if pattern is NAME:
            allowed = _("small letters, digits and `_`, a letter first")
        elif pattern is FACT_NAME:
            allowed = _("the name of a fact, `entity.fact`")
        message = _("`{name}` cannot be the name of this {kind}", name=place[-1], kind=_(kind))
        self.problem(file, place, message, _("allowed: {allowed}", allowed=allowed))

    def _read_files(self) -> None:
        present = yaml_files(self.folder)
        for name in present:
            if is_rule_file(name):
                self._read(name)
            elif name not in UNREAD and not TRANSLATION.fullmatch(name):
                self._file_problem(name, _("this file is not part of a criteria set"), right_name(name))
        for name in REQUIRED:
            if name not in present and not (name == FACTS and fact_files(present)):
                self._file_problem(name, _("there is no such file"))
                self._lose(name)
        if not any(name.startswith("indicators/") for name in present):
            self._file_problem("indicators", _("a set needs at least one file of indicators"))
            self._lose("indicators")

    def _read(self, name: str) -> None:
        try:
            self.documents[name] = document = read(
                self.folder / name, shown_as=self._shown(name), go_on=True, most=MAX_SET_BYTES
            )
            self.problems += _with_numbers(document) if name == HEAD else document.problems
        except InvalidSourceError as error:
            self.problems += error.diagnostics
            self._lose(name)

    def _lose(self, file: str) -> None:
        """Note that no name of this file is to be missed elsewhere."""
        self.broken |= {(kind, "*") for kind in NAMED_IN.get(file.partition("/")[0], ())}

    def _shown(self, name: str) -> str:
        return (self.folder / name).as_posix()

    def _file_problem(self, name: str, message: str, help_text: str = "") -> None:
        self.problems += file_problem(self._shown(name), message, help_text).diagnostics


def _with_numbers(document: Document) -> list[Diagnostic]:
    """Return the problems of set.yaml: a version like 1.0 wants no quotes, but a third number."""
    place = document.position(("version",))
    way_out = _("a version is three numbers, like 1.0.0")
    return [replace(one, help=way_out) if one.position == place else one for one in document.problems]


_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")

_LATER = ConfigDict(defer_build=True)  # a set that was kept as it was read is not validated
_FACT: Kind[AnyFact] = Kind("fact", TypeAdapter(Fact, config=_LATER), NAME)
_OPTIONS: Kind[dict[str, str]] = Kind("list of options", TypeAdapter(OptionList, config=_LATER), NAME)
_DEFINITION: Kind[Condition] = Kind("definition", TypeAdapter(Condition, config=_LATER), NAME)


def read_head(files: SetFiles) -> SetHead | None:
    """Return what set.yaml says; None where it cannot be read."""
    if HEAD not in files.documents:
        return None
    document = files.documents[HEAD]
    head = validated(SetHead, document.data, document, (), files.problems)
    folder = files.folder.resolve().name
    if head is not None and _VERSION.fullmatch(folder) and folder != head.version:
        names = {"version": head.version, "folder": folder}
        message = _("this is version `{version}` in the folder of version `{folder}`", **names)
        files.problems.append(document.problem(("version",), message, _("they must be the same")))
    return head


def stand_in(files: SetFiles) -> SetHead:
    """Return a head with the names that set.yaml declares, so that the other files can be checked all the same."""
    data = files.documents[HEAD].data if HEAD in files.documents else {}
    severity = data.get("severity") if isinstance(data, dict) else None
    declared = {
        "dimension": _names(data, "dimensions"),
        "ground": _names(data, "grounds"),
        "`asked_of` word": _names(data, "asked_of"),
        "evidence kind": _names(data, "evidence_kinds"),
        "band": _names(severity, "bands"),
    }
    files.broken |= {(kind, "*") for kind, names in declared.items() if not names}
    bands: dict[str, Any] = {"bands": dict.fromkeys(declared["band"], 0)}
    fields: dict[str, Any] = {
        "dimensions": dict.fromkeys(declared["dimension"]),
        "grounds": dict.fromkeys(declared["ground"]),
        "asked_of": dict.fromkeys(declared["`asked_of` word"]),
        "evidence_kinds": dict.fromkeys(declared["evidence kind"]),
        "severity": SeverityPoints.model_construct(**bands),
        "in_force": InForce(from_=date.max),
    }
    return SetHead.model_construct(**fields)


def _names(data: object, key: str) -> list[str]:
    found = data.get(key) if isinstance(data, dict) else None
    return list(found) if isinstance(found, dict) else []


def read_pieces(files: SetFiles) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a `Criteria` has beside its head, as far as it can be read, and the file of each indicator.

    What is wrong is added to the problems of the files.
    """
    indicators, stands_in = _indicators(files)
    pieces = {
        "entities": _entities(files),
        "definitions": files.records(_DEFINITION, "definitions.yaml"),
        "indicators": indicators,
        "controls": files.records(Kind("control", Control, ID), "controls.yaml"),
        "parameters": files.records(Kind("parameter", Parameter, NAME), "parameters.yaml"),
        "tables": _tables(files),
        "ladders": files.records(Kind("ladder", Ladder, NAME), "ladders.yaml"),
        "awareness": files.records(Kind(N_("awareness rule"), AwarenessRule, ID), "awareness.yaml"),
        "invariants": _invariants(files),
        "sources": files.records(Kind("source", Source, SOURCE_ID), "sources.yaml"),
        "places": {name: _place(files, file, name) for name, file in stands_in.items()},
    }
    return pieces, stands_in


def _place(files: SetFiles, file: str, indicator: str) -> str:
    position = files.documents[file].position((indicator,), key=True)
    return f"{file}:{position.line}:{position.column}"


def _entities(files: SetFiles) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    stands_in: dict[str, str] = {}
    lists = files.records(_OPTIONS, OPTIONS)
    for file in fact_files(files.documents):
        for name, data in files.mapping(file).items():
            if (where := stands_in.setdefault(name, file)) == file:
                _read_entity(files, file, name, data, found, lists)
            else:
                message = _("there is an entity `{name}` in {file} already", name=name, file=where)
                files.problem(file, (name,), message, _("write all of its facts there"))
    return found


def _read_entity(
    files: SetFiles,
    file: str,
    name: str,
    data: Any,
    found: dict[str, Entity],
    lists: Mapping[str, Mapping[str, str]],
) -> None:
    """Add an entity to those that were found; what is wrong with it is added to the problems of the files."""

    def written(place: Loc, fact: Any) -> Any:
        """Return a fact with its options written out."""
        named = fact.get("options") if isinstance(fact, dict) else None
        if not isinstance(named, str) or named in lists:
            return with_options(fact, lists)
        if not {("list of options", named), ("list of options", "*")} & files.broken:
            message = _("there is no list of options `{name}`", name=named)
            known = suggestion(named, lists) or _("write it in `{file}`", file=OPTIONS)
            files.problems.append(files.documents[file].problem((*place, "options"), message, known))
        return BROKEN

    has_facts = isinstance(data, dict) and isinstance(data.get("facts"), dict)
    facts = files.records(_FACT, file, (name, "facts"), written) if has_facts else {}
    # The entity's own keys are checked with a stand-in for its facts: one bad fact costs only itself.
    own = {**data, "facts": {"stand_in": {"type": "text"}}} if has_facts and data["facts"] else data
    entity = validated(Entity, own, files.documents[file], (name,), files.problems)
    if not NAME.fullmatch(name):
        files.wrong_name("entity", NAME, file, (name,))
        entity = None
    if entity is None:
        files.lose_name("entity", name)
    else:
        found[name] = entity.model_copy(update={"facts": facts})


def _indicators(files: SetFiles) -> tuple[dict[str, Indicator], dict[str, str]]:
    """Return the indicators, and in which file each stands."""
    found: dict[str, Indicator] = {}
    stands_in: dict[str, str] = {}
    for file in [name for name in files.documents if name.startswith("indicators/")]:
        for name, record in files.records(Kind("indicator", Indicator, ID), file).items():
            if name in found:
                where = stands_in[name]
                message = _("there is an indicator `{name}` in {file} already", name=name, file=where)
                files.problem(file, (name,), message, _("give each its own id"))
            else:
                found[name] = record
                stands_in[name] = file
    return found, stands_in


def _tables(files: SetFiles) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for file in [name for name in files.documents if name.startswith("tables/")]:
        name = PurePosixPath(file).stem
        table = validated(Table, files.documents[file].data, files.documents[file], (), files.problems)
        if table is None:
            files.broken.add(("table", name))
        else:
            found[name] = table
    return found


def _invariants(files: SetFiles) -> Invariants:
    file = "invariants.yaml"
    known = Invariants.model_fields
    for key in files.mapping(file):
        if key not in known:
            files.problem(file, (key,), _("unknown key `{key}`", key=key), suggestion(key, known))
    name = N_("invariant")
    return Invariants.model_construct(
        facts=files.records(Kind(name, FactInvariant, ID), file, ("facts",)),
        results=files.records(Kind(name, ResultInvariant, ID), file, ("results",)),
        alone=files.records(Kind(name, AloneInvariant, ID), file, ("alone",)),
        same=files.records(Kind(name, SameInvariant, ID), file, ("same",)),
        undirected=files.records(Kind(N_("fact"), Undirected, FACT_NAME), file, ("undirected",)),
    )
