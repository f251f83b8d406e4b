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


_VERB_DE = (
    "ist",
    "sind",
    "war",
    "waren",
    "hat",
    "haben",
    "kann",
    "können",
    "wird",
    "werden",
    "gibt",
    "weiß",
    "wissen",
)
_NOUN_DE = ("es", "er", "sie", "das", "die", "der", "jemand", "man")

GERMAN = Words(
    leading=WordList(
        (
            *("sicherlich", "sicher doch", "selbstverständlich", "natürlich", "offensichtlich", "offenkundig"),
            *("zweifellos", "bekanntlich", "wie jeder weiß", "es ist klar, dass", "wirklich", "doch wohl"),
            *("nicht wahr?", "oder nicht?", "oder etwa nicht?", "stimmen Sie zu", "finden Sie nicht", "richtig?"),
        )
    ),
    negations=WordList(("nicht", "nie", "niemals", "kein*", "niemand*", "nichts", "nicht mehr")),
    contracted=WordList(("etwa nicht",)),
    supposing=WordList(
        (
            *("noch immer", "immer noch", "weiterhin", "wieder", "erneut", "nicht mehr", "abermals", "nach wie vor"),
            *("aufhören", "aufgehört", "fortsetzen", "fortgesetzt", "zugeben", "versäumt", "warum", "weshalb", "wieso"),
        )
    ),
    second=WordList(
        (
            *(f"und {word}" for word in ("was", "welche*", "wer", "wem", "wen", "wann", "wo", "warum", "wie", "wofür")),
            *(f"und {word} welche*" for word in ("auf", "bei", "in", "nach", "unter", "für", "mit")),
            *(f"{joint} {verb} {noun}" for joint in ("und", "oder") for verb in _VERB_DE for noun in _NOUN_DE),
            *("und wenn ja", "und wenn nein", "und falls ja", "und/oder"),
        )
    ),
    judging=WordList(
        (
            *("verdächtig*", "dubios*", "fragwürdig*", "berüchtigt*", "zwielichtig*", "sogenannt*", "feindlich*"),
            *("feindselig*", "böse*", "unzuverlässig*", "unehrlich*", "schuldig*"),
        )
    ),
    vague=WordList(
        (
            *("oft", "häufig", "meist", "meistens", "gewöhnlich", "regelmäßig", "manchmal", "gelegentlich", "kürzlich"),
            *("wenige", "wenigen", "mehrere", "groß*", "klein*", "erheblich*", "wesentlich*"),
            *("bedeutend*", "beträchtlich*", "angemessen*", "ausreichend*", "hinreichend*", "geeignet*", "genug"),
        )
    ),
    traits=WordList(
        (
            *("nationalität*", "nationalitaet*", "staatsangehörig*", "staatsangehoerig*", "staatsbürger*"),
            *("staatsbuerger*", "ethnie*", "ethnisch*", "ethnizität", "rasse", "rassen", "rassisch*", "abstammung"),
            *("volkszugehörigkeit", "volkszugehoerigkeit", "stamm", "kaste", "muttersprach*", "hautfarbe"),
            *("geburtsort*", "geburtsland*", "geboren", "herkunftsland*", "herkunftsländer*", "heimatland*"),
            *("ausländer*", "auslaender*", "migrant*", "migrationshintergrund", "reisepass", "reisepässe"),
            *(
                "religion",
                "religionen",
                "religiös*",
                "religioes*",
                "konfession*",
                "glaube",
                "glauben",
                "kirchenmitglied*",
            ),
            *("muslim*", "christ", "christen", "christin*", "christlich*", "jude", "juden", "jüdin*", "jüdisch*"),
            *("hindu*", "buddhist*", "atheist*"),
        )
    ),
    things=WordList(("reisepass der ware", "reisepass des objekts")),
    asking=WordList(
        (
            *(
                "welche*",
                "was",
                "wessen",
                "wer",
                "wo",
                "woher",
                "ist",
                "sind",
                "war",
                "waren",
                "hat",
                "haben",
                "besitzt",
            ),
            *("besitzen", "gehört", "gehören", "geben Sie"),
        )
    ),
    dealing=WordList(
        ("nach", "nach ihrer", "nach der", "wegen", "wegen ihrer", "unabhängig von", "aufgrund", "je nach")
    ),
)


_VERB_EN = ("is", "are", "was", "were", "does", "do", "did", "has", "have", "can", "could", "will", "would")
_NOUN_EN = (
    "it",
    "he",
    "she",
    "they",
    "there",
    "this",
    "that",
    "the",
    "you",
    "anyone",
    "anybody",
    "someone",
    "somebody",
)

ENGLISH = Words(
    leading=WordList(
        (
            *(
                "surely",
                "of course",
                "obviously",
                "certainly",
                "it is clear that",
                "naturally",
                "undoubtedly",
                "really",
            ),
            *("undoubtedly", "as everyone knows", "as everybody knows", "as is well known", "needless to say"),
            *("do you agree", "don't you agree", "would you agree", "you agree that", "would you not say"),
            *("isn't it", "aren't they", "don't you", "doesn't it", "didn't you", "haven't you", "wouldn't you"),
            *("is it not true", "is it not so", "right?", "correct?"),
        )
    ),
    negations=WordList(("not", "never", "no longer", "nobody", "nothing")),
    contracted=WordList(
        (
            *("isn't", "aren't", "wasn't", "weren't", "don't", "doesn't", "didn't", "hasn't", "haven't", "hadn't"),
            *("can't", "cannot", "couldn't", "won't", "wouldn't", "shouldn't"),
        )
    ),
    supposing=WordList(
        (
            *("still", "again", "any more", "anymore", "any longer", "no longer", "once more", "as before"),
            *("stop", "stopped", "stops", "continue*", "keep on", "kept on", "resume*", "repeated*"),
            *("admit*", "fail to", "fails to", "failed to", "why"),
        )
    ),
    second=WordList(
        (
            *(f"and {word}" for word in ("what", "which", "who", "whose", "when", "where", "why", "how")),
            *(f"and {word}" for word in ("on which", "in which", "by which", "for which", "under which")),
            *(f"{joint} {verb} {noun}" for joint in ("and", "or") for verb in _VERB_EN for noun in _NOUN_EN),
            *("and if so", "and if not", "and/or"),
        )
    ),
    judging=WordList(
        (
            *("suspicious*", "suspect", "dubious", "questionable", "notorious", "infamous", "shady", "so-called"),
            *("hostile", "rogue", "evil", "unreliable", "untrustworthy", "dishonest", "guilty"),
        )
    ),
    vague=WordList(
        (
            *("often", "frequently", "usually", "regularly", "sometimes", "occasionally", "recently", "soon"),
            *("few", "several", "large", "small", "significant*", "substantial*", "considerabl*", "major"),
            *("appropriate*", "adequate*", "sufficient*", "reasonabl*", "suitabl*", "good", "enough", "closely"),
        )
    ),
    traits=WordList(
        (
            *(
                "nationality",
                "nationalities",
                "citizen",
                "citizens",
                "citizenship",
                "nationals",
                "passport",
                "passports",
            ),
            *("ethnic", "ethnicity", "ethnicities", "racial", "of race", "by race", "race or", "or race", "which race"),
            *(
                "what race",
                "their race",
                "tribe",
                "tribal",
                "caste",
                "descent",
                "ancestry",
                "mother tongue",
                "native language",
                "native speaker*",
                "skin colour",
                "skin color",
            ),
            *("birthplace", "place of birth", "country of birth", "born in", "born abroad", "birth country"),
            *("country of origin", "national origin", "home country", "immigrant*", "migrant*", "foreigner*"),
            *("religion", "religions", "religious", "religious faith", "denomination", "creed", "church member*"),
            *("muslim*", "christian*", "jew", "jews", "jewish", "hindu*", "buddhist*", "atheist*"),
        )
    ),
    things=WordList(
        tuple(
            f"{thing} {word}"
            for thing in ("object", "product", "battery", "material", "building", "plant", "animal", "pet")
            for word in ("passport", "passports")
        )
    ),
    asking=WordList(
        (
            *("which", "what", "whose", "who", "where", "is", "are", "was", "were", "has", "have", "does", "do"),
            "state the",
        )
    ),
    dealing=WordList(
        ("by", "by their", "on grounds of", "on the grounds of", "because of", "regardless of", "irrespective of")
    ),
)
