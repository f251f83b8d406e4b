"""The loan desk where the houses that borrow are themselves asked: about themselves and the objects that go to them."""

import shutil
from pathlib import Path

from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from tests.editing import edit

SETS = Path(__file__).parent / "sets"
GOES_TO = "type: text, belongs_to: borrower, question: Which house gets it?, asked_of: registrar"
LUX = "      range: [0, 900000]\n      riskier: higher\n      asked_of: "
CASE = SETS / "loan-desk-case.yaml"


def houses_are_asked(folder: Path) -> Criteria:
    """Write the set into a folder and return it: a house is asked who watches, and how much light an object gets."""
    shutil.copytree(SETS / "loan-desk" / "1.0.0", folder)
    facts = folder / "facts.yaml"
    edit(facts, "    material:", f"    goes_to: {{{GOES_TO}}}\n    material:")
    edit(facts, f"{LUX}conservator", f"{LUX}borrower")
    edit(facts, "  many: 3", "  many: 5")
    for file in folder.rglob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("borrowing_house", "borrower"), "utf-8")
    return read_criteria(folder)
