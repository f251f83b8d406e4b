"""Who takes part: each matcher by its name, how it is made from the registry, and on which strings it is measured.

A matcher that learns is made anew for each fold of a cross-validation, from the strings of the other folds, and answers
the strings of its own fold only.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from benchmarks.screening.affiliations import learner
from benchmarks.screening.baselines import SCORERS, exact_join, rapidfuzz_best
from benchmarks.screening.gold import FOLDS, GoldString, Organisation, fold_of, is_name
from benchmarks.screening.measure import Answered, Matcher, PairScorer
from benchmarks.screening.train import trained_on

Registry: TypeAlias = Mapping[str, Organisation]
Train: TypeAlias = Callable[[Sequence[GoldString]], Matcher]


class Contender(NamedTuple):
    """One matcher."""

    name: str
    make: Callable[[Registry], Train]
    """Makes what does not depend on the strings once (an index) and returns what learns from them."""
    learns: bool = False
    names: bool = True
    """Whether it is measured on the names of partners."""
    affiliations: bool = True

    def takes(self, string: GoldString) -> bool:
        """Return whether it is measured on this string."""
        return self.names if is_name(string) else self.affiliations


PAIR_SCORERS: dict[str, PairScorer] = dict(SCORERS)
"""How alike two names are, for the labelled pairs."""


def contenders(kept: Path | None) -> tuple[Contender, ...]:
    """Return all of them, the baselines first; `kept` is the folder for their answers."""
    return (
        Contender("exact join", lambda registry: _learned(exact_join(registry))),
        Contender("token_set_ratio", lambda registry: _learned(rapidfuzz_best(registry, "token_set_ratio", kept))),
        Contender("WRatio", lambda registry: _learned(rapidfuzz_best(registry, "WRatio", kept))),
        Contender("ours, names", trained_on, learns=True, affiliations=False),
        Contender("ours, affiliations", lambda _: learner().matcher, learns=True, names=False),
    )


def _learned(matcher: Matcher) -> Train:
    return lambda _: matcher


def answers(contender: Contender, registry: Registry, strings: Sequence[GoldString]) -> tuple[Answered, ...]:
    """Return what a matcher answers, cross-validated if it learns."""
    train = contender.make(registry)
    mine = [string for string in strings if contender.takes(string)]
    if not contender.learns:
        match = train(())
        return tuple(Answered(string, tuple(match(string.text))) for string in mine)
    folds = {string.text: fold_of(string.text) for string in mine}
    answered: list[Answered] = []
    for fold in range(FOLDS):
        match = train([string for string in mine if folds[string.text] != fold])
        answered.extend(Answered(one, tuple(match(one.text))) for one in mine if folds[one.text] == fold)
    return tuple(answered)
