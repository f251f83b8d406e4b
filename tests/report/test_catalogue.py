import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.criteria import Criteria, Invariants
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact
from risk_engine.model.tables import grade_of
from risk_engine.report.blocks import Blanks, Bullets, Group, Picture, Prose, Run, Section, say, words
from risk_engine.report.set_pages.catalogue import Form, anchors, as_text, catalogue, whole, without_dead_ends
from risk_engine.report.set_pages.catalogue import Page as CataloguePage
from risk_engine.report.set_pages.record_words import change
from risk_engine.report.set_pages.speech import linked
from tests.versions import newest

FOREIGN = load_criteria(str(Path(__file__).parents[1] / "sets" / "loan-desk"))
SHIPPED = newest("reconnect-china")
BOTH = pytest.mark.parametrize(
    "criteria", [pytest.param(FOREIGN, id="foreign"), pytest.param(SHIPPED, marks=pytest.mark.nightly, id="shipped")]
)
"""The shipped one takes seconds in each form; that every rule of it is there, tests/docs/test_catalogue.py sees."""
HANDBOOK = "[Handbook of the loan desk, 4th edition](<https://museum.example/handbook>)"
HANDBOOK_ID = "`lending-handbook`"
POISON_ACT = r"Act on poisons in collections, amendment of 2026 · `poison_act` **\[not verified\]**"
FORMS: tuple[Form, ...] = ("text", "md", "html")
_MADE: dict[tuple[str, Form], str] = {}


def made(criteria: Criteria, form: Form = "md") -> str:
    """Return the catalogue of a whole set as it was read; asked for again it is the same one."""
    key = criteria.digest, form
    if key not in _MADE:
        _MADE[key] = catalogue(criteria, None, form)
    return _MADE[key]


def lines(record: str, criteria: Criteria = FOREIGN) -> list[str]:
    return [line for line in catalogue(criteria, record).splitlines() if line]


class Page(HTMLParser):
    """What a page consists of: its ids, its links, its headings, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []

    def handle_data(self, data: str) -> None:
        self.text += data


# --- what it says of each record ---


def test_an_indicator_says_when_it_holds_what_helps_who_answers_and_who_wrote_it() -> None:
    when = (
        "`artwork.acquired_on` is at least the parameter `spoliation_start` and "
        "`artwork.acquired_on` is at most the parameter `spoliation_end` and "
        "`artwork.papers` includes none of “An invoice”, “A dated photograph”"
    )
    only_unverified = r"**\[not verified\]** Every source of this indicator is unverified: look up the text "
    only_unverified += "before you rely on it."
    assert lines("LAW-3") == [
        "### `LAW-3` Acquired in the years of spoliation",
        "**Was it acquired between 1933 and 1945 without papers?**",
        "It may have been taken from somebody.",
        "- **Dimension:** Whose object it is",
        "- **Ground:** Ownership",
        "- **In force:** from 1 March 2024",
        f"- **High, if:** for at least one object: {when}",
        "- **Lowered:**",
        r"  - **to low** by SETTLE Claim settled",
        r"  - **by 1 step** by SHIELD Promise of return \+ PHOTO Condition photographs",
        "- **Evidence:** Papers of the acquisition",
        r"- **Sources:** Principles of fair solutions, number 3 · `fair-solutions` **\[not verified\]**",
        f"- **Before you rely on it:** {only_unverified}",
        "- **A report says:** `{artwork.called}` was acquired on `{artwork.acquired_on}`; papers: `{artwork.papers}`.",
        "- **Author:**",
        "  - Drawn up by L. Lender (law, 12 January 2024)",
        "  - Not reviewed yet",
        "- **Defined in:** `indicators/title.yaml:36:1`",
        "What it reads, and who answers:",
        "| Fact | Question | Answered by |",
        "| --- | --- | --- |",
        "| `artwork.acquired_on` | When did the house acquire it? | The registrar |",
        "| `artwork.papers` | Which papers show where it came from? | The registrar |",
    ]


def test_what_a_condition_joins_stands_part_by_part() -> None:
    found = lines("SEC-08", SHIPPED)
    start = found.index("- **Critical, if all of these hold:**")
    assert found[start + 1 : start + 3] == [
        "  - for at least one partner organisation: *direct defence tie*",
        "  - for at least one technology or topic: *critical area* and `technology.public_domain` is no",
    ]


def test_an_indicator_explains_every_definition_it_uses_and_every_knock_out() -> None:
    found = lines("OBJ-3")
    assert "  - *worn by light*: *soft* and `artwork.lux_hours` is at least the parameter `light_limit`" in found
    assert "  - *soft*: `artwork.material` is one of those in the parameter `soft_materials`" in found
    assert "- **Where no option counts:** On a long loan even dim light wears it out." in found
    policy = "\n".join(lines("LAW-2"))
    assert "- **Knock-out, policy, if" in policy
    assert "  - A red line that the institution drew for itself." in policy
    assert "  - The profile of an institution may switch it off, with a reason." in policy
    assert "- **Knock-out, hold:** always" in lines("OBJ-6")
    assert "- **What hold means:** Holds the start until a document or decision exists." in lines("OBJ-6")
    assert "- **In force:** from 1 January 2027 to 31 December 2031" in lines("LAW-6")


def test_what_must_change_stands_with_the_question_in_the_words_of_the_set() -> None:
    assert "- **Changeable:** The contract ends the loan earlier, with a day for the journey back." in lines(
        "loan.months"
    )
    assert "- **Changeable:** a redesign of the project can change it" in lines("loan.occasion")
    watched = lines("borrower.night_watch")
    assert "  - to **“A guard”**: A guard stays at night, and the roster shows it." in watched
    assert "  - to **“An alarm”**: It is wired, by contract." in watched


def test_of_a_yes_or_no_and_of_several_options_each_text_says_what_it_is_for() -> None:
    asked = BooleanFact(type="boolean", riskier=True, changeable={"false": "It ends."})
    assert [words(one) for one in change(asked)] == ["to “no”: It ends."]
    several = ChoicesFact(type="choices", options={"a": "An axe"}, changeable={"a": "It stays at home."})
    assert [words(one) for one in change(several)] == ["An axe: It stays at home."]


def test_a_ladder_is_a_table_of_decisions_with_its_levels() -> None:
    found = lines("travel")
    assert found[:5] == [
        "### Company on the journey (`travel`)",
        "**Who travels with it?**",
        "Read from the top: the first that holds decides:",
        "| Rule | If | Then | Because |",
        "| --- | --- | --- | --- |",
    ]
    assert "| – | otherwise | **Alone** | The shipper is enough. |" in found
    assert found[-3:] == [
        "- **In company:**",
        *found[-2:-1],
        "  - Looked at again after 12 months.",
    ]
    assert found[-2].endswith("It needs an eye on it.")
    assert any(r"**\[provisional: unanswered facts count\]**" in line for line in lines("verdict"))


def test_a_review_after_a_time_that_a_parameter_states_shows_every_value_and_its_name() -> None:
    ladder = FOREIGN.ladders["travel"]
    alone = ladder.levels["alone"].model_copy(update={"review_months": ParameterRef(parameter="light_limit")})
    changed = ladder.model_copy(update={"levels": {**ladder.levels, "alone": alone}})
    criteria = FOREIGN.model_copy(update={"ladders": {**FOREIGN.ladders, "travel": changed}})
    assert "  - Looked at again after 60000, then 50000 months (`light_limit`)." in lines("travel", criteria)


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        ("SIGN", "- **Once it is part of the proposal:** `loan.paperwork` is answered with “Both houses”"),
        ("unsteady", "- **Holds, if:** `borrower.climate` is not “Steady for a year”"),
        (
            "light_limit",
            f"| from the beginning | 30 June 2025 | **60000** | {HANDBOOK}, table 4 · {HANDBOOK_ID} |",
        ),
        ("light_limit", "The profile of an institution may set another value, with a reason."),
        (
            "poison_list",
            f"| from 1 October 2026 | – | **arsenic, radium** | {POISON_ACT} |",
        ),
        ("REGION_LAW", "- **In force:** from 1 March 2024 to 31 December 2030"),
        ("LOGBOOK", "- **What people are told:** Enter the condition on leaving and on coming back."),
        ("LOGBOOK", "- **Told:** always"),
        ("MANY_VISITORS", "- **Told, if:** `loan.reach` is at least 50000"),
        ("regions", "- **Every other row:** “no”, because the source is exhaustive"),
        ("regions", "- **As of:** 1 February 2024"),
        ("regions", "- **Note:** Ask the surveyor of the region."),
        ("poison_act", r"- **Read:** **\[not verified\]** nobody has read the text itself for this set"),
        ("borrower", "### Borrowing house (`borrower`, a list of at most 3)"),
        ("borrower", "- **Known from:** the table Regions, by `borrower.seat`"),
        ("loan.months", "- **Answered by:** The registrar"),
        ("loan.months", "- **Answer:** a whole number from 1 to 60"),
        ("artwork.lux_hours", "- **Asked, if:** *soft*"),
        ("artwork.lux_hours", "- **Otherwise it is:** “0”"),
        ("quiet_study", "- **About:** the answers of a case"),
        ("quiet_study", "- **Applies, if:** `loan.occasion` is “Study behind closed doors”"),
        ("quiet_study", "- **Kept, if:** `loan.reach` is at most 500"),
        ("refused_is_not_ready", "- **Applies, if:** `ladder.verdict` is “Refuse”"),
        ("PHOTO", "- **Supporting:** always advisable, lowers nothing alone"),
        ("PHOTO", "- **Effort:** little"),
    ],
)
def test_every_kind_of_record_can_be_shown_alone(record: str, shown: str) -> None:
    assert shown in lines(record)


def test_a_rule_over_results_names_dimensions_grounds_and_levels_by_their_titles() -> None:
    text = catalogue(SHIPPED, "measure")
    assert "`finding.ground` is “An interest of the EU is at stake”" in text
    every = "".join(catalogue(SHIPPED, one) for one in (*SHIPPED.ladders, *SHIPPED.invariants.results))
    assert "“eu_interest”" not in every
    assert "`ladder.start_gate` is “Blocked”" in every


def test_a_table_shows_the_rows_of_each_value_in_the_words_of_the_question() -> None:
    found = lines("countries", SHIPPED)
    assert any(line.startswith("| **yes** | always | Austria (AT), Belgium (BE), ") for line in found)
    option = next(
        text
        for name, text in SHIPPED.fact("partner.arms_embargo").options.items()  # type: ignore[union-attr]
        if name == "political"
    )
    assert f"| **{option}** | always | China (CN) |" in found
    assert not any("Germany" in line for line in found if line.startswith("| **China"))


def test_a_question_names_the_rules_and_questions_that_read_it() -> None:
    found = lines("partner.military_link", SHIPPED)
    (read_by,) = [line for line in found if line.startswith("- **Read by:** ")]
    assert {"SEC-07", "SEC-08", "SEC-09", "SEC-10"} <= set(re.findall(r"[A-Z]+-\d+", read_by))
    assert "`partner.preapproved`" in "\n".join(lines("partner.country", SHIPPED))
    assert "- **Read by:** COM-19, `collaboration.end`" in lines("collaboration.open_ended", SHIPPED)
    assert "- **Read by:** no rule; kept for the file and the report" in lines("partner.name", SHIPPED)


def test_a_source_names_everything_that_cites_it() -> None:
    (cited_by,) = [line for line in lines("ai-act", SHIPPED) if line.startswith("- **Cited by:** ")]
    cites = [name for name, one in SHIPPED.indicators.items() if any(cited.id == "ai-act" for cited in one.sources)]
    assert cites != []
    assert set(cites) <= set(re.findall(r"[A-Z]+-\d+", cited_by))
    assert r"`article_5_practices`" in cited_by


def test_a_record_is_found_by_its_old_name_and_says_what_it_was_called_and_that_it_is_to_go() -> None:
    given_up = {"from": date(2026, 6, 15), "instead": "Ask the house."}

    def called(record: Any, **more: object) -> Any:
        return type(record).model_validate(record.model_dump(by_alias=True) | {"was": ("OLD-1",)} | more)

    house = FOREIGN.entities["borrower"]
    watch = called(house.facts["night_watch"], was=("watch",))
    desk = FOREIGN.model_copy(
        update={
            "indicators": {**FOREIGN.indicators, "OBJ-1": called(FOREIGN.indicators["OBJ-1"], deprecated=given_up)},
            "controls": {
                **FOREIGN.controls,
                "LOGGER": called(FOREIGN.controls["LOGGER"], was=("OLD-2",), deprecated=given_up),
            },
            "entities": {
                **FOREIGN.entities,
                "borrower": called(house, was=("taker",), facts={**house.facts, "night_watch": watch}),
            },
        }
    )
    for old, now, gone in (
        ("OLD-1", "OBJ-1", "To be given up: from 15 June 2026: Ask the house."),
        ("OLD-2", "LOGGER", "Not offered: from 15 June 2026: Ask the house."),
        ("taker", "borrower", ""),
        ("taker.watch", "borrower.night_watch", ""),
    ):
        text = catalogue(desk, old, "text")
        assert text == catalogue(desk, now, "text")
        assert f"Was called: {old.rpartition('.')[2]}" in text
        assert gone in text


@pytest.mark.parametrize("form", FORMS)
def test_a_record_that_is_not_there_is_an_error_with_the_nearest(form: Form) -> None:
    with pytest.raises(RiskEngineError, match=r"the set has no record `OBJ-33`\n  help: did you mean `OBJ-3`\?"):
        catalogue(FOREIGN, "OBJ-33", form)


# --- the whole ---


@BOTH
@pytest.mark.parametrize("form", FORMS)
def test_the_whole_set_holds_every_record_every_question_and_every_notice(criteria: Criteria, form: Form) -> None:
    text = made(criteria, form)
    plain = _flat(Page(text).text if form == "html" else text)
    head = criteria.head
    wanted = [head.title, head.about, *head.notice, head.challenge, criteria.digest]
    for name, indicator in criteria.indicators.items():
        wanted += [name, indicator.title, indicator.question, indicator.reason, indicator.evidence]
        wanted += [indicator.irreducible or ""]
    for name, control in criteria.controls.items():
        wanted += [f"{name} {control.title}", control.do]
    for name, rule in criteria.awareness.items():
        wanted += [f"{name} {rule.title}", rule.then]
    for ladder in criteria.ladders.values():
        wanted += [ladder.title, ladder.question, *(rule.sentence for rule in ladder.rules)]
    wanted += [one.title for one in criteria.parameters.values()]
    wanted += [one.title for one in criteria.tables.values()]
    wanted += [name.replace("_", " ") for name in criteria.definitions]
    wanted += [one.instrument for one in criteria.sources.values()]
    wanted += [one.title for one in criteria.invariants.facts.values()]
    wanted += [one.title for one in criteria.invariants.results.values()]
    wanted += [one.title for one in criteria.invariants.alone.values()]
    wanted += [one.title for one in criteria.invariants.same.values()]
    wanted += [one.because for one in criteria.invariants.undirected.values()]
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            wanted += [f"{name}.{short}", fact.question or "", fact.help or ""]
            wanted += fact.options.values() if isinstance(fact, ChoiceFact | ChoicesFact) else []
    assert [one for one in wanted if _flat(one) not in plain] == []


def _flat(text: str) -> str:
    """Return text without what a format adds: signs of markup and breaks of lines."""
    return re.sub(r"[\\`*\s]+", "", text)


@BOTH
@pytest.mark.parametrize("form", FORMS)
def test_the_same_set_gives_the_same_text(criteria: Criteria, form: Form) -> None:
    assert catalogue(criteria, None, form) == made(criteria, form)


@pytest.mark.parametrize(
    "criteria",
    [
        pytest.param(FOREIGN, id="foreign"),
        pytest.param(newest("reconnect-china@1.0.0"), marks=pytest.mark.nightly, id="shipped"),
    ],
)
def test_what_nobody_verified_is_marked_wherever_it_is_cited_and_counted_at_the_top(criteria: Criteria) -> None:
    cited = [one for rule in criteria.indicators.values() for one in rule.sources]
    cited += [one for rule in criteria.awareness.values() for one in rule.sources]
    unverified = [one for one in cited if not (one.verified and criteria.sources[one.id].verified)]
    text = _flat(made(criteria))
    assert _flat(f"{len(unverified)} of {len(cited)} citations are [not verified]") in text
    for name, indicator in criteria.indicators.items():
        number = sum(one in unverified for one in indicator.sources)
        only = "Every source of this indicator is unverified"
        shown = catalogue(criteria, name)
        assert (only in shown) == (number == len(indicator.sources)), name
        assert shown.count(r"\[not verified\]") == number + (only in shown), name


@pytest.mark.nightly
def test_what_is_from_memory_is_marked_wherever_it_is_cited_and_every_grade_is_counted_at_the_top() -> None:
    cited = [one for rule in SHIPPED.indicators.values() for one in rule.sources]
    cited += [one for rule in SHIPPED.awareness.values() for one in rule.sources]
    counted = Counter(grade_of(SHIPPED.sources[one.id], one) for one in cited)
    told = f"{counted['text']} text read, {counted['account']} account read, {counted['memory']} from memory"
    assert f"{len(cited)} citations: {told}" in made(SHIPPED)
    for name, indicator in SHIPPED.indicators.items():
        number = sum(grade_of(SHIPPED.sources[one.id], one) == "memory" for one in indicator.sources)
        assert catalogue(SHIPPED, name).count(r"**\[from memory\]**") == number, name


@BOTH
def test_the_markdown_is_tidy(criteria: Criteria) -> None:
    text = made(criteria)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    before = re.findall(r"(.*)\n#+ ", text)
    assert [line for line in before if line] == [], "a heading needs an empty line before it"
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1
    assert re.findall(r"^(?:\{|.*\{%|.*Run\()", text, re.MULTILINE) == []


def test_a_set_without_optional_parts_has_no_empty_sections() -> None:
    empty = Invariants()
    bare = FOREIGN.model_copy(update={"awareness": {}, "invariants": empty})
    for form in FORMS:
        text = catalogue(bare, None, form)
        assert "What people are told" not in text
        assert "What must never happen" not in text
        assert "Questions without a direction" not in text


def test_a_promise_says_what_it_is_about() -> None:
    alone = _flat(catalogue(FOREIGN, "no_region_is_refused"))
    assert _flat("with any answers to borrower.seat and all else unchanged") in alone
    assert _flat("ladder.verdict is not “Refuse”") in alone
    assert "differonlyinanswersinfreetext" in _flat(catalogue(FOREIGN, "names_decide_nothing"))
    rows = _flat(catalogue(FOREIGN, "regions_count_by_their_row"))
    assert _flat("differ only in loan.shipper, borrower.seat, where the tables say the same") in rows
    named = _flat(catalogue(FOREIGN, "records_decide_nothing"))
    assert _flat("two cases that differ only in loan.swap, artwork.appraised_on") in named


def test_a_question_without_a_direction_says_why() -> None:
    because = FOREIGN.invariants.undirected["loan.reach"].because
    assert _flat(because) in _flat(catalogue(FOREIGN, "loan.reach"))
    assert "No direction" not in catalogue(FOREIGN, "loan.months")


@BOTH
def test_a_terminal_shows_it_in_eighty_columns(criteria: Criteria) -> None:
    text = made(criteria, "text")
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert catalogue(SHIPPED, "SEC-08", "text").startswith("SEC-08 Defence-linked civilian partner")


# --- the page ---


@BOTH
def test_every_link_within_the_page_leads_somewhere_and_every_place_has_one_name(criteria: Criteria) -> None:
    page = Page(made(criteria, "html"))
    assert len(page.ids) == len(set(page.ids))
    inner = {one[1:] for one in page.links if one.startswith("#")}
    assert inner - set(page.ids) == set()
    assert set(criteria.indicators) <= inner, "the contents name every indicator"
    assert {f"fact-{name}.{short}" for name, one in criteria.entities.items() for short in one.facts} <= set(page.ids)
    assert {f"source-{one}" for one in criteria.sources} <= inner
    assert {f"control-{name}" for name in criteria.controls} <= set(page.ids)


@BOTH
def test_only_what_the_engine_computes_has_no_place_on_the_page(criteria: Criteria) -> None:
    def refs(part: object) -> set[str]:
        if isinstance(part, Run):
            return {part.ref} if part.ref else set()
        content = part if isinstance(part, tuple) else getattr(part, "__dict__", {}).values()
        return {one for inner in content for one in refs(inner)}

    page = whole(criteria)
    dead = refs(page) - anchors(page)
    assert [one for one in dead if not re.match(r"fact-(finding|dimension|ladder)\.", one)] == []
    assert refs(without_dead_ends(page)) == refs(page) - dead


@BOTH
def test_the_page_needs_nothing_else_and_runs_nothing(criteria: Criteria) -> None:
    text = made(criteria, "html")
    page = Page(text)
    names = {name for name, _ in page.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "form", "input"})
    assert {name for _, given in page.tags for name in given if name.startswith("on") or name == "src"} == set()
    assert "@import" not in text
    assert "url(" not in text
    assert [one for one in page.links if not re.match(r"#|https?://", one)] == []
    sources = {one.link for one in criteria.sources.values() if one.link}
    assert sources <= set(page.links)


@BOTH
def test_the_page_can_be_heard_as_well_as_seen(criteria: Criteria) -> None:
    page = Page(made(criteria, "html"))
    assert page.headings[0] == "h1"
    assert page.headings.count("h1") == 1
    levels = [int(one[1]) for one in page.headings]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tags = dict.fromkeys(name for name, _ in page.tags)
    assert {"main", "nav", "header", "footer"} <= set(tags)
    assert next(given["lang"] for name, given in page.tags if name == "html") == criteria.head.language
    assert all(given.get("scope") in {"col", "row"} for name, given in page.tags if name == "th")
    tables = sum(name == "table" for name, _ in page.tags)
    assert sum(name == "caption" for name, _ in page.tags) == tables > len(criteria.indicators)


@BOTH
def test_the_contents_count_questions_and_tables_as_the_head_of_the_page_does(criteria: Criteria) -> None:
    text = made(criteria, "html")
    counted = dict(re.findall(r'<li><a href="#(\w+)">[^<]*</a>\s*<span class="count">(\d+)</span>', text))
    questions = sum(len(entity.facts) for entity in criteria.entities.values())
    assert f"{questions} questions" in text
    assert (counted["questions"], counted["tables"]) == (str(questions), str(len(criteria.tables)))


def test_one_record_is_a_page_too_without_links_to_what_it_does_not_show() -> None:
    page = Page(catalogue(SHIPPED, "SEC-08", "html"))
    assert {one for one in page.links if one.startswith("#")} <= {f"#{one}" for one in page.ids}
    assert "SEC-08" in page.ids
    assert "SEC-09" not in page.ids


@pytest.mark.parametrize("form", FORMS)
def test_text_of_a_set_is_shown_as_it_is(form: Form) -> None:
    hostile = "<b>x</b> | a_b_ [c](javascript:alert(1)) {{ 7 * 7 }} \x1b[31m"
    indicator = FOREIGN.indicators["LAW-3"].model_copy(update={"reason": hostile})
    text = catalogue(FOREIGN.model_copy(update={"indicators": {"LAW-3": indicator}}), "LAW-3", form)
    assert "\x1b" not in text
    match form:
        case "html":
            assert "<b>x</b>" in Page(text).text
            assert "b" not in [name for name, _ in Page(text).tags]
        case "md":
            assert r"\<b\>x\</b\> \| a\_b\_ \[c\](javascript:alert(1)) \{\{ 7 \* 7 \}\}" in text
        case "text":
            assert "<b>x</b> | a_b_ [c](javascript:alert(1)) {{ 7 * 7 }} [31m" in " ".join(text.split())


def test_names_in_quoted_options_are_text_and_no_links() -> None:
    shown = linked("`a.b` is “*c* `d.e`” and *f g* and the parameter `h`")
    assert [(run.text, run.ref) for run in shown if run.ref] == [
        ("a.b", "fact-a.b"),
        ("f g", "definition-f_g"),
        ("h", "parameter-h"),
    ]
    assert "“*c* `d.e`”" in [run.text for run in shown]


@BOTH
def test_every_group_of_the_page_has_a_place_of_its_own(criteria: Criteria) -> None:
    groups = [one for section in whole(criteria).sections for one in section.blocks if isinstance(one, Group)]
    assert [one for one in groups if not one.anchor] == []


def test_every_kind_of_block_can_be_written_for_a_terminal() -> None:
    kinds = (Blanks(("Signature",)), Bullets((say("one"),)), Prose(say("two")))
    page = CataloguePage("en", "Title", kinds, (Section("a", "Part", ()),), "foot")
    assert as_text(page, is_whole=True).splitlines() == [
        "Title",
        "Signature: ______________________________",
        "  - one",
        "two",
        "",
        "PART",
        "",
        "foot",
    ]


def test_a_picture_is_described_where_there_are_only_words() -> None:
    shown = Picture("bars", "Bars", "Two bars of one length.", 10, ())
    page = CataloguePage("en", "Title", (shown,), (), "Foot")
    assert "Two bars of one length." in as_text(page, is_whole=True)
    assert without_dead_ends(page) == page
