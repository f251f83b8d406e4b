"""Measure what users wait for: `python benchmarks/run.py` prints medians; no test depends on them.

Cold start is the CPU time of the whole command, imports and criteria included, with its modules compiled as an
installed package has them. How fast a machine is, and how busy, is seen beside it: what `import pydantic` with one
model takes, and Python alone, each measured in turn with the command. In process, the decision of a checked case is
timed by the reference walk and by the compiled program, then with its record and digest in both ways, at the size of
the full catalogue (57 indicators) and at 2 and 5 times it; the indicators beyond those of the set are copies under
other ids. A pack is every document of a case in every form: cold as the whole command, warm in a process that has
written one before; below, the size of each of its files. Documents are timed as people wait for them, by the clock. So
is the impact of the newest version on a thousand cases that were decided under the first one, as case files and as
stored assessments, in as many processes as there are processors. The meaning of the newest version is proved over all
possible cases at the same size as shipped and at 200 and 500 indicators, in as many processes; those beyond the shipped
ones are copies of unchanged ones. Likewise what is proved of the newest version; a copy stands in a copy of the family
of its model.
"""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.proofs.prove import prove
from risk_engine.audit.versions import loaded
from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.explain import explained
from risk_engine.engine.program import Program, decide_only
from risk_engine.engine.work import PAYS, work
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.translation import Told
from risk_engine.report.pages.pack import Pack, pack
from risk_engine.report.pages.redacted import redacted_view
from risk_engine.solver.space import Limits

ON = date(2026, 11, 25)
EXAMPLE = Path(__file__).parent.parent / "examples" / "lung-imaging.yaml"
CATALOGUE = 57
RUNS = 15
PACKS = 3
"""How often a whole pack is written: it takes seconds."""
ONE_MODEL = "import pydantic\nclass One(pydantic.BaseModel):\n    x: int"
SET = "reconnect-china"
CASES = 1000
IMPACTS = 3
DIFFS = (CATALOGUE, 200, 500)


def main() -> None:
    """Print every measurement."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors; medians of {RUNS} runs\n")
    started = _cpu_of(
        {
            "cold start, whole `assess` command": ["-m", "risk_engine", "assess", str(EXAMPLE)],
            "`import pydantic` with one model": ["-c", ONE_MODEL],
            "bare Python": ["-c", ""],
        }
    )
    for name, milliseconds in started.items():
        print(f"{name:38}  {milliseconds:7.0f} ms CPU")
    print()
    criteria = loaded(SET)[1]
    case = load_case(EXAMPLE, criteria)
    print("indicators   reference    program   to compile it   record by reference   record by program")
    for size in (len(criteria.indicators), CATALOGUE, 2 * CATALOGUE, 5 * CATALOGUE):
        _decide(case, _of_size(criteria, size), size)
    _packs(case, criteria)
    _impacts()
    _diffs()
    _proofs()


def _decide(case: Case, criteria: Criteria, size: int) -> None:
    """Print how long a decision of a checked case takes, with and without its record, in both ways."""
    compiled = _seconds(partial(Program, criteria, ON, None)) * 1000
    for _ in range(PAYS):
        assess(case, criteria, ON)
    walk = _median(partial(work, case, criteria, ON))
    program = _median(partial(decide_only, case, criteria, ON))
    by_reference = _median(partial(assess, case, criteria, ON, trace="reference"))
    by_program = _median(partial(assess, case, criteria, ON))
    print(
        f"{size:10}   {walk:6.2f} ms   {program:5.3f} ms   {compiled:10.0f} ms   {by_reference:16.2f} ms   "
        f"{by_program:14.2f} ms   ({walk / program:.0f} and {by_reference / by_program:.1f} times faster)"
    )


def _packs(case: Case, criteria: Criteria) -> None:
    """Print how long a pack takes, and how large its files are."""
    with tempfile.TemporaryDirectory() as folder:
        cold = [_seconds(partial(_pack_command, f"{folder}/{number}")) for number in range(PACKS)]
    assessment = assess(case, criteria, ON)
    told = Told("en", criteria, criteria, criteria.digest)

    def made() -> Pack:
        words = explained(assessment, told)
        return pack(assessment, criteria, words, None, [redacted_view(words, told, part="report")])

    files = made().files
    warm = [_seconds(made) for _ in range(PACKS)]
    print(f"\npack of {len(files)} files, medians of {PACKS}: cold {statistics.median(cold):.1f} s, ", end="")
    print(f"warm {statistics.median(warm):.1f} s; {_kilobytes(sum(map(len, files.values())))} kB in all")
    for name, content in sorted(files.items()):
        print(f"  {name:24} {_kilobytes(len(content)):6} kB")


def _impacts() -> None:
    """Print how long the impact of the newest version on many cases takes: the examples, each under many ids."""
    first, last = versions(SET)[0], versions(SET)[-1]
    examples = sorted(EXAMPLE.parent.glob("*.yaml"))
    criteria = read_criteria(first.path)
    with tempfile.TemporaryDirectory() as folder:
        kinds = {"case files": Path(folder, "cases"), "stored assessments": Path(folder, "stored")}
        for kind in kinds.values():
            kind.mkdir()
        for number in range(CASES):
            text = examples[number % len(examples)].read_text("utf-8")
            path = kinds["case files"] / f"{number:04}.yaml"
            path.write_text(re.sub("^id: .*$", f"id: N-{number:04}", text, flags=re.MULTILINE), "utf-8")
            record = to_json(assess(load_case(path, criteria), criteria))
            (kinds["stored assessments"] / f"{number:04}.json").write_bytes(record)
        print(f"\nimpact of {last} on {CASES} cases under {first}, medians of {IMPACTS}")
        for name, kind in kinds.items():
            command = [sys.executable, "-m", "risk_engine", "criteria", "impact", str(first), str(last)]
            command += ["--cases", str(kind), "-o", f"{folder}/impact.html"]
            times = [_seconds(partial(_quietly, command)) for _ in range(IMPACTS)]
            print(f"  {name:24} {statistics.median(times):6.1f} s")


def _diffs() -> None:
    """Print how long it takes to prove what the newest version means against the first one."""
    first, last = versions(SET)[0], versions(SET)[-1]
    before, after = read_criteria(first.path), read_criteria(last.path)
    base = base_case(before)[1]
    limits = Limits(jobs=os.cpu_count() or 1)
    print(f"\nmeaning of {last} against {first}, once each")
    for size in DIFFS:
        sets = [_with_copies(one, size, (before, after)) for one in (before, after)]
        start = time.perf_counter()
        found = meaning(sets[0], sets[1], base, limits)
        seconds = time.perf_counter() - start
        open_ = sum(one.status == "undecided" for one in found.shifts)
        print(f"  {size:4} indicators {seconds:6.1f} s: {found.answer}, {open_} questions not decided", flush=True)


def _proofs() -> None:
    """Print how long it takes to prove what is claimed of the newest version."""
    last = versions(SET)[-1]
    criteria = read_criteria(last.path)
    base = base_case(criteria)[1]
    limits = Limits(jobs=os.cpu_count() or 1)
    print(f"\nproof of {last}, once each")
    for size in (len(criteria.indicators), *DIFFS[1:]):
        sized = _with_families(criteria, size)
        start = time.perf_counter()
        found = prove(sized, base, base.assessment_date or ON, limits=limits)
        seconds = time.perf_counter() - start
        counts = ", ".join(f"{found.count(one)} {one}" for one in ("proved", "refuted", "undecided"))
        print(f"  {size:4} indicators {seconds:6.1f} s: {counts}", flush=True)


def _with_families(criteria: Criteria, size: int) -> Criteria:
    """Return a set of that size in which the copies of a family, made in one go, are a family too."""
    given, sized = list(criteria.indicators), _of_size(criteria, size)
    families: dict[str, tuple[str, ...]] = {}
    for number, name in enumerate(sized.indicators):
        copy, place = divmod(number, len(given))
        for family, members in criteria.head.families.items():
            if given[place] in members:
                families[f"{family}-{copy}"] = (*families.get(f"{family}-{copy}", ()), name)
    return sized.model_copy(update={"head": criteria.head.model_copy(update={"families": families})})


def _with_copies(criteria: Criteria, size: int, both: Sequence[Criteria]) -> Criteria:
    """Return a set with copies, under other ids, of what is the same in both versions."""
    same = [name for name, one in both[0].indicators.items() if both[1].indicators.get(name) == one]
    more = max(0, size - len(criteria.indicators))
    copies = {f"{same[n % len(same)]}-{n}": both[0].indicators[same[n % len(same)]] for n in range(more)}
    return criteria.model_copy(update={"indicators": {**criteria.indicators, **copies}})


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _pack_command(folder: str) -> None:
    command = [sys.executable, "-m", "risk_engine", "assess", str(EXAMPLE), "--pack", folder]
    _quietly(command)


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _kilobytes(size: int) -> int:
    return -(-size // 1000)


def _of_size(criteria: Criteria, size: int) -> Criteria:
    given = list(criteria.indicators.items())
    indicators = {
        name if number < len(given) else f"{name}-{number}": indicator
        for number, (name, indicator) in ((n, given[n % len(given)]) for n in range(size))
    }
    return criteria.model_copy(update={"indicators": indicators})


def _median(action: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        action()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def _cpu_of(commands: dict[str, list[str]]) -> dict[str, float]:
    """Return the CPU time of each command of Python, in milliseconds; they take turns, so all meet the same machine."""
    # Where the surroundings forbid Python to write bytecode, a checkout is compiled at every start; no user has that.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(RUNS + 1):
        for name, command in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=environment)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if turn:  # the first one compiles
                times[name].append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


if __name__ == "__main__":
    main()
