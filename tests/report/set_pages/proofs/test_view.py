"""A proof in words: the count first, then what is refuted with its cases, then how far it reaches, then every claim."""

from risk_engine.files.language import in_language
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import UNKNOWN
from risk_engine.model.proof import Example, ProofReport
from risk_engine.report import DocumentForm, written
from risk_engine.report.blocks import Blanks, Bullets, Group, Prose, Section, Table, View, words
from risk_engine.report.set_pages.proofs import proof_view
from risk_engine.report.terminal import document_text
from tests.report.set_pages.proofs.samples import (
    DEAD,
    FALLS,
    NO_DIRECTION,
    ON,
    OPEN,
    SHOWN,
    loan,
    reached,
    report,
    whole,
)


def view(*claims: object, everything: bool = True) -> View:
    shown = report(*claims) if claims else whole()  # type: ignore[arg-type]
    criteria, base = loan()
    return proof_view(shown, criteria_in_words(criteria), base, everything=everything)


def section(shown: View, key: str) -> Section:
    return next(one for one in shown.sections if one.key == key)


def table(group: Group) -> list[list[str]]:
    (found,) = [one for one in group.blocks if isinstance(one, Table)]
    return [[words(cell) for cell in row] for row in found.rows]


def in_short(shown: ProofReport) -> str:
    answer = proof_view(shown, *loan()).answer
    assert answer is not None
    return answer.sentence


def test_the_first_sentence_counts() -> None:
    reach = "(lists of any length; cases were looked for with up to 5 entries of each)"
    assert in_short(whole()) == f"5 claims: 2 proved, 2 refuted, 1 not decided {reach}"
    assert in_short(report(SHOWN)) == f"1 claim: 1 proved, 0 refuted, 0 not decided {reach}"
    without = report(SHOWN).model_copy(update={"bounds": {}})
    assert in_short(without) == "1 claim: 1 proved, 0 refuted, 0 not decided"


def test_the_first_page_says_what_made_it_and_has_room_to_sign() -> None:
    criteria, base = loan()
    command = "risk-engine criteria prove loan-desk@1.0.0 --on 2026-02-01"
    answer = proof_view(whole(), criteria, base, command=command).answer
    assert answer is not None
    (asked,) = [field for field in answer.fields if field.label == "What was proved"]
    assert [words(line) for line in asked.lines] == [
        f"loan-desk 1.0.0, sha256:{whole().digest}",
        f"engine: risk-engine {whole().engine_version}",
        f"command: {command}",
    ]
    assert answer.foot == (Blanks(("Name", "Role", "Day", "Signature")),)
    forms: tuple[DocumentForm, ...] = ("md", "html", "text")
    for form in forms:
        told = written(proof_view(whole(), criteria, base, command=command), form).decode()
        assert command in " ".join(told.split())
        assert told.index("Signature") < told.index("LAW-6")


def test_promises_stand_before_what_can_occur_and_that_is_folded() -> None:
    occurs = SHOWN.model_copy(update={"topic": "occur"})
    promise = SHOWN.model_copy(update={"topic": "promises"})
    shown = view(occurs, promise)
    told = {one.key: one.folded for one in shown.sections if one.key.startswith("all-")}
    assert list(told.items()) == [("all-promises", False), ("all-occur", True)]
    page = written(shown, "html").decode()
    assert page.count("<details") == 1
    assert page.index('id="title-all-promises"') < page.index("<details")


def test_where_nothing_is_claimed_it_is_said_what_that_means() -> None:
    nothing = report()
    of_directions = nothing.model_copy(update={"topics": ("directions",)})
    assert in_short(of_directions) == "Nothing is left to prove: every fact that a rule reads has a direction."
    of_promises = nothing.model_copy(update={"topics": ("promises",)})
    assert in_short(of_promises) == "Nothing is claimed: the set has nothing of what was asked about."


def test_the_tone_follows_the_worst_outcome() -> None:
    answers = [view(*claims).answer for claims in ((SHOWN,), (SHOWN, OPEN), (SHOWN, OPEN, DEAD))]
    assert [one.tone for one in answers if one] == ["mild", "open", "strict"]


def test_what_must_be_known_before_stands_below_the_count() -> None:
    told = [words(one) for one in view().answer.more]  # type: ignore[union-attr]
    assert told == [
        "not in force This version is not in force on 1 February 2026.",
        "one day Rules are read as they stand on 1 February 2026. They change on 1 January 2027: ask again with --on.",
    ]
    assert view(SHOWN).answer.more == ()  # type: ignore[union-attr]


def test_a_pair_is_told_by_what_differs_from_the_base_case_and_from_the_first_to_the_second() -> None:
    group = section(view(), "refuted").blocks[0]
    assert isinstance(group, Group)
    assert words(group.title) == "A riskier answer never lowers the severity of LAW-6 (No object passport)"
    rows = table(group)
    assert rows == [
        ["When does it open? loan.opens_on", "2026-05-01", "2027-01-01", "2026-05-01"],
        ["Borrowing house borrower", "town", "not answered", "not answered"],
        ["Object artwork.artwork-2", "no such entry", "a further entry", "a further entry"],
        ["What is it made of? artwork.artwork-2.material", "no such entry", "not answered", "not answered"],
        *rows[4:],
    ]
    assert rows[-1][1:] == ["not in place", "not in place", "in place"]
    told = document_text(view(FALLS))
    assert "  - LAW-6: low to high → none\n" in told
    assert "Verdict: Lend on terms ·" in told
    assert "Verdict: Lend (open: Lend to Lend on terms)" in told
    assert "[contradiction] Its answers contradict each other: INV-F1." in told
    assert "[perhaps not the smallest]" in told
    assert "Asked on another day, on which it is in force\n  - 1 January 2027\n" in told


def test_what_no_case_shows_is_told_together_by_its_reason() -> None:
    twin = DEAD.model_copy(update={"statement": "OBJ-1 can be present as “low”"})
    (group,) = section(view(DEAD, twin), "refuted").blocks
    assert isinstance(group, Group)
    assert [words(line) for one in group.blocks if isinstance(one, Bullets) for line in one.lines] == [
        "OBJ-1 can be present as “high” (A fragile object in an unsteady climate)",
        "OBJ-1 can be present as “low” (A fragile object in an unsteady climate)",
    ]


def test_a_promise_that_does_not_hold_is_named_by_its_id_too() -> None:
    broken = OPEN.model_copy(update={"status": "refuted", "examples": SHOWN.examples})
    (group,) = section(view(broken), "refuted").blocks
    assert isinstance(group, Group)
    assert words(group.title) == "No loan leaves at night (INV-R1)"
    assert "No loan leaves at night (INV-R1)" in " ".join(document_text(view(OPEN)).split())


def test_a_breach_by_what_is_only_open_names_the_open_findings_as_such() -> None:
    (shown,) = SHOWN.examples
    still_open = {"OBJ-3": "high", "LAW-6": "low", "OBJ-1": "critical"}
    breach = shown.model_copy(update={"present": {"OBJ-3": "low", "LAW-6": "low"}, "open": still_open})
    broken = OPEN.model_copy(update={"status": "refuted", "examples": (breach,)})
    told = " ".join(document_text(view(broken)).split())
    assert "Findings: OBJ-3 (open: low to high), LAW-6 (low, open), OBJ-1 (open: none to critical)" in told
    with in_language("de"):
        told = " ".join(document_text(view(broken)).split())
    assert "Befunde: OBJ-3 (offen: gering bis hoch), LAW-6 (gering, offen), OBJ-1 (offen: keine bis kritisch)" in told


def test_every_claim_stands_in_a_table_of_its_topic_only_if_it_is_asked_for() -> None:
    keys = [one.key for one in view(everything=False).sections]
    assert keys == ["refuted", "undecided", "topics", "reach"]
    (found,) = section(view(SHOWN), "all-occur").blocks
    assert isinstance(found, Table)
    assert [words(one) for one in found.rows[0]] == [
        "OBJ-3 can be present as “low” (Too much light)",
        "proved",
        "artwork.head.material: Paper; loan.shipper: not answered",
    ]
    (found,) = section(view(NO_DIRECTION), "all-directions").blocks
    assert isinstance(found, Table)
    assert words(found.rows[0][2]) == "Many or few come: neither is a risk."


def test_how_far_it_reaches_stands_in_every_report() -> None:
    told = document_text(view(everything=False))
    assert "borrower 3, artwork 5" in told
    assert "Harbour <b>Museum</b>" in told
    assert "Free text: no rule reads it." in told
    assert "1 claim follows from the form of the rules and needed no solver." in told


def test_it_speaks_german() -> None:
    with in_language("de"):
        told = document_text(view())
    assert told.startswith("5 Aussagen: 2 bewiesen, 2 widerlegt, 1 nicht entschieden (Listen jeder Länge;")
    assert "Vom ersten zum zweiten Fall" in told


def test_an_answer_that_nobody_is_asked_for_is_called_so_and_not_missing() -> None:
    closed = Example(
        given={"artwork.head.material": "stone", "artwork.head.lux_hours": UNKNOWN, "loan.shipper": UNKNOWN},
        not_asked=("artwork.head.lux_hours",),
        on=ON,
        reached=reached("lend"),
    )
    told = document_text(view(DEAD.model_copy(update={"examples": (closed,)})))
    rows = table(section(view(DEAD.model_copy(update={"examples": (closed,)})), "refuted").blocks[0])  # type: ignore[arg-type]
    assert [row[0].rpartition(" ")[2] for row in rows if row[-1] == "not asked"] == ["artwork.head.lux_hours"]
    assert [row[0].rpartition(" ")[2] for row in rows if row[-1] == "not answered"] == ["loan.shipper"]
    assert "artwork.head.lux_hours: not asked; loan.shipper: not answered" in " ".join(told.split())


def test_the_cases_of_a_claim_are_told_in_one_sentence() -> None:
    (group,) = section(view(FALLS), "refuted").blocks
    assert isinstance(group, Group)
    told = [words(block.line) for block in group.blocks if isinstance(block, Prose)]
    assert told[0] == (
        "When does it open? 1 January 2027; Borrowing house: not answered; Object: one more. "
        "If instead When does it open? 1 May 2026; Climate logger in place: LAW-6: low to high before, none after."
    )
