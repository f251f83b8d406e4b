"""The section on what would change a result: where it stands, in which words, and that no text in it does harm."""

import unicodedata

from markdown_it import MarkdownIt

from risk_engine.files.language import in_language
from risk_engine.report.html_markdown import html, markdown
from risk_engine.report.outlook import outlook_view
from risk_engine.report.view import view
from tests.report.outlook.samples import lines, lines_of, outlook, read_back, whole
from tests.report.samples import full
from tests.report.test_escaping import Seen, hostile


def test_it_stands_after_what_to_do_and_only_with_an_outlook() -> None:
    keys = [one.key for one in view(full(), whole()).sections]
    assert keys[keys.index("change") - 1] == "tasks"
    assert "change" not in {one.key for one in view(full()).sections}


def test_alone_it_is_the_answer_with_this_section() -> None:
    alone, report = outlook_view(whole(), full()), view(full(), whole())
    (change,) = alone.sections
    (same,) = [one for one in report.sections if one.key == "change"]
    assert (change.key, change.title, lines_of(change)) == ("change", same.title, lines_of(same))
    assert alone.answer == report.answer


def test_an_outlook_says_the_same_when_it_was_read_from_its_file() -> None:
    assert view(full(), read_back(whole())) == view(full(), whole())


def test_a_set_without_a_gate_speaks_of_its_headline_alone() -> None:
    made = full()
    alone = made.model_copy(update={"proposals": tuple(one for one in made.proposals if one.role != "gate")})
    (told,) = [one for one in lines(outlook(questions=whole().questions), alone) if one.startswith("You need not")]
    assert told == "You need not ask this 1 question: no answer to it changes Verdict, or any way to lower them."


def test_html_gains_no_tag_attribute_or_link_from_its_words() -> None:
    tame, wild = (Seen(html(view(full(), whole(text)))) for text in (str, hostile))
    assert (wild.tags, wild.names, wild.links) == (tame.tags, tame.names, tame.links)
    assert "How is the bark? <script>alert(1)</script>" in wild.text


def test_markdown_gains_no_tag_attribute_or_link_from_its_words() -> None:
    def page(made: str) -> Seen:
        return Seen(MarkdownIt("commonmark").enable("table").render(made))

    tame, wild = (page(markdown(view(full(), whole(text)))) for text in (str, hostile))
    assert (wild.tags, wild.names, wild.links) == (tame.tags, tame.names, tame.links)
    assert "How is the bark? <script>alert(1)</script>" in wild.text


def test_no_control_or_direction_character_survives() -> None:
    page = html(view(full(), whole(hostile)))
    assert {one for one in page if unicodedata.category(one) in {"Cc", "Cf", "Cs"}} == {"\n"}


def test_it_is_told_in_german() -> None:
    with in_language("de"):
        told = lines(whole())
    assert told == GERMAN


GERMAN = [
    "Was noch herauskommen kann",
    (
        "Opening: genau Go oder Shut; Wait kann nicht mehr herauskommen; Shut nur mit Antworten, die nicht "
        "zusammenpassen"
    ),
    (
        "Wo Antworten nicht zusammenpassen, ist eine von ihnen falsch, vielleicht die im Fall: Prüfen Sie diese "
        "zuerst. Die Stufe kann trotzdem herauskommen."
    ),
    (
        "Jede Zeile ist eine Möglichkeit, die fehlenden Antworten zu geben, mit so wenigen nicht harmlosen wie "
        "möglich; das Programm hat sie bewertet. Sie zeigt, was herauskommen kann, nicht, was wahrscheinlich ist."
    ),
    "Was bei welchen Antworten herauskommt",
    "Opening: Go | alles Fehlende wie in einem harmlosen Fall",
    (
        "Opening: Shut | Which pests live in it? (Tree „Grandmother“) – Moths; alles andere Fehlende wie in einem "
        "harmlosen Fall"
        " – passt nicht zusammen: A moth lives in a dead tree (INV-1; im Fall steht: How is the bark? (Tree "
        "„Grandmother“) – Firm)"
    ),
    "Was als Nächstes zu fragen ist",
    "Diese zuerst: jede kann das Ergebnis allein ändern",
    (
        "Which pests live in it? (Tree „Grandmother“) | The gardener | wenn Moths: ROT-1 wird hoch – Opening: "
        "Wait; Verdict: Terms"
    ),
    "Diese können es nur zusammen mit anderen Antworten ändern:",
    "Are there others?",
    (
        "Diese 1 Frage muss nicht gestellt werden: Keine Antwort darauf ändert Opening oder Verdict oder einen Weg, "
        "sie zu mildern."
    ),
    "Whose is it? (Tree „Grandmother“) [vertraulich]",
    "Opening: was es mildern würde",
    "Go statt Shut: Keine Schutzmaßnahme und keine Änderung am Projekt führt dorthin.",
    "Title of ROT-1 (ROT-1) steht dem entgegen; er beruht auf „How is the bark?“ (Tree „Grandmother“) – Loose",
    "Verdict: was es mildern würde",
    "Terms statt Refusal: dies",
    (
        "A rope (ROPE) [wirksam] + How is the bark? (Tree „Grandmother“) – Firm oder weniger riskant statt Loose "
        "– Somebody binds it. | 3 | Opening: Wait; Verdict: Terms"
    ),
    (
        "Zuerst stehen die mit den wenigsten Teilen, dann die mit dem geringsten Aufwand; "
        "eine Änderung am Projekt zählt als Aufwand 3."
    ),
    "Diese Änderungen eröffnen eine weitere Frage; bis sie beantwortet ist, wird das Ungünstigste angenommen:",
    "Are there others?",
    "Wie weit es bis zum nächsten Ergebnis ist",
    "Safety of pickers: 1 Punkt nach Schutzmaßnahmen, 19 Punkte unter „Stormy“",
    (
        "2 weitere Befunde (hoch) mit demselben Grund – dann Verdict: Refusal. In Frage kommt: Safety of pickers: "
        "The harvest"
    ),
    "Welche Antwort zuerst zu prüfen ist",
    "1 erfasste Antwort von 3 würde Opening oder Verdict ändern, wäre sie allein falsch.",
    "Zuerst zu prüfende Antworten",
    "How is the bark? (Tree „Grandmother“) – Loose | Firm | strenger: Opening: Shut; Verdict: Refusal",
    "Welche Zahl der Kriterien es kippen würde",
    (
        "9 Zahlen der Kriterien wurden um 10, 25 und 50 % gesenkt und erhöht, jede für sich. Diese würden das "
        "Ergebnis kippen:"
    ),
    "Zahlen, die das Ergebnis kippen",
    "Age of an old tree | 80 | 72 (innerhalb von 10 %) | Verdict: A word",
]
