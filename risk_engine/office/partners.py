"""What the office has on file about organisations: made from a case, listed by age, and which cases it touches."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason, suggestion
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import digest
from risk_engine.files.reading import read_bytes
from risk_engine.files.syntax import block
from risk_engine.loading.case import SUFFIXES, case_of, read_case_file, rules_for, today_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.on_file import FOLDER, OnFile, files_in, folder_for, read_on_file
from risk_engine.loading.releases import choose
from risk_engine.loading.translation import criteria_in_words
from risk_engine.loading.validate import mappings
from risk_engine.model.case import ON_FILE, UNKNOWN
from risk_engine.model.criteria import Criteria
from risk_engine.office.register.log import FILED


@dataclass(frozen=True)
class NewFile:
    """A file that is to be written: where, and what it says."""

    path: Path
    text: str
    answers: int


def file_from(case: Path, entry: str, name: str | None, criteria: str | None, on: date | None, today: date) -> NewFile:
    """Return the file that says of an organisation what a case answers about an entry, with its evidence.

    Raises RiskEngineError where the case has no such entry, or it answers nothing.
    """
    document = read_case_file(case)
    day, rules = rules_for(document, criteria, on, instead=today)
    case_of(document, rules)
    data = today_of(document, rules).document.data
    entity, _dot, entry_id = entry.partition(".")
    known = [f"{one}.{block_['id']}" for one in rules.entities for _n, block_ in mappings(data.get(one))]
    if entry not in known:
        raise RiskEngineError(_("the case has no entry `{path}`", path=entry), suggestion(entry, known))
    found = next(one for _n, one in mappings(data[entity]) if one["id"] == entry_id)
    answers = {key: one for key, one in found.items() if key not in {"id", ON_FILE} and one not in (None, UNKNOWN)}
    if not answers:
        raise RiskEngineError(_("nothing is answered about `{path}`", path=entry))
    evidence = []
    for record in data.get("evidence") or ():
        paths = tuple(one.removeprefix(f"{entry}.") for one in record["for"] if one.startswith(f"{entry}."))
        if kept := tuple(one for one in paths if one.partition(".")[0] in answers):
            evidence.append({**record, "for": kept})
    own = name or entry_id
    said: dict[str, Any] = {"id": own, "about": entity, "recorded_on": day or today, "answers": answers}
    said |= {"evidence": tuple(evidence)} if evidence else {}
    folder = folder_for(case) or _new_folder(case)
    return NewFile(folder / f"{own}.yaml", text_of(said), len(answers))


def text_of(said: Mapping[str, Any]) -> str:
    """Return the text of the file that says what is on file."""
    head = _("What is on file; cases use it with `on_file: {id}` in an entry.", id=said["id"])
    return "\n".join([f"# {head}", *block(said, 0)]) + "\n"


def _new_folder(case: Path) -> Path:
    """Return where the folder is made: here, if cases look for it here, so that the next command finds it too."""
    near, here = case.absolute().parent, Path.cwd()
    return Path(FOLDER) if here in {near, near.parent} else near / FOLDER


def listed(folder: Path, criteria: str | None, today: date) -> Iterator[str]:
    """Yield a line for each file of a folder: what it is about, how many answers, the oldest, whether that is stale."""
    rules = criteria_in_words(read_criteria(choose(criteria, today).version.path))
    for path in files_in(folder):
        found = read_on_file(path, rules)
        days = [found.day_of(fact) for fact in found.answers]
        oldest = min(days, default=found.stated.recorded_on)
        age = (today - oldest).days
        mark = _("look at it again") if age > found.limit else ""
        text = ngettext(
            "{id}: {about} {name}, {number} answer of {day} ({age} days, limit {limit})",
            "{id}: {about} {name}, {number} answers, the oldest of {day} ({age} days, limit {limit})",
            len(found.answers),
            id=found.stated.id,
            about=found.stated.about,
            name=_label(found, rules),
            day=oldest,
            age=age,
            limit=found.limit,
        )
        yield f"{text} - {mark}" if mark else text


def _label(found: OnFile, criteria: Criteria) -> str:
    fact = criteria.head.roles.label.get(found.stated.about, "").partition(".")[2]
    return f"“{found.answers.get(fact, found.stated.id)}”"


def touched(name: str, folder: Path, places: Iterable[Path], criteria: str | None, today: date) -> Iterator[str]:
    """Yield a line for each case and each record that uses a file: open or decided, and which of its answers moved."""
    path = folder / f"{name}.yaml"
    known = [one.stem for one in files_in(folder)]
    if name not in known:
        raise RiskEngineError(_("nothing is on file as `{name}`", name=name), suggestion(name, known))
    now = read_on_file(path, read_criteria(choose(criteria, today).version.path))
    records = list(_records(places))
    decided = {record["about"]["digest"] for _path, record in records if _is_decision(record)}
    for place in sorted({one for root in places for one in _files(root) if one.suffix.casefold() in SUFFIXES}):
        yield from _open_case(place, name)
    for place, record in records:
        for taken in (record.get("case") or {}).get(ON_FILE) or ():
            if taken["file"] == name:
                yield from _of_record(place, record, taken, now, is_decided=record.get("digest") in decided)


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    elif root.is_dir():
        yield from (one for one in root.rglob("*") if one.is_file() and not one.name.startswith("."))
    else:
        raise RiskEngineError(_("{path}: there is no such file or folder", path=root))


def _records(places: Iterable[Path]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield every stored assessment and decision, as plain data."""
    for place in sorted({one for root in places for one in _files(root) if one.suffix.casefold() == ".json"}):
        try:
            found = json.loads(read_bytes(place))
        except ValueError:
            continue  # no record of ours
        except OSError as error:
            raise file_problem(place, _("the file cannot be read: {reason}", reason=reason(error))) from error
        if isinstance(found, dict) and ("case_digest" in found or _is_decision(found)):
            yield place, found


def _is_decision(record: Mapping[str, Any]) -> bool:
    return record.get("kind") == "decision" and isinstance(record.get("about"), dict) and "digest" in record["about"]


def _open_case(place: Path, name: str) -> Iterator[str]:
    try:
        data = read_case_file(place).data
    except RiskEngineError:
        return  # not a case, or one that `case check` speaks of
    entries = [
        f"{key}.{entry.get('id')}"
        for key, value in data.items()
        for _n, entry in mappings(value)
        if entry.get(ON_FILE) == name
    ]
    if entries and FILED.fullmatch(place.name):
        yield _("filed: {path}: the register's copy of a case that uses it; it stays as it was filed", path=place)
    elif entries:
        state = _("decided") if data.get("status") in {"decided", "closed"} else _("open")
        yield _(
            "{state}: {path}: uses it for {entries}; assess it again",
            state=state,
            path=place,
            entries=", ".join(entries),
        )


def _of_record(
    place: Path, record: Mapping[str, Any], taken: Mapping[str, Any], now: OnFile, *, is_decided: bool
) -> Iterator[str]:
    state = _("decided") if is_decided else _("assessed")
    who = f"{record['case'].get('id')}, {record.get('on')}"
    if taken["digest"] == now.digest:
        yield _("{state}: {path} ({who}): as it is on file now", state=state, path=place, who=who)
        return
    what = "; ".join(moved_answers(record["case"], taken, now)) or _("the same answers, other evidence or days")
    yield _("{state}: {path} ({who}): {what}", state=state, path=place, who=who, what=what)


def moved_answers(
    case: Mapping[str, Any], taken: Mapping[str, Any], now: OnFile, words: Criteria | None = None
) -> list[str]:
    """Return the answers that a recorded case took from a file and that are others there now, from what to what.

    With `words` of the criteria they are told as people read them, else by their names.
    """
    entity, _dot, entry_id = str(taken["entry"]).partition(".")
    entry: Mapping[str, Any] = next((one for one in case.get(entity) or () if one.get("id") == entry_id), {})
    moved = [
        fact
        for fact in sorted({*taken["answers"], *now.answers})
        if fact not in taken["differs"] and digest({"": entry.get(fact)}) != digest({"": now.answers.get(fact)})
    ]
    if words is None:
        return [f"{fact}: {_said(entry.get(fact))} -> {_said(now.answers.get(fact))}" for fact in moved]
    return [
        _(
            "“{question}”: was “{was}”, now “{now}”",
            question=words.title_of(f"{entity}.{fact}"),
            was=_in_words(words, f"{entity}.{fact}", entry.get(fact)),
            now=_in_words(words, f"{entity}.{fact}", now.answers.get(fact)),
        )
        for fact in moved
    ]


def _in_words(words: Criteria, name: str, value: Any) -> str:
    return words.shown(words.fact(name), None if value == UNKNOWN else value)


def _said(value: Any) -> str:
    return "-" if value is None else ", ".join(map(str, value)) if isinstance(value, list | tuple) else f"{value}"
