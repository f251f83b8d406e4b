"""The engine's closed vocabularies as people say them, in the current language."""

from typing import Final

from risk_engine.language import N_, NP_, _, pgettext
from risk_engine.model.words import KnockOut, Severity

MONTHS: Final = (  # not from the locale: the same report on every machine
    NP_("month", "January"),
    NP_("month", "February"),
    NP_("month", "March"),
    NP_("month", "April"),
    NP_("month", "May"),
    NP_("month", "June"),
    NP_("month", "July"),
    NP_("month", "August"),
    NP_("month", "September"),
    NP_("month", "October"),
    NP_("month", "November"),
    NP_("month", "December"),
)
ORIGINS: Final = {
    "case": N_("recorded in the case"),
    "table": N_("from the table"),
    "not_asked": N_("not asked: other answers settle it"),
    "profile": N_("from the institution's profile"),
    "missing": N_("not known"),
}
KINDS: Final = {
    "eu_law": N_("EU law"),
    "national_law": N_("national law"),
    "foreign_law": N_("law of another state, not EU law"),
    "foreign_list": N_("list of another state"),
    "guidance": N_("guidance"),
    "research": N_("research"),
}
BARS: Final[dict[KnockOut, str]] = {
    "none": "",
    "hold": N_("Holds the start until a document or decision exists."),
    "funding": N_("Closes this funding route, not the cooperation."),
    "policy": N_("A red line that the institution drew for itself."),
    "legal": N_("Barred by law: only an authority, or taking the cause away, can lift it."),
}
"""What a knock-out does, where it is certain."""
BARS_UNSETTLED: Final[dict[KnockOut, str]] = {
    "none": "",
    "hold": N_(
        "Not settled, answers are missing. It may be that this holds the start until a document or decision exists."
    ),
    "funding": N_(
        "Not settled, answers are missing. It may be that this closes this funding route, not the cooperation."
    ),
    "policy": N_(
        "Not settled, answers are missing. It may be that this is a red line that the institution drew for itself."
    ),
    "legal": N_(
        "Not settled, answers are missing. It may be that this is barred by law: only an authority, or taking the "
        "cause away, can lift it."
    ),
}
"""What a knock-out may do, where none is certain."""
BARS_BESIDES: Final[dict[KnockOut, str]] = {
    "none": "",
    "hold": "",
    "funding": N_("Answers are missing: it may also be that this closes this funding route, not the cooperation."),
    "policy": N_("Answers are missing: it may also be that this is a red line that the institution drew for itself."),
    "legal": N_(
        "Answers are missing: it may also be that this is barred by law: only an authority, or taking the cause away, "
        "can lift it."
    ),
}
"""What a knock-out may do beside a milder one that is certain."""
FOREIGN_LIST: Final = "foreign_list"
NOT_EU_LAW: Final = N_("evidence, not EU law")
UNVERIFIED: Final = N_("unverified")
ONLY_UNVERIFIED: Final = N_("unverified sources only")
CONFIDENTIAL: Final = N_("confidential")
UNSURE: Final = N_("answered as unsure")
OF_PROFILE: Final = N_("set by the institution’s profile")

_SEVERITIES: Final[dict[Severity, tuple[str, str]]] = {
    "none": NP_("severity", "none"),
    "low": NP_("severity", "low"),
    "moderate": NP_("severity", "moderate"),
    "high": NP_("severity", "high"),
    "critical": NP_("severity", "critical"),
}
_KNOCK_OUTS: Final[dict[KnockOut, tuple[str, str]]] = {
    "none": NP_("knock-out", "none"),
    "hold": NP_("knock-out", "hold"),
    "funding": NP_("knock-out", "funding"),
    "policy": NP_("knock-out", "policy"),
    "legal": NP_("knock-out", "legal"),
}
_STATES: Final = {
    "planned": NP_("state of a control", "planned"),
    "agreed": NP_("state of a control", "agreed"),
    "implemented": NP_("state of a control", "implemented"),
    "verified": NP_("state of a control", "verified"),
    "in_place": NP_("state of a control", "in place"),
}
_CONFIDENCE: Final = {
    "unsure": NP_("confidence in evidence", "unsure"),
    "declared": NP_("confidence in evidence", "declared"),
    "documented": NP_("confidence in evidence", "documented"),
    "verified": NP_("confidence in evidence", "verified"),
}


def severity_word(severity: Severity) -> str:
    """Return what people call a severity."""
    return pgettext(*_SEVERITIES[severity])


def knock_out_word(knock_out: KnockOut) -> str:
    """Return what people call a knock-out."""
    return pgettext(*_KNOCK_OUTS[knock_out])


def state_word(state: str) -> str:
    """Return what people call the state of a control, as it is stated or as it counts."""
    return pgettext(*_STATES[state])


def confidence_word(confidence: str) -> str:
    """Return what people call how sure a record of evidence is; a word of no such meaning as it stands."""
    return pgettext(*_CONFIDENCE[confidence]) if confidence in _CONFIDENCE else confidence


def kind_of_source(kind: str) -> str:
    """Return what people call a kind of source; one that is none of the engine's as it stands."""
    return _(KINDS[kind]) if kind in KINDS else kind


def month(number: int) -> str:
    """Return the name of a month, 1 for January."""
    return pgettext(*MONTHS[number - 1])


MUST_SAY = {
    "condition": N_("a condition"),
    "open answer": N_("a missing answer"),
    "notice": N_("a notice of the criteria"),
    "challenge": N_("how to challenge it"),
    "digest": N_("the digest of the record"),
}
"""What no page of an office may leave out."""
