"""Decided cases that do not go together in the words of their criteria, and as plain data for programs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from risk_engine.files.language import _, pgettext
from risk_engine.model.criteria import Criteria
from risk_engine.office.precedents.consistency import Consistency, Differs, Found, Inconsistent, Otherwise
from risk_engine.office.precedents.library import Library
from risk_engine.office.precedents.precedent import Precedent, Value, value_in_json
from risk_engine.office.precedents.similar_words import levels_of, value_shown
from risk_engine.report.pages.consistency import ConsistencyFacts, DecidedCase, GroupShown, WayShown
from risk_engine.report.pages.similar import FactShown
from risk_engine.report.wording import severity_word


def shown(
    found: Consistency, register: str, on: date, library: Library, links: Mapping[str, str] | None = None
) -> ConsistencyFacts:
    """Return what was found in words, in the current language; `links` lead to cases, by their numbers."""
    words = _Words(library, links or {})
    return ConsistencyFacts(
        register=register,
        on=on,
        compared=found.compared,
        alike=found.alike,
        groups=tuple(map(words.group, found.inconsistent)),
        by_version=tuple(
            GroupShown(
                version="",
                findings=words.findings(one.found, words.criteria_of(one.versions[0][1])),
                controls=words.controls(one.found, words.criteria_of(one.versions[0][1])),
                ways=tuple(
                    words.way(way, f"{one.found.set_id} {version}") for version, way in one.versions
                ),
                without_reason=(),
            )
            for one in found.by_version
        ),
    )  # fmt: skip


class _Words:
    """Says what cases have alike, and how each was decided."""

    def __init__(self, library: Library, links: Mapping[str, str]) -> None:
        self._library = library
        self._links = links

    def criteria_of(self, way: Otherwise) -> Criteria | None:
        return self._library.criteria_of(way.cases[0])

    def group(self, one: Inconsistent) -> GroupShown:
        criteria = self.criteria_of(one.ways[0])
        first, last = one.between
        return GroupShown(
            version=one.version.replace("@", " "),
            findings=self.findings(one.found, criteria),
            controls=self.controls(one.found, criteria),
            ways=tuple(self.way(way) for way in one.ways),
            without_reason=one.without_reason,
            between=(first.id, last.id),
            facts=tuple(_fact(each, criteria) for each in one.facts),
        )

    def way(self, way: Otherwise, version: str = "") -> WayShown:
        first = way.cases[0]
        return WayShown(
            levels=tuple(levels_of(first, self._library.criteria_of(first))),
            cases=tuple(self._case(one) for one in way.cases),
            version=version,
        )

    def _case(self, one: Precedent) -> DecidedCase:
        return DecidedCase(
            case=one.id,
            day=one.decided_on or f"{one.decided_on_year}",
            by=one.decided_by,
            reason=one.text,
            deviates=one.deviates,
            link=self._links.get(one.id, ""),
        )

    @staticmethod
    def findings(found: Found, criteria: Criteria | None) -> tuple[str, ...]:
        present = (
            _("{finding}: {severity}", finding=_finding(name, criteria), severity=severity_word(severity))
            for name, severity in found.findings
        )
        left_open = (_("{finding}: not determined", finding=_finding(name, criteria)) for name in found.undetermined)
        return (*present, *left_open)

    @staticmethod
    def controls(found: Found, criteria: Criteria | None) -> tuple[str, ...]:
        known = {} if criteria is None else criteria.controls
        return tuple(f"{known[name].title} ({name})" if name in known else name for name in found.controls)


def _finding(name: str, criteria: Criteria | None) -> str:
    known = None if criteria is None else criteria.indicators.get(name)
    return name if known is None else f"{known.title} ({name})"


def _fact(one: Differs, criteria: Criteria | None) -> FactShown:
    return FactShown(
        question=one.fact if criteria is None else criteria.title_of(one.fact),
        here=_values(one.fact, one.one, criteria),
        there=_values(one.fact, one.other, criteria),
        confidential=criteria is not None and criteria.fact(one.fact).confidential,
    )


def _values(fact: str, values: Sequence[Value], criteria: Criteria | None) -> str:
    if not values:
        return pgettext("an answer", "not known")
    return " / ".join(f"{one}" if criteria is None else value_shown(fact, one, criteria) for one in values)


def as_data(found: Consistency) -> dict[str, Any]:
    """Return what was found as plain data for programs."""
    return {
        "compared": found.compared,
        "alike": found.alike,
        "inconsistent": [
            {
                "criteria": one.version,
                **_found_data(one.found),
                "ways": [_way(way) for way in one.ways],
                "without_reason": list(one.without_reason),
                "between": [case.id for case in one.between],
                "facts": [
                    {
                        "fact": each.fact,
                        "one": _plain(each.one),
                        "other": _plain(each.other),
                        "is_read": each.is_read,
                    }
                    for each in one.facts
                ],
            }
            for one in found.inconsistent
        ],
        "by_version": [
            {
                **_found_data(one.found),
                "ways": [
                    {"criteria": f"{one.found.set_id}@{version}"} | _way(way) for version, way in one.versions
                ],
            }
            for one in found.by_version
        ],
    }  # fmt: skip


def _plain(values: Iterable[Value]) -> list[Any]:
    return [value_in_json(one) for one in values]


def _found_data(found: Found) -> dict[str, Any]:
    return {
        "findings": dict(found.findings),
        "undetermined": list(found.undetermined),
        "controls": list(found.controls),
    }


def _way(way: Otherwise) -> dict[str, Any]:
    return {
        "measures": dict(way.measures),
        "cases": [
            {
                "case": one.id,
                "decided_on": None if one.decided_on is None else one.decided_on.isoformat(),
                "by": one.decided_by,
                "reason": one.text,
                "as_proposed": not one.deviates,
            }
            for one in way.cases
        ],
    }
