"""What the lints of questions look for: lists of words for each language, each with the reason why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

QUESTION_MARKS = "?\uff1f\u061f\u037e"
"""What ends a question: in most scripts, in Chinese and Japanese, in Arabic, in Greek."""


@dataclass(frozen=True)
class WordList:
    """Words and phrases, found as whole words whatever their capitals; `*` at an end stands for any ending."""

    words: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        every = "|".join(_pattern_of(one) for one in sorted(self.words, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)

    def first(self, text: str) -> str | None:
        """Return the first of the words that stands in a text, as it stands there; None where there is none."""
        return next(self.every(text), None)

    def every(self, text: str) -> Iterator[str]:
        """Yield each of the words that stand in a text, as they stand there."""
        return (found[0] for found in self._pattern.finditer(text.replace("’", "'")))


def _pattern_of(word: str) -> str:
    stem = re.escape(word.removesuffix("*")).replace(r"\ ", r"\s+")
    return rf"{stem}\w*" if word.endswith("*") else stem


@dataclass(frozen=True)
class Words:
    """The word lists of one language."""

    leading: WordList
    """They push towards an answer, or say that it is known already."""
    negations: WordList
    """In the first words of a yes-or-no question they leave open what "yes" means."""
    contracted: WordList
    """Likewise, wherever they stand."""
    supposing: WordList
    """They take for granted what nobody has said yet."""
    second: WordList
    """They begin a second question within the first."""
    judging: WordList
    """They judge, where a set only records."""
    vague: WordList
    """Two people would draw the line in two places."""
    traits: WordList
    """Nationality, ethnicity, birthplace and religion: people are not scored for who they are."""
    things: WordList
    """They hold such a word and name a thing: what uses one of them means the thing by the word alone, too."""
    asking: WordList
    """Before a word for a trait, in the same part of a sentence, they ask for it."""
    dealing: WordList
    """Right before a word for a trait they speak of what a thing does with it, and ask nobody for it."""
