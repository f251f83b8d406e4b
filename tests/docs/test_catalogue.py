"""The catalogue of the shipped set, which `make docs` builds: a lawyer finds every rule in it."""

import pytest

from risk_engine.audit.versions import loaded
from risk_engine.report.set_pages.catalogue import Form, catalogue


@pytest.mark.parametrize("form", ["md", pytest.param("html", marks=pytest.mark.nightly)])
def test_every_rule_of_the_shipped_set_stands_in_its_catalogue(form: Form) -> None:
    _, criteria = loaded("reconnect-china")
    page = catalogue(criteria, None, form, is_released=True)
    named = (*criteria.indicators, *criteria.controls, *criteria.ladders, *criteria.tables, *criteria.parameters)
    assert [one for one in named if one not in page] == []
    assert len(named) > 100
