"""What is on file about partners and is another than cases used: which answers moved, what the cases come to then."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.engine.work import tupled
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.loading.on_file import OnFile, files_in, read_on_file, taken_from
from risk_engine.model.case import ON_FILE
from risk_engine.model.criteria import Criteria
from risk_engine.office.monitor.anew import Difference, Trial, filed_at, kept_criteria, tried
from risk_engine.office.monitor.cases import CaseSeen
from risk_engine.office.monitor.changes import Change, Gravity, Part, Touch
from risk_engine.office.partners import moved_answers
from risk_engine.office.register.record import read_filed_assessment, words_of
from risk_engine.records.criteria import criteria_of


@dataclass(frozen=True)
class Found:
    """What became of what is on file."""

    changes: tuple[Change, ...]
    part: Part
    problems: tuple[str, ...] = ()


class _Files:
    """The files of a folder, each read once for each version of criteria; what is wrong with one is told once."""

    def __init__(self, folder: Path) -> None:
        self.paths = {one.stem: one for one in files_in(folder)}
        self.problems: dict[str, None] = {}
        self._read: dict[tuple[str, str], OnFile | None] = {}

    def read(self, name: str, criteria: Criteria) -> OnFile | None:
        """Return what a file says; None where it cannot be read."""
        key = name, criteria.digest
        if key not in self._read:
            try:
                self._read[key] = read_on_file(self.paths[name], criteria)
            except RiskEngineError as error:
                self.problems[f"{error}"] = None
                self._read[key] = None
        return self._read[key]


def profiles(cases: Sequence[CaseSeen], folder: Path | None, today: date, jobs: int | None) -> Found:
    """Return which files are others than cases used, with what each case comes to with them."""
    using = [one for one in cases if one.used and one.state != "closed"]
    if folder is None:
        text = _("no folder was named (`--partners`)")
        if using:
            number = len(using)
            text = ngettext(
                "no folder was named (`--partners`), and {number} case uses such files",
                "no folder was named (`--partners`), and {number} cases use such files",
                number,
            )
        return Found((), Part("profiles", text, "not_asked"))
    if not folder.is_dir():
        text = _("there is no folder {folder}", folder=folder)
        return Found((), Part("profiles", text, "failed"), (text,))
    files = _Files(folder)
    trials: list[tuple[Trial, CaseSeen, str, str, tuple[str, ...]]] = []
    touches: dict[tuple[str, str], list[Touch]] = defaultdict(list)
    for case in using:
        for taken in case.used:
            _look(case, taken, files, today, trials, touches)
    found = tried([one[0] for one in trials], jobs)
    for (_trial, case, name, digest, moved), one in zip(trials, found, strict=True):
        touches[name, digest].append(_touch(case, digest, moved, one))
    changes = tuple(
        Change("profile", {"file": name, "digest": digest}).touching(several)
        for (name, digest), several in touches.items()
    )
    files_said = ngettext("{number} file in {folder}", "{number} files in {folder}", len(files.paths), folder=folder)
    cases_said = ngettext("{number} case uses one", "{number} cases use one", len(using))
    part = Part("profiles", f"{files_said}; {cases_said}", "failed" if files.problems else "looked")
    return Found(changes, part, tuple(files.problems))


def _look(
    case: CaseSeen,
    taken: Mapping[str, Any],
    files: _Files,
    today: date,
    trials: list[tuple[Trial, CaseSeen, str, str, tuple[str, ...]]],
    touches: dict[tuple[str, str], list[Touch]],
) -> None:
    """Find out what became of one file that a case used."""
    assert case.assessment is not None  # noqa: S101 (what used a file was assessed)
    name = str(taken["file"])
    if name not in files.paths:
        gone = _("{entry}: nothing is on file as `{file}` any more", entry=taken["entry"], file=name)
        touches[name, ""].append(
            Touch(case.case_id, case.title, case.state, Gravity.TO_LOOK_AT, {"entry": taken["entry"]}, (gone,))
        )
        return
    old = read_filed_assessment(filed_at(case.assessment))
    criteria = criteria_of(old, None, case.assessment)
    now = files.read(name, criteria)
    if now is None or now.digest == taken["digest"]:
        return
    moved = tuple(moved_answers(old.case, taken, now, words_of(old, case.assessment)))
    if moved:
        trial = Trial(case.assessment, kept_criteria(case.assessment, criteria), today, _with(old.case, taken, now))
        trials.append((trial, case, name, now.digest, moved))
        return
    text = _("the same answers, other evidence or days")
    touches[name, now.digest].append(
        Touch(case.case_id, case.title, case.state, Gravity.NOTED, {"file": now.digest}, (text,))
    )


def _with(case: Mapping[str, Any], taken: Mapping[str, Any], now: OnFile) -> dict[str, Any]:
    """Return a recorded case with what a file says now, where it took what the file said then."""
    data = tupled(case)
    path = str(taken["entry"])
    entity, _dot, entry_id = path.partition(".")
    facts = set(taken["answers"])
    used: list[Any] = [one for one in data[ON_FILE] if one["entry"] != path]
    evidence = [one for one in data.get("evidence") or () if not _is_of_these(one, path, facts)]
    entries = []
    for one in data[entity]:
        entry = one
        if one.get("id") == entry_id:
            bare = {key: value for key, value in one.items() if key not in facts}
            entry, said, more = taken_from(entity, bare, now)
            used.append(said)
            evidence += more
        entries.append(entry)
    return {**data, entity: tuple(entries), ON_FILE: tuple(used), "evidence": tuple(evidence)}


def _is_of_these(record: Mapping[str, Any], path: str, facts: set[str]) -> bool:
    """Return whether evidence is for nothing but answers that were taken from a file."""
    return all(
        one.startswith(f"{path}.") and one.removeprefix(f"{path}.").partition(".")[0] in facts for one in record["for"]
    )


def _touch(case: CaseSeen, digest: str, moved: tuple[str, ...], found: Difference) -> Touch:
    facts = {"file": digest, **found.facts}
    gravity = Gravity.NOTED if found.same else found.gravity
    return Touch(case.case_id, case.title, case.state, gravity, facts, (*moved, *found.lines))
