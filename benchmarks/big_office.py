"""An office with thousands of cases, for `web.py` and `office_pages.py`: made once in a folder, in a few minutes.

Some dozens of cases take their whole way through the office's own functions: examples of which answers are left out
by chance, up to each state, with their acts, sealed records and events. All others are rows of these under other
numbers, names, faculties, people and days; their log is one chain that holds. Their sealed records stay those of the
cases that they were made from.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

    from risk_engine.web.models import Case, Event, Person

ROOT = Path(__file__).parents[1]
EXAMPLES = (
    ("battery-recycling", "2.1.0"),
    ("lung-imaging-federated", "2.1.0"),
    ("aerospace-institute-in-the-eu", "1.0.0"),
    ("boreal-carbon", "1.0.0"),
    ("drone-swarm", "1.0.0"),
    ("endowed-chair", "1.0.0"),
    ("half-filled", "1.0.0"),
    ("horizon-robotics", "1.0.0"),
    ("humanities-in-the-eu", "1.0.0"),
    ("lung-imaging", "1.0.0"),
    ("number-theory", "1.0.0"),
    ("quantum-with-preapproved-country", "1.0.0"),
)
"""Examples, each with the version that it was written for: the first two are the largest, and of the newest."""
FACULTIES = 8
STATES = {"draft": 8, "assessed": 2, "in_review": 3, "signed": 2, "returned": 2, "decided": 38, "closed": 45}
"""Of a hundred cases so many are in each state."""
ROLES = (("assessor", 32), ("reviewer", 8), ("decider", 6), ("auditor", 4))
"""Fifty people; assessors and reviewers are those of a faculty, the others of all."""
LEFT_OUT = 0.12
"""The share of answers that a case lacks."""
CHUNK = 500
YEARS = 4
MADE = "made.json"


def office_in(folder: Path, number: int) -> None:
    """Make the office if it is not there yet; end the program where something else is in the folder."""
    wanted = {"cases": number, "tables": _digest()}
    if (folder / MADE).exists():
        if json.loads((folder / MADE).read_text("utf-8")) != wanted:
            raise SystemExit(f"{folder}: made with other tables or another number of cases; name another folder")
        return
    if folder.exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder}: there is something in it; name a folder that is new")
    print(f"making an office of {number} cases in {folder}", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.big_office", str(folder), str(number)], check=True, cwd=ROOT)
    (folder / MADE).write_text(json.dumps(wanted), "utf-8")


def _digest() -> str:
    """Return what tells whether the tables are others than when the office was made."""
    text = (ROOT / "risk_engine" / "web" / "migrations" / "0001_initial.py").read_text("utf-8")
    return hashlib.sha256("".join(line for line in text.splitlines() if line[:1] != "#").encode()).hexdigest()


def begin_django(folder: Path) -> None:
    """Let this process be one of the office."""
    os.environ["RISK_ENGINE_OFFICE"] = str(folder.absolute())
    os.environ["DJANGO_SETTINGS_MODULE"] = "risk_engine.web.settings"
    import django

    django.setup()


# --- the cases that the others are made from ---


@dataclass
class Pattern:
    """A case that took its way, with its rows by table, and who did what in it."""

    case: "Case"
    rows: "list[tuple[type[Model], dict[str, Any]]]"
    names: list[str]
    """Of its partners: others take their place."""


class Filling:
    """Fills an empty office."""

    def __init__(self) -> None:
        from risk_engine.web.models import Faculty

        self.chance = random.Random(20)  # noqa: S311 (nothing secret)
        self.faculties: list[Faculty] = [Faculty.objects.create(name=f"Faculty {one}") for one in range(1, 9)]
        self.people: dict[str, list[Person]] = defaultdict(list)
        self.number = 0
        self.last: Event | None = None

    def hire(self) -> None:
        """Make the people."""
        from risk_engine.web.models import Membership, Person

        for role, many in ROLES:
            for one in range(many):
                self.number += 1
                email = f"{role}-{one}@example.org"
                person = Person.objects.create_user(email, name=f"{role.title()} {one + 1:02}")
                own = self.faculties[one % FACULTIES] if role in {"assessor", "reviewer"} else None
                Membership.objects.create(person=person, role=role, faculty=own)
                self.people[role].append(person)

    def patterns(self) -> Iterator[Pattern]:
        """Yield cases that took their way through the office's own functions, several to each state."""
        from risk_engine.web import demo
        from risk_engine.web.words import State

        people = {"rosa": self.people["reviewer"][0], "dora": self.people["decider"][0]}
        people["zoe"] = self.people["decider"][1]
        for state in STATES:
            for count, (name, version) in enumerate(EXAMPLES):
                case = self._stated(name, version, f"P-{state}-{count}")
                demo.go(case, State(state), people, self.people["assessor"][0], adopt=False)
                case.refresh_from_db()
                yield self._pattern(case)

    def _stated(self, name: str, version: str, number: str) -> "Case":
        """Return an example as a draft of which some answers are left out."""
        from risk_engine.files.source import read
        from risk_engine.web.stated import case_stating

        found = dict(read(ROOT / "examples" / f"{name}.yaml").data)
        for entity, value in found.items():
            for entry in value if isinstance(value, list | tuple) else [value]:
                if isinstance(entry, dict) and entity not in {"evidence", "controls", "on_file"}:
                    for fact in [one for one in entry if one not in {"id", "name"}]:
                        if self.chance.random() < LEFT_OUT:
                            del entry[fact]
        stated = {key: one for key, one in found.items() if key not in {"evidence", "controls"}}
        stated |= {"id": number, "status": "draft"}
        return case_stating(
            stated, f"{stated['criteria']}@{version}", self.faculties[0], self.people["assessor"][0], "page"
        )

    def _pattern(self, case: "Case") -> Pattern:
        from risk_engine.web.models import Act, Answer, CaseDue, CaseEntry, CaseFinding, CaseLevel, Filed

        tables = (Act, Answer, CaseDue, CaseEntry, CaseFinding, CaseLevel, Filed)
        rows: list[tuple[type[Model], dict[str, Any]]] = [
            (table, {name: one for name, one in values.items() if name != "id"})
            for table in tables
            for values in table._default_manager.filter(case=case).order_by("pk").values()
        ]
        names = [one.name for one in case.entries.filter(entity="partner")]
        return Pattern(case, rows, names)

    # --- and all others ---

    def multiply(self, patterns: list[Pattern], number: int) -> None:
        """Write so many cases, the oldest first."""
        by_state: dict[str, list[Pattern]] = defaultdict(list)
        for one in patterns:
            by_state[one.case.state].append(one)
        states, weights = list(STATES), list(STATES.values())
        began = datetime.now(UTC) - timedelta(days=365 * YEARS)
        for first in range(0, number, CHUNK):
            several = []
            for count in range(first, min(first + CHUNK, number)):
                at = began + timedelta(days=365 * YEARS) * count / number
                state = self.chance.choices(states, weights)[0]
                several.append(self._like(self.chance.choice(by_state[state]), count, at))
            self._write(several)
            print(f"\r{first + len(several)} cases", end="", flush=True)
        print()

    def _like(
        self, pattern: Pattern, one: int, at: datetime
    ) -> "tuple[Case, Pattern, dict[int, Person], str, datetime]":
        """Return a case like another, and who of it is whom."""
        from risk_engine.web.models import Case

        place = self.chance.randrange(FACULTIES)
        assessors = self.people["assessor"][place::FACULTIES]
        deciders = self.chance.sample(self.people["decider"], 2)
        whom = {
            self.people["assessor"][0].pk: self.chance.choice(assessors),
            self.people["reviewer"][0].pk: self.people["reviewer"][place],
            self.people["decider"][0].pk: deciders[0],
            self.people["decider"][1].pk: deciders[1],
        }
        number, ending = f"{at.year}-{one:05}", f" {one % 700}"
        text = json.dumps(pattern.case.document, ensure_ascii=False)
        search = pattern.case.search
        for name in pattern.names:
            text = text.replace(json.dumps(name, ensure_ascii=False), json.dumps(name + ending, ensure_ascii=False))
            search = search.replace(name.casefold(), (name + ending).casefold())
        title = f"{pattern.case.title} {one}"
        document = {**json.loads(text), "id": number, "title": title}
        reviewer = whom.get(pattern.case.reviewer_id or 0)
        names = [name + ending for name in pattern.case.summary.get("names", [])]
        case = Case(
            number=number,
            title=title,
            faculty=self.faculties[place],
            state=pattern.case.state,
            round=pattern.case.round,
            confidential=self.chance.random() < 0.03,  # noqa: PLR2004
            criteria=pattern.case.criteria,
            document=document,
            search=f"{search}\n{number}\n{title.casefold()}",
            summary={**pattern.case.summary, "names": names},
            opened=at,
            changed=at + timedelta(days=self.chance.random() * 30),
            reviewer=reviewer,
            due=pattern.case.due,
        )
        return case, pattern, whom, ending, at

    def _write(self, several: "list[tuple[Case, Pattern, dict[int, Person], str, datetime]]") -> None:
        from django.db import transaction

        from risk_engine.web.models import Case, CaseAccess

        with transaction.atomic():
            Case.objects.bulk_create(case for case, *_rest in several)
            rows: dict[type[Model], list[Model]] = defaultdict(list)
            for case, pattern, whom, ending, at in several:
                for one in self._rows_of(case, pattern, whom, ending, at):
                    rows[type(one)].append(one)
                if case.confidential:
                    rows[CaseAccess] += [CaseAccess(case=case, person=one) for one in whom.values()]
            for model, found in rows.items():
                model._default_manager.bulk_create(found, batch_size=CHUNK)

    def _rows_of(
        self, case: "Case", pattern: Pattern, whom: "dict[int, Person]", ending: str, at: datetime
    ) -> "Iterator[Model]":
        """Yield the rows of a case: those of its pattern with others who did it and whom it names, and its events."""
        yield from self._event("begin", whom[self.people["assessor"][0].pk], case, at, title=case.title)
        for model, pattern_row in pattern.rows:
            values, name = {**pattern_row, "case_id": case.pk}, model.__name__
            who = whom.get(values.get("by_id") or values.get("person_id") or 0)
            values |= {key: who.pk for key in ("by_id", "person_id") if key in values and who is not None}
            values |= {"at": at + timedelta(hours=1)} if "at" in values else {}
            if name == "CaseEntry":
                values |= {key: values[key] + ending for key in ("name", "folded")}
            elif name == "CaseDue":
                values["day"] += timedelta(days=self.chance.randrange(-300, 600))
            elif values.get("value") in pattern.names:
                values["value"] += ending
            yield model(**values)
            if who is not None:
                verb = values["name"] if name == "Act" else "answer"
                yield from self._event(verb, who, case, values["at"], path=values.get("path", ""))

    def _event(self, verb: str, person: "Person", case: "Case", at: datetime, **detail: str) -> "Iterator[Model]":
        from risk_engine.records.office_log import FIRST, EventBody, commitment, event_hash
        from risk_engine.web.models import Event, EventDetail

        salt = f"{self.chance.getrandbits(128):032x}"
        before = self.last or Event.objects.order_by("-number").first()
        event = Event(
            number=before.number + 1 if before else 1,
            previous=before.hash if before else FIRST,
            at=at,
            person=person.pk,
            verb=verb,
            case=case.number,
            commitment=commitment(salt, detail),
        )
        body = {name: getattr(event, name) for name in ("number", "person", "verb", "case", "commitment")}
        event.hash = event_hash(event.previous, EventBody(**body, at=at.isoformat()))
        self.last = event
        yield event
        yield EventDetail(event=event, salt=salt, detail=detail)


def _main(folder: Path, number: int) -> None:
    begin_django(folder)
    from django.apps import apps
    from django.db.models import DateField

    from risk_engine.web.keeping import bring_up_to_date

    bring_up_to_date()
    filling = Filling()
    filling.hire()
    patterns = list(filling.patterns())
    # What was long ago keeps its times.
    for field in (one for model in apps.get_app_config("web").get_models() for one in model._meta.concrete_fields):
        if isinstance(field, DateField):
            field.auto_now = field.auto_now_add = False
    filling.multiply(patterns, number)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
