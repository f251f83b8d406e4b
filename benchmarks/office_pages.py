"""What each page of an office costs: milliseconds of a processor (median), questions to the database, and size.

    python -m benchmarks.office_pages --office build/big-office
    python -m benchmarks.office_pages --office build/big-office --cases 10000 --only save

The office is made in the folder if it is new (`big_office.py`). Pages are asked for in this process, by an assessor who
sees one faculty and by an auditor who sees all; others may work on the machine, as this process's own time counts.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks.big_office import begin_django, office_in

if TYPE_CHECKING:
    from django.test import Client

Ask: TypeAlias = Callable[[], Any]

AGAIN = 7
LISTS = (
    "/",
    "/cases",
    "/cases?page=20",
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
    "/partners",
    "/log",
)
FILES = tuple(f"/cases?format={form}" for form in ("csv", "json", "xlsx"))


def pages(client: "Client", number: str) -> Iterator[tuple[str, Ask]]:
    """Yield what is asked for: a name, and what asks for it."""
    case = f"/cases/{number}"
    for path in LISTS:
        yield path, partial(client.get, path)
    for end in ("", "/q/collaboration", "/range?about=collaboration.exit_clause", "/check", "/notes"):
        yield f"case{end}", partial(client.get, case + end)
    values = iter(["true", "false"] * AGAIN)
    base = iter(range(1, 3 * AGAIN))

    def save() -> Any:
        path = "collaboration.exit_clause"
        sent = {path: next(values), f"base.{path}": str(next(base))}
        return client.post(f"{case}/q/collaboration", sent, headers={"HX-Request": "true", "HX-Trigger": f"w-{path}"})

    yield "case: save an answer", save


def main() -> None:
    """Ask for each page some times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--office", type=Path, default=Path("build/big-office"), help="its folder; made if it is new")
    parser.add_argument("--cases", type=int, default=10_000, help="how many cases it has (default: 10000)")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--files", action="store_true", help="the whole register as CSV, JSON and workbook too")
    given = parser.parse_args()
    office_in(given.office, given.cases)
    begin_django(given.office)
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from risk_engine.web.cases import read_ahead
    from risk_engine.web.models import Case, Person

    read_ahead()
    for email in ("assessor-0@example.org", "auditor-0@example.org"):
        person = Person.objects.get(email=email)
        client = Client(HTTP_HOST="localhost")
        client.force_login(person)
        drafts = Case.objects.filter(state="draft", answers__by=person, answers__path="collaboration.exit_clause")
        largest = max(drafts, key=lambda one: len(str(one.document)), default=Case.objects.filter(state="decided")[0])
        files: list[tuple[str, Ask]] = [(one, partial(client.get, one)) for one in FILES if given.files]
        for name, ask in (one for one in (*pages(client, largest.number), *files) if given.only in one[0]):
            times = []
            with transaction.atomic(), transaction.atomic(using="sessions"):
                for _one in range(AGAIN):
                    with CaptureQueriesContext(connection) as asked:
                        start = time.process_time()
                        response = ask()
                        times.append(time.process_time() - start)
                transaction.set_rollback(True)
            told = "" if response.status_code == HTTPStatus.OK else f"  {response.status_code}"
            took = statistics.median(times[1:]) * 1000
            cost = f"{took:7.1f} ms {len(asked):4} {len(response.content) / 1000:7.1f} kB"
            print(f"{cost}  {person.name}: {name}{told}")


if __name__ == "__main__":
    main()
