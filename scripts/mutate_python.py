"""Change the engine's own Python in small ways, one at a time, and see whether a test notices.

    python scripts/mutate_python.py                 the sample; exit code 1 if a test was lost or too many survive
    python scripts/mutate_python.py --only rate     every mutant of the functions whose name holds this
    python scripts/mutate_python.py --draw          fill the sample up, and write down which test notices each

A mutant turns a comparison, `and` or `or`, a `not`, a constant or what a function returns into something near it. The
sample is written down in `mutants.yaml`, each with the test that noticed it last: so other code may change, move or
come in, and no mutant enters the sample by it; one whose code is gone is left out until somebody draws again. One that
was noticed once and is no more is an error; one newly drawn that no test notices yet is told. It needs a test, or its
reason in `survivors.yaml` where it changes nothing that anyone can see.

Each mutant has a process of its own, split off from one that has collected the tests: the code of the function is
replaced in memory, and no file is written. The test of `mutants.yaml` is run first. Only for those that it does not
notice a first pass then finds out which tests enter which function, and these run until one fails. Why no library does
this: docs/decisions/0053-mutants-of-our-own-code.md.
"""

import argparse
import ast
import builtins
import contextlib
import functools
import gc
import hashlib
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType, FunctionType
from typing import NoReturn

import pytest
import yaml

from risk_engine.files import once

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "risk_engine"
ROOMS = ("engine", "loading", "model", "records", "solver")
UPWARDS = ("files", "model", "loading", "engine", "records", "solver")
"""None of these rooms reads what stands in a later one (pyproject.toml): no change there changes what it came to."""
TESTS = (
    *("engine", "loading", "model", "records", "solver"),
    # Signatures, locks, releases, replies and records are read for these commands and seen through them.
    *(
        "cli/test_signed_release.py",
        "cli/test_timeline.py",
        "cli/test_decide.py",
        "cli/test_chain.py",
        "cli/test_texts.py",
    ),
    *("audit/diff", "audit/coverage", "audit/proofs", "outlook", "office/interview", "portfolio"),
)
"""Where a change of these rooms is noticed first."""
SURVIVORS = Path(__file__).with_name("survivors.yaml")
SAMPLE = Path(__file__).with_name("mutants.yaml")
FULL = 250
"""How many `--draw` fills the sample up to."""
AT_LEAST = 200
WANTED = 0.95
BUDGET = 40.0
"""Seconds of processor time that the tests of one mutant take at most, the shortest first."""
PATIENCE = 90
"""Seconds of processor time after which a mutant counts as noticed: it does not end."""
SHORT_PATIENCE = 20
"""The same where one test alone is run that is known to notice it."""

_SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_WORDS = frozenset({"_", "N_", "ngettext", "pgettext", "NP_", "assert_never", "cast", "RiskEngineError"})
"""Calls whose arguments are words for people: tests of messages and translations are about them."""


@dataclass(frozen=True)
class Mutant:
    """One small change of a function."""

    path: str
    function: str
    number: int
    """Which expression of the module, in the order of `ast.walk`."""
    before: str
    after: str
    twin: int = 0
    """Which of several that say the same in one function."""

    @property
    def name(self) -> str:
        """What it is called, the same wherever the function stands in its file."""
        again = f" ({self.twin + 1})" if self.twin else ""
        return f"{self.path} {self.function}: {self.before} -> {self.after}{again}"

    @property
    def place(self) -> float:
        """Where it stands between 0 and 1 in a row that has no order."""
        return int(hashlib.sha256(self.name.encode()).hexdigest()[:8], 16) / 2**32


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Give what a node may be changed into."""
    match node:
        case ast.Compare(left=left, ops=[operator, *more], comparators=others):
            yield ast.Compare(left, [_SWAPPED[type(operator)](), *more], others)
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant(f"{value}~")
        # A function that asks `super()` no more has another closure, and takes no other code.
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant) and not _asks_super(value):
            yield ast.Return(ast.Constant(None))


def _asks_super(value: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "super" for node in ast.walk(value))


def skipped(node: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of a node in which nothing is changed: types, words for people, what only a type checker reads."""
    match node:
        case ast.FunctionDef(decorator_list=decorators, args=arguments, returns=returns, body=[first, *_]):
            yield from (*decorators, arguments, *([returns] if returns else ()))
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first
        case ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.Call(func=ast.Name(id=name)) if name in _WORDS:
            yield node
        case ast.Raise() | ast.JoinedStr() | ast.MatchValue() | ast.Expr(value=ast.Constant()):
            yield node


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Give every mutant of the functions of a module."""
    tree = ast.parse(path.read_bytes())
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    found: Counter[str] = Counter()
    relative = path.relative_to(PACKAGE).as_posix()
    for function, body in functions(tree):
        for node in within(body):
            for changed in changes(node):
                made = Mutant(relative, function, numbers[id(node)], said(node), said(changed))
                yield replace(made, twin=found[made.name])
                found[made.name] += 1


def functions(tree: ast.AST, above: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Give the functions of a module and of its classes, each with its name; what stands in one belongs to it."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name=name):
                yield f"{above}{name}", node
            case ast.ClassDef(name=name):
                yield from functions(node, f"{above}{name}.")


def within(node: ast.AST) -> Iterator[ast.AST]:
    """Give a node and all in it that may be changed."""
    left_out = {id(one) for one in skipped(node)}
    if id(node) in left_out:
        return
    yield node
    for child in ast.iter_child_nodes(node):
        if id(child) not in left_out:
            yield from within(child)


def said(node: ast.AST, longest: int = 70) -> str:
    """Return a node as one line."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def code_of(mutant: Mutant) -> dict[tuple[str, int], CodeType]:
    """Return the code of a changed module, by function and line."""
    path = PACKAGE / mutant.path
    tree = ast.parse(path.read_bytes())
    target = next(node for number, node in enumerate(ast.walk(tree)) if number == mutant.number)
    [changed] = changes(target)
    _Put(target, changed).visit(tree)
    return codes(tree, path)


class _Put(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.new, node) if node is self.old else self.generic_visit(node)


def codes(tree: ast.Module, path: Path) -> dict[tuple[str, int], CodeType]:
    """Compile a module; return the code of each function in it."""
    found: dict[tuple[str, int], CodeType] = {}
    waiting = [compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        found[code.co_qualname, code.co_firstlineno] = code
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
    return found


def marked(path: Path) -> dict[tuple[str, int], CodeType]:
    """Return the code of a module in which every function says that it was entered."""
    tree = ast.parse(path.read_bytes())
    relative = path.relative_to(PACKAGE).as_posix()
    for name, node in functions(tree):
        at = 1 if ast.get_docstring(node) is not None else 0
        node.body.insert(at, ast.parse(f"__entered__({f'{relative} {name}'!r})").body[0])
    return codes(tree, path)


@dataclass
class Run:
    """The tests, collected once, what each is known to enter, and what was found with them."""

    known: dict[Mutant, str]
    """What is tried, each with the test that noticed it last, or nothing."""
    jobs: int
    noticed: dict[Mutant, str] = field(default_factory=dict)
    """Which test notices a mutant."""
    items: list[pytest.Item] = field(default_factory=list)
    of: dict[str, list[FunctionType]] = field(default_factory=dict)
    kept: list[tuple[str, Callable[[], None]]] = field(default_factory=list)
    """By room: each forgets what a function of the package was asked before."""
    enters: dict[str, list[int]] = field(default_factory=dict)
    took: dict[int, float] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests on mutants in place of as they are."""
        if session.testsfailed or not session.items:
            message = "the tests cannot be collected"
            raise session.Failed(message)
        self.items = session.items
        for path in {mutant.path for mutant in self.known}:  # some are read only when they are needed
            importlib.import_module(
                ".".join(("risk_engine", *Path(path).with_suffix("").parts)).removesuffix(".__init__")
            )
        gc.unfreeze()
        for found in gc.get_objects():
            if isinstance(found, FunctionType) and found.__code__.co_filename.startswith(str(PACKAGE)):
                self.of.setdefault(found.__code__.co_filename, []).append(found)
        self.kept = list(memories())
        gc.collect()
        gc.freeze()  # no process that is split off looks through all this
        numbers = {item.nodeid: number for number, item in enumerate(self.items)}
        last = {mutant: numbers[test] for mutant, test in self.known.items() if test in numbers}
        self.run_unchanged(set(last.values()))
        self.try_all({mutant: [test] for mutant, test in last.items() if self.enters_it(mutant, test)}, SHORT_PATIENCE)
        if left := [mutant for mutant in self.known if mutant not in self.noticed]:
            self.run_unchanged(set(numbers.values()) - set(last.values()))
            self.try_all({mutant: self.chosen(mutant) for mutant in left}, PATIENCE)
        return True

    def enters_it(self, mutant: Mutant, test: int) -> bool:
        """Whether a test passes as the code is and enters the function of a mutant."""
        return test in self.enters.get(f"{mutant.path} {mutant.function}", ())

    def chosen(self, mutant: Mutant) -> list[int]:
        """Return the tests to run for a mutant, what mirrors its module and the shortest first."""
        mirror = f"test_{Path(mutant.path).stem}"
        found, left = [], BUDGET
        for number in sorted(
            self.enters.get(f"{mutant.path} {mutant.function}", ()),
            key=lambda number: (self.items[number].path.stem != mirror, self.took[number]),
        ):
            left -= self.took[number]
            if left < 0:
                break
            found.append(number)
        return found

    def run_unchanged(self, numbers: set[int]) -> None:
        """Run tests on the code as it is; note which functions each enters and how long it takes."""
        marks = {path: marked(path) for path in sorted({PACKAGE / mutant.path for mutant in self.known})}
        files = sorted({self.items[number].path for number in numbers})
        many = 4 * self.jobs  # nobody knows yet which files take long
        parts = [sorted(one for one in numbers if files.index(self.items[one].path) % many == at) for at in range(many)]
        with tempfile.TemporaryDirectory() as folder:
            outs = [Path(folder, str(at)) for at in range(many)]
            work = [functools.partial(self.note, out, part, marks) for out, part in zip(outs, parts, strict=True)]
            for _ in in_processes(work, self.jobs, patience=None):
                pass
            for out in outs:
                for number, seconds, entered in json.loads(out.read_text("utf-8")):
                    self.took[number] = seconds
                    for function in entered:
                        self.enters.setdefault(function, []).append(number)

    def note(self, out: Path, numbers: list[int], marks: Mapping[Path, dict[tuple[str, int], CodeType]]) -> bool:
        """Run some of the tests, whole files each; write what every test entered."""
        entered: set[str] = set()
        builtins.__entered__ = entered.add  # type: ignore[attr-defined]
        for path, code in marks.items():
            self.patch(path, code)
        lines = []
        for number, following in zip(numbers, [*numbers[1:], None], strict=False):
            entered.clear()
            begun = spent()
            passed = self.passes(number, following)
            if passed:
                lines.append((number, spent() - begun, sorted(entered)))
            else:
                print(f"left out, it fails unchanged: {self.items[number].nodeid}", file=sys.__stderr__)
        out.write_text(json.dumps(lines), "utf-8")
        return True

    def try_all(self, chosen: dict[Mutant, list[int]], patience: int) -> None:
        """Run chosen tests on each mutant; note which test notices it."""
        mutants = list(chosen)
        work = [functools.partial(self.try_one, mutant, tests) for mutant, tests in chosen.items()]
        for number, is_noticed, test in in_processes(work, self.jobs, patience):
            if is_noticed:
                self.noticed[mutants[number]] = test

    def try_one(self, mutant: Mutant, tests: list[int]) -> bool:
        """Return whether one of some tests notices a mutant."""
        self.patch(PACKAGE / mutant.path, code_of(mutant))
        for number in tests:
            running(self.items[number].nodeid)
            if not self.passes(number, None):
                return True
        return False

    def patch(self, path: Path, new: dict[tuple[str, int], CodeType]) -> None:
        """Give the functions of a module other code; forget what they and those above may have been asked before."""
        for function in self.of.get(str(path), ()):
            code = new.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
            if code is not None and code.co_freevars == function.__code__.co_freevars:
                function.__code__ = code
        below = UPWARDS[: UPWARDS.index(path.relative_to(PACKAGE).parts[0])]
        for room, forget in self.kept:
            if room not in below:
                forget()

    def passes(self, number: int, following: int | None) -> bool:
        """Run one test; return whether it passes."""
        from _pytest.runner import runtestprotocol

        item = self.items[number]
        after = None if following is None else self.items[following]
        try:
            return not any(one.failed for one in runtestprotocol(item, log=False, nextitem=after))
        except (KeyboardInterrupt, pytest.exit.Exception):
            return False


def memories() -> Iterator[tuple[str, Callable[[], None]]]:
    """Give, by room, what forgets what functions of the package were asked before: it came from the code as it was."""
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper) and found.__module__.startswith("risk_engine"):  # noqa: SLF001
            yield _room(found.__module__), found.cache_clear
        elif isinstance(found, FunctionType) and found.__closure__ and found.__code__.co_filename == once.__file__:
            match [cell.cell_contents for cell in found.__closure__]:
                case [FunctionType() as function, dict() as kept]:
                    yield _room(function.__module__), kept.clear
    for name, module in list(sys.modules.items()):
        if name.startswith("risk_engine."):
            held = (getattr(module, one, None) for one in ("_cache", "_found"))
            yield from ((_room(name), one.clear) for one in held if isinstance(one, dict))


def _room(module: str) -> str:
    return module.split(".")[1]


def spent() -> float:
    """Return the processor time of this process and of those that it started: a busy machine changes nothing."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def in_processes(
    work: Sequence[Callable[[], bool]], jobs: int, patience: int | None = PATIENCE
) -> Iterator[tuple[int, bool, str]]:
    """Do each in a process split off from this one; True too for one that takes too long or breaks Python itself.

    With it comes what the work wrote last to the file RUNNING in its temporary folder.

    Raises RuntimeError if one ends in any other way: then this program is wrong, not what it tries.
    """
    running: dict[int, tuple[int, str]] = {}
    waiting = list(enumerate(work))[::-1]
    while waiting or running:
        while waiting and len(running) < jobs:
            number, one = waiting.pop()
            folder = tempfile.mkdtemp(prefix="mutant-")
            process = os.fork()
            if not process:
                _in_a_process_of_its_own(one, folder, patience)
            running[process] = (number, folder)
        process, status = os.wait()
        if process not in running:  # another child of this process, of a test that was left before it waited for it
            continue
        number, folder = running.pop(process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)  # what it started and did not end
        running_last = Path(folder, RUNNING)
        last = running_last.read_text("utf-8") if running_last.exists() else ""
        shutil.rmtree(folder, ignore_errors=True)
        code = os.waitstatus_to_exitcode(status)
        if code > 0 and code != _NO:
            message = f"work {number} ended with {code}; what is wrong stands above"
            raise RuntimeError(message)
        yield number, code != _NO, last


_NO = 17
RUNNING = "running"
_own_folder = Path()


def running(test: str) -> None:
    """Note which test runs in this process now; a test may change where temporary files go."""
    (_own_folder / RUNNING).write_text(test, "utf-8")


def _in_a_process_of_its_own(work: Callable[[], bool], folder: str, patience: int | None) -> NoReturn:
    os.setpgid(0, 0)
    if patience is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
        signal.alarm(20 * patience)  # it waits for something that never comes
    globals()["_own_folder"] = Path(folder)
    tempfile.tempdir = folder
    os.environ |= {"TMPDIR": folder, "PYTEST_DEBUG_TEMPROOT": folder}
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    try:
        code = 0 if work() else _NO
    except BaseException:  # noqa: BLE001
        traceback.print_exc(file=sys.__stderr__)
        code = 1
    os._exit(code)


def everyone() -> list[Mutant]:
    """Return every mutant there is, those of one function together."""
    return [mutant for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py")) for mutant in mutants_of(path)]


def standing(said_of: dict[str, str], mutants: Iterable[Mutant]) -> dict[Mutant, str]:
    """Return what is said of mutants by name, for those that are there: also where their function has moved."""
    by_name: dict[str, Mutant] = {}
    elsewhere: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_name[mutant.name] = mutant
        elsewhere.setdefault(mutant.name.partition(" ")[2], []).append(mutant)
    found: dict[Mutant, str] = {}
    for name, value in said_of.items():
        match [by_name[name]] if name in by_name else elsewhere.get(name.partition(" ")[2], []):
            case [mutant]:
                found.setdefault(mutant, value)
    return found


def filled(sample: dict[Mutant, str], mutants: Iterable[Mutant]) -> dict[Mutant, str]:
    """Return a sample with as many more as it may hold, chosen by a digest of what each says."""
    others = sorted((mutant for mutant in mutants if mutant not in sample), key=lambda mutant: mutant.place)
    return sample | dict.fromkeys(others[: max(0, FULL - len(sample))], "")


def problems(sample: Mapping[Mutant, str], survived: Sequence[Mutant], reasons: Container[Mutant]) -> Iterator[str]:
    """Give what is wrong with the result, a line each."""
    for mutant in survived:
        if mutant not in reasons and (test := sample[mutant]):
            yield f"no test notices any more: {mutant.name}\n    {test} did"
    if len(sample) < AT_LEAST:
        yield f"only {len(sample)} of the sample are there, at least {AT_LEAST} are wanted: --draw fills it up"
    if len(survived) > (1 - WANTED) * len(sample):
        yield f"{len(survived)} of {len(sample)} survive, more than {1 - WANTED:.0%}"


def main(arguments: Iterable[str] | None = None) -> int:
    """Try the mutants; print what no test notices."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", help="every mutant of the functions whose name holds this")
    parser.add_argument(
        "--draw", action="store_true", help="fill the sample up, and write down which test notices each"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    mutants = everyone()
    sample = standing(_read(SAMPLE), mutants)
    if chosen.only:
        sample = {mutant: sample.get(mutant, "") for mutant in mutants if chosen.only in mutant.function}
    elif chosen.draw:
        sample = filled(sample, mutants)
    reasons = standing(_read(SURVIVORS), sample)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    run = Run({mutant: test for mutant, test in sample.items() if mutant not in reasons}, chosen.jobs)
    places = [str(ROOT / "tests" / place) for place in TESTS if (ROOT / "tests" / place).exists()]
    quiet = ["-q", "--no-header", "--capture=no", "-p", "no:cacheprovider", "-p", "no:xdist"]
    if code := pytest.main([*quiet, "-m", "not long", *places], plugins=[run]):
        return int(code)
    survived = [mutant for mutant in sample if mutant not in run.noticed]
    print(f"{len(sample)} mutants, {len(survived)} survive, {len(reasons)} of them with a reason")
    if chosen.draw:
        written = {mutant.name: run.noticed.get(mutant, "") for mutant in sorted(sample, key=lambda one: one.name)}
        SAMPLE.write_text(yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=1000), "utf-8")
    waiting = [mutant for mutant in survived if mutant not in reasons and (chosen.only or not sample[mutant])]
    wrong = [] if chosen.only else list(problems(sample, survived, reasons))
    print(*(f"no test notices: {mutant.name}" for mutant in waiting), *wrong, sep="\n")
    return 1 if wrong or (waiting and (chosen.only or chosen.draw)) else 0


def _read(path: Path) -> dict[str, str]:
    return yaml.safe_load(path.read_text("utf-8")) or {}


if __name__ == "__main__":
    sys.exit(main())
