"""The word lists of the lints for German."""

from risk_engine.audit.lint.words import WordList, Words

_VERBS = ("ist", "sind", "war", "waren", "hat", "haben", "kann", "können", "wird", "werden", "gibt", "weiß", "wissen")
_NOUNS = ("es", "er", "sie", "das", "die", "der", "jemand", "man")

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
            *(f"{joint} {verb} {noun}" for joint in ("und", "oder") for verb in _VERBS for noun in _NOUNS),
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
