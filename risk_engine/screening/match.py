"""Which organisations of a list a name may mean: candidates from the index, compared word by word and ranked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from risk_engine.screening.comparison import Comparison, How, begins_others, compare
from risk_engine.screening.index import NameIndex
from risk_engine.screening.names import Word, WordKind, read, tables
from risk_engine.screening.scoring import NOTHING, About, features, score, weights

Strength: TypeAlias = Literal["identical", "strong", "possible"]
STRENGTHS: Final[tuple[Strength, ...]] = ("identical", "strong", "possible")
_NEVER_STRONG: Final = (
    *(f"left_{side}_{kind}" for side in ("query", "name") for kind in ("number", "direction")),
    "country_conflict",
    "half_term",
)
_SLIP: Final = 0.92
"""So alike in letters, the word that is left is a slip of the pen."""
COMPARED, COMPARED_OF_MANY, MANY = 16, 40, 200_000
"""So many names of a list are compared with a name word by word, and so many of a list of MANY names, in which more
come near; the index has what is meant among them."""
_SURE_OF_A_CUT_WORD = 2
"""So many other words of its own tell what is meant by one that begins several."""
_COMPARED_TO_ANSWER = 60
"""As many at least where a registry is asked which one it is: it knows many names that share a word, and what stands
beside the one that is meant, a department or a town, comes near to others."""


class Candidate(NamedTuple):
    """An organisation that a name may mean, by the one of its names that comes nearest."""

    owner: int
    place: int
    """Which of the searched names."""
    name: str
    strength: Strength | None
    """None where the two have little more in common than letters."""
    is_part: bool
    """The name stands whole in the query, which names more: a college of it, or another organisation altogether."""
    same: float
    """How likely both names mean one organisation, on a scale of its own (`scoring.weights`)."""
    comparison: Comparison
    values: Mapping[str, float]

    @property
    def answer(self) -> float:
        """How likely the query is about the organisation, be it about a part of it, on another scale."""
        return score(self.values, weights().answer)


@dataclass(frozen=True, slots=True)
class Answer:
    """The organisation of a registry that a name most likely means."""

    candidate: Candidate
    sureness: float
    is_given: bool
    """Sure enough to be shown as the answer; else it is one candidate among others."""


class Searcher:
    """Names of organisations, ready to be searched.

    `names[i]` is a name of the organisation `owners[i]`, one of several perhaps; `about` says what else is known of an
    organisation, its acronyms and places. An index that was stored for the same names is used if it is given.
    """

    def __init__(
        self,
        names: Sequence[str],
        owners: Sequence[int],
        *,
        about: Mapping[int, About] | None = None,
        index: NameIndex | None = None,
    ) -> None:
        self.index = NameIndex.build(names) if index is None else index
        if not len(names) == len(owners) == len(self.index):
            raise ValueError(f"{len(names)} names, {len(owners)} owners and an index of {len(self.index)}")
        self._names = names
        self._owners = owners
        self._about = about or {}

    def search(self, query: str, country: str = "", limit: int = 10) -> list[Candidate]:
        """Return the organisations that a name may mean, the likeliest first, each once, at most `limit`.

        `country` is where the organisation asked about is known to be (ISO code), if that is known.
        """
        return [names[0] for names in self.near(query, country, limit)]

    def near(self, query: str, country: str = "", limit: int = 10) -> list[list[Candidate]]:
        """Return what `search` does, of each organisation all its names that come near, the nearest first."""
        return _of_each(self.compared(query, country), _by_strength)[:limit]

    def answer(self, query: str, country: str = "") -> Answer | None:
        """Return the one organisation that a name is about, even as a part of it; None where no name comes near.

        In a list that is a registry this is the answer to "which one is it really?"
        """
        compared = self.compared(query, country, to_answer=True)
        ranked = [names[0] for names in _of_each(compared, lambda one: (one.answer, -one.place))]
        if not ranked:
            return None
        sureness = score(sureness_values([(one.answer, one.values) for one in ranked[:2]]), weights().sure)
        return Answer(ranked[0], sureness, sureness >= weights().answered)

    def compared(self, query: str, country: str = "", *, to_answer: bool = False) -> list[Candidate]:
        """Return all names worth comparing with a name, compared; more `to_answer` which one it is."""
        text = read(query)
        most = COMPARED if len(self.index) < MANY else COMPARED_OF_MANY
        places = self.index.candidates(query, max(most, _COMPARED_TO_ANSWER) if to_answer else most).tolist()
        return [self._candidate(compare(text, read(self._names[place])), place, country) for place in places]

    def _candidate(self, comparison: Comparison, place: int, country: str) -> Candidate:
        by = weights()
        name = self._names[place]
        owner = self._owners[place]
        values = features(comparison, self._about.get(owner, NOTHING), country)
        same = score(values, by.same)
        is_part = bool(values["whole"] and values["left_query_sum"]) and values["letters"] < _SLIP
        return Candidate(
            owner=owner,
            place=place,
            name=name,
            strength=_strength(comparison, values, same, is_part=is_part),
            is_part=is_part,
            same=same,
            comparison=comparison,
            values=values,
        )


def _strength(comparison: Comparison, values: Mapping[str, float], same: float, *, is_part: bool) -> Strength | None:
    exact = bool(values["identical"] or values["compact"])
    if values["name_acronym"] or values["query_acronym"]:  # so many organisations share one that it never says more
        return "possible" if exact or values["initials"] or same >= weights().possible else None
    if exact:
        return "identical"
    alike = (values["same_words"] or values["one_slip"]) and not (values["common_inexact"] or values["legal_conflict"])
    if (alike or same >= weights().strong) and not is_part and _may_be_strong(comparison, values):
        return "strong"
    scattered = values["inside"] and values["other_order"]  # "China" and "Elect. Eng." are no China Electronics
    return "possible" if (is_part and not scattered) or same >= weights().possible else None


def _may_be_strong(comparison: Comparison, values: Mapping[str, float]) -> bool:
    """Return whether nothing tells that there are two organisations, whatever else agrees.

    The 28th institute is not the 38th, nor a university of technology a technological one. What Chinese has one word
    for may be translated by either, so a Chinese name may be strongly like each; but what is asked in English is not
    like a Chinese name that has a name in English of its own.
    """
    if any(values[feature] for feature in _NEVER_STRONG):
        return False
    if values["left_name_topic"] and not values["left_query_sum"]:  # Lanzhou University, and … of Technology
        return False
    if values["type_conflict"] or _are_told_apart(comparison, values):
        return False
    words, names = comparison.query.words, comparison.name.words
    sure = 0
    is_open = False
    for pair in comparison.pairs:
        mine, theirs = words[pair.query], names[pair.name]
        if pair.how is How.NEAR and (mine.text.isascii() or not theirs.text.isascii()):
            return False
        is_open = is_open or (pair.how in (How.SHORT, How.SPELLING) and begins_others(mine.text, theirs.text))
        sure += pair.how is How.SAME and theirs.kind is WordKind.PROPER
    return not is_open or sure >= _SURE_OF_A_CUT_WORD


def _are_told_apart(comparison: Comparison, values: Mapping[str, float]) -> bool:
    """Return whether words that are left tell of two organisations, because what agrees is of many names.

    Beijing Jiaotong University is not Shanghai Jiao Tong University: of both a known word is left. Where the words that
    agree are all known ones, no word may be left of both names; where they are places, or there are none, no word of
    the listed name: Shenyang University is not Shenyang Aerospace University.
    """
    words, names = comparison.query.words, comparison.name.words
    own = [names[pair.name] for pair in comparison.pairs if names[pair.name].kind is WordKind.PROPER]
    if all(word.text in tables().places or word.form in tables().places for word in own) and any(
        values[feature] for feature in ("left_name_rare", "left_name_type", "left_name_topic")
    ):
        return True
    if values["left_query_sum"] and values["left_name_sum"] and all(map(_is_known, own)):
        return True
    return _has_known(words, comparison.left_query) and _has_known(names, comparison.left_name)


def _has_known(words: Sequence[Word], places: Iterable[int]) -> bool:
    left = [words[at] for at in places if words[at].form not in tables().armies]
    return any(one.kind is WordKind.TOPIC or (one.kind is WordKind.PROPER and _is_known(one)) for one in left)


def _is_known(word: Word) -> bool:
    """Return whether a word is one that names have in common, in whatever language it is written."""
    return word.text in tables().seen or word.form in tables().seen


def _by_strength(candidate: Candidate) -> tuple[int, float, int]:
    rank = len(STRENGTHS) if candidate.strength is None else STRENGTHS.index(candidate.strength)
    return (-rank, candidate.same, -candidate.place)


def _of_each(candidates: list[Candidate], key: Callable[[Candidate], tuple[float, ...]]) -> list[list[Candidate]]:
    """Return the candidates of each organisation, best first, and so each organisation's own."""
    found: dict[int, list[Candidate]] = {}
    for candidate in sorted(candidates, key=key, reverse=True):
        found.setdefault(candidate.owner, []).append(candidate)
    return list(found.values())


SURE_OF: Final = (
    "identical",
    "whole",
    "one_word",
    "no_proper",
    "one_word_inside",
    "common_left_query",
    "acronym_inside",
    "left_query_rare",
    "near",
    "other_language",
)
"""Features that count once more when it is asked how sure the best answer is."""
_FAR = 6.0
_TIED = 0.05


def sureness_values(ranked: Sequence[tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    """Return what tells how sure the first of several answers is: how far the second is behind above all.

    `ranked` has the score and the features of the best name of each organisation, best first.
    """
    best, values = ranked[0]
    ahead = min(best - ranked[1][0], _FAR) if len(ranked) > 1 else _FAR
    return {
        "score": best / 5,
        "ahead": ahead / _FAR,
        "ahead_a_little": min(ahead, 1.0),
        "tied": float(ahead < _TIED),
        **{feature: values[feature] for feature in SURE_OF},
    }
