"""Control options: each can help, none is a longer way to the same, and nothing is left without a way."""

from pathlib import Path

from tests.audit.proofs.parts import asked, the, told, toy

CONTROLS = "{C: {}, D: {}, E: {}, S: {supporting: true}}"
PROVED = ("proved", "")
VAIN = ("refuted", "It lowers nothing and cures nothing in any case")
NO_MORE = ("refuted", "What it asks for beyond that gives nothing in any case")


def of(folder: Path, options: str, more: str = "", irreducible: str = "null") -> dict[str, tuple[str, str]]:
    """Return what is claimed of the options of an indicator that is moderate, high or critical."""
    said = "" if irreducible == "null" else f"irreducible: {irreducible}"
    criteria = toy(
        folder,
        f"""
        A:
          severity:
            moderate: {{fact: trip.pace, at_least: brisk}}
            high: {{fact: trip.pace, is: wild}}
          controls: {options}
          {more}
          {said}
        """,
        controls=CONTROLS,
    )
    claims = told(asked(criteria, "options").claims, "A")
    return {statement.removeprefix("A: "): outcome for statement, outcome in claims.items()}


def test_an_option_that_lowers_nothing_at_any_severity_is_useless(tmp_path: Path) -> None:
    claims = of(tmp_path, "[{all: [C], residual: moderate}, {all: [D], lowers_by: 1}]")
    assert (claims["C can help"], claims["D can help"]) == (PROVED, PROVED)  # C helps where it is high
    unmet = "{all_of: [{fact: trip.pace, is: calm}]}"
    claims = of(tmp_path / "2", f"[{{all: [C], residual: low, when: {unmet}}}, {{all: [D], lowers_by: 1}}]")
    assert claims["C can help"] == VAIN  # it counts only where nothing is found


def test_an_option_that_lowers_nothing_may_still_cure(tmp_path: Path) -> None:
    low = "[{all: [C], residual: moderate, when: {fact: trip.pace, is: brisk}}, {all: [D], lowers_by: 1}]"
    assert of(tmp_path / "1", low)["C can help"] == VAIN
    assert of(tmp_path / "2", low, "knock_out: {hold: {fact: trip.insured, is: false}}")["C can help"] == PROVED


def test_an_option_by_answers_alone_is_asked_whether_it_helps_and_is_no_shorter_one(tmp_path: Path) -> None:
    said = "[{when: {fact: trip.insured, is: true}, residual: low}, {all: [C], residual: low}]"
    claims = of(tmp_path / "1", said)
    assert claims["option 1, by answers alone, can help"] == claims["C can help"] == PROVED
    assert not any("more than" in one for one in claims)
    unmet = "[{when: {fact: trip.pace, is: calm}, residual: low}]"
    assert of(tmp_path / "2", unmet)["option 1, by answers alone, can help"] == VAIN


def test_a_promise_that_a_control_with_the_wrong_evidence_breaks_is_not_proved(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        A:
          severity: {high: {fact: trip.pace, is: wild}}
          controls: [{all: [C], needs: [licence], residual: low}]
        B:
          severity: {high: {fact: trip.pace, is: wild}}
          controls: [{all: [C], residual: low}]
        """,
        head="evidence_kinds: {licence: A licence}",
        controls=CONTROLS,
        invariants="""
            results:
              both:
                whenever: {every: finding, where: {any_of: [
                  {fact: finding.id, is: A}, {fact: finding.residual, at_most: low}]}}
                then: {every: finding, where: {fact: finding.residual, at_most: low}}
                title: What lowers B lowers A
        """,
    )
    claims = asked(criteria, "options", "promises").claims
    assert told(claims, "A")["A: C can help"] == PROVED
    broken = the(claims, "What lowers B lowers A")
    assert broken.status == "refuted"
    assert [(one.in_place, one.kinds) for one in broken.examples] == [(("C",), {"C": ()})]


def test_an_option_with_more_controls_must_give_more(tmp_path: Path) -> None:
    claims = of(tmp_path / "1", "[{all: [C, D], residual: low}, {all: [C], residual: low}]")
    assert claims["C + D can help more than C"] == NO_MORE
    claims = of(tmp_path / "2", "[{all: [C, D], residual: low}, {all: [C], residual: moderate}]")
    assert claims["C + D can help more than C"] == PROVED
    # It counts where the shorter one does not.
    some = "{fact: trip.insured, is: true}"
    claims = of(tmp_path / "3", f"[{{all: [C, D], residual: low}}, {{all: [C], residual: low, when: {some}}}]")
    assert claims["C + D can help more than C"] == PROVED
    # That the shorter one counts is not certain while an answer is missing; it does count with each.
    either = "{any_of: [{fact: trip.insured, is: true}, {fact: trip.insured, is: false}]}"
    claims = of(tmp_path / "4", f"[{{all: [C, D], residual: low}}, {{all: [C], residual: low, when: {either}}}]")
    assert claims["C + D can help more than C"] == NO_MORE


def test_a_control_that_only_supports_may_be_asked_for_in_vain(tmp_path: Path) -> None:
    claims = of(tmp_path / "1", "[{all: [C, S], residual: low}, {all: [C], residual: low}]")
    assert set(claims) >= {"C + S can help", "C can help"}
    assert not any("can help more" in one for one in claims)
    claims = of(tmp_path / "2", "[{all: [C, D, S], residual: low}, {all: [C], residual: low}]")
    assert claims["C + D + S can help more than C"] == NO_MORE


def reducible(claims: dict[str, tuple[str, str]]) -> str:
    (found,) = [status for statement, (status, _why) in claims.items() if "can always be lowered" in statement]
    return found


def test_a_finding_that_nothing_lowers_needs_a_word(tmp_path: Path) -> None:
    some = "when: {fact: trip.insured, is: true}"
    helps = f"[{{all: [C], residual: low, {some}}}]"
    assert reducible(of(tmp_path / "1", helps, irreducible="Nothing helps the uninsured.")) == "proved"
    # The word is said where nothing counts. Here something counts and does nothing.
    idle = f"[{{all: [C], residual: low, {some}}}, {{all: [D], residual: high}}]"
    assert reducible(of(tmp_path / "2", idle, irreducible="Nothing helps.")) == "refuted"
    assert reducible(of(tmp_path / "3", "[{all: [D], residual: high}]")) == "refuted"
    assert reducible(of(tmp_path / "4", "[{all: [D], residual: moderate}]")) == "refuted"  # where it is moderate
    assert reducible(of(tmp_path / "5", "[{all: [D], lowers_by: 1}]")) == "proved"


def test_what_is_not_known_to_bar_is_asked_about_where_it_is_known(tmp_path: Path) -> None:
    # It bars with each answer, so the option always cures; while the answer is missing that is not certain.
    bar = "knock_out: {hold: {any_of: [{fact: trip.insured, is: true}, {fact: trip.insured, is: false}]}}"
    assert reducible(of(tmp_path, "[{all: [D], residual: high}]", bar)) == "proved"


def test_without_options_the_word_of_the_set_is_the_reason(tmp_path: Path) -> None:
    criteria = toy(tmp_path, "A: {severity: {high: {fact: trip.pace, is: wild}}, irreducible: It cannot be helped.}")
    claim = the(asked(criteria, "options").claims, "A can always be lowered")
    assert (claim.status, claim.reason, claim.is_by_form) == ("proved", "It cannot be helped.", True)


def test_a_low_finding_need_not_be_lowered_but_what_bars_it_be_cured(tmp_path: Path) -> None:
    low = "severity: {low: {fact: trip.pace, is: wild}}, controls: [{all: [C], residual: none, WHEN}], irreducible: No."
    insured = low.replace("WHEN", "when: {fact: trip.insured, is: true}")
    always = low.replace("WHEN", "when: {fact: trip.pace, is: wild}")
    barred = ", knock_out: {hold: always}"
    for number, (indicator, status) in enumerate(
        [(insured, "proved"), (always, "proved"), (always + barred, "proved")]
    ):
        criteria = toy(tmp_path / f"{number}", f"A: {{{indicator}}}", controls=CONTROLS)
        assert the(asked(criteria, "options").claims, "A can always be lowered").status == status


def test_the_example_of_a_helpless_finding_is_a_settled_case(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        A:
          severity: {high: {fact: trip.pace, is: wild}}
          controls:
            - {all: [C], residual: low, when: {fact: trip.days, at_least: 9}}
            - {all: [D], residual: high}
        """,
        controls=CONTROLS,
    )
    claim = the(asked(criteria, "options").claims, "A can always be lowered")
    assert claim.status == "refuted"
    assert claim.examples[0].given == {"trip.pace": "wild"}  # one day, as in the base case, and not an unknown number


def test_what_an_option_lowers_is_asked_where_the_severity_is_known(tmp_path: Path) -> None:
    """Without the second answer it is moderate at least and high at most; with any answer it is high, and C helps."""
    criteria = toy(
        tmp_path,
        """
        A:
          severity:
            moderate: {fact: trip.pace, at_least: brisk}
            high: {all_of: [{fact: trip.pace, at_least: brisk}, {any_of: [{fact: trip.insured, is: true},
              {fact: trip.insured, is: false}]}]}
          controls: [{all: [C], residual: moderate}]
        """,
        controls=CONTROLS,
    )
    claims = told(asked(criteria, "options").claims, "A")
    lowered = "A can always be lowered, or its knock-out cured, by an option, or the set says that it cannot"
    assert claims[lowered][0] == "proved"
