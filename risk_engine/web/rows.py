"""Rows as JSON and back: whole tables in a backup, what belongs to one case in a folder register.

A row comes back as it was, with its times: nothing is set anew while it is saved.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models

from risk_engine.files.plain import canonical
from risk_engine.web.models import (
    Case,
    CaseDue,
    CaseEntry,
    CaseFinding,
    CaseLevel,
    ChangeSeen,
    Faculty,
    Filed,
    HitDecision,
    HitNews,
    Job,
    Outbox,
    Person,
    Tombstone,
    Touched,
)

Row = dict[str, Any]

NOT_OF_A_CASE: Final = frozenset({
    Case, CaseDue, CaseEntry, CaseFinding, CaseLevel, Filed, HitDecision, HitNews, Job, Outbox,
    Tombstone, Touched, ChangeSeen,
})  # fmt: skip
"""Rows that name a case, and that a folder register holds otherwise or not at all: mail and jobs are of this office.

What was decided about hits holds for all of an office, so no folder states it: who writes one writes what they like.
"""


def as_json(row: models.Model) -> Row:
    """Return the columns of a row, by their names, as JSON holds them."""
    return {one.attname: _plain(one.value_from_object(row)) for one in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode("ascii")
        case datetime() | date():
            return value.isoformat()
        case _:
            return value


def from_json(model: type[models.Model], stated: Mapping[str, Any]) -> models.Model:
    """Return a row, not saved yet; raise ValueError with what the table does not have or cannot hold."""
    known = {one.attname: one for one in model._meta.concrete_fields}
    if unknown := stated.keys() - known.keys():
        raise ValueError(", ".join(sorted(unknown)))
    texts = {name: value for name, value in stated.items() if isinstance(value, str) and known[name].max_length}
    if too_much := [name for name, text in texts.items() if len(text) > (known[name].max_length or 0)]:
        raise ValueError(", ".join(f"{one}: {texts[one][:30]} …" for one in too_much))
    try:
        return model(**{name: known[name].to_python(value) for name, value in stated.items()})
    except (ValidationError, TypeError) as error:
        raise ValueError(f"{error}") from error


def put(rows: Iterable[models.Model]) -> None:
    """Save new rows as they are."""
    for one in rows:
        one.save_base(raw=True, force_insert=True)


# --- what belongs to a case ---


def tables_of_a_case() -> list[tuple[type[models.Model], str]]:
    """Return the tables whose rows belong to a case, with the column that says to which, in the order of their names.

    One whose rows name those of another comes after it.
    """
    found = [
        (model, field.attname)
        for model in apps.get_app_config("web").get_models()
        if model not in NOT_OF_A_CASE
        for field in model._meta.concrete_fields
        if field.related_model is Case
    ]
    return in_order(dict(found))


def in_order(columns: Mapping[type[models.Model], str]) -> list[tuple[type[models.Model], str]]:
    """Return tables so that one comes after those that its rows name."""
    left, done = sorted(columns, key=lambda one: one.__name__), dict[type[models.Model], str]()
    while left:
        ready = next(
            (one for one in left if not (_named_by(one) & set(left)) - {one}),
            left[0],  # tables that name each other: the database looks when all is there
        )
        done[ready] = columns[ready]
        left.remove(ready)
    return list(done.items())


def _named_by(model: type[models.Model]) -> set[Any]:
    return {one.related_model for one in model._meta.concrete_fields if one.related_model is not None}


class Statement:
    """All that the office knows of a case beside its sealed records: answers with who gave them, acts, who sees it.

    Nothing in it is a number of this database: people are their mail addresses, rows that others name are counted.
    """

    def __init__(self, case: Case) -> None:
        self.people: dict[int, Person] = {}
        self._counted: dict[tuple[type[models.Model], Any], int] = {}
        rows = {
            model.__name__: [
                self._row(one, column) for one in model._default_manager.filter(**{column: case.pk}).order_by("pk")
            ]
            for model, column in tables_of_a_case()
        }
        of_case = self._row(case, "id", without=("in_register", "summary"))
        self.content: Row = {
            "office": 1,
            "case": of_case,
            "people": {one.email: {"name": one.name, "language": one.language} for one in self.people.values()},
            "rows": {name: found for name, found in rows.items() if found},
        }

    def digest(self) -> str:
        """Return what tells whether anything of it is new."""
        return hashlib.sha256(canonical(self.content)).hexdigest()

    def _row(self, row: models.Model, column: str, without: Sequence[str] = ()) -> Row:
        key = row._meta.pk.attname
        self._counted[type(row), row.pk] = len(self._counted)
        plain = as_json(row)
        for one in row._meta.concrete_fields:
            value = plain[one.attname]
            if one.related_model is not None and value is not None and one.attname != column:
                plain[one.attname] = self._named(one.related_model, value)
        number = {"n": self._counted[type(row), row.pk]}
        return number | {name: value for name, value in plain.items() if name not in {key, column, *without}}

    def _named(self, model: Any, value: Any) -> Any:
        if model is Person:
            person = self.people.get(value) or Person.objects.get(pk=value)
            self.people[value] = person
            return person.email
        if model is Faculty:
            return Faculty.objects.get(pk=value).name
        return self._counted.get((model, value), value)


def rows_of(content: Row, case: Case, people: Mapping[str, Person]) -> Iterator[models.Model]:
    """Yield the rows of a statement for a case that is there; each must be saved before the next one is asked for.

    Raises ValueError with what this program does not know, KeyError for who is not among the people.
    """
    counted: dict[int, Any] = {content["case"]["n"]: case.pk}
    known = {model.__name__: (model, column) for model, column in tables_of_a_case()}
    if unknown := content["rows"].keys() - known.keys():
        raise ValueError(", ".join(sorted(unknown)))
    for name, (model, column) in known.items():
        for stated in content["rows"].get(name, ()):
            row = from_json(model, {column: case.pk, **_own(model, stated, people, counted, column)})
            yield row
            counted[stated["n"]] = row.pk


def case_of(content: Row, people: Mapping[str, Person], faculty: Faculty) -> Case:
    """Return the case of a statement, not saved yet. Raises as `rows_of` does."""
    stated = {**content["case"], "faculty_id": faculty.pk}
    reviewer = stated["reviewer_id"]
    case = from_json(
        Case,
        {
            **{name: value for name, value in stated.items() if name != "n"},
            "reviewer_id": people[reviewer].pk if reviewer else None,
        },
    )
    assert isinstance(case, Case)  # noqa: S101 (the model says so)
    return case


def _own(
    model: type[models.Model], stated: Row, people: Mapping[str, Person], counted: Mapping[int, Any], column: str
) -> Row:
    """Return the columns of a row with the keys that this database has for what they name."""
    found: Row = {}
    for name, value in stated.items():
        if name == "n":
            continue
        try:
            related = model._meta.get_field(name.removesuffix("_id")).related_model
        except FieldDoesNotExist as error:
            raise ValueError(name) from error
        if value is None or related is None or name == column:
            found[name] = value
        elif related is Person:
            found[name] = people[value].pk
        elif related is Faculty:
            found[name] = Faculty.objects.get(name=value).pk
        else:
            found[name] = counted[value]
    return found
