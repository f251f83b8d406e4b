"""Decided cases of the example `guest-labs`, as precedents and as registers, and the keys of invented offices."""

import csv
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from risk_engine.files.signing import new_key, private_key
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.office.precedents.precedent import Precedent
from tests.cli.running import EXAMPLES, run

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

EXCHANGE = EXAMPLES / "exchange"
SETS = EXCHANGE / "sets"
SET = SETS / "guest-labs"
PASSPHRASE = "between us"  # noqa: S105 (of keys that are made for a test)
OFFICE = "Office A"
ENVIRONMENT = {"RISK_ENGINE_CRITERIA": str(SETS), "RISK_ENGINE_PASSPHRASE": PASSPHRASE}


@cache
def criteria() -> Criteria:
    return read_criteria(SET)


@cache
def pair(_name: str) -> tuple[bytes, bytes]:
    """Return the two halves of the key of an office."""
    made = new_key(PASSPHRASE)
    return made.private, made.public


def key_of(name: str) -> "Ed25519PrivateKey":
    return private_key(pair(name)[0], PASSPHRASE, name)


def key_file(folder: Path, name: str) -> Path:
    path = folder / f"{name}.pem"
    path.write_bytes(pair(name)[0])
    (folder / f"{name}.pub.pem").write_bytes(pair(name)[1])
    return path


def decided(number: int = 1, **changed: Any) -> Precedent:
    """Return a decided case: old maps with a university abroad, changed as is said."""
    facts = {
        "partner.p1.name": "A university",
        "partner.p1.country": "JP",
        "partner.p1.tie": "none",
        "work.about": "Old maps",
        "work.field": "history",
        "work.ready": 1,
        "work.ends": "2027-12-31",
    }
    said: dict[str, Any] = {
        "id": f"case-{number}",
        "office": None,
        "set_id": "guest-labs",
        "set_version": "2.0.0",
        "facts": {**facts, **{name.replace("__", "."): value for name, value in changed.pop("facts", {}).items()}},
        "findings": (),
        "measures": {"start": "free", "measure": "advice"},
        "gate": "free",
        "decided_on_year": 2026,
        "reasons": ("start.otherwise", "measure.otherwise"),
        "text": "Nothing speaks against it, says A. Vogel.",
        "lists": ("partner",),
    }
    return Precedent(**{**said, **changed})


def register_of(folder: Path, name: str = "office-a") -> Path:
    """Return a copy of a register in which every case of an office is decided as proposed."""
    return Path(shutil.copytree(_register(name), folder / f"register-{name}"))


@cache
def _register(name: str) -> Path:
    home = Path(mkdtemp(prefix="risk-engine-test-"))
    cases = home / "cases"
    cases.mkdir()
    with (EXCHANGE / f"{name}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            (cases / f"{row['id']}.yaml").write_text(case_text(row), "utf-8")
    register = home / "register"
    assert run("register", "add", register, cases, "--on", "2026-05-04", **ENVIRONMENT).code == 0
    for assessment in sorted(register.glob("*/0001-assessment-*.json")):
        decision = home / f"{assessment.parent.name}.json"
        who = ("--by", "A. Vogel", "--role", "Head", "--on", "2026-05-06", "--no-adopt")
        assert run("decide", assessment, *who, "-o", decision, **ENVIRONMENT).code == 0
    assert run("register", "add", register, *sorted(home.glob("*.json")), **ENVIRONMENT).code == 0
    return register


def case_text(row: dict[str, str]) -> str:
    """Return a case file for a row of the table of an office."""
    return (
        f"criteria: guest-labs\nid: {row['id']}\ntitle: With {row['partner']}\nassessment_date: 2026-05-04\n"
        f"partner: [{{id: p1, name: {row['partner']}, country: {row['country']}, tie: {row['tie']}}}]\n"
        f"work: {{about: With {row['partner']}, field: {row['field']}, ready: {row['ready']}, ends: {row['ends']}}}\n"
    )
