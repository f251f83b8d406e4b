"""What everybody has: the exact join and rapidfuzz over whole strings, as matchers to be measured against.

All three fold case first (`gold.folded`), and rapidfuzz takes punctuation out as it proposes (`default_process`). Of
several records with the same score the first one is the answer.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from rapidfuzz import __version__ as rapidfuzz_version
from rapidfuzz import fuzz, process, utils

from benchmarks.screening.gold import Organisation, folded
from benchmarks.screening.measure import Answer, Matcher

SCORERS = {"token_set_ratio": fuzz.token_set_ratio, "WRatio": fuzz.WRatio}


def exact_join(registry: Mapping[str, Organisation]) -> Matcher:
    """Return a matcher that answers with the record that has this very name."""
    found: dict[str, Answer] = {}
    for record in registry.values():
        for name in record.names:
            found.setdefault(folded(name).strip(), Answer(record.key, 1.0))

    def match(text: str) -> tuple[Answer, ...]:
        answer = found.get(folded(text).strip())
        return (answer,) if answer else ()

    return match


def rapidfuzz_best(registry: Mapping[str, Organisation], scorer: str, kept: Path | None = None) -> Matcher:
    """Return a matcher that answers with the nearest name of the registry.

    It compares with every name: 20 to 90 ms a string. In the folder `kept` the answers outlive the run; they are told
    apart by the names and by the version of rapidfuzz.
    """
    names: dict[str, str] = {}
    for record in registry.values():
        for name in record.names:
            names.setdefault(utils.default_process(folded(name)), record.key)
    choices = list(names)
    digest = sha256(json.dumps([rapidfuzz_version, scorer, list(names.items())]).encode()).hexdigest()
    file = kept / f"{scorer}-{digest[:16]}.json" if kept else None
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    answers: dict[str, tuple[str, float]] = json.loads(file.read_text("utf-8")) if file and file.exists() else {}

    def match(text: str) -> tuple[Answer, ...]:
        if text not in answers:
            best = process.extractOne(utils.default_process(folded(text)), choices, scorer=SCORERS[scorer])
            answers[text] = (names[best[0]], best[1])
            if file and len(answers) % 100 == 0:
                file.write_text(json.dumps(answers), "utf-8")
        return (Answer(*answers[text]),)

    return match
