"""What page 1 says of the assessment in whose place another is: each sentence from the levels that were worked out."""

from datetime import date

import pytest

from risk_engine.model.assessment import Part, Superseded, Tried
from risk_engine.model.explanation import Entry, MovedFact
from risk_engine.report.blocks import words
from risk_engine.report.replaced import replaced
from risk_engine.report.wording import Names
from tests.report.parts import control, proposal
from tests.report.samples import assessment

THEN = date(2026, 1, 5)
NEW, OLD = "refusal", "word"


def tried(alone: str | None, without: str | None) -> Tried:
    """Return what the verdict comes to; None where nobody could tell."""
    found = [{} if level is None else {"verdict": level} for level in (alone, without)]
    return Tried(alone=found[0], without=found[1])


def lines(causes: dict[Part, Tried], **changes: object) -> list[str]:
    old = Superseded(
        digest="0" * 64,
        on=THEN,
        recorded={},
        version="orchard 2.0.0",
        levels={"verdict": OLD},
        causes=causes,
        **{name: changes.pop(name) for name in ("held", "turning", "unasked") if name in changes},  # type: ignore[arg-type]
    )
    made = assessment(proposals=(proposal("verdict", NEW),), supersedes=old, **changes)
    return [words(one) for one in replaced(made, Names(made))]


def why(causes: dict[Part, Tried]) -> str:
    (found,) = [one for one in lines(causes) if one.startswith("Why it moved")]
    return found.partition("): ")[2]


BOTH, NONE = tried(NEW, OLD), tried(OLD, NEW)


@pytest.mark.parametrize(
    ("causes", "text"),
    [
        ({"answers": BOTH}, "the answers alone."),
        ({"answers": BOTH, "day": NONE}, "the answers alone."),
        ({"answers": tried(NEW, NEW), "criteria": tried(NEW, NEW)}, "the answers and the criteria, each enough alone."),
        (
            {"answers": tried(OLD, OLD), "criteria": tried(OLD, OLD)},
            "the answers and the criteria together, none of them enough alone.",
        ),
        (
            {"answers": tried(NEW, NEW), "criteria": tried(OLD, NEW), "day": tried(OLD, NEW)},
            "the answers, enough alone; all else together would have done it too.",
        ),
        (
            {"answers": tried(OLD, OLD), "criteria": tried(OLD, NEW), "day": tried(OLD, NEW)},
            "the answers together with something else that is different.",
        ),
        (
            {"answers": tried(OLD, NEW), "criteria": tried(OLD, NEW), "day": tried(OLD, NEW)},
            "several of these together, none of them needed by itself: the answers, the criteria and the day.",
        ),
        (
            {"answers": tried(None, OLD), "criteria": tried(OLD, None)},
            "not without the answers; whether that alone was enough cannot be worked out here.",
        ),
        ({}, "cannot be worked out here."),
        ({"answers": tried(None, None)}, "cannot be worked out here."),
        (
            {"day": BOTH, "tables": tried(NEW, OLD)},
            "the day alone (with the tables as they were it would be A word).",
        ),
        ({"day": BOTH, "tables": NONE}, "the day alone."),
    ],
)
def test_each_level_that_moved_says_which_parts_did_it(causes: dict[Part, Tried], text: str) -> None:
    assert why(causes) == text


def test_what_turned_a_level_stands_with_it_and_only_the_rest_is_told_as_different() -> None:
    def moved(path: str, before: str | None, after: str | None) -> MovedFact:
        return MovedFact(
            path=path, question=f"{path}?", before=before, after=after, is_from_table=False, confidential=False
        )

    said = lines(
        {"answers": BOTH, "controls": BOTH},
        turning={"verdict": ("tree.old.rotten", "tree.new", "controls.NET", "controls.ROPE", "tree.gone")},
        held={"controls.NET.status": "planned", "controls.ROPE.status": "agreed", "controls.BELL.status": "agreed"},
        moved=(moved("tree.old.rotten", "no", "yes"), moved("tree.new.rotten", None, "yes"), moved("wind", "1", "2")),
        entries=(Entry(path="tree.old", title="Tree", label="Old"), Entry(path="tree.new", title="Tree", label="New")),
        controls=(control("NET", "agreed"), control("ROPE", "agreed")),
        case={
            "id": "A-1",
            "title": "The old tree",
            "controls": [{"id": "NET", "status": "agreed"}, {"id": "ROPE", "status": "agreed"}],
        },
    )
    assert said[1:] == [
        (
            "Why it moved (Verdict): the answers and the controls, each enough alone: tree.old.rotten? (Tree “Old”) – "
            "no, now yes; Tree “New” – new; Control NET – planned, now agreed; 2 more."
        ),
        (
            "What else is different: day: 5 January 2026, now 2 March 2026; answers: wind? – 1, now 2; controls: BELL "
            "– agreed, now not in the case."
        ),
    ]


def different(**changes: object) -> str:
    found = lines({"answers": BOTH}, **changes)
    return next((one for one in found if one.startswith("What else is different")), "")


def asked(path: str, question: str, after: str | None) -> MovedFact:
    return MovedFact(path=path, question=question, before=None, after=after, is_from_table=False, confidential=False)


def test_answers_to_questions_that_earlier_criteria_did_not_ask_are_counted_and_one_is_named() -> None:
    new = tuple(
        asked(*one)
        for one in (
            ("sky.wind", "How windy?", "3"),
            ("tree.old.rotten", "Rotten?", "yes"),
            ("sky.rain", "Wet?", "no"),
        )
    )
    entries = (Entry(path="tree.old", title="Tree", label="Old"),)
    said = different(moved=new, entries=entries, unasked=("tree.rotten",))
    assert "1 answer to a question that orchard 2.0.0 did not ask: Rotten? (Tree “Old”) – yes; answers: " in said
    # It asked the others, so they were not known.
    assert "answers: How windy? – not known, now 3; Wet? – not known, now no." in said
    both = different(moved=new[:2], entries=entries, unasked=("tree.rotten", "sky.wind"))
    assert "2 answers to questions that orchard 2.0.0 did not ask, such as: How windy? – 3." in both


def ranges(was: tuple[str, str] | None, now: tuple[str, ...]) -> str:
    """Return the line that tells what was replaced."""
    old = Superseded(
        digest="0" * 64,
        on=THEN,
        recorded={},
        version="orchard 2.0.0",
        levels={"verdict": NEW},
        open={"verdict": was} if was else {},
    )
    made = assessment(proposals=(proposal("verdict", NEW, *now),), supersedes=old)
    return words(next(replaced(made, Names(made))))


@pytest.mark.parametrize(
    ("was", "now", "text"),
    [
        (None, (), "no level moved"),
        (None, (OLD, NEW), "Verdict is open now, between A word and Refusal"),
        ((OLD, NEW), (OLD, NEW), "no level moved"),
        ((OLD, NEW), ("terms", NEW), "Verdict is open between Terms and Refusal, before between A word and Refusal"),
        ((OLD, NEW), (), "Verdict was open between A word and Refusal and is settled now at Refusal"),
    ],
)
def test_a_range_that_opened_narrowed_or_closed_is_told_and_one_that_stayed_is_not(
    was: tuple[str, str] | None, now: tuple[str, ...], text: str
) -> None:
    assert text in ranges(was, now)
