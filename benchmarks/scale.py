"""Measure large sets: `python benchmarks/scale.py 50 250 1000` prints what testing, mutating and proving them takes.

A set of so many indicators is written into a temporary folder. Each indicator reads three facts of its own topic, and
twenty indicators share one; every fourth topic is asked of a list, and every third one is closed by a first question,
as the base case has it. Three cases stand for each indicator: each is like the base case but for the two or three
answers that the indicator reads. Ladders, a promise and the points are those of a small set: they look at all findings
together. Each command then runs as from a shell, in one process and in as many as there are processors; of more than
250 indicators `mutate` looks at the mutants of every tenth topic, or at all with `--whole`. `make scale` prints the
figure of each night, with the command of each line; no test uses it. Decisions 0097 and 0107 have those of before.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks.many import measured

PER_TOPIC = 20
DIMENSIONS = ("safety", "fairness", "law")
GROUNDS = ("harm", "trust")
MANY, CLOSED = 4, 3
"""Every which topic is a list, and every which one is closed by a first question in the base case."""
SAMPLE = 10
"""The mutants of every which topic are looked at in a set of more indicators than `WHOLE`."""
WHOLE = 250


def topics(number: int) -> Iterator[tuple[int, range]]:
    """Yield the number of each topic with its indicators."""
    for topic, first in enumerate(range(0, number, PER_TOPIC)):
        yield topic, range(first, min(first + PER_TOPIC, number))


def write_set(folder: Path, number: int) -> None:
    """Write a set of so many indicators into a folder."""
    (folder / "indicators").mkdir(parents=True)
    for topic, members in topics(number):
        _write(folder / "indicators" / f"topic-{topic}.yaml", {_id(one): _indicator(topic, one) for one in members})
    _write(folder / "facts.yaml", {_topic(topic): _facts(topic, members) for topic, members in topics(number)})
    controls = {
        f"CTRL-{topic}-{one}": {"title": f"Measure {topic}-{one}", "do": "Do it.", "who": "office", "effort": 1}
        for topic, _members in topics(number)
        for one in range(2)
    }
    _write(folder / "controls.yaml", controls)
    _write(folder / "ladders.yaml", _ladders())
    _write(folder / "invariants.yaml", _invariants())
    _write(folder / "set.yaml", _head(number))
    _write(folder / "cases.yaml", {"base": _base(number), "cases": list(_cases(number))})
    for name in ("awareness", "definitions", "parameters"):
        _write(folder / f"{name}.yaml", {})
    _write(
        folder / "sources.yaml",
        {"none": {"instrument": "Made for a measurement", "kind": "guidance", "verified": False}},
    )


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120), "utf-8")


def _id(number: int) -> str:
    return f"IND-{number:04}"


def _topic(topic: int) -> str:
    return f"topic_{topic}"


def is_many(topic: int) -> bool:
    """Return whether a topic is asked of the entries of a list."""
    return topic % MANY == MANY - 1


def is_closed(topic: int) -> bool:
    """Return whether the base case closes a topic by its first question."""
    return topic % CLOSED == CLOSED - 1


def _facts(topic: int, members: range) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    asked: dict[str, Any] = {"asked_of": "office"}
    if is_closed(topic):
        facts["any"] = {"question": "Is there any of it?", "type": "boolean", "riskier": True, **asked}
        asked["ask_when"] = {"fact": f"{_topic(topic)}.any", "is": True}
    for one in members:
        sizes = {"small": "Small", "middling": "Middling", "large": "Large", "huge": "Huge"}
        of_size = {"type": "choice", "options": sizes, "riskier": "later", **asked}
        found = {"type": "boolean", "riskier": True, **asked}
        allowed = {"type": "boolean", "riskier": False, **asked}
        if is_closed(topic):
            of_size, found, allowed = (
                {**of_size, "otherwise": "small"},
                {**found, "otherwise": False},
                {**allowed, "otherwise": True},
            )
        facts[f"found_{one}"] = {"question": f"Was it found ({one})?", **found}
        facts[f"size_{one}"] = {"question": f"How large is it ({one})?", **of_size}
        facts[f"allowed_{one}"] = {"question": f"Is it allowed ({one})?", **allowed}
    return {"title": f"Topic {topic}", "facts": facts, **({"many": 3} if is_many(topic) else {})}


def _of(topic: int, condition: dict[str, Any]) -> dict[str, Any]:
    return {"some": _topic(topic), "where": condition} if is_many(topic) else condition


def _indicator(topic: int, number: int) -> dict[str, Any]:
    name = _topic(topic)
    found, large = (
        {"fact": f"{name}.found_{number}", "is": True},
        {"fact": f"{name}.size_{number}", "at_least": "large"},
    )
    barred = {"fact": f"{name}.allowed_{number}", "is": False}
    return {
        "title": f"Indicator {number}",
        "dimension": DIMENSIONS[number % len(DIMENSIONS)],
        "ground": GROUNDS[number % len(GROUNDS)],
        "question": "Is it there?",
        "severity": {
            "moderate": _of(topic, {"all_of": [found, {"fact": f"{name}.size_{number}", "at_least": "middling"}]}),
            "high": _of(topic, {"all_of": [found, large]}),
        },
        **({"knock_out": {"hold": _of(topic, {"all_of": [found, large, barred]})}} if number % 2 == 0 else {}),
        "controls": [{"all": [f"CTRL-{topic}-{number % 2}"], "residual": "low"}],
        "reason": "It was made for a measurement.",
        "evidence": "None",
        "sources": [{"id": "none", "at": "nowhere"}],
        "because": "It was recorded.",
        "author": {"drawn_up_by": {"name": "A. Maker", "discipline": "law", "date": date(2026, 1, 1)}},
    }


def _ladders() -> dict[str, Any]:
    def level(title: str, months: int) -> dict[str, Any]:
        return {"title": title, "answer": f"{title}.", "explain": title, "review_months": months}

    def some(entity: str, **where: Any) -> dict[str, Any]:
        tests = [{"fact": f"{entity}.{fact}", **test} for fact, test in where.items()]
        return {"some": entity, "where": tests[0] if len(tests) == 1 else {"all_of": tests}}

    open_high = some("finding", open={"is": True}, possible={"at_least": "high"})
    return {
        "measure": {
            "title": "Measure",
            "question": "On what terms?",
            "levels": {"advice": level("Advice", 24), "terms": level("Terms", 12), "refusal": level("Refusal", 6)},
            "rules": [
                {
                    "level": "refusal",
                    "when": some("dimension", residual_band={"is": "unsafe"}),
                    "sentence": "Too much.",
                },
                {
                    "level": "terms",
                    "when": some("dimension", inherent_band={"at_least": "strained"}),
                    "sentence": "Much.",
                },
                {
                    "level": "terms",
                    "when": {
                        "count": "finding",
                        "where": {
                            "all_of": [
                                {"fact": "finding.residual", "at_least": "moderate"},
                                {"fact": "finding.ground", "is": "harm"},
                            ]
                        },
                        "at_least": 2,
                    },
                    "sentence": "Two of them.",
                },
                {"level": "terms", "provisional": True, "when": open_high, "sentence": "Answers are missing."},
            ],
            "otherwise": {"level": "advice", "sentence": "Nothing."},
        },
        "start": {
            "title": "Start",
            "question": "May it start?",
            "levels": {"clear": level("Clear", 24), "blocked": level("Blocked", 6)},
            "rules": [
                {"level": "blocked", "when": some("finding", knock_out={"at_least": "hold"}), "sentence": "Barred."},
                {"level": "blocked", "provisional": True, "when": open_high, "sentence": "Answers are missing."},
            ],
            "otherwise": {"level": "clear", "sentence": "Nothing bars it."},
        },
    }


def _invariants() -> dict[str, Any]:
    return {
        "facts": {},
        "results": {
            "refused_has_a_finding": {
                "title": "Nothing is refused without a finding",
                "whenever": {"fact": "ladder.measure", "is": "refusal"},
                "then": {"some": "finding", "where": {"fact": "finding.outcome", "is": "present"}},
            }
        },
    }


def _head(number: int) -> dict[str, Any]:
    return {
        "schema": 1,
        "id": "large",
        "version": "1.0.0",
        "title": "A large set",
        "about": f"A set of {number} indicators, made to be measured.",
        "language": "en",
        "in_force": {"from": date(2026, 1, 1)},
        "notice": ["Made to be measured."],
        "challenge": "Write a letter.",
        "dimensions": {one: {"title": one.title(), "explain": one} for one in DIMENSIONS},
        "grounds": {one: {"title": one.title(), "explain": one} for one in GROUNDS},
        "severity": {
            "points": {"low": 1, "moderate": 5, "high": 20, "critical": 120},
            "cap": 119,
            "bands": {"quiet": 0, "noted": 1, "strained": 20, "unsafe": 120},
        },
        "asked_of": {"office": "The office"},
        "roles": {"headline": "measure", "gate": "start"},
    }


def _base(number: int) -> dict[str, Any]:
    stated: dict[str, Any] = {"id": "base", "title": "A harmless case", "assessment_date": date(2026, 6, 1)}
    for topic, members in topics(number):
        answers: dict[str, Any] = {}
        for one in () if is_closed(topic) else members:
            answers |= {f"found_{one}": False, f"size_{one}": "small", f"allowed_{one}": True}
        if is_closed(topic):
            answers = {"any": False}
        stated[_topic(topic)] = [{"id": "a", **answers}] if is_many(topic) else answers
    return stated


def _cases(number: int) -> Iterator[dict[str, Any]]:
    for topic, members in topics(number):
        place = f"{_topic(topic)}.a" if is_many(topic) else _topic(topic)
        opened = {f"{place}.any": True} if is_closed(topic) else {}
        if opened:
            harmless: dict[str, Any] = {f"{place}.found_{one}": False for one in members}
            harmless |= {f"{place}.size_{one}": "small" for one in members}
            harmless |= {f"{place}.allowed_{one}": True for one in members}
            yield {"name": f"topic {topic} opened", "given": {**opened, **harmless}, "expect": {"findings": {}}}
        for one in members:
            like = {"like": f"topic {topic} opened"} if opened else {}
            given = {f"{place}.found_{one}": True, f"{place}.size_{one}": "middling"}
            ladders = {"measure": "advice", "start": "clear"}
            yield {
                "name": f"{_id(one)} moderate",
                **like,
                "given": given,
                "expect": {"findings": {_id(one): "moderate"}, "ladders": ladders},
            }
            worse = {f"{place}.size_{one}": "large", f"{place}.allowed_{one}": False}
            barred = one % 2 == 0
            yield {
                "name": f"{_id(one)} high",
                "like": f"{_id(one)} moderate",
                "given": worse,
                "expect": {
                    "findings": {_id(one): "high"},
                    "ladders": {"measure": "terms", "start": "blocked" if barred else "clear"},
                    **({"knock_out": {_id(one): "hold"}} if barred else {}),
                },
            }
            yield {
                "name": f"{_id(one)} lowered",
                "like": f"{_id(one)} high",
                "in_place": [f"CTRL-{topic}-{one % 2}"],
                "expect": {
                    "findings": {_id(one): "high"},
                    "residual": {_id(one): "low"},
                    "ladders": {"measure": "terms", "start": "clear"},
                },
            }


def commands(folder: Path, number: int, *, is_whole: bool) -> dict[str, tuple[str | Path, ...]]:
    """Return each command that is measured, by its name."""
    sampled = [(topic, members) for topic, members in topics(number) if topic % SAMPLE == 0]
    names = [name for topic, members in sampled for name in (f"{_topic(topic)}.", *map(_id, members))]
    only = [] if is_whole or number <= WHOLE else [word for name in names for word in ("--only", name)]
    return {
        "test": ("criteria", "test", folder),
        "mutate": ("criteria", "mutate", folder, *only),
        "prove": ("criteria", "prove", folder),
    }


def main() -> None:
    """Print a line for each command, size and number of processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", type=int, nargs="*", default=[50, 250, 1000])
    parser.add_argument("--only", action="append", help="`test`, `mutate`, `prove`; repeatable.")
    parser.add_argument("--jobs", type=int, action="append", help="Run with so many processes; repeatable.")
    parser.add_argument("--whole", action="store_true", help="Look at all mutants of large sets too.")
    asked = parser.parse_args()
    print(f"$ python benchmarks/scale.py {' '.join(sys.argv[1:])}")
    print(f"{'indicators':>10}  {'command':<28}{'seconds':>9}{'CPU':>9}{'MB':>7}")
    for number in asked.numbers:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "large"
            write_set(folder, number)
            for name, command in commands(folder, number, is_whole=asked.whole).items():
                for jobs in asked.jobs or sorted({1, os.cpu_count() or 1}):
                    if not asked.only or name in asked.only:
                        seconds, processors, megabytes = measured(*command, "--jobs", f"{jobs}", codes=(0, 1))
                        told = f"criteria {name} SET --jobs {jobs}"
                        line = f"{number:>10}  {told:<28}{seconds:>9.1f}{processors:>9.1f}{megabytes:>7.0f}"
                        print(line, flush=True)


if __name__ == "__main__":
    main()
