"""Recompute a stored assessment and say whether it comes out the same."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from risk_engine.canonical import canonical
from risk_engine.engine.assess import assessment_digest, what_counts, written
from risk_engine.engine.work import worked_again
from risk_engine.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.words import Model

RULES = ("criteria", "profile", "case", "on")
"""What must be the same before two versions of the engine can be compared."""

DECISION = ("proposals", "ratings", "findings")
"""What makes a decision the same although another version of the engine computed it."""

NAMED_BY = ("id", "ladder", "dimension", "path")
"""The fields of a record by which people know an entry of a list, the first that it has."""


class LanguageChecked(Model):
    """What became of the texts in one language: the same; altered; different, and where; or why nobody can say."""

    language: str
    verdict: Literal["same", "altered", "different", "unchecked"]
    reason: str = Field(default="", description="Why it could not be checked.")
    differences: tuple[str, ...] = ()


class Verification(Model):
    """`same`; `same_decision` by another engine; `different`, and where; `altered` since it was written."""

    verdict: Literal["same", "same_decision", "different", "altered"]
    differences: tuple[str, ...] = ()
    engine_then: str
    engine_now: str
    moved: bool = Field(
        default=False, description="Whether rules stand elsewhere in their files; no digest holds that."
    )
    languages: tuple[LanguageChecked, ...] = Field(
        default=(), description="What became of the texts that it holds in other languages; no digest holds them."
    )


def verify(stored: Assessment, criteria: CriteriaSet) -> Verification:
    """Assess the stored case again, on its day, with its profile, under `criteria`, and compare.

    Raises what `assess` raises, and pydantic's ValidationError if the stored case does not fit the criteria.
    """
    used = stored.criteria
    now = written(
        worked_again(stored, criteria), in_force=used.in_force, draft=used.draft, supersedes=stored.supersedes
    )
    then_plain, now_plain = what_counts(stored), what_counts(now)
    verdict: Literal["same", "same_decision", "different", "altered"]
    if assessment_digest(stored) != stored.digest:
        verdict = "altered"
    elif stored.digest == now.digest:
        verdict = "same"
    elif stored.engine != now.engine and all(then_plain[key] == now_plain[key] for key in (*RULES, *DECISION)):
        verdict = "same_decision"
    else:
        verdict = "different"
    return Verification(
        verdict=verdict,
        differences=tuple(differences(then_plain, now_plain, "")),
        engine_then=stored.engine,
        engine_now=now.engine,
        moved=[one.defined_at for one in stored.findings] != [one.defined_at for one in now.findings],
    )


def differences(then: Any, now: Any, path: str) -> Iterator[str]:
    """Yield where two plain values differ, as paths with both values."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted({*then, *now}):
            if (path, key) != ("", "digest"):
                yield from differences(then.get(key), now.get(key), f"{path}.{key}" if path else key)
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (before, after) in enumerate(zip(then, now, strict=True)):
            name = _name(before, number)
            yield from differences(before, after, f"{path}.{name}")
    elif then != now:
        yield _("{path}: was {then}, now {now}", path=path, then=_short(then), now=_short(now))


def _name(entry: Any, number: int) -> Any:
    """Return what an entry of a list is called: what it says of itself, else its number."""
    named = (entry.get(key) for key in NAMED_BY) if isinstance(entry, dict) else ()
    return next((one for one in named if isinstance(one, str)), number)


def _short(value: Any) -> str:
    text = canonical(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 (one line on a terminal)
