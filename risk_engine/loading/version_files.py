"""What the files of a version of a criteria set are called."""

import difflib
import re
from pathlib import PurePosixPath

from risk_engine.files.language import N_, _

HEAD = "set.yaml"
FACTS = "facts.yaml"
"""Entities and their facts; they may stand in several files of the folder `facts` instead, or as well."""
OPTIONS = "options.yaml"
"""Lists of options by name, for facts that have the same."""
REQUIRED = (HEAD, FACTS, "ladders.yaml")
OPTIONAL = (
    OPTIONS,
    "definitions.yaml",
    "controls.yaml",
    "parameters.yaml",
    "awareness.yaml",
    "invariants.yaml",
    "sources.yaml",
)
CASES = "cases.yaml"
MAP = "map.yaml"
MUTANTS = "mutants.yaml"
SCREENING = "screening.yaml"
EXCHANGE = "exchange.yaml"
CHANGES = "CHANGES.md"
UNREAD = (CASES, MUTANTS, MAP, SCREENING, EXCHANGE, CHANGES)
"""Files of a version that no assessment reads; they are outside its digest."""

TRANSLATIONS = "translations"
TRANSLATION = re.compile(rf"{TRANSLATIONS}/[^/]+\.yaml")
"""Files that say a version in another language; nobody reads them who has no need of that one."""

PART = re.compile(r"(facts|indicators|tables)/[^/]+\.yaml")
"""Files of which there may be several; their names are free."""

NAMED_IN = {
    HEAD: (N_("dimension"), N_("ground"), N_("`asked_of` word"), N_("evidence kind"), N_("band")),
    FACTS: (N_("entity"), N_("fact")),
    "facts": (N_("entity"), N_("fact")),
    OPTIONS: (N_("list of options"),),
    "definitions.yaml": (N_("definition"),),
    "indicators": (N_("indicator"),),
    "controls.yaml": (N_("control"),),
    "parameters.yaml": (N_("parameter"),),
    "tables": (N_("table"),),
    "ladders.yaml": (N_("ladder"),),
    "sources.yaml": (N_("source"),),
}
"""The kinds of name that nobody may miss where a file (or a folder's file) cannot be read."""


def right_name(name: str) -> str:
    """Return the help for a file that has no known name."""
    path = PurePosixPath(name)
    meant = path.with_suffix(".yaml").as_posix()
    known = [*REQUIRED, *OPTIONAL, *UNREAD]
    near = (
        [meant]
        if meant in known or PART.fullmatch(meant) or TRANSLATION.fullmatch(meant)
        else difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    )
    if near and near[0] != name:
        return _("did you mean `{near}`?", near=near[0])
    return _(
        "facts, indicators, tables and translations stand in the folders `facts`, `indicators`, `tables` and "
        "`translations`"
    )
