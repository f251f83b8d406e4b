"""The layouts in which lists come: which one a file is in, by what stands in it, and how its entries are read."""

import csv
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from risk_engine.files.csv_rows import open_csv
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import N_, _
from risk_engine.files.reading import open_file
from risk_engine.screening.entry import Entry, Standing
from risk_engine.screening.formats import csl, eu, mapped, misp, ofac, opensanctions, ror, un
from risk_engine.screening.formats.reading import Reading

Read = Callable[[Reading], Iterator[Entry]]
_LOOKED_AT: Final = 64 * 1024


class Known(NamedTuple):
    """What is known of a list whoever brings it: whose it is, and what a hit on it means."""

    title: str
    publisher: str
    standing: Standing
    jurisdiction: str
    licence: str


_US: Final = "US Government work"
UN: Final = Known("Consolidated list", "United Nations Security Council", "law", "UN", "issued for implementation")
EU: Final = Known("Consolidated financial sanctions list", "European Commission", "law", "EU", "reuse with attribution")
SDN: Final = Known("Specially Designated Nationals", "US Office of Foreign Assets Control", "evidence", "US", _US)
NOT_SDN: Final = SDN._replace(title="Consolidated list of what is not SDN")
CSL: Final = Known("Consolidated Screening List", "US Department of Commerce", "evidence", "US", _US)
CDUT: Final = Known(
    "China Defence Universities Tracker", "ASPI, by way of MISP galaxy", "tracker", "", "CC0-1.0 or BSD-2-Clause"
)
ROR: Final = Known("Research Organization Registry", "ROR", "registry", "", "CC0-1.0")
_NC: Final = "CC BY-NC 4.0 (OpenSanctions); commercial use needs a licence"
DATASETS: Final[Mapping[str, Known]] = {
    known: one._replace(licence=_NC)
    for names, one in (
        (("eu_fsf", "EU Financial Sanctions Files (FSF)"), EU),
        (("un_sc_sanctions", "UN Security Council Consolidated Sanctions"), UN),
        (("us_ofac_sdn", "US OFAC Specially Designated Nationals (SDN) List"), SDN),
        (("us_ofac_cons", "US OFAC Consolidated (non-SDN) List"), NOT_SDN),
        (("us_trade_csl", "US Trade Consolidated Screening List (CSL)"), CSL),
    )
    for known in names
}
"""Lists that OpenSanctions publishes one by one, by their name or title there."""
COLLECTION: Final = Known("", "OpenSanctions", "evidence", "", _NC)
"""Several of them in one file, of which each entry says on which it stands."""


@dataclass(frozen=True)
class Format:
    """One layout."""

    name: str
    what: str
    """Said after "read as"."""
    read: Read
    known: Known | None = None


def _ofac_known(path_name: str) -> Known:
    return NOT_SDN if "cons" in path_name.lower() else SDN


FORMATS: Final[Mapping[str, Format]] = {
    one.name: one
    for one in (
        Format("opensanctions-csv", N_("OpenSanctions, targets.simple.csv"), opensanctions.read_csv),
        Format("opensanctions-ftm", N_("OpenSanctions, FollowTheMoney entities"), opensanctions.read_ftm),
        Format("ofac-csv", N_("OFAC, its own CSV files"), ofac.read, SDN),
        Format("un-xml", N_("United Nations, consolidated list as XML"), un.read, UN),
        Format("eu-xml", N_("European Union, financial sanctions as XML"), eu.read_xml, EU),
        Format("eu-csv", N_("European Union, financial sanctions as CSV"), eu.read_csv, EU),
        Format("csl-csv", N_("US Consolidated Screening List as CSV"), csl.read_csv, CSL),
        Format("csl-json", N_("US Consolidated Screening List as JSON"), csl.read_json, CSL),
        Format("misp-galaxy", N_("MISP galaxy, a cluster of organisations"), misp.read, CDUT),
        Format("ror", N_("Research Organization Registry"), ror.read, ROR),
    )
}
MAPPED: Final = "table"
"""The format of a table that is read by a mapping."""


def format_of(name: str, mapping: str | None) -> Format:
    """Return a format by its name; of a table it is read by the mapping that is named."""
    if name == MAPPED:
        if mapping is None:
            raise RiskEngineError(_("a table needs a mapping"), _("name one with --mapping"))
        return mapped_format(mapping)
    return FORMATS[name]


def mapped_format(reference: str) -> Format:
    """Return the format of a table by a shipped mapping, or one in a file."""
    found = mapped.mapping_of(reference)
    known = None
    if found.standing is not None:
        known = Known(found.title, found.publisher, found.standing, found.jurisdiction, found.licence)
    return Format(MAPPED, N_("a table, by the mapping `{mapping}`"), partial(mapped.read, mapping=found), known)


def detected(path: Path, name: str) -> tuple[Format, str | None]:
    """Return the layout of a file by what stands in it, with the mapping of a table; `name` is how its source calls it.

    Raises RiskEngineError where it is none that is known.
    """
    with open_file(path) as file:
        raw = file.read(_LOOKED_AT)
    if not raw.strip():
        raise RiskEngineError(_("{path}: the file is empty", path=name))
    found = _in_archive(path) if raw.startswith(b"PK\x03\x04") else _by_text(raw.decode("utf-8-sig", "replace"))
    if found is None and (table := _as_table(path)) is not None:
        return table
    if found is None:
        message = _("{path}: this is no list in a layout that is known", path=name)
        if b"Naal_wholename" in raw:
            message = _("{path}: this is version 1.0 of the list of the European Union", path=name)
            raise RiskEngineError(message, _("take the file “1.1 - CSV” of the list"))
        way_out = _(
            "the layouts: {names}; of another table say by --mapping which column holds what (docs/screening.md)",
            names=", ".join(FORMATS),
        )
        raise RiskEngineError(message, way_out)
    return FORMATS[found], None


def _in_archive(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return "ror" if any(ror.MEMBER.search(one) for one in archive.namelist()) else None
    except zipfile.BadZipFile:
        return None


def _by_text(text: str) -> str | None:
    start = text.lstrip()
    if start.startswith("<"):
        root = re.search(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)", start)
        return {un.ROOT: "un-xml", eu.ROOT: "eu-xml"}.get(root[1]) if root else None
    if start.startswith(("{", "[")):
        return _json_kind(start)
    head = start.partition("\n")[0]
    try:
        first = next(csv.reader([head]), [""])
    except csv.Error:  # no text at all
        return None
    if len(first) == len(ofac.COLUMNS) and first[0].strip().isdigit():
        return "ofac-csv"
    columns = {one.strip().strip('"') for one in re.split("[,;]", head)}
    for name, needed in (
        ("opensanctions-csv", opensanctions.COLUMNS),
        ("eu-csv", ("Entity_LogicalId", "NameAlias_WholeName")),
        ("csl-csv", csl.NEEDED),
    ):
        if columns.issuperset(needed):
            return name
    return None


def _json_kind(text: str) -> str | None:
    if '"ror.org' in text or re.search(r'"id"\s*:\s*"https://ror\.org/', text):
        return "ror"
    if re.match(r"\{[^\n]*\"schema\"[^\n]*\"properties\"|\{[^\n]*\"properties\"[^\n]*\"schema\"", text):
        return "opensanctions-ftm"
    if re.search(r'"results"\s*:\s*\[', text) and '"alt_names"' in text:
        return "csl-json"
    if re.search(r'"values"\s*:\s*\[', text) and '"value"' in text and '"meta"' in text:
        return "misp-galaxy"
    return None


def _as_table(path: Path) -> tuple[Format, str] | None:
    try:
        name = mapped.known_by_columns(open_csv(path).head)
    except InvalidSourceError:
        return None
    return None if name is None else (mapped_format(name), name)


def of_all(found: Reading, layout: Format, name: str) -> Known | None:
    """Return what is known of the list that was read, None where nobody can tell whose it is."""
    if layout.read is ofac.read:
        return _ofac_known(name)
    if layout.known is not None:
        return layout.known
    if len(found.datasets) == 1:
        return DATASETS.get(next(iter(found.datasets)))
    if found.standings - {None}:
        return COLLECTION
    return None
