"""Fifty people at work in an office of 10,000 cases: how long they wait, by what they do.

    make load
    python -m benchmarks.web --office build/big-office
    python -m benchmarks.web --office build/big-office --minutes 5 --users 50 --seed 7

The office is made in the folder if it is new (`big_office.py`, some minutes). `risk-engine serve` runs on it on
loopback, and people who are signed in already each do something every 5 seconds: read their work, the register with
filters and words, a case, a page of questions, what an answer would do, a document, the log; and save answers one by
one, as a page does while somebody types. Answers that it saves stay in that office. It needs locust
(requirements/load.txt), which shares the machine with the server: what is told is what people waited.

Ends with 1 where anything failed, where 95 of 100 waited for more than 300 ms, or for the range more than 200 ms.
"""

import argparse
import json
import random
import re
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from statistics import median, quantiles
from typing import Any, ClassVar

from benchmarks.big_office import ROOT, begin_django, office_in

EVERY = 5.0
"""Seconds from one action of somebody to their next."""
WITHIN = {"": 300, "range": 200}
"""So many milliseconds 95 of 100 answers may take: of all, and of one action."""
WARM = 20.0
"""Seconds at the beginning that do not count: people come one after another, and each process reads what it keeps."""
ANSWERED = (200, 202)
"""The page, or that a document is being made."""
NOT_ASKED = 404
WORDS = ("songhua", "battery", "robot", "imaging", "institute", "quantum", "nothing-has-this", "carbon")
STATES = ("draft", "in_review", "signed", "decided", "closed")
SORTS = ("changed", "level", "due", "title", "number")
DOCUMENTS = ("decision.html", "report.html", "letter.html", "plan.html", "assessment.json")
CHOICES = {
    # What somebody does, and how often of a hundred times: those who assess, and all others.
    "work": (15, 25),
    "register": (18, 30),
    "case": (17, 30),
    "questions": (14, 0),
    "range": (12, 0),
    "save": (18, 0),
    "document": (4, 8),
    "log": (2, 7),
}

# --- who is there ---


def people_of(folder: Path, number: int) -> list[dict[str, Any]]:
    """Return people with a session each, in a process of their own: this one is not of the office."""
    command = [sys.executable, "-m", "benchmarks.web", "--people", str(number), "--office", str(folder)]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _signed_in(folder: Path, number: int) -> list[dict[str, Any]]:
    """Sign people in, and say of each what they could open."""
    begin_django(folder)
    from django.conf import settings
    from django.test import Client

    from risk_engine.web.models import Case, Person
    from risk_engine.web.rights import cases_for
    from risk_engine.web.words import State

    chance = random.Random(1)  # noqa: S311 (nothing secret)
    found = []
    for person in Person.objects.filter(email__endswith="@example.org").order_by("pk")[:number]:
        client = Client(HTTP_HOST="localhost")
        client.force_login(person)
        seen = list(cases_for(person).values_list("number", flat=True))
        own = Case.objects.filter(state=State.DRAFT, answers__by=person).distinct()
        sealed = cases_for(person).exclude(state=State.DRAFT).values_list("number", flat=True)
        found.append(
            {
                "role": person.email.partition("-")[0],
                "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "cases": chance.sample(seen, min(len(seen), 300)),
                "drafts": {one.number: _pages(one.document) for one in own},
                "sealed": chance.sample(list(sealed), min(len(sealed), 100)),
            }
        )
    return found


def _pages(document: dict[str, Any]) -> list[str]:
    """Return the pages of questions of a case."""
    found = []
    for entity, value in document.items():
        if isinstance(value, dict) and entity != "set_aside":
            found.append(entity)
        elif isinstance(value, list) and entity not in {"evidence", "controls"}:
            found += [f"{entity}/{one['id']}" for one in value]
    return found


# --- what they do ---

_FIELD = re.compile(r'<div id="w-([^"]+)" hx-post="([^"]+)".*?(?=<div id="w-|</form>)', re.DOTALL)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Sitting:
    """What somebody has before them: the page of questions that they opened last."""

    def __init__(self, person: dict[str, Any], chance: random.Random) -> None:
        self.person, self.chance = person, chance
        self.token = ""
        self.fields: dict[str, str] = {}
        self.case = self.page = ""

    def open(self, text: str) -> None:
        """Take the fields of a page that can be answered by choosing one option."""
        self.token = unescape((_TOKEN.search(text) or [""])[1]) if "questions" in text else self.token
        found = {one[1]: one[0] for one in _FIELD.finditer(text)}
        self.fields = {path: html for path, html in found.items() if 'type="radio"' in html}

    def answer(self) -> tuple[str, dict[str, str]] | None:
        """Return one of the questions with another option than the one that stands; None where there is none."""
        if not self.fields:
            return None
        path = self.chance.choice(sorted(self.fields))
        html = self.fields[path]
        options = re.findall(rf'type="radio" name="{re.escape(path)}" value="([^"]*)"( checked)?', html)
        others = [value for value, chosen in options if not chosen]
        base = re.search(rf'name="base\.{re.escape(path)}" value="(\d+)"', html)
        if not others or base is None:
            return None
        value = self.chance.choice(others)
        return path, {path: value, f"base.{path}": base[1], "csrfmiddlewaretoken": self.token}

    def saved(self, path: str, value: str, text: str) -> bool:
        """Take what came back of an answer; return whether it is saved, or asked no more since another was given."""
        base = re.search(rf'name="base\.{re.escape(path)}" value="(\d+)"', text)
        html = self.fields.pop(path)
        if base is None:
            return True
        html = html.replace(" checked", "").replace(f'value="{value}"', f'value="{value}" checked', 1)
        self.fields[path] = re.sub(r'(name="base\.[^"]+" value=")\d+', rf"\g<1>{base[1]}", html)
        return ">Saved" in text

    def register(self) -> str:
        """Return an address of the register: whole, narrowed, with words, sorted, a later page."""
        pick = self.chance.choice
        return pick(
            (
                "/cases",
                f"/cases?q={pick(WORDS)}",
                f"/cases?state={pick(STATES)}",
                f"/cases?sort={pick(SORTS)}",
                f"/cases?state={pick(STATES)}&sort={pick(SORTS)}&q={pick(WORDS)}",
                "/cases?mine=1",
                "/cases?due=any&days=90&sort=due",
                f"/cases?page={self.chance.randrange(1, 20)}",
            )
        )


def does(sitting: Sitting) -> str:
    """Return what somebody does next."""
    column = 0 if sitting.person["role"] == "assessor" and sitting.person["drafts"] else 1
    (wanted,) = sitting.chance.choices(list(CHOICES), [one[column] for one in CHOICES.values()])
    if wanted in {"save", "range"} and not sitting.fields:
        return "questions"
    return wanted if wanted != "document" or sitting.person["sealed"] else "case"


class Seen:
    """How long each action took, by what it was; what failed, and why."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failed: dict[str, list[str]] = defaultdict(list)

    def table(self) -> Iterator[str]:
        """Yield lines for people."""
        yield f"{'':12}{'count':>7}{'median':>9}{'p95':>9}{'max':>9}{'failed':>8}"
        for name in (*sorted(self.times), ""):
            times = self.times[name] if name else [each for one in self.times.values() for each in one]
            failed = len(self.failed[name]) if name else sum(map(len, self.failed.values()))
            columns = f"{median(times):9.0f}{p95(times):9.0f}{max(times):9.0f}{failed:8}"
            yield f"{name or 'all':12}{len(times):7}{columns}"

    def problems(self) -> Iterator[str]:
        """Yield what is not as it should be."""
        for name, within in WITHIN.items():
            times = self.times.get(name, []) if name else [each for one in self.times.values() for each in one]
            if times and p95(times) > within:
                yield f"{name or 'all'}: 95 of 100 took up to {p95(times):.0f} ms, more than {within}"
        for name, several in ((name, one) for name, one in self.failed.items() if one):
            yield f"{name}: {len(several)} failed, the first: {several[0]}"


def p95(times: list[float]) -> float:
    """Return how long 95 of 100 took at most."""
    return quantiles(times, n=100, method="inclusive")[94] if len(times) > 1 else times[0]


# --- the server, and the load ---


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Any]]:
    """Serve the office on loopback; yield its address and its process."""
    import psutil

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "risk_engine", "serve", "--office", str(folder), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            while not _listens(port):
                if process.poll() is not None:
                    raise SystemExit("the server ended")
                time.sleep(0.2)
            yield f"http://localhost:{port}", psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def cpu_of(process: Any) -> float:
    """Return the seconds of a processor that a process and those it started have taken."""
    return sum(float(sum(one.cpu_times()[:2])) for one in (process, *process.children(recursive=True)))


def load(address: str, people: list[dict[str, Any]], seconds: float, seed: int) -> Seen:
    """Let people work for some seconds; return what they saw."""
    import gevent
    from locust import HttpUser, constant_pacing
    from locust.env import Environment

    seen, several = Seen(), iter(people)
    begins = time.monotonic() + WARM

    class Somebody(HttpUser):  # type: ignore[misc] # the library is not there for who looks at types
        host = address
        wait_time = constant_pacing(EVERY)

        def on_start(self) -> None:
            person = next(several)
            self.sitting = Sitting(person, random.Random(f"{seed} {person['session']}"))  # noqa: S311 (nothing secret)
            self.client.cookies.set("session", person["session"])
            self.client.headers["Origin"] = address
            gevent.sleep(self.sitting.chance.random() * EVERY)

        def act(self) -> None:
            name = does(self.sitting)
            started = time.perf_counter()
            try:
                why = ACTIONS[name](self.client, self.sitting)
            except Exception as error:  # noqa: BLE001 (whatever it is, somebody did not get an answer)
                why = repr(error)
            if time.monotonic() > begins:
                seen.times[name].append((time.perf_counter() - started) * 1000)
                if why:
                    seen.failed[name].append(why)

        tasks: ClassVar = [act]

    runner = Environment(user_classes=[Somebody]).create_local_runner()
    runner.start(len(people), spawn_rate=len(people) / EVERY)
    gevent.sleep(WARM + seconds)
    runner.quit()
    return seen


def _get(client: Any, path: str) -> Any:
    response = client.get(path, allow_redirects=False)
    response.raise_for_status()
    return response


def _read(path: Callable[[Sitting], str]) -> Callable[[Any, Sitting], str]:
    def done(client: Any, sitting: Sitting) -> str:
        response = _get(client, path(sitting))
        return "" if response.status_code in ANSWERED else f"{response.status_code} {response.url}"

    return done


def _questions(client: Any, sitting: Sitting) -> str:
    number = sitting.chance.choice(sorted(sitting.person["drafts"]))
    page = sitting.chance.choice(sitting.person["drafts"][number])
    response = _get(client, f"/cases/{number}/q/{page}")
    sitting.case, sitting.page = number, page
    sitting.open(response.text)
    return ""


def _range(client: Any, sitting: Sitting) -> str:
    path = sitting.chance.choice(sorted(sitting.fields))
    response = client.get(f"/cases/{sitting.case}/range?about={path}")
    if response.status_code == NOT_ASKED:  # since another answer of the page was saved
        del sitting.fields[path]
        return ""
    response.raise_for_status()
    return ""


def _save(client: Any, sitting: Sitting) -> str:
    asked = sitting.answer()
    if asked is None:
        return _questions(client, sitting)
    path, sent = asked
    headers = {"HX-Request": "true", "HX-Trigger": f"w-{path}"}
    response = client.post(f"/cases/{sitting.case}/q/{sitting.page}", sent, headers=headers)
    response.raise_for_status()
    return "" if sitting.saved(path, sent[path], response.text) else f"not saved: {sitting.case} {path} {sent[path]}"


ACTIONS: dict[str, Callable[[Any, Sitting], str]] = {
    "work": _read(lambda _sitting: "/"),
    "register": _read(Sitting.register),
    "case": _read(lambda one: f"/cases/{one.chance.choice(one.person['cases'])}"),
    "questions": _questions,
    "range": _range,
    "save": _save,
    "document": _read(
        lambda one: f"/cases/{one.chance.choice(one.person['sealed'])}/documents/{one.chance.choice(DOCUMENTS)}"
    ),
    "log": _read(lambda _sitting: "/log"),
}


def main() -> int:
    """Make the office, serve it, let people work in it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--office", type=Path, default=Path("build/big-office"), help="its folder; made if it is new")
    parser.add_argument("--cases", type=int, default=10_000, help="how many cases it has (default: 10000)")
    parser.add_argument("--users", type=int, default=50, help="how many people work (default: 50, the most there are)")
    parser.add_argument("--minutes", type=float, default=3.0, help="how long it counts (default: 3)")
    parser.add_argument("--seed", type=int, default=1, help="another number: other choices of what people do")
    parser.add_argument("--people", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.people:
        json.dump(_signed_in(given.office, given.people), sys.stdout)
        return 0
    office_in(given.office, given.cases)
    people = people_of(given.office, given.users)
    with served(given.office) as (address, process):
        began = cpu_of(process)
        seen = load(address, people, given.minutes * 60, given.seed)
        spent = cpu_of(process) - began
    print("\n".join(seen.table()))
    print(f"server: {spent:.1f} CPU seconds in {given.minutes * 60 + WARM:.0f} s; times in milliseconds")
    problems = list(seen.problems())
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
