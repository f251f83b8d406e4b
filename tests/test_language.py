import pytest

from risk_engine.language import ENGLISH, _, current, in_language, languages, ngettext, pgettext


def test_english_is_the_code_itself() -> None:
    assert current() == ENGLISH
    assert languages()[0] == ENGLISH
    assert _("Due {day}, {what}", day="today", what="{day}") == "Due today, {day}"
    assert pgettext("of a gate", "clear") == "clear"
    assert (_(""), _("{as it is}")) == ("", "{as it is}")


@pytest.mark.parametrize(("number", "said"), [(0, "0 answers"), (1, "1 answer"), (2, "2 answers")])
def test_a_number_chooses_the_form(number: int, said: str) -> None:
    assert ngettext("{number} answer", "{number} answers", number) == said


def test_a_language_that_there_is_not_is_an_error_and_changes_nothing() -> None:
    with pytest.raises(LookupError), in_language("xx"):
        pass
    with pytest.raises(LookupError), in_language("../en"):
        pass
    assert current() == ENGLISH
