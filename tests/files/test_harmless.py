"""What would be computed in a cell of CSV is guarded, and read back as it was."""

from hypothesis import example, given
from hypothesis import strategies as st

from risk_engine.files.harmless import guarded, unguarded


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+;\t\"' \uff1d\n-@"), max_size=12))
@example("'=1")
@example("-x;\n@SUM(A1)")
def test_what_was_guarded_against_a_spreadsheet_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
