"""Where rows lie: sessions in a file of their own; new tables, and the triggers that keep what is only added to."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import DEFAULT_DB_ALIAS

from risk_engine.web.models import (
    APART,
    APPEND_ONLY,
    Act,
    Answer,
    Case,
    ChangeSeen,
    CriteriaAct,
    Erasure,
    ErasureItem,
    Event,
    EventDetail,
    Evidence,
    Faculty,
    Filed,
    GuestAnswer,
    HitDecision,
    Note,
    OnFile,
    PackageAct,
    PairWord,
    RetentionRule,
    Sealed,
    Tombstone,
)
from risk_engine.web.words import DEMO, DEMO_FACULTY, PackageActName, ReleaseAct

_APART = frozenset({"web.signedin", "django_cache.cacheentry"})


class Sessions:
    """Keeps sessions and counted tries beside the cases, where both are SQLite files: each request writes one."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str:
        """Return the database of a model."""
        named = f"{model._meta.app_label}.{model._meta.model_name}"
        return "sessions" if named in _APART else DEFAULT_DB_ALIAS

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_hints: Any) -> bool:
        """Return whether a table belongs in a database."""
        return (db == "sessions") == (f"{app_label}.{model_name}" in _APART)


def make_tables(using: str) -> bool:
    """Make the tables of a database in which nothing is, whole or not at all; return whether it was one.

    They are made from the models: what all migrations come to, in a tenth of the time, since Django makes every model
    anew for each step of each library.
    """
    connection = connections[using]
    if connection.introspection.table_names():
        return False
    with connection.schema_editor() as editor:
        if connection.introspection.table_names():  # another process made them while this one waited for the lock
            return False
        MigrationRecorder(connection).ensure_schema()
        for model in apps.get_models():
            if model._meta.can_migrate(connection) and router.allow_migrate_model(using, model):
                editor.create_model(model)
        steps = MigrationLoader(None).graph.nodes
        MigrationRecorder.Migration.objects.using(using).bulk_create(
            MigrationRecorder.Migration(app=app, name=name) for app, name in sorted(steps)
        )
        keep_what_is_there(using)
    return True


def keep_what_is_there(using: str) -> None:
    """Make the triggers anew: on SQLite a new column silently drops those of its table."""
    if using != DEFAULT_DB_ALIAS:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _statements(connection):
            cursor.execute(statement)


def let_go() -> None:
    """Take the triggers away while tables of an earlier version are changed: what they hold is written anew then."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        there = _there()
        for name, table in _wanted().items():
            if name in there:
                on = "" if connection.vendor == "sqlite" else f' ON "{table}"'
                cursor.execute(f'DROP TRIGGER "{name}"{on}')


def missing_triggers() -> list[str]:
    """Return the names of triggers that should be in the database and are not."""
    there = _there()
    return [name for name in _wanted() if name not in there]


def _wanted() -> dict[str, str]:
    """Return the names of all triggers, with their tables."""
    found = {name: model._meta.db_table for model in APPEND_ONLY for name in _names(model)}
    found |= {_added(model): model._meta.db_table for model, _when in _may_be_added()}
    two = {TWO_PEOPLE: Act, TWO_RELEASE: CriteriaAct, TWO_LEAVE: PackageAct}
    return found | {name: model._meta.db_table for name, model in two.items()}


def _there() -> set[str]:
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {name for (name,) in cursor.fetchall()}


_ITEMS = ErasureItem._meta.db_table
_ERASURES = Erasure._meta.db_table

TWO_PEOPLE = "web_act_two_people"
"""The trigger that keeps acts apart which one person must not do both of: also where a deputy does one of them."""

TWO_RELEASE = "web_criteriaact_two_people"
"""The trigger that lets nobody release criteria but those that somebody else proposed."""


TWO_LEAVE = "web_packageact_two_people"
"""The trigger that lets nobody let a package leave but one that somebody else asked for."""


def _not_proposed_by_another(model: type[models.Model], done: str, proposed: str, reference: str) -> str:
    """Return the condition under which a new act does what nobody else proposed just so."""
    same = " AND ".join(f'other."{one}" = NEW."{one}"' for one in ("proposal", reference, "digest"))
    return (
        f"NEW.name = '{done}' AND NOT EXISTS (SELECT 1 FROM \"{model._meta.db_table}\" other"  # noqa: S608
        f" WHERE {same} AND other.name = '{proposed}' AND other.person_id <> NEW.person_id)"
    )


def _by_one_person() -> str:
    """Return the condition under which a new act and an earlier one are of the same person, or of one's deputy."""
    pairs = [f"other.name = '{one}' AND NEW.name = '{two}'" for first, last in APART
             for one, two in ((first, last), (last, first))]  # fmt: skip
    table, new = Act._meta.db_table, 'NEW."person_id", NEW."on_behalf_of_id"'
    return (
        f'EXISTS (SELECT 1 FROM "{table}" other WHERE other."case_id" = NEW."case_id" AND other."round" = NEW."round"'  # noqa: S608
        f" AND ({' OR '.join(f'({one})' for one in pairs)})"
        f' AND (other."person_id" IN ({new}) OR other."on_behalf_of_id" IN ({new})))'
    )


def _names(model: type[models.Model]) -> tuple[str, str]:
    table = model._meta.db_table
    return f"{table}_unchanged", f"{table}_undeleted"


def _case_of(model: type[models.Model]) -> str | None:
    """Return the column of a table that says to which case a row belongs."""
    named = {field.name: field.column for field in model._meta.concrete_fields if field.related_model is Case}
    return named.get("case")


BLANK: dict[type[models.Model], dict[str, str]] = {
    Answer: {"value": "IS NULL", "is_erased": "= {true}"},
    GuestAnswer: {"value": "IS NULL", "is_erased": "= {true}"},
    OnFile: {"value": "IS NULL", "is_erased": "= {true}", "evidence": "= '[]'"},
    Note: {"text": "= ''"},
    Act: {"note": "= ''"},
    Evidence: {"name": "= ''"},
    ChangeSeen: {"reason": "= ''"},
    PairWord: {"reason": "= ''"},
    HitDecision: {"reason": "= ''", "asked": "= '{{}}'", "entry": "= '{{}}'", "is_erased": "= {true}"},
}
"""What an erasure takes out of a row, and what stands there afterwards."""


def _is_open(alias: str = "e") -> str:
    """Return the condition under which an erasure is being done."""
    return f"{alias}.confirmed_at IS NOT NULL AND {alias}.done_at IS NULL"


def _may_go(model: type[models.Model], row: str = "OLD.id") -> str:
    """Return the condition under which somebody is erasing a row: it is named in an erasure that is being done."""
    return (
        f'EXISTS (SELECT 1 FROM "{_ITEMS}" i JOIN "{_ERASURES}" e ON e.id = i.erasure_id'  # noqa: S608 (names of ours)
        f' WHERE i."table" = \'{model._meta.db_table}\' AND i."row" = {row} AND {_is_open()})'
    )


def _same(model: type[models.Model], but: Iterable[str]) -> str:
    columns = [one.column for one in model._meta.concrete_fields if one.column not in set(but)]
    return " AND ".join(f'OLD."{name}" IS NOT DISTINCT FROM NEW."{name}"' for name in columns)


def _may_change(model: type[models.Model], connection: BaseDatabaseWrapper) -> str:
    """Return the condition under which an update is let pass: none but an erasure, and the steps of one itself."""
    true = "1" if connection.vendor == "sqlite" else "true"
    if model in BLANK:
        blank = [f'NEW."{name}" {stands.format(true=true)}' for name, stands in BLANK[model].items()]
        return " AND ".join([_same(model, BLANK[model]), *blank, _may_go(model)])
    if model is RetentionRule:
        confirmed = "OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NEW.confirmed_by_id IS NOT NULL"
        return f"{_same(model, ('confirmed_by_id', 'confirmed_at'))} AND {confirmed}"
    if model is Erasure:
        by_itself = (
            f'EXISTS (SELECT 1 FROM "{RetentionRule._meta.db_table}" r WHERE r.id = NEW.rule_id'  # noqa: S608 (likewise)
            f" AND r.is_automatic = {true} AND r.confirmed_at IS NOT NULL)"
        )
        waits = "OLD.confirmed_at IS NULL AND OLD.refused_at IS NULL"
        confirm = (
            f"{_same(model, ('confirmed_by_id', 'confirmed_at'))} AND {waits} AND NEW.confirmed_at IS NOT NULL"
            f" AND (NEW.confirmed_by_id IS NOT NULL OR {by_itself})"
        )
        done = f"{_same(model, ('done_at', 'subject'))} AND {_is_open('OLD')} AND NEW.done_at IS NOT NULL"
        refuse = f"{_same(model, ('refused_at', 'subject'))} AND {waits} AND NEW.refused_at IS NOT NULL"
        return f"(({confirm}) OR (({done}) AND NEW.subject = '') OR (({refuse}) AND NEW.subject = ''))"
    return "1 = 0"


def _may_be_deleted(model: type[models.Model]) -> str:
    """Return the condition under which a row may go: with a case that has a tombstone, or in an erasure."""
    tombs = Tombstone._meta.db_table
    if model is Sealed:  # its rows in files go first, and those only so
        return f'NOT EXISTS (SELECT 1 FROM "{Filed._meta.db_table}" WHERE sealed_id = OLD.digest)'  # noqa: S608
    if model is EventDetail:  # the chain holds without it
        of_case = (
            f'EXISTS (SELECT 1 FROM "{Event._meta.db_table}" ev JOIN "{tombs}" t ON t."number" = ev."case"'  # noqa: S608
            " WHERE ev.number = OLD.event_id)"
        )
        return f"({_may_go(model, 'OLD.event_id')} OR {of_case})"
    column = _case_of(model)
    return f'EXISTS (SELECT 1 FROM "{tombs}" WHERE "case" = OLD."{column}")' if column else "1 = 0"  # noqa: S608


def _may_be_added() -> Iterator[tuple[type[models.Model], str]]:
    """Yield of which tables new rows are refused but under a condition; a backup brings back what is done."""
    still_there = f'EXISTS (SELECT 1 FROM "{Case._meta.db_table}" c WHERE c.id = NEW."case")'  # noqa: S608 (likewise)
    demo = (
        f'EXISTS (SELECT 1 FROM "{Case._meta.db_table}" c JOIN "{Faculty._meta.db_table}" f ON f.id = c.faculty_id'  # noqa: S608
        f" WHERE c.id = NEW.\"case\" AND c.number LIKE '{DEMO}%' AND f.name LIKE '{DEMO_FACULTY}%')"
    )
    erased = _may_go(Case, 'NEW."case"')
    yield Tombstone, f"(NOT {still_there} OR {demo} OR {erased})"
    yield Erasure, f"NOT ({_is_open('NEW')})"
    yield ErasureItem, f'NOT EXISTS (SELECT 1 FROM "{_ERASURES}" e WHERE e.id = NEW.erasure_id AND {_is_open()})'  # noqa: S608


def _statements(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Yield what makes the triggers of a database."""
    only = "only added to"
    for model in APPEND_ONLY:
        unchanged, undeleted = _names(model)
        yield from _refusing(connection, unchanged, "UPDATE", model, f"NOT ({_may_change(model, connection)})", only)
        yield from _refusing(connection, undeleted, "DELETE", model, f"NOT ({_may_be_deleted(model)})", only)
    for table, when in _may_be_added():
        yield from _refusing(connection, _added(table), "INSERT", table, f"NOT ({when})", "not without a second person")
    two = "two people, not one"
    yield from _refusing(connection, TWO_PEOPLE, "INSERT", Act, _by_one_person(), two)
    release = _not_proposed_by_another(CriteriaAct, ReleaseAct.RELEASE, ReleaseAct.PROPOSE, "reference")
    yield from _refusing(connection, TWO_RELEASE, "INSERT", CriteriaAct, release, two)
    leave = _not_proposed_by_another(PackageAct, PackageActName.LEAVE, PackageActName.ASK, "of_set")
    yield from _refusing(connection, TWO_LEAVE, "INSERT", PackageAct, leave, two)


def _added(model: type[models.Model]) -> str:
    return f"{model._meta.db_table}_confirmed"


def _refusing(
    connection: BaseDatabaseWrapper, name: str, verb: str, model: type[models.Model], when: str, told: str
) -> Iterator[str]:
    """Yield what makes one trigger anew: it refuses a change of a table under a condition, as a constraint does."""
    table = model._meta.db_table
    if connection.vendor == "sqlite":
        yield f'DROP TRIGGER IF EXISTS "{name}"'
        refused = f"SELECT RAISE(ABORT, '{table}: {told}')"
        yield f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" WHEN {when} BEGIN {refused}; END'
        return
    kept = "OLD" if verb == "DELETE" else "NEW"
    refused = f"RAISE EXCEPTION '{table}: {told}' USING ERRCODE = 'integrity_constraint_violation'"
    body = f"IF {when} THEN {refused}; END IF; RETURN {kept};"
    yield f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {body} END $$ LANGUAGE plpgsql"
    yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
    yield f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()'
