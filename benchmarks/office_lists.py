"""How long the lists of the office take with many cases: milliseconds of a processor a page, by what it is narrowed.

    python benchmarks/office_lists.py [CASES]

An office is made in a temporary folder, with the cases of `examples/` over and over under other names, as rows.
"""

import os
import random
import sys
import tempfile
import time
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXAMPLES = ("lung-imaging", "drone-swarm", "quantum-with-preapproved-country", "battery-recycling")
PAGES = (
    "/cases",
    "/cases?page=150",
    "/cases?q=songhua",
    "/cases?q=nothing-has-this",
    "/cases?state=decided&faculty=2",
    "/cases?level=start_gate=blocked",
    "/cases?sort=level",
    "/cases?sort=due",
    "/cases?due=review&days=90&sort=due",
    "/cases?older=1",
    "/cases?mine=1",
    "/cases?with=institute 77",
    "/",
)
AGAIN = 7


def fill(number: int) -> None:
    """Write the cases."""
    from risk_engine.files.source import read
    from risk_engine.web import cases, register
    from risk_engine.web.models import Act, Case, CaseDue, CaseEntry, CaseLevel, Faculty, Membership, Person
    from risk_engine.web.words import ActName, Role, State

    ada = Person.objects.create_user("ada@example.org", name="Ada Vogel")
    faculties = [Faculty.objects.create(name=f"Faculty {one}") for one in range(1, 9)]
    Membership.objects.create(person=ada, role=Role.ASSESSOR)
    patterns = []
    for name in EXAMPLES:
        case = cases.begin(ada, faculties[0], name)
        document = cases.plain(read(ROOT / "examples" / f"{name}.yaml").data)
        case.document = {**document, "id": case.number, "criteria": case.criteria, "status": "draft"}
        case.search = (ROOT / "examples" / f"{name}.yaml").read_text(encoding="utf-8").casefold()
        register.keep_entries(case, cases.record(case))
        cases.seal_assessment(case)
        register.keep(case)
        patterns.append((case, list(case.levels.all()), list(case.dues.all()), list(case.entries.all())))
    chance = random.Random(1)  # noqa: S311 (nothing secret)
    for first in range(0, number, 1000):
        rows = []
        for one in range(first, min(first + 1000, number)):
            pattern = patterns[one % len(patterns)][0]
            rows.append(
                Case(
                    number=f"2025-{one:05}",
                    title=f"Project {one}",
                    faculty=chance.choice(faculties),
                    state=chance.choice(list(State)),
                    criteria=pattern.criteria,
                    document=pattern.document,
                    summary=pattern.summary,
                    search=f"{pattern.search}\nproject {one}",
                )
            )
        made = Case.objects.bulk_create(rows)
        levels: list[Any] = []
        dues: list[CaseDue] = []
        entries: list[Any] = []
        for one, case in enumerate(made, first):
            _case, old_levels, old_dues, old_entries = patterns[one % len(patterns)]
            for source, target, model in ((old_levels, levels, CaseLevel), (old_entries, entries, CaseEntry)):
                names = [
                    field.attname for field in model._meta.concrete_fields if field.attname not in {"id", "case_id"}
                ]
                target += [model(case=case, **{name: getattr(row, name) for name in names}) for row in source]
            entries += [
                CaseEntry(
                    case=case, entity="partner", entry="x", name=(who := f"Institute {one % 500}"), folded=who.lower()
                )
            ]
            dues += [
                CaseDue(case=case, day=row.day + timedelta(days=chance.randrange(-300, 600)), what=row.what)
                for row in old_dues
            ]
        CaseLevel.objects.bulk_create(levels)
        CaseDue.objects.bulk_create(dues)
        CaseEntry.objects.bulk_create(entries)
        Act.objects.bulk_create(
            Act(case=case, round=1, person=ada, name=ActName.ANSWER)
            for case in made
            if chance.random() < 0.1  # noqa: PLR2004
        )


def main() -> None:
    """Fill an office and ask for its lists."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RISK_ENGINE_OFFICE"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "risk_engine.web.settings"
        import django

        django.setup()
        from django.test import Client

        from risk_engine.web.keeping import bring_up_to_date
        from risk_engine.web.models import Person

        bring_up_to_date()
        fill(number)
        client = Client(HTTP_HOST="localhost")
        client.force_login(Person.objects.get())
        for path in (*PAGES, *(f"/cases?format={form}" for form in ("csv", "json", "xlsx"))):
            again = 1 if "format" in path else AGAIN
            times = []
            for _one in range(again + 1):
                start = time.process_time()
                response = client.get(path)
                times.append(time.process_time() - start)
                if response.status_code != HTTPStatus.OK:
                    raise SystemExit(f"{path}: {response.status_code}")
            print(f"{sorted(times[1:])[again // 2] * 1000:8.1f} ms  {path}")


if __name__ == "__main__":
    main()
