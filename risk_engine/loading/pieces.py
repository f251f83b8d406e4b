"""The pieces of a criteria set out of its files: what each kind of record is, in which file, under what names."""

import re
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from pydantic import TypeAdapter

from risk_engine.diagnostics import suggestion
from risk_engine.language import N_, _
from risk_engine.loading.files import FACTS
from risk_engine.loading.set_files import FACT_NAME, ID, NAME, SOURCE_ID, Kind, SetFiles
from risk_engine.loading.sets import HEAD
from risk_engine.loading.validate import validated
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import AwarenessRule, Control, Indicator
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
from risk_engine.model.sources import Source
from risk_engine.model.tables import Parameter, Table

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")

_FACT: Kind[AnyFact] = Kind("fact", TypeAdapter(Fact), NAME)
_DEFINITION: Kind[Condition] = Kind("definition", TypeAdapter(Condition), NAME)


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
        "band": _names(severity, "bands"),
    }
    files.broken |= {(kind, "*") for kind, names in declared.items() if not names}
    bands: dict[str, Any] = {"bands": dict.fromkeys(declared["band"], 0)}
    fields: dict[str, Any] = {
        "dimensions": dict.fromkeys(declared["dimension"]),
        "grounds": dict.fromkeys(declared["ground"]),
        "asked_of": dict.fromkeys(declared["`asked_of` word"]),
        "severity": SeverityPoints.model_construct(**bands),
        "in_force": InForce(from_=date.max),
    }
    return SetHead.model_construct(**fields)


def _names(data: object, key: str) -> list[str]:
    found = data.get(key) if isinstance(data, dict) else None
    return list(found) if isinstance(found, dict) else []


def read_pieces(files: SetFiles) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a `CriteriaSet` has beside its head, as far as it can be read, and the file of each indicator.

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
    for name, data in files.mapping(FACTS).items():
        has_facts = isinstance(data, dict) and isinstance(data.get("facts"), dict)
        facts = files.records(_FACT, FACTS, (name, "facts")) if has_facts else {}
        # The entity's own keys are checked with a stand-in for its facts: one bad fact costs only itself.
        own = {**data, "facts": {"stand_in": {"type": "text"}}} if has_facts and data["facts"] else data
        entity = validated(Entity, own, files.documents[FACTS], (name,), files.problems)
        if not NAME.fullmatch(name):
            files.wrong_name("entity", NAME, FACTS, (name,))
            entity = None
        if entity is None:
            files.lose_name("entity", name)
        else:
            found[name] = entity.model_copy(update={"facts": facts})
    return found


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
