from dataclasses import replace

from risk_engine.engine.facts import Read
from risk_engine.files.source import Document, parse
from risk_engine.loading.case import case_of
from risk_engine.model.conditions import Compare
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.report.blank_case import blank_case
from tests.engine.builder import DAY

MATERIAL = Read("artwork", "fan", "material")
LUX = Read("artwork", "fan", "lux_hours")


def with_a_fan(record: Record) -> Record:
    found, entry = record.with_entry("artwork", "Fan")
    assert entry == "fan"
    return found


def test_an_answer_that_another_one_rules_out_is_set_aside_and_kept(empty: Record) -> None:
    record, moved = with_a_fan(empty).with_answer(MATERIAL, "paper")
    assert moved == ()
    record, moved = record.with_answer(LUX, 40000)
    assert (moved, record.kept(LUX)) == ((), None)
    record, moved = record.with_answer(MATERIAL, "stone")
    assert moved == ("artwork.fan.lux_hours",)
    assert record.answer(LUX) is None
    assert record.kept(LUX) == 40000
    assert record.data["set_aside"] == {"artwork.fan.lux_hours": 40000}


def test_what_is_taken_again_is_not_set_aside_any_more(empty: Record) -> None:
    record = with_a_fan(Record({**empty.data, "set_aside": {"loan.months": 7}}, empty.under))
    for read, value in ((MATERIAL, "paper"), (LUX, 5), (MATERIAL, "stone"), (MATERIAL, "paper"), (LUX, 6)):
        record, _moved = record.with_answer(read, value)
    assert record.data["set_aside"] == {"loan.months": 7, "artwork.fan.lux_hours": 5}  # another answer was given
    record, _moved = record.with_answer(LUX, 5)
    assert record.data["set_aside"] == {"loan.months": 7}
    record, _moved = record.with_answer(Read("loan", None, "months"), 7)
    assert "set_aside" not in record.data


def test_what_was_set_aside_before_stays_there(empty: Record) -> None:
    record = with_a_fan(Record({**empty.data, "set_aside": {"loan.months": 7}}, empty.under))
    for read, value in ((MATERIAL, "paper"), (LUX, 5), (MATERIAL, "stone")):
        record, _moved = record.with_answer(read, value)
    assert record.data["set_aside"] == {"loan.months": 7, "artwork.fan.lux_hours": 5}


def test_every_record_is_a_case_that_can_be_read(empty: Record) -> None:
    record, _entry = (
        with_a_fan(empty)
        .with_none("borrower")
        .with_answer(Read("loan", None, "months"), 8)[0]
        .with_entry("artwork", "Head")
    )
    case_of(Document("case", record.data, {}, ()), record.criteria)
    assert list(record.data) == ["id", "title", "loan", "borrower", "artwork"]  # as the set declares them
    assert [one["id"] for one in record.data["artwork"]] == ["fan", "head"]


def test_of_the_empty_block_of_a_new_case_nobody_knows_how_many_there_are(under: Under) -> None:
    record = Record(parse(blank_case(under.criteria), "case", nulls=True).data, under)
    assert record.data["artwork"][0]["id"] == "artwork-1"
    assert not record.is_listed("artwork")
    assert record.worked.facts.lists["artwork"] is None
    after, entry = record.with_entry("artwork", "Fan")
    assert [one["id"] for one in after.data["artwork"]] == [entry] == ["fan"]
    assert after.data["artwork"][0]["material"] == "unknown"


def test_an_entry_can_be_taken_out_only_while_nothing_but_its_name_is_answered(empty: Record) -> None:
    record = with_a_fan(empty)
    gone = record.without_entry("artwork", "fan")
    assert gone is not None
    assert not gone.is_listed("artwork")
    answered, _moved = record.with_answer(MATERIAL, "paper")
    assert answered.without_entry("artwork", "fan") is None
    proved = Record({**record.data, "evidence": ({"for": ("artwork.fan.called",)},)}, record.under)
    assert proved.without_entry("artwork", "fan") is None


def test_a_name_is_known_in_whatever_spelling(empty: Record) -> None:
    assert with_a_fan(empty).named("artwork", " fAN ") == "fan"
    assert with_a_fan(empty).named("artwork", "Head") is None


def test_a_list_that_an_answer_closes_is_set_aside_answer_by_answer_with_its_evidence(under: Under) -> None:
    entities = dict(under.criteria.entities)
    closed = Compare(fact="loan.occasion", op="is", operand="display")
    entities["artwork"] = entities["artwork"].model_copy(update={"ask_when": closed})
    rules = replace(under, criteria=under.criteria.model_copy(update={"entities": entities}))
    record = Record(parse("id: a\ntitle: A", "case", nulls=True).data, rules)
    record, _moved = with_a_fan(record).with_answer(MATERIAL, "paper")
    proof = {"for": ("artwork.fan.material", "loan.months"), "kind": "k", "reference": "A letter", "date": DAY}
    record = Record({**record.data, "evidence": (proof,)}, record.under)
    record, moved = record.with_answer(Read("loan", None, "occasion"), "sale_preview")
    assert moved == ("artwork",)
    assert record.data["artwork"] == "unknown"
    assert record.data["set_aside"]["artwork.fan.material"] == "paper"
    assert record.data["set_aside"]["artwork.fan.material.evidence"] == "A letter"
    assert record.data["evidence"] == ({**proof, "for": ("loan.months",)},)
