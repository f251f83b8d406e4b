"""Read one version of a criteria set from its folder: every file, every problem, one checked `CriteriaSet`."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from risk_engine.canonical import digest
from risk_engine.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, file_problem, suggestion
from risk_engine.language import N_, _
from risk_engine.loading.checks import Context, check_all, check_head
from risk_engine.loading.choose import choose, meant, that_count
from risk_engine.loading.files import (
    FACTS,
    NAMED_IN,
    OPTIONAL,
    PART,
    REQUIRED,
    TRANSLATION,
    UNREAD,
    right_name,
    yaml_files,
)
from risk_engine.loading.kept import kept
from risk_engine.loading.lock import changed_since_release, names_of, signed_in
from risk_engine.loading.messages import validated
from risk_engine.loading.sets import HEAD, is_version, set_of_nobody
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import (
    AwarenessRule,
    Control,
    CriteriaSet,
    Indicator,
    Parameter,
    Source,
    Table,
)
from risk_engine.model.facts import AnyFact, Entity, Fact
from risk_engine.model.invariants import (
    AloneInvariant,
    FactInvariant,
    Invariants,
    ResultInvariant,
    SameInvariant,
    Undirected,
)
from risk_engine.model.ladders import InForce, Ladder, SetHead, SeverityPoints
from risk_engine.plain import BROKEN, Broken, Loc
from risk_engine.source import Document, read

T = TypeVar("T")

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class _Kind(NamedTuple, Generic[T]):
    """A kind of record: how it is called, what it must be, how its names look."""

    name: str
    model: type[T] | TypeAdapter[T]
    pattern: re.Pattern[str]


_FACT: _Kind[AnyFact] = _Kind("fact", TypeAdapter(Fact), _NAME)
_DEFINITION: _Kind[Condition] = _Kind("definition", TypeAdapter(Condition), _NAME)
_INDICATOR = _Kind("indicator", Indicator, _ID)


def load_criteria(reference: str | None = None, on: date | None = None) -> CriteriaSet:
    """Load the version of a set that `SET`, `SET@VERSION` or the path of either means on a day.

    The day may be left out only where it chooses nothing: of a version that is named, or the only one. Raises
    RiskEngineError otherwise; InvalidSourceError with every problem of every file; UnknownSetError; NotInForceError.
    """
    if reference is not None and is_version(Path(reference)):
        return read_criteria(Path(reference))
    if on is None:
        _check_single(reference or set_of_nobody())
    return read_criteria(choose(reference, on).version.folder)


def _check_single(reference: str) -> None:
    """Raise RiskEngineError where a set has several versions and none is named: which one holds only a day can say."""
    number = len(that_count(meant(reference)))
    if number > 1:
        message = _("the set `{name}` has {number} versions, and no day is named", name=reference, number=number)
        raise RiskEngineError(
            message, _("say for which day, `on=date(2026, 1, 31)`, or which version, `{name}@1.0.0`", name=reference)
        )


def read_criteria(folder: Path) -> CriteriaSet:
    """Read the version that lies in `folder`; raise InvalidSourceError with every problem of every file.

    As long as its files say the same it is the same object.
    """
    return kept(folder, lambda one: _SetReader(one).criteria())


class _SetReader:
    """Reads file after file, record after record; what cannot be read is remembered as broken and left out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Diagnostic] = []
        self.broken: set[tuple[str, str]] = set()
        self.documents: dict[str, Document] = {}
        self.indicator_files: dict[str, str] = {}

    def criteria(self) -> CriteriaSet:
        self._read_files()
        head = self._head()
        found = digest({name: _ordered(document.data) for name, document in self.documents.items()})
        self.problems += self._release_problems(found)
        pieces: dict[str, Any] = {
            "entities": self._entities(),
            "definitions": self._records(_DEFINITION, "definitions.yaml"),
            "indicators": self._indicators(),
            "controls": self._records(_Kind("control", Control, _ID), "controls.yaml"),
            "parameters": self._records(_Kind("parameter", Parameter, _NAME), "parameters.yaml"),
            "tables": self._tables(),
            "ladders": self._records(_Kind("ladder", Ladder, _NAME), "ladders.yaml"),
            "awareness": self._records(_Kind(N_("awareness rule"), AwarenessRule, _ID), "awareness.yaml"),
            "invariants": self._invariants(),
            "sources": self._records(_Kind("source", Source, _SOURCE_ID), "sources.yaml"),
            "places": {one: self._place(file, one) for one, file in self.indicator_files.items()},
            "digest": found,
            "folder": self.folder.as_posix(),
        }
        # Every piece is validated already; validating the whole again would cost as much a second time.
        criteria = CriteriaSet.model_construct(head=head or self._stand_in(), **pieces)
        context = Context(criteria, self.documents, self.indicator_files, frozenset(self.broken))
        if head is not None:
            check_head(context)
        check_all(context)
        if self.problems or context.problems:
            raise InvalidSourceError([*self.problems, *context.problems])
        return criteria

    def _read_files(self) -> None:
        present = yaml_files(self.folder)
        for name in present:
            if name in {*REQUIRED, *OPTIONAL} or PART.fullmatch(name):
                self._read(name)
            elif name not in UNREAD and not TRANSLATION.fullmatch(name):
                self._file_problem(name, _("this file is not part of a criteria set"), right_name(name))
        for name in REQUIRED:
            if name not in present:
                self._file_problem(name, _("there is no such file"))
                self._lose(name)
        if not any(name.startswith("indicators/") for name in present):
            self._file_problem("indicators", _("a set needs at least one file of indicators"))
            self._lose("indicators")

    def _read(self, name: str) -> None:
        try:
            self.documents[name] = document = read(self.folder / name, shown_as=self._shown(name), go_on=True)
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

    def _problem(self, file: str, loc: Loc, message: str, help_text: str = "") -> None:
        self.problems.append(self.documents[file].problem(loc, message, help_text, key=True))

    def _place(self, file: str, indicator: str) -> str:
        position = self.documents[file].position((indicator,), key=True)
        return f"{file}:{position.line}:{position.column}"

    def _mapping(self, file: str, loc: Loc = ()) -> dict[str, Any]:
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

    def _records(self, kind: _Kind[T], file: str, loc: Loc = ()) -> dict[str, T]:
        """Return the records at a place of a file by name; what cannot be read is noted as broken."""
        found: dict[str, T] = {}
        for name, data in self._mapping(file, loc).items():
            place = (*loc, name)
            record = None
            if kind.pattern.fullmatch(name):
                record = validated(kind.model, data, self.documents[file], place, self.problems)
            else:
                self._wrong_name(kind.name, kind.pattern, file, place)
            if record is not None:
                found[name] = record
            else:
                self._break(kind.name, name, f"{loc[0]}." if kind.name == "fact" else "")
        return found

    def _break(self, kind: str, name: str, owner: str = "") -> None:
        """Note that a name is not to be missed elsewhere; nor the one that is meant where it is written in capitals."""
        meant = _NOT_IN_NAMES.sub("_", name.casefold())
        self.broken |= {(kind, f"{owner}{name}"), (kind, f"{owner}{meant}")}

    def _wrong_name(self, kind: str, pattern: re.Pattern[str], file: str, place: Loc) -> None:
        allowed = _("letters, digits, `_` and `-`")
        if pattern is _NAME:
            allowed = _("small letters, digits and `_`, a letter first")
        elif pattern is _FACT_NAME:
            allowed = _("the name of a fact, `entity.fact`")
        message = _("`{name}` cannot be the name of this {kind}", name=place[-1], kind=_(kind))
        self._problem(file, place, message, _("allowed: {allowed}", allowed=allowed))

    def _head(self) -> SetHead | None:
        if HEAD not in self.documents:
            return None
        document = self.documents[HEAD]
        head = validated(SetHead, document.data, document, (), self.problems)
        folder = self.folder.resolve().name
        if head is not None and _VERSION.fullmatch(folder) and folder != head.version:
            names = {"version": head.version, "folder": folder}
            message = _("this is version `{version}` in the folder of version `{folder}`", **names)
            self.problems.append(document.problem(("version",), message, _("they must be the same")))
        return head

    def _release_problems(self, digest_now: str) -> list[Diagnostic]:
        """Return why this is not what was released, else why it is not what was signed."""
        release = self._stated_release()
        if found := changed_since_release(self.folder, self.folder.as_posix(), release, digest_now):
            return found
        if not signed_in(self.folder):
            return []
        # Most sets are not signed, and what reads signatures takes its time to load.
        from risk_engine.loading.signatures import signature_problems

        try:
            return signature_problems(self.folder, names_of(self.folder, release))
        except InvalidSourceError as error:
            return list(error.diagnostics)

    def _stated_release(self) -> str:
        """Return `set@version` as set.yaml says, as far as it can be read."""
        data = self.documents[HEAD].data if HEAD in self.documents else None
        return f"{data.get('id')}@{data.get('version')}" if isinstance(data, dict) else ""

    def _stand_in(self) -> SetHead:
        """Return a head with the names that set.yaml declares, so that the other files can be checked all the same."""
        data = self.documents[HEAD].data if HEAD in self.documents else {}
        severity = data.get("severity") if isinstance(data, dict) else None
        declared = {
            "dimension": _names(data, "dimensions"),
            "ground": _names(data, "grounds"),
            "`asked_of` word": _names(data, "asked_of"),
            "band": _names(severity, "bands"),
        }
        self.broken |= {(kind, "*") for kind, names in declared.items() if not names}
        bands: dict[str, Any] = {"bands": dict.fromkeys(declared["band"], 0)}
        fields: dict[str, Any] = {
            "dimensions": dict.fromkeys(declared["dimension"]),
            "grounds": dict.fromkeys(declared["ground"]),
            "asked_of": dict.fromkeys(declared["`asked_of` word"]),
            "severity": SeverityPoints.model_construct(**bands),
            "in_force": InForce(from_=date.max),
        }
        return SetHead.model_construct(**fields)

    def _entities(self) -> dict[str, Entity]:
        found: dict[str, Entity] = {}
        for name, data in self._mapping(FACTS).items():
            has_facts = isinstance(data, dict) and isinstance(data.get("facts"), dict)
            facts = self._records(_FACT, FACTS, (name, "facts")) if has_facts else {}
            # The entity's own keys are checked with a stand-in for its facts: one bad fact costs only itself.
            own = {**data, "facts": {"stand_in": {"type": "text"}}} if has_facts and data["facts"] else data
            entity = validated(Entity, own, self.documents[FACTS], (name,), self.problems)
            if not _NAME.fullmatch(name):
                self._wrong_name("entity", _NAME, FACTS, (name,))
                entity = None
            if entity is None:
                self._break("entity", name)
            else:
                found[name] = entity.model_copy(update={"facts": facts})
        return found

    def _indicators(self) -> dict[str, Indicator]:
        found: dict[str, Indicator] = {}
        for file in [name for name in self.documents if name.startswith("indicators/")]:
            for name, record in self._records(_INDICATOR, file).items():
                if name in found:
                    where = self.indicator_files[name]
                    message = _("there is an indicator `{name}` in {file} already", name=name, file=where)
                    self._problem(file, (name,), message, _("give each its own id"))
                else:
                    found[name] = record
                    self.indicator_files[name] = file
        return found

    def _tables(self) -> dict[str, Table]:
        found: dict[str, Table] = {}
        for file in [name for name in self.documents if name.startswith("tables/")]:
            name = PurePosixPath(file).stem
            table = validated(Table, self.documents[file].data, self.documents[file], (), self.problems)
            if table is None:
                self.broken.add(("table", name))
            else:
                found[name] = table
        return found

    def _invariants(self) -> Invariants:
        file = "invariants.yaml"
        known = Invariants.model_fields
        for key in self._mapping(file):
            if key not in known:
                self._problem(file, (key,), _("unknown key `{key}`", key=key), suggestion(key, known))
        name = N_("invariant")
        return Invariants.model_construct(
            facts=self._records(_Kind(name, FactInvariant, _ID), file, ("facts",)),
            results=self._records(_Kind(name, ResultInvariant, _ID), file, ("results",)),
            alone=self._records(_Kind(name, AloneInvariant, _ID), file, ("alone",)),
            same=self._records(_Kind(name, SameInvariant, _ID), file, ("same",)),
            undirected=self._records(_Kind(N_("fact"), Undirected, _FACT_NAME), file, ("undirected",)),
        )


def _with_numbers(document: Document) -> list[Diagnostic]:
    """Return the problems of set.yaml: a version like 1.0 wants no quotes, but a third number."""
    place = document.position(("version",))
    way_out = _("a version is three numbers, like 1.0.0")
    return [replace(one, help=way_out) if one.position == place else one for one in document.problems]


def _names(data: object, key: str) -> list[str]:
    found = data.get(key) if isinstance(data, dict) else None
    return list(found) if isinstance(found, dict) else []


def _ordered(data: Any) -> Any:
    """Return parsed data with each mapping as a list of pairs: in rule files the order of keys means something.

    It ranks options, levels and bands, and RFC 8785 sorts the keys of a mapping (docs/decisions/0009).
    """
    match data:
        case dict():
            return [[key, _ordered(value)] for key, value in data.items()]
        case tuple():
            return [_ordered(one) for one in data]
        case Broken():
            return None
        case _:
            return data
