"""Expected values: docs/decisions/0014 (four eyes)."""

import pytest

from risk_engine.model.decision import Person
from risk_engine.records.decide import is_title, may_be_same_person, plain_letters, same_person, spellings

SAME = (
    ("A. Vogel", "A Vogel"),
    ("A. Vogel", "A.Vogel"),
    ("A. Vogel", "Vogel, A."),
    ("A. Vogel", "Prof. Dr. A. Vogel"),
    ("A. Vogel", "A. Vogel, Ph.D."),
    ("A. Vogel", "A. Vogel, M. Sc."),
    ("A. Vogel", "\u0410. Vogel"),
    ("A. Vogel", "\u0391. Vogel"),
    ("A. Vogel", "A. Vogel\u3164"),
    ("A. Vogel", "A. Vog\u034fel"),
    ("A. Vogel", "A. V\U000e0001ogel\ufff0"),
    ("Anna Vogel", "Anna\u2800Vogel"),
    ("J. M\u00fcller", "J. Mueller"),
    ("J. M\u00fcller", "J. Muller"),
    ("Zo\u00eb Stra\u00dfe", "ZOE STRASSE"),
    ("S. \u00d8stby", "S. Oestby"),
    ("Anna-Lena O\u2019Neil", "O'Neil, Anna Lena"),
    (
        "\u039d\u0399\u039a\u039f\u03a3 \u03a3\u0391\u03a1\u03a1\u0397\u03a3",
        "\u039d\u03af\u03ba\u03bf\u03c2 \u03a3\u03b1\u03c1\u03c1\u03ae\u03c2",
    ),
    ("\u0421\u043e\u0441\u043e", "Coco"),
    ("Dr", "DR."),
    # Letters of other scripts and of mathematics that look like plain ones (Unicode TR 39)
    ("Vogel", "\u2164ogel"),
    ("Paula Scope", "\u0420\u0430ul\u0430 \u0405cop\u0435"),
    ("Anna Vogel", "\U0001d400nna Vogel"),
    ("Peter Cox", "\u0440\u0435\u0442\u0435r \u0421\u043e\u0445"),
    ("Hanna Toth", "\ua4e7anna \ua4d4oth"),
    ("Ines Vogel", "\u0399nes Vogel"),
    ("NIKOS VOGEL", "\u039d\u0399\u039a\u039fS VOGEL"),
    ("Olaf Iversen", "\u0555laf \u04c0versen"),
    ("Anna Vogel", "Anna V\u03bfgel"),
)
ALIKE = (
    # Plain letters that look alike: two people may be called so.
    ("A. Vogel", "A. VogeI"),
    ("Anna Vogel", "Anna Voge1"),
    ("Otto Braun", "0tto Braun"),
    ("Jan Kern", "Jan Kem"),
    ("A. Vogel", "Anna Vogel"),
    ("Anna Vogel", "Anna Maria Vogel"),
    ("A. M. Vogel", "Anna Maria Vogel"),
    ("Vogel", "Anna Vogel"),
    ("Anna V.", "Anna Vogel"),
)
OTHER = (
    ("Ian Vogel", "Lan Vogel"),
    ("Olaf Berg", "Olga Berg"),
    (
        "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432",
        "\u041f\u0451\u0442\u0440 \u0418\u0432\u0430\u043d\u043e\u0432",
    ),
    ("\u674e\u5a1c", "\u674e\u7389"),
    ("Anna Vogel", "Ben Ode"),
    ("Anna Vogel", "Berta Vogel"),
    ("A. Vogel", "B. Vogel"),
    ("A. Vogel", "A. Ode"),
    ("A. V.", "Anna Vogel"),
    # No line of Unicode's table of confusables says that these look alike.
    ("Anna Wolf", "Anna VVolf"),
    ("Olga Adler", "Olga Acller"),
    ("Li Wei", "Li Na"),
    ("\u5f20\u4f1f", "\u5f20\u4e3d"),
)


def people(one: str, other: str) -> tuple[Person, Person]:
    return Person(name=one, role="x"), Person(name=other, role="y")


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_name_that_is_only_written_otherwise_is_the_same_person(one: str, other: str) -> None:
    for pair in (people(one, other), people(other, one)):
        assert same_person(*pair)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_initials_and_shorter_names_may_be_the_same_person(one: str, other: str) -> None:
    for pair in (people(one, other), people(other, one)):
        assert not same_person(*pair)
        assert may_be_same_person(*pair)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_names_are_other_people(one: str, other: str) -> None:
    for pair in (people(one, other), people(other, one)):
        assert not same_person(*pair)
        assert not may_be_same_person(*pair)


def test_a_name_is_found_however_its_letters_are_written() -> None:
    assert spellings("Müller") == {"müller", "mueller"}
    assert spellings("Mueller") == {"mueller", "muller"}
    assert plain_letters("søren") == "soren"
    assert is_title("Prof")
    assert not is_title("Vogel")
