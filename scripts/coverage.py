"""What the tests run of the package, for the floors of `make test`: a plugin of pytest, `-p scripts.coverage`.

Every statement of the package, and every way past one that decides, gets an assignment in front of it that marks it as
run. That costs a hundredth of a test's time where tracing costs as much again, so the one run of all tests is
measured: docs/decisions/0064-coverage-in-the-one-run.md.

A server runs in a process of its own: `python -m scripts.coverage ARGUMENTS` runs the package, or a module of it that
is named, and leaves what it has seen of the parts that nothing else runs (`ALONE`) in the folder that the tests name
(`MARKS`).
"""

import ast
import atexit
import importlib
import json
import marshal
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import cache_from_source, source_hash
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "risk_engine"
FLOORS = {"": 97.0, "engine": 100.0, "model": 100.0}
"""Of which folder of the package how much has to be run, in percent."""
NOT_INSTALLED = ("portfolio/spark.py", "portfolio/spark_session.py")
"""What needs an extra that `make test` does not install counts for no floor: `make test-long` installs and runs it."""
MARKS = "RISK_ENGINE_MARKS"
"""Names the folder in which processes that tests start leave what they have seen."""
ALONE = (f"{PACKAGE.name}.audit.editor", f"{PACKAGE.name}.web")
"""What is marked of a process that tests start: to mark all that it loads would take longer than what it does."""
SUMMARY = pytest.StashKey[list[str]]()
_OWN = source_hash(Path(__file__).read_bytes())
"""Where marks are put may change with this file."""

_seen: dict[str, list[int]] = {}
"""By path in the package: for each place of `places_in` whether it was run."""


class _Marking:
    """Puts a mark before every statement that does something, and where a branch is not taken."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def mark(self, node: ast.stmt, past: str = "") -> ast.stmt:
        """Return the assignment that marks a place as run; `past` for the way past a statement."""
        number = len(self.places)
        self.places.append(f"{node.lineno}{past}")
        at = _place(node)
        target = ast.Subscript(ast.Name("__seen__", ast.Load(), **at), ast.Constant(number, **at), ast.Store(), **at)
        return ast.Assign([target], ast.Constant(1, **at), **at)

    def marked(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return statements with marks among them."""
        found: list[ast.stmt] = []
        for statement in statements:
            if not _does_nothing(statement):
                found.append(self.mark(statement))
                self.below(statement)
            found.append(statement)
        return found

    def below(self, node: ast.AST) -> None:
        """Mark what stands below a node."""
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):
                setattr(node, name, self.marked(statements))
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            self.below(part)
        match node:
            case ast.While(test=ast.Constant()):
                pass  # it has no other end than what leaves it
            case ast.If(orelse=[]) | ast.For(orelse=[]) | ast.While(orelse=[]):
                node.orelse = [self.mark(node, "->")]
            case ast.Match(cases=[*_, last]) if not _takes_all(last):
                node.cases.append(ast.match_case(ast.MatchAs(**_place(node)), None, [self.mark(node, "->")]))


def _place(node: ast.stmt) -> dict[str, Any]:
    """Return where a statement stands, for what is put beside it: to fill that in later would walk through all."""
    end = {"end_lineno": node.end_lineno or node.lineno, "end_col_offset": node.end_col_offset or node.col_offset}
    return {"lineno": node.lineno, "col_offset": node.col_offset, **end}


def _does_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is read by the compiler or a type checker alone, or cannot be reached as mypy proves."""
    match statement:
        case ast.Global() | ast.Nonlocal() | ast.Expr(value=ast.Constant()):
            return True
        case ast.ImportFrom(module="__future__") | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
    return False


def _takes_all(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


def compiled(source: bytes, path: str) -> tuple[CodeType, list[str]]:
    """Compile a module with marks; return it and what each mark stands for, a line or `LINE->` for the way past it."""
    tree, places = marked(source)
    return compile(tree, path, "exec", dont_inherit=True), places


def kept(source: bytes, path: str) -> tuple[CodeType, int]:
    """Return a module with marks, and how many, as another process of the same tests compiled it if one has."""
    place, stamp = Path(cache_from_source(path, optimization="marked")), source_hash(source) + _OWN
    found = place.read_bytes() if place.exists() else b""
    if found.startswith(stamp):
        code, number = marshal.loads(found[len(stamp) :])  # noqa: S302 (written below, beside what Python keeps)
        return code, number
    code, places = compiled(source, path)
    if not sys.dont_write_bytecode:
        place.parent.mkdir(exist_ok=True)
        written = place.with_suffix(f".{os.getpid()}")
        written.write_bytes(stamp + marshal.dumps((code, len(places))))
        written.replace(place)
    return code, len(places)


def marked(source: bytes) -> tuple[ast.Module, list[str]]:
    """Return a module with marks and what each mark stands for."""
    tree, marking = ast.parse(source), _Marking()
    marking.below(tree)
    return tree, marking.places


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        code, number = kept(self.get_data(self.path), self.path)
        # What is imported once more, as a test may do, has been seen all the same.
        module.__dict__["__seen__"] = _seen.setdefault(Path(self.path).relative_to(PACKAGE).as_posix(), [0] * number)
        exec(code, module.__dict__)  # noqa: S102 - that is what a loader does


class _Finder(MetaPathFinder):
    def __init__(self, *parts: str) -> None:
        self._parts = tuple(f"{one}." for one in parts)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if not f"{name}.".startswith(self._parts):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def pytest_load_initial_conftests() -> None:
    """Mark the package from its first module on: conftest.py reads some of it."""
    sys.meta_path.insert(0, _Finder(PACKAGE.name))
    os.environ.setdefault(MARKS, tempfile.mkdtemp())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what another process of the same tests has seen."""
    _take(getattr(node, "workeroutput", {}).get("seen", {}))


def _take(seen: Mapping[str, str]) -> None:
    for path, marks in seen.items():
        known = _seen.get(path, [0] * len(marks))
        _seen[path] = [int(mark) | before for mark, before in zip(marks, known, strict=True)]


def _given() -> dict[str, str]:
    return {path: "".join(map(str, marks)) for path, marks in _seen.items()}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was seen, or, where all comes together, fail below a floor."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["seen"] = _given()
        return
    for left in Path(os.environ[MARKS]).glob("*.json"):
        _take(json.loads(left.read_text("ascii") or "{}"))  # who was killed leaves nothing
    session.config.stash[SUMMARY] = told = [*summary()]
    if session.exitstatus == pytest.ExitCode.OK and any(line.startswith("too little") for line in told):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Print what no test runs, unless some failed: then it is not known."""
    if exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} and not terminalreporter.stats.get("failed"):
        terminalreporter.section("coverage: what no test runs")
        for line in terminalreporter.config.stash[SUMMARY]:
            terminalreporter.line(line)


def summary() -> Iterator[str]:
    """Give the places that were not run, a line for each file, and then how much of each folder with a floor was."""
    marks = {path.relative_to(PACKAGE).as_posix(): _places(path) for path in sorted(PACKAGE.rglob("*.py"))}
    for path, places in marks.items():
        if missing := ", ".join(_spans(places)):
            yield f"risk_engine/{path}: {missing}"
    for folder, floor in FLOORS.items():
        counted = (places for path, places in marks.items() if path.startswith(folder) and path not in NOT_INSTALLED)
        share = _share(seen for places in counted for _, seen in places)
        verdict = "too little" if share < floor else "enough"
        yield f"{verdict}: {share:.2f} % of risk_engine/{folder} ({floor:g} % wanted)"


def _spans(places: Iterable[tuple[str, int]]) -> Iterator[str]:
    for seen, neighbours in groupby(places, key=itemgetter(1)):
        if not seen:
            lines = [place for place, _ in neighbours]
            yield lines[0] if len(lines) == 1 else f"{lines[0]}-{lines[-1]}"


def _places(path: Path) -> list[tuple[str, int]]:
    _, places = marked(path.read_bytes())
    seen = _seen.get(path.relative_to(PACKAGE).as_posix()) or [0] * len(places)
    return list(zip(places, seen, strict=True))


def _share(seen: Iterable[int]) -> float:
    marks = list(seen)
    return 100 * sum(marks) / len(marks)


def _run_alone() -> None:
    """Run the package, or a module of it, as `python -m` does, and leave what was seen at the end."""
    sys.meta_path.insert(0, _Finder(*ALONE))
    _number, kept = tempfile.mkstemp(".json", dir=os.environ[MARKS])
    atexit.register(lambda: Path(kept).write_text(json.dumps(_given()), "ascii"))
    if sys.argv[1:2] and sys.argv[1].startswith(f"{PACKAGE.name}."):
        sys.exit(importlib.import_module(sys.argv[1]).main(*sys.argv[2:]))
    from risk_engine.__main__ import main

    main()


if __name__ == "__main__":
    _run_alone()
