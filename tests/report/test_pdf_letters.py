"""A letter as PDF: its address shows in the window of an envelope, and it counts its own pages."""

from risk_engine.report.blocks import (
    Letterhead,
    Section,
)
from risk_engine.report.typst import pdf
from tests.report import printing
from tests.report.printing import MM
from tests.report.sheets import letter, letters, prose


def test_the_address_of_a_letter_stands_in_the_window_of_an_envelope() -> None:
    places = printing.word_places(pdf(letters(letter("Tree", prose()))))
    address = [one for one in places if one.text in {"Picker", "Barn", "12345"}]
    assert len(address) == 3
    # DIN 5008, form B: 27.3 mm of address from 62.7 mm on, 85 mm wide; the subject below 98.4 mm.
    assert all(one.bottom > 62.7 * MM and one.bottom < 90 * MM and 24 * MM < one.left < 105 * MM for one in address)
    assert min(one.top for one in places if one.text == "Tree") > 98 * MM


def test_the_subject_of_each_letter_is_its_first_heading_and_each_counts_its_own_pages() -> None:
    made = pdf(letters(letter("First", *[prose()] * 14), letter("Second", prose())))
    assert printing.outline(made) == ["First", "Second"]
    assert [tag for tag in printing.tags(made) if tag.startswith("H")] == ["H1", "H1"]
    assert [page[0] for page in printing.pages(made)] == ["A-1 Page 1 of 2", "A-1 Page 2 of 2", "A-1 Page 1 of 1"]


def test_a_long_address_pushes_the_subject_down_and_covers_nothing() -> None:
    head = Letterhead(("Hill Orchard",), tuple(f"Line{number}" for number in range(20)), "2 March 2026")
    made = pdf(letters(Section("a", "Subject", (head, prose()))))
    places = {one.text: one for one in printing.word_places(made)}
    assert places["Line19"].bottom < places["Subject"].top
