"""Points and bands of a set: what is no mapping is told as such, not changed on the way."""

import pytest
from pydantic import ValidationError

from risk_engine.model.ladders import SeverityPoints


@pytest.mark.parametrize("data", [[], {"points": {"low": 1}, "cap": 1, "bands": []}])
def test_what_holds_no_bands_is_refused_as_it_stands(data: object) -> None:
    with pytest.raises(ValidationError):
        SeverityPoints.model_validate(data)
