"""What may stand in a letter that leaves the office: texts that name no entry, and nothing that is confidential."""

import re
from collections.abc import Container, Iterator
from itertools import pairwise
from unicodedata import category, normalize

from risk_engine.model.explanation import ControlShown, Entry, Explanation, Finding
from risk_engine.report.pages.redact_text import without_spaces

ROOM = 120
_WORD = 4
"""From so many letters on, a word of a name tells the name."""


class Kept:
    """What of an assessment no letter tells, because it rests on answers that the criteria call confidential."""

    def __init__(self, assessment: Explanation) -> None:
        """Read from the record alone which answers these are."""
        self._paths = {path for path, one in assessment.facts.items() if one.confidential}
        self._findings = {one.id for one in assessment.findings if self.finding(one)}

    def answer(self, path: str) -> bool:
        """Return whether the answer under a path is confidential."""
        return path in self._paths

    def finding(self, finding: Finding) -> bool:
        """Return whether a finding may tell a confidential answer."""
        return not self._paths.isdisjoint((*finding.reads, *finding.bars, *finding.missing))

    def control(self, control: ControlShown) -> bool:
        """Return whether a control serves such findings and nothing else."""
        return bool(control.findings) and self._findings.issuperset(control.findings)


def names_nobody(text: str, assessment: Explanation, but: Container[str] = ()) -> bool:
    """Return whether a text holds the name of no entry of the case, those under the paths `but` left aside.

    Which entries are organisations or people only the criteria know, so the name of any of them counts.
    """
    said = _plain(text)
    names = (_plain(one.label) for one in assessment.entries if one.path not in but)
    return not any(name in said for name in names if name)


def may_be_sent(text: str, assessment: Explanation) -> bool:
    """Return whether words that the office wrote for the researcher name no entry and tell no confidential answer."""
    said = _plain(text)
    told = (*assessment.described, *assessment.benefits, *assessment.necessity)
    secret = [one.shown for one in assessment.facts.values() if one.confidential]
    secret += [one.shown for one in told if one.confidential]
    # A short answer such as "yes" is in many texts and tells nothing.
    return names_nobody(text, assessment) and not any(len(one) >= _WORD and _plain(one) in said for one in secret)


def may_be_named(entry: Entry, assessment: Explanation) -> bool:
    """Return whether the name of an entry may stand in a letter: not where it is itself a confidential answer."""
    inside = f"{entry.path}."
    read = ((path, one.shown) for path, one in assessment.facts.items() if one.confidential)
    told = (*assessment.described, *assessment.benefits, *assessment.necessity)
    kept = (*read, *((one.path, one.shown) for one in told if one.confidential))
    return not any(path.startswith(inside) and shown == entry.label for path, shown in kept)


def tells_an_entry(text: str, assessment: Explanation, but: Container[str] = ()) -> bool:
    """Return whether a short text such as an id holds so much as a word of the name or the id of an entry.

    The entries under the paths `but` are left aside. Of a script without spaces two signs on end count as a word.
    """
    said = _letters(text)
    others = [one for one in assessment.entries if one.path not in but]
    names = (name for one in others for name in (one.label, one.path.partition(".")[2]))
    return any(word in said for name in names for word in _words(name))


def _words(name: str) -> Iterator[str]:
    for run in re.findall(r"[^\W\d_]+", _letters(name)):
        if len(run) >= _WORD:
            yield run
        yield from ("".join(two) for two in pairwise(run) if all(without_spaces(sign) for sign in two))


def _letters(text: str) -> str:
    plain = normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if category(sign)[0] != "M" and category(sign) != "Cf")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
