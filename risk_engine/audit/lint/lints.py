"""Every lint there is, and what they say of one version. docs/authors.md lists the same."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from risk_engine.audit.lint import rules, texts
from risk_engine.audit.lint.ground import Found, Ground
from risk_engine.files.diagnostics import RiskEngineError, nearest
from risk_engine.files.language import N_, _
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.coverage import Linted, LintSummary, Remark, Weight


@dataclass(frozen=True)
class Lint:
    """One lint; a number is never used again for another one."""

    id: str
    weight: Weight
    title: str
    way_out: str
    look: Callable[[Ground], Iterator[Found]]


LINTS = (
    # --- what people are asked ---
    Lint(
        "LINT-01",
        "problem",
        N_("A question that pushes towards an answer"),
        N_("ask openly: a person must be able to give every answer with the same ease"),
        texts.leading,
    ),
    Lint(
        "LINT-02",
        "advice",
        N_("A negated yes-or-no question"),
        N_("ask for what is there; with a negation one person's yes is another one's no"),
        texts.negated,
    ),
    Lint(
        "LINT-03",
        "advice",
        N_("A question that takes something for granted"),
        N_("ask first whether it is so, and the rest under `ask_when`"),
        texts.supposing,
    ),
    Lint(
        "LINT-04",
        "advice",
        N_("Two questions in one"),
        N_("make two facts of it, or one question of which each option is a whole answer"),
        texts.two_in_one,
    ),
    Lint(
        "LINT-05",
        "problem",
        N_("A word that judges"),
        N_("say what is recorded, from which source; a set never says that somebody is something"),
        texts.judging,
    ),
    Lint(
        "LINT-06",
        "advice",
        N_("A vague word in a question without help"),
        N_("name a number, or say in `help` where the line is"),
        texts.vague,
    ),
    Lint(
        "LINT-07",
        "problem",
        N_("A name or question that stands for who somebody is"),
        N_("take it out: nationality, ethnicity, birthplace and religion must not decide, nor be recorded"),
        texts.asked_for,
    ),
    Lint(
        "LINT-08",
        "advice",
        N_("A word for nationality, ethnicity, birthplace or religion in a question, title or option"),
        N_("see that it is about what a thing does or holds, and that nobody is asked who they are"),
        texts.mentioned,
    ),
    Lint(
        "LINT-09",
        "problem",
        N_("A question that asks nothing"),
        N_("end it in a question mark, and make a question of it"),
        texts.no_question,
    ),
    # --- texts ---
    Lint(
        "LINT-10",
        "advice",
        N_("An answer that rules read, without a word on evidence"),
        N_("say in `evidence` what a stranger could ask for"),
        texts.no_evidence,
    ),
    Lint(
        "LINT-11",
        "advice",
        N_("Many options without help"),
        N_("say in `help` how to choose"),
        texts.no_help,
    ),
    Lint(
        "LINT-12",
        "problem",
        N_("An indicator whose sentence names no fact"),
        N_("name the facts that make it so in braces, like `{entity.fact}`"),
        texts.says_nothing,
    ),
    Lint(
        "LINT-13",
        "advice",
        N_("A title that is too long"),
        N_("shorten it; the question and the reason have room"),
        texts.long_titles,
    ),
    Lint(
        "LINT-14",
        "problem",
        N_("The same words twice"),
        N_("say what is different, or make one of them"),
        texts.said_twice,
    ),
    Lint(
        "LINT-15",
        "advice",
        N_("A fact that can be changed, without a word on what must change"),
        N_("say in `changeable` what must really change; then it is offered as a way to a milder result"),
        texts.no_change_said,
    ),
    # --- sources ---
    Lint(
        "LINT-20",
        "advice",
        N_("A source that is marked as not verified"),
        N_("read the text, or have what is no text confirmed; then write `verified: true` and the day under `read`"),
        rules.unverified,
    ),
    Lint(
        "LINT-21",
        "advice",
        N_("A rule that rests only on what nobody has read"),
        N_("look up one of its places, or cite a text that was read; reports mark such findings"),
        rules.only_unverified,
    ),
    Lint(
        "LINT-22",
        "advice",
        N_("A source that nothing cites"),
        N_("cite it where a rule rests on it, or take it out"),
        rules.never_cited,
    ),
    Lint(
        "LINT-23",
        "advice",
        N_("A source that was read nobody knows when"),
        N_("write the day or month under `read`"),
        rules.untraceable,
    ),
    Lint(
        "LINT-24",
        "advice",
        N_("A note on a foreign rule without a source"),
        N_("cite the text under `sources`"),
        rules.without_source,
    ),
    Lint(
        "LINT-25",
        "advice",
        N_("Something that was looked up long ago"),
        N_("look it up again, and write the new day under `read` or `as_of`"),
        rules.long_ago,
    ),
    # --- what does nothing ---
    Lint(
        "LINT-30",
        "advice",
        N_("A fact that nothing uses"),
        N_("take it out, or say `used_for: record` where it is kept for the file"),
        rules.facts,
    ),
    Lint(
        "LINT-31",
        "advice",
        N_("Options that no rule tells apart"),
        N_("make one option of them, unless people need to see their own answer among them"),
        rules.options,
    ),
    Lint(
        "LINT-32",
        "advice",
        N_("A parameter that no rule reads"),
        N_("take it out, or let a rule read it"),
        rules.parameters,
    ),
    Lint(
        "LINT-33",
        "advice",
        N_("A definition that no rule uses"),
        N_("take it out, or let a rule use it"),
        rules.definitions,
    ),
    Lint(
        "LINT-34",
        "advice",
        N_("A control that lowers nothing"),
        N_("add it to a control option, or say `supporting: true`"),
        rules.controls,
    ),
    Lint(
        "LINT-35",
        "advice",
        N_("A word of set.yaml that nothing names"),
        N_("take it out"),
        rules.words,
    ),
    Lint(
        "LINT-36",
        "problem",
        N_("A level that no rule proposes"),
        N_("add a rule that does, or take it out"),
        rules.levels,
    ),
    # --- rules ---
    Lint(
        "LINT-40",
        "problem",
        N_("A control option that lowers nothing"),
        N_("let it leave less than the highest severity of the indicator, or take it out"),
        rules.idle_options,
    ),
    Lint(
        "LINT-41",
        "problem",
        N_("Two control options with the same controls"),
        N_("keep the one that lowers further"),
        rules.same_options,
    ),
    Lint(
        "LINT-42",
        "problem",
        N_("A rule that is over before its version begins"),
        N_("take it out, or correct `until`"),
        rules.never_in_force,
    ),
    Lint(
        "LINT-43",
        "advice",
        N_("A rule that is over"),
        N_("leave it out of the next version, or give it another end"),
        rules.over,
    ),
    Lint(
        "LINT-44",
        "advice",
        N_("A value that runs out with none after it"),
        N_("add the value that follows, or take `until` away"),
        rules.running_out,
    ),
    Lint(
        "LINT-45",
        "advice",
        N_("A day that is past and has no end"),
        N_("see whether the rule still means this day; then give the value an `until`, or a later one"),
        rules.past_days,
    ),
)


def lint(folder: Path, on: date | None = None, only: Sequence[str] = (), ignore: Sequence[str] = ()) -> Linted:
    """Return what the lints remark on the version in `folder`, its dates looked at from the day `on`.

    Without a day it is the one on which the version is in force first, so that a released version is judged alike
    for ever. Raises InvalidSourceError where the set or a translation of it cannot be used, RiskEngineError for a
    lint that there is not.
    """
    chosen = _chosen(only, ignore)
    criteria = read_criteria(folder)
    ground = Ground(criteria, on or criteria.head.in_force.from_)
    remarks = sorted(
        (remark for one in chosen for remark in _remarks(one, ground)),
        key=lambda one: (one.spot.file, one.spot.line, one.spot.column, one.lint),
    )
    counts = Counter(one.lint for one in remarks)
    weights = Counter(one.weight for one in remarks)
    read = tuple(one.language for one in ground.told)
    return Linted(
        criteria=criteria.head.id,
        version=criteria.head.version,
        digest=criteria.digest,
        on=ground.on,
        problems=weights["problem"],
        advice=weights["advice"],
        remarks=tuple(remarks),
        summary=tuple(
            LintSummary(
                lint=one.id, weight=one.weight, title=_(one.title), way_out=_(one.way_out), remarks=counts[one.id]
            )
            for one in chosen
            if counts[one.id]
        ),
        languages=read,
        unread=tuple(one for one in ground.languages if one not in read),
    )


def _remarks(one: Lint, ground: Ground) -> Sequence[Remark]:
    return [
        Remark(
            lint=one.id,
            weight=one.weight,
            record=found.record,
            spot=found.spot,
            sentence=found.sentence,
            way_out=_(one.way_out),
        )
        for found in dict.fromkeys(one.look(ground))
    ]


def _chosen(only: Collection[str], ignore: Collection[str]) -> Sequence[Lint]:
    known = {one.id: one for one in LINTS}
    stated = {name: name.upper() for name in (*only, *ignore)}
    for name, meant in stated.items():
        if meant not in known:
            near = nearest(meant, known)
            way_out = _("did you mean `{near}`?", near=near) if near else _("--list shows every lint")
            raise RiskEngineError(_("there is no lint `{name}`", name=name), way_out)
    wanted = {stated[one] for one in only} or set(known)
    return [one for name, one in known.items() if name in wanted - {stated[one] for one in ignore}]
