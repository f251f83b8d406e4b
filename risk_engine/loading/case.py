"""Read a case file, YAML or JSON, typed by the facts of a criteria set; and by which version, for which day."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from risk_engine.files.diagnostics import (
    Diagnostic,
    InvalidSourceError,
    NotInForceError,
    RiskEngineError,
    file_problem,
    suggestion,
)
from risk_engine.files.language import N_, _, first_few
from risk_engine.files.once import once
from risk_engine.files.plain import BROKEN, Loc
from risk_engine.files.reading import READERS
from risk_engine.files.source import MAX_BYTES, Document, parse, read
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import Chosen, choose
from risk_engine.loading.sets import UnknownSetError
from risk_engine.loading.validate import mappings, named_problems, path_problem, validated
from risk_engine.model.case import COMPARE_WITH, ON_FILE, UNKNOWN, Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact, belonging
from risk_engine.model.triage import with_first_answers

if TYPE_CHECKING:
    from risk_engine.loading.former_names import Renamed


def load_case(source: Path | str | Mapping[str, Any], criteria: Criteria) -> Case:
    """Return the case of a file, or that plain data state; raise InvalidSourceError with every problem in it.

    Plain data hold what a file can say: dict, list, str, int, bool, date and None.
    """
    if not isinstance(source, Mapping):
        return case_of(read_case_file(Path(source)), criteria)
    try:
        data = answered(dict(source))
        return case_of(Document(_PLAIN, data, {}, ()), criteria, given=data)
    except InvalidSourceError:
        # Only now somebody wants to see where: in what a file of these data would say.
        return case_of(keyed(parse(_as_file(source), _PLAIN, is_json=True, nulls=True, go_on=True)), criteria)


_PLAIN = "case"
"""What data are called that come from no file."""


def _as_file(data: Mapping[str, Any]) -> str:
    def written(value: object) -> str:
        if isinstance(value, date):
            return value.isoformat()
        message = _("a case cannot hold a value of the type `{type}`", type=type(value).__name__)
        raise RiskEngineError(message)

    return json.dumps(data, indent=2, ensure_ascii=False, default=written)


def read_case_file(path: Path) -> Document:
    """Return what a case file says before any criteria give it a meaning.

    Single values that cannot be read are noted in it; `case_of` says what they are, with what else is wrong.
    """
    reader = READERS.get(path.suffix.casefold())
    document: Document = read(path, nulls=True, go_on=True) if reader is None else reader(path)
    return keyed(document)


def case_document(text: str, path: Path, *, go_on: bool = True) -> Document:
    """Return what the text of a case file says, as `read_case_file` does of the file; raise RiskEngineError if not.

    `go_on`: single values that cannot be read are noted in it.
    """
    if len(text.encode()) > MAX_BYTES:
        raise file_problem(path, _("the file is larger than {size} KiB", size=MAX_BYTES // 1024))
    return keyed(parse(text, path.as_posix(), is_json=path.suffix.casefold() == ".json", nulls=True, go_on=go_on))


_OF_AN_ASSESSMENT = frozenset({"case_digest", "findings", "proposals"})
"""Keys that no case has and every stored assessment."""


def keyed(document: Document) -> Document:
    """Return a document that is keys with values, as a case is; raise InvalidSourceError where it is not."""
    if isinstance(document.data, dict):
        if document.data.keys() >= _OF_AN_ASSESSMENT:
            message = _("this is a stored assessment, not a case")
            way_out = _("name the case file; of an assessment, `risk-engine report` writes documents")
            raise InvalidSourceError([document.problem((), message, way_out)])
        return document
    message = _("a case is keys with values, this is a list or a single value")
    raise InvalidSourceError(document.problems or [document.problem((), message)])


def stated_criteria(document: Document) -> str | None:
    """Return the criteria set that the case names, None if it names none; raise InvalidSourceError if none can tell."""
    found = document.data.get("criteria")
    if found is BROKEN:
        raise InvalidSourceError(document.problems)
    return found if isinstance(found, str) else None


def stated_date(document: Document) -> date | None:
    """Return the assessment date that the case names, None if it names none or something else."""
    found = document.data.get("assessment_date")
    if isinstance(found, str):
        try:
            return date.fromisoformat(found)
        except ValueError:
            return None
    return found if isinstance(found, date) else None


def case_of(
    document: Document,
    criteria: Criteria,
    model: type[Case] | None = None,
    others: Sequence[Criteria] | None = None,
    *,
    given: Any = None,
) -> Case:
    """Return the case that a document states under these criteria; raise InvalidSourceError with every problem.

    `model` is `case_model(criteria)`, for whoever reads many cases: making it takes longer than assessing one.
    `others` are further sets whose facts the document may state too; what they alone know is left out of the case.
    Without them they are those that the document says it is compared with. `given` is what the document says, where
    somebody left out already what is not answered.
    """
    as_written = document
    problems: list[Diagnostic] = list(document.problems)
    if others is not None or COMPARE_WITH in document.data:
        # Few cases are stated for several sets.
        from risk_engine.loading.multi_set import compared_sets, told

        others = compared_sets(document, stated_date(document)) if others is None else others
        (document, *_rest), found = told(document, (criteria, *others))
        problems += found
    if speaks_of_names(criteria):
        from risk_engine.loading.former_names import in_names_of_today

        today = in_names_of_today(document, criteria, stated_date(document))
        problems += today.problems
        given = None if today.former else given
        document = today.document
    if _names_files(document):
        from risk_engine.loading.on_file import with_files

        document, found = with_files(document, criteria)
        problems += found
        given = None
    if given is None or others is not None:
        given = answered(document.data)
    case = validated(model or case_model(criteria), given, document, (), problems, partial(_meant, criteria))
    problems += _other_problems(document, criteria)
    if problems or case is None:
        # Only who makes a mistake waits for the other versions, or for another set, to be read.
        from risk_engine.loading.multi_set import written_for_another
        from risk_engine.loading.suggest import told_of_versions

        if others is None and (of_another := written_for_another(as_written, criteria)):
            raise InvalidSourceError(of_another)
        raise InvalidSourceError(told_of_versions(problems, document, criteria))
    return with_first_answers(case, criteria) if criteria.head.triage else case


class Alike:
    """Reads cases that share what they say of most entities with one that was read without problems."""

    def __init__(self, document: Document, criteria: Criteria, model: type[Case]) -> None:
        """Take what that one states, the set and the model of its cases; raise InvalidSourceError as `case_of`."""
        case_of(document, criteria, model)
        self._criteria = criteria
        self._model = model
        self._data = document.data
        self._document = document
        self._today: dict[date | None, bool] = {}
        is_whole = _is_special(document) or not self._is_of_today(document.data, stated_date(document))
        self._case = None if is_whole else model.model_validate(answered(document.data))

    def case_of(self, document: Document) -> Case:
        """Return the case that a document states, or raise, as `case_of`: what is the very same is not read again."""
        case = None if self._case is None or _is_special(document) else self._near(document, self._case)
        return case_of(document, self._criteria, self._model) if case is None else case

    def _is_of_today(self, data: dict[str, Any], on: date | None) -> bool:
        """Return whether a part of a case states nothing by a name that its criteria only had before."""
        if not speaks_of_names(self._criteria):
            return True
        from risk_engine.loading.former_names import in_names_of_today

        return not in_names_of_today(replace(self._document, data=data), self._criteria, on).former

    def _is_shared_of_today(self, on: date | None) -> bool:
        """Return whether that is so of what is shared, for which the day of whoever shares it counts."""
        if on not in self._today:
            self._today[on] = self._is_of_today(self._data, on)
        return self._today[on]

    def _near(self, document: Document, before: Case) -> Case | None:
        data, criteria = document.data, self._criteria
        shared = {one for one in criteria.entities if data.get(one) is not None and data[one] is self._data.get(one)}
        own = {key: one for key, one in data.items() if key not in shared}
        on = stated_date(document)
        if not (self._is_shared_of_today(on) and self._is_of_today(own, on)):
            return None  # where names of other versions stand in it, a case is read as a whole
        try:
            case = self._model.model_validate(answered(own))
        except ValidationError:
            return None  # whoever reads all of it says what is wrong
        if any(_other_problems(document, criteria, shared)):
            return None
        case = case.model_copy(update={name: before.__dict__[name] for name in shared})
        return with_first_answers(case, criteria) if criteria.head.triage else case


def _is_special(document: Document) -> bool:
    """Return whether a case says more than its own criteria know."""
    return bool(document.problems) or COMPARE_WITH in document.data or _names_files(document)


def _names_files(document: Document) -> bool:
    """Return whether an entry of a list says that something is on file about it."""
    lists = (one for one in document.data.values() if isinstance(one, tuple))
    return any(isinstance(entry, dict) and ON_FILE in entry for one in lists for entry in one)


@once
def speaks_of_names(criteria: Criteria) -> bool:
    """Return whether a set says what anything was called before, or that it is deprecated; most sets do not."""
    facts = [fact for _name, fact in criteria.every_fact()]
    named = (*criteria.entities.values(), *facts, *criteria.controls.values(), *criteria.indicators.values())
    going = (*facts, *criteria.controls.values())
    options = any(isinstance(fact, ChoiceFact | ChoicesFact) and fact.deprecated_options for fact in facts)
    return options or any(one.was for one in named) or any(one.deprecated for one in going)


def today_of(document: Document, criteria: Criteria) -> "Renamed":
    """Return a case in the names of its criteria, for whoever works on its data; one for several sets as it stands."""
    from risk_engine.loading.former_names import Renamed, in_names_of_today

    if COMPARE_WITH in document.data:
        return Renamed(document)
    return in_names_of_today(document, criteria, stated_date(document))


def notes_of(document: Document, criteria: Criteria, on: date | None = None) -> tuple[str, ...]:
    """Return lines to tell whoever keeps a case that `case_of` takes: former names in it, and what is deprecated.

    `on` is the day for which it is read, where that is not its own.
    """
    if not speaks_of_names(criteria):
        return ()
    from risk_engine.loading.former_names import in_names_of_today, notes_on

    stated = stated_date(document)
    return notes_on(document, in_names_of_today(document, criteria, stated), criteria, on or stated)


def _meant(criteria: Criteria, loc: Loc, value: object) -> str:
    # Only who makes a mistake waits for what knows better.
    from risk_engine.loading.suggest import meant

    return meant(criteria, loc, value)


_NESTED = (dict, tuple, list)


def answered(data: Any) -> Any:
    """Return data without the keys that are left empty: that is the same as leaving them out."""
    match data:
        case dict():
            # Most values are single ones: a call for each would take longer than what is done with them.
            return {
                key: answered(value) if isinstance(value, _NESTED) else value
                for key, value in data.items()
                if value is not None
            }
        case tuple() | list():
            return tuple(answered(one) for one in data)
        case _:
            return data


def place_of(data: Mapping[str, Any], path: str) -> Loc:
    """Return where a path that people write, such as `partner.songhua.country`, stands in a case file."""
    entity, *parts = path.split(".")
    entries = data.get(entity)
    if isinstance(entries, tuple) and parts:
        for number, entry in enumerate(entries):
            if isinstance(entry, dict) and entry.get("id") == parts[0]:
                return (entity, number, *parts[1:])
    return (entity, *parts)


def changed(data: dict[str, Any], path: str, value: Any) -> dict[str, Any] | None:
    """Return a case's data with one path set to a value (a new entry is added under its id); None where it cannot be.

    Whether the value fits is for `case_of` to say.
    """
    entity, *parts = path.split(".")
    match data.get(entity), parts:
        case _, []:
            return {**data, entity: value}
        case dict() as single, [fact]:
            return {**data, entity: {**single, fact: value}}
        case None, [fact] if not isinstance(value, dict):
            return {**data, entity: {fact: value}}
        case tuple() as entries, [entry]:
            new = {"id": entry, **value} if isinstance(value, dict) else value
            return {**data, entity: (*(one for one in entries if _id(one) != entry), new)}
        case tuple() as entries, [entry, fact] if entry in map(_id, entries):
            after = ({**one, fact: value} if _id(one) == entry else one for one in entries)
            return {**data, entity: tuple(after)}
        case _:
            return None


HOW_TO_CHANGE = N_("write `entity.fact`, `entity.id.fact`, or a whole list")
"""The way out where `changed` can do nothing."""


def _id(entry: object) -> object:
    return entry.get("id") if isinstance(entry, dict) else None


def _other_problems(document: Document, criteria: Criteria, sound: Collection[str] = ()) -> Iterator[Diagnostic]:
    """Yield what no type can say: ids that are given twice, controls and evidence that name nothing.

    `sound` are entities of which it is known that there is nothing wrong with them among themselves.
    """
    data = document.data
    for name, entity in criteria.entities.items():
        if entity.many is not None and name not in sound:
            yield from _repeated(document, name, N_("`{name}` has an entry `{entry}` already"))
        if (found := _belongings(criteria).get(name)) is not None and not (name in sound and found[1] in sound):
            yield from _belongs_to_none(document, name, *found, criteria)
    yield from _repeated(document, "controls", N_("there is a control `{entry}` already"))
    yield from named_problems(document, criteria.controls, lambda path: path_problem(path, data, criteria))


@once
def _belongings(criteria: Criteria) -> dict[str, tuple[str, str]]:
    """Return for each list whose entries belong to those of another the fact that says to which, and that list."""
    found = {name: belonging(entity) for name, entity in criteria.entities.items()}
    return {name: one for name, one in found.items() if one is not None}


def _belongs_to_none(document: Document, name: str, fact: str, owners: str, criteria: Criteria) -> Iterator[Diagnostic]:
    """Yield the entries of a list that are said to belong to an entry which the case does not have."""
    label = criteria.head.roles.label.get(owners, "").partition(".")[2]
    entries = [one for _number, one in mappings(document.data.get(owners))]
    if BROKEN in (document.data.get(owners), *(one.get("id") for one in entries)):
        return  # nobody knows which entries there are
    known = {str(one.get("id")): one.get(label) for one in entries}
    for number, entry in mappings(document.data.get(name)):
        stated = entry.get(fact)
        if not isinstance(stated, str) or stated in {UNKNOWN, *known}:
            continue
        named = next(
            (one for one, title in known.items() if isinstance(title, str) and title.casefold() == stated.casefold()),
            None,
        )
        way_out = suggestion(stated, known) if named is None else _("did you mean `{near}`?", near=named)
        message = _("`{name}` has no entry `{entry}`", name=owners, entry=stated)
        yield document.problem((name, number, fact), message, way_out or _("name it by its `id`"))


def _repeated(document: Document, key: str, what: str) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for number, entry in mappings(document.data.get(key)):
        entry_id = entry.get("id")
        if not isinstance(entry_id, str):
            continue
        if entry_id in seen:
            message = _(what, name=key, entry=entry_id)
            yield document.problem((key, number, "id"), message, _("give each its own id"))
        seen.add(entry_id)


DATE = "assessment_date"


def basis(
    document: Document, reference: str | None, on: date | None, *, instead: date | None = None
) -> tuple[date | None, Chosen]:
    """Return the day and the version for a case; without a day that anybody names (then None) that of `instead`.

    The day is None also where the case says something else than a date, which `case_of` reports. What is wrong with
    what was asked for raises what `choose` raises. Where it is the case that names no such set, or a day on which none
    is in force, InvalidSourceError says where, with everything else that is wrong in the file.
    """
    day, stated = on or stated_date(document), stated_criteria(document)
    try:
        return day, choose(reference or stated, day or instead)
    except UnknownSetError as error:
        if reference is not None or stated is None:
            raise
        problem = document.problem(("criteria",), error.message, error.way_out)
        core = {key: value for key, value in document.data.items() if key in Case.model_fields}
        others: list[Diagnostic] = list(document.problems)
        validated(Case, core, document, (), others)
        raise InvalidSourceError([problem, *others]) from None
    except NotInForceError as error:
        if on is not None or day is None:
            raise
        raise with_others(not_in_force(document, error), document, choose(reference or stated, None)) from None


def rules_for(
    document: Document, reference: str | None, on: date | None, *, instead: date | None = None
) -> tuple[date | None, Criteria]:
    """Return the day and the criteria for a case, found and refused as by `basis`."""
    day, chosen = basis(document, reference, on, instead=instead)
    return day, read_criteria(chosen.version.path)


def with_others(problem: Diagnostic, document: Document, chosen: Chosen) -> InvalidSourceError:
    """Return the error with a problem of a case and all others that it has under a version."""
    criteria = read_criteria(chosen.version.path)
    try:
        case_of(document, criteria)
    except InvalidSourceError as error:
        return InvalidSourceError([problem, *error.diagnostics])
    return InvalidSourceError([problem])


def no_day(document: Document) -> Diagnostic:
    """Return the problem of a case for which nobody names a day."""
    message = _("the case has no `{key}:`", key=DATE)
    return document.problem((DATE,), message, _("add one, or name a day with `--on`"))


def not_in_force(document: Document, error: NotInForceError) -> Diagnostic:
    """Return the problem of a case that names a day on which nothing is in force."""
    return document.problem((DATE,), error.message, error.way_out)


def has_day(document: Document) -> bool:
    """Return whether a case says anything at all where its day stands; whether that is a date, `case_of` says."""
    return document.data.get(DATE) is not None


SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
MOST_NAMED: Final = 3
"""So many of the files that state one id are named."""


def case_files(folder: Path) -> list[Path]:
    """Return the files in a folder that are meant as cases, by name; raise InvalidSourceError if there is none."""
    found = sorted(one for one in folder.iterdir() if _is_case(one))
    if not found:
        raise file_problem(folder, _("there is no case in this folder"), _("cases are .yaml, .yml or .json files"))
    return found


def folders_below(folder: Path) -> str:
    """Return a sentence that names the folders in a folder, which nobody reads; nothing if there is none."""
    below = [one for one in folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
    names = ", ".join(sorted(one.name for one in below))
    return _("{path}: folders below are not read: {names}", path=folder, names=names) if names else ""


def same_id(case_id: str, files: Sequence[str]) -> str:
    """Return what is said of an id that several files state: it names one case, so one of them is a copy."""
    named = first_few(files, MOST_NAMED)
    return _("the id `{case_id}` stands in {number} files: {files}", case_id=case_id, number=len(files), files=named)


def _is_case(path: Path) -> bool:
    """Return whether a file is meant as a case; hidden ones are an editor's or the system's."""
    return path.suffix.casefold() in SUFFIXES and not path.name.startswith(".") and path.is_file()
