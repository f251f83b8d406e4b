"""Measure many cases: `python benchmarks/many.py 1000 10000` prints time and memory of each command; no test uses it.

The cases of `examples/` that can be assessed are written so often into a temporary folder, each under an id of its own;
then each command runs on them as from a shell. Memory is the most that one of its processes held.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from itertools import cycle
from pathlib import Path

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import read_case_file
from risk_engine.portfolio.assess import Assessor

EXAMPLES = Path(__file__).parent.parent / "examples"


def texts() -> Iterator[str]:
    """Yield the examples that can be assessed, each without the line that states its id."""
    assessor = Assessor(None, None, None)
    for path in sorted(EXAMPLES.glob("*.yaml")):
        try:
            assessor.assess(path)
        except RiskEngineError:
            continue
        own = f"id: {read_case_file(path).data['id']}"
        lines = path.read_text("utf-8").splitlines()
        yield "\n".join(line for line in lines if line.replace('"', "") != own) + "\n"


def write_cases(folder: Path, number: int) -> None:
    """Write so many cases, the examples in turn."""
    folder.mkdir()
    for count, text in zip(range(number), cycle(list(texts()))):
        (folder / f"{count:06d}.yaml").write_text(f'id: "M-{count:06d}"\n{text}', "utf-8")


def measured(*arguments: str | Path, codes: Collection[int] = (0,)) -> tuple[float, float, float]:
    """Run a command; return its seconds, those of all processors, and the megabytes that its largest process held.

    `codes` are the exit codes that it may have.
    """
    begun = time.perf_counter()
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    command = [sys.executable, "-m", "risk_engine", *map(str, arguments)]
    # What is installed is compiled once, also where this shell says that nothing of it is kept.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = os.posix_spawn(sys.executable, command, environment, file_actions=nowhere)
    _, status, usage = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) not in codes:
        sys.exit(f"{' '.join(command)}: exit code {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Print a line for each command and number of cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*", default=[1_000])
    parser.add_argument("--jobs", action="append", help="Run with so many processes; repeatable.")
    parser.add_argument("--only", action="append", help="`assess`, `json`, `html`, `add`, `list`, `reassess`.")
    asked = parser.parse_args()
    print(f"{'cases':>7}  {'command':<34}{'seconds':>9}{'CPU':>9}{'MB':>8}")
    for number in asked.numbers:
        with tempfile.TemporaryDirectory() as made:
            cases = Path(made) / "cases"
            write_cases(cases, number)
            for jobs in [["--jobs", one] for one in asked.jobs or []] or [[]]:
                later = Path(made) / f"register-{'-'.join(jobs)}"
                commands = {
                    "assess": ("assess", cases, *jobs),
                    "json": ("assess", cases, "--format", "json", *jobs),
                    "html": ("assess", cases, "--format", "html", "-o", Path(made) / "reports", *jobs),
                    "add": ("register", "add", later, cases, *jobs),
                    "list": ("register", "list", later),
                    "reassess": ("register", "reassess", later, "--on", "2027-06-01", *jobs),
                }
                for name, command in commands.items():
                    if not asked.only or name in asked.only:
                        seconds, processors, megabytes = measured(*command)
                        told = " ".join((name, *jobs))
                        print(f"{number:>7}  {told:<34}{seconds:>9.1f}{processors:>9.1f}{megabytes:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
