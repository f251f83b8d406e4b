"""Who a case, or a file on a partner, is about: the organisations whose facts screening may propose answers to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.loading.case import read_case_file, rules_for, today_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.on_file import FOLDER, LIMIT, read_on_file, with_files
from risk_engine.loading.releases import choose
from risk_engine.loading.screened_facts import load_screened_facts
from risk_engine.loading.translation import criteria_in_words
from risk_engine.loading.validate import mappings
from risk_engine.model.companion_files import ScreenedFacts
from risk_engine.model.criteria import Criteria
from risk_engine.screening.asked import Asked
from risk_engine.screening.asked_in import of_entry, organisations_of, wrong_in


@dataclass(frozen=True)
class Subject:
    """An organisation about which facts are asked: an entry of a case, or a file on a partner."""

    asked: Asked
    entity: str
    prefix: str
    """Before the name of a fact: `entity.id.`; nothing in a file on a partner."""
    answers: Mapping[str, Any]
    criteria: Criteria
    facts: ScreenedFacts
    """Which facts the set says that screening may answer."""


@dataclass(frozen=True)
class Wanted:
    """The file that is to be filled, read: by which criteria, and about whom."""

    path: Path
    criteria: Criteria
    subjects: tuple[Subject, ...]
    is_on_file: bool


def wanted(path: Path, entry: str | None, criteria: str | None, on: date | None, today: date) -> Wanted:
    """Return who a case, or a file on a partner, is about.

    Raises RiskEngineError where it is neither, names nobody, or its set does not say which facts are answered.
    """
    if path.parent.absolute().name == FOLDER and path.name != LIMIT:
        rules = criteria_in_words(read_criteria(choose(criteria, today).version.path))
        facts = load_screened_facts(rules)
        found = read_on_file(path, rules)
        about = found.stated.about
        is_asked = about in facts
        if wrong := list(wrong_in(rules, facts, about, found.answers, path.as_posix())) if is_asked else []:
            raise RiskEngineError("\n".join(wrong))
        asked = of_entry(rules, facts, about, found.answers, path.as_posix()) if is_asked else None
        subjects = [] if asked is None else [Subject(asked, about, "", found.answers, rules, facts[about])]
        if entry is not None:
            raise RiskEngineError(_("--entry is of a case, and this is a file on a partner"), _("leave it out"))
        return _told(Wanted(path, rules, tuple(subjects), is_on_file=True))
    document = read_case_file(path)
    _day, rules = rules_for(document, criteria, on, instead=today)
    facts = load_screened_facts(rules)
    filled, problems = with_files(today_of(document, rules).document, rules)
    if problems:
        raise InvalidSourceError(problems)
    data = filled.data
    blocks = {f"{one}.{block.get('id')}": block for one in facts for _n, block in mappings(data.get(one))}
    if entry is not None and entry not in blocks:
        raise RiskEngineError(_("the case has no entry `{path}`", path=entry), suggestion(entry, blocks))
    in_words = criteria_in_words(rules)
    subjects = [
        Subject(asked, entity := name.partition(".")[0], f"{name}.", blocks[name], in_words, facts[entity])
        for name, asked in organisations_of(data, rules, facts, path, tuple(facts))
        if entry in {None, name}
    ]
    return _told(Wanted(path, in_words, tuple(subjects), is_on_file=False))


def _told(found: Wanted) -> Wanted:
    if not found.subjects:
        raise RiskEngineError(_("{case}: no organisation is named in it", case=found.path))
    return found
