"""The generated catalogue of the shipped set is fresh."""

from pathlib import Path

import pytest

from risk_engine.audit.releases.load import loaded
from risk_engine.loading.lock import is_released
from risk_engine.report.catalogue import Form, catalogue

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_generated_catalogue_says_what_the_set_says(form: Form) -> None:
    path = DOCS / f"catalogue.{form}"
    version, criteria = loaded("reconnect-china")
    wanted = catalogue(criteria, None, form, is_released=is_released(version))
    is_fresh = path.is_file() and path.read_text("utf-8") == wanted
    assert is_fresh, (
        f"docs/{path.name} is not what the set says now; write it anew with `make docs`, or without make: "
        f"`risk-engine criteria show {version} -o docs/{path.name}`"
    )
