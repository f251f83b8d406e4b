"""The word lists of the lints for English."""

from risk_engine.audit.lint.words import WordList, Words

_VERBS = ("is", "are", "was", "were", "does", "do", "did", "has", "have", "can", "could", "will", "would")
_NOUNS = ("it", "he", "she", "they", "there", "this", "that", "the", "you", "anyone", "anybody", "someone", "somebody")

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
            *(f"{joint} {verb} {noun}" for joint in ("and", "or") for verb in _VERBS for noun in _NOUNS),
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
