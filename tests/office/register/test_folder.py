import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.office.register.folder import LONGEST, is_plain, marked_name, safe_name

ANYWHERE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._~-]*[A-Za-z0-9_-])?")
"""What every system and every network drive takes."""

HOSTILE = ["", ".", "..", "../x", "/etc", "C:\\x", "CON", "con.yaml", "Lpt1", "a.", "a ", " a", "x" * 300, "\u202eabc"]
HOSTILE += ["\N{PILE OF POO}", "沙", "a\nb", "a\x00b", "\ud800", "~$a", ".hidden", "-rf", "a/b", "a~b", "e\u0301", "é"]


def is_safe(name: str) -> bool:
    device = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name, re.IGNORECASE)
    return ANYWHERE.fullmatch(name) is not None and len(name) <= LONGEST and device is None


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_gets_a_name_that_every_system_takes(text: str) -> None:
    assert is_safe(safe_name(text))
    assert is_safe(marked_name(text))
    assert not is_plain(text)


@pytest.mark.parametrize("text", ["2026-014", "L_7", "KUH-2026-031-B", "a.b", "console", "com10"])
def test_a_plain_number_of_an_office_stays_as_it_is(text: str) -> None:
    assert safe_name(text) == text


def test_what_a_person_may_recognise_is_kept() -> None:
    assert re.fullmatch(r"Gutachten-Ubersicht~[0-9a-f]{8}", safe_name("Gutachten Übersicht"))


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_gets_a_safe_name(text: str) -> None:
    assert is_safe(safe_name(text))


@given(st.lists(st.text(st.sampled_from("aA.~- /é"), max_size=4), unique=True, max_size=30))
def test_two_texts_never_have_the_same_name(texts: list[str]) -> None:
    given_names = [name for one in texts for name in {safe_name(one), marked_name(one)}]
    assert len(set(given_names)) == len(given_names)
