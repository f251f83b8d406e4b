"""Real signals: Ctrl-C ends a command soon, whatever it is at, and no unfinished work is taken for a result."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from risk_engine.files.interrupts import interruptible, unheard
from tests.cli.running import EXAMPLES, LOAN_DESK, ROOT
from tests.strategies import by_turns

SOON = 5
"""Seconds in which an interrupted command has ended, also while other work goes on beside it."""
OLD, NEW = "reconnect-china@1.0.0", "reconnect-china@2.0.0"


def begun(*command: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def asks_the_solver(process: "subprocess.Popen[str]") -> bool:
    if "libz3" not in Path(f"/proc/{process.pid}/maps").read_text():
        return False
    time.sleep(0.5)
    return True


def has_processes(process: "subprocess.Popen[str]") -> bool:
    return bool(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())


def interrupted(process: "subprocess.Popen[str]", works: Callable[["subprocess.Popen[str]"], bool]) -> tuple[str, str]:
    """Press Ctrl-C for a process and all that it started, as soon as it works; return both its streams."""
    while not works(process):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    try:
        return process.communicate(timeout=SOON)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into /proc to see that a command works")
@pytest.mark.parametrize(
    ("command", "works"),
    [
        (["prove", NEW, "-j", "1"], asks_the_solver),
        pytest.param(["prove", NEW, "-j", "2"], has_processes, marks=pytest.mark.nightly),
        pytest.param(["diff", OLD, NEW], asks_the_solver, marks=pytest.mark.nightly),
        pytest.param(["impact", OLD, NEW, "-j", "2", "--cases"], has_processes, marks=pytest.mark.nightly),
        (["mutate", str(LOAN_DESK), "-j", "2"], has_processes),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_ctrl_c_ends_a_long_command_without_a_result(
    command: list[str], works: Callable[["subprocess.Popen[str]"], bool], tmp_path: Path
) -> None:
    cases = tmp_path / "cases"
    if command[-1] == "--cases":
        cases.mkdir()
        text = (EXAMPLES / "boreal-carbon.yaml").read_text("utf-8")
        for number in range(200):
            (cases / f"{number}.yaml").write_text(text, "utf-8")
        command = [*command, str(cases), "-o", str(tmp_path / "impact.html")]
    with begun("-m", "risk_engine", "criteria", *command) as process:
        assert interrupted(process, works) == ("", "Stopped.\n")
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == ([cases] if cases.is_dir() else [])


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into /proc to see that a command works")
@pytest.mark.parametrize("form", by_turns(["json", "text", "md"], 3))
def test_ctrl_c_ends_an_assessment_of_many_cases_and_leaves_no_half_of_a_file(form: str, tmp_path: Path) -> None:
    cases, output = tmp_path / "cases", tmp_path / "results"
    cases.mkdir()
    text = (EXAMPLES / "boreal-carbon.yaml").read_text("utf-8")
    for number in range(500):
        (cases / f"{number}.yaml").write_text(text, "utf-8")
    with begun("-m", "risk_engine", "assess", cases, "-j", "2", "--format", form, "-o", output) as process:
        assert interrupted(process, has_processes) == ("", "Stopped.\n")
    assert process.returncode == 130
    assert form == "md" or not output.exists()
    assert not list(tmp_path.rglob("*.part"))


WHILE_IT_IS_READ = """
import os, signal, sys
class Press:
    def find_spec(self, name, *_):
        if name == self.name:
            os.kill(os.getpid(), signal.SIGINT)
press = Press()
press.name = sys.argv[1]
sys.meta_path.insert(0, press)
sys.argv = ["risk-engine", "--lang", "de", "criteria", "list"]
from risk_engine.__main__ import main
main()
"""


# What every command needs, then what the one needs that is asked for.
@pytest.mark.parametrize(
    "module", ["risk_engine.cli.commands", "risk_engine.cli.criteria", "risk_engine.cli.criteria_releases"]
)
def test_ctrl_c_while_the_command_is_still_being_read_is_answered_in_words(module: str) -> None:
    with begun("-c", WHILE_IT_IS_READ, module) as process:
        assert process.communicate(timeout=60) == ("", "Beendet.\n")
    assert process.returncode == 130


HARD = """
import z3
from risk_engine.solver.solver import ask_solver, new_solver
from risk_engine.files.interrupts import interruptible
context = z3.Context()
solver = new_solver(context)
holes = range(13)
at = [[z3.Bool(f"{bird} in {hole}", context) for hole in holes] for bird in range(len(holes) + 1)]
solver.add(*(z3.Or(one) for one in at))
solver.add(*(z3.Not(z3.And(x[h], y[h])) for i, x in enumerate(at) for y in at[:i] for h in holes))
try:
    with interruptible():
        print("begun", flush=True)
        print(ask_solver(solver))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_ends_a_question_of_the_solver_that_takes_long() -> None:
    def asks(process: "subprocess.Popen[str]") -> bool:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.5)
        return True

    with begun("-c", HARD) as process:
        assert interrupted(process, asks) == ("interrupted\n", "")


OUT_OF_PLACE = """
import ctypes, os, signal, time
from risk_engine.files.interrupts import interruptible

def press():
    os.kill(os.getpid(), signal.SIGINT)
class Cleared:
    def __del__(self):
        press()
class HalfMade:
    def __init__(self):
        press()
        self.made = True
    def __del__(self):
        print(self.made)
class Given:
    @classmethod
    def from_param(cls, value):
        press()
        return value
def call():
    function = ctypes.CDLL(None).abs
    function.argtypes = [Given]
    function(1)
def hide():
    try:
        press()
    except BaseException:
        pass

try:
    with interruptible():
        {pressed}
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(
    "pressed",
    ["Cleared(); time.sleep(600)", "HalfMade()", "call()", "exec('press()')", "hide()"],
    ids=["lost", "half made", "another error", "in text", "hidden"],
)
def test_ctrl_c_counts_wherever_python_comes_to_raise_it(pressed: str) -> None:
    with begun("-c", OUT_OF_PLACE.replace("{pressed}", pressed)) as process:
        assert process.communicate(timeout=60) == ("interrupted\n", "")
    assert process.returncode == 0


@contextlib.contextmanager
def pressed_from_another_thread() -> Iterator[Callable[[], None]]:
    """Yield what has Ctrl-C come soon, in a thread that the system handed it to; it is to end what is done in here."""
    asked = threading.Semaphore(0)

    def press() -> None:
        while asked.acquire():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    switches = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # or Ctrl-C would come at the worst moment only once in some thousand times
    try:
        yield asked.release
    finally:
        sys.setswitchinterval(switches)


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is another signal here")
def test_ctrl_c_waits_also_where_the_system_hands_it_to_another_thread() -> None:
    done = []
    with pressed_from_another_thread() as press:
        with contextlib.suppress(KeyboardInterrupt), interruptible(), unheard():
            with unheard():
                press()
                time.sleep(0.2)
                done.append("within")
            done.append("after")
            time.sleep(0.2)
            done.append("to the end")
        with contextlib.suppress(KeyboardInterrupt), interruptible():
            with unheard():
                press()
                time.sleep(0.2)
            done.append("never")
    assert done == ["within", "after", "to the end"]


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is another signal here")
@pytest.mark.parametrize("in_here", [interruptible, contextlib.nullcontext], ids=["ours", "Python's"])
def test_ctrl_c_is_heard_again_whenever_it_came_before(
    in_here: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    deaf = 0
    with pressed_from_another_thread() as press:
        for _ in range(100):
            with contextlib.suppress(KeyboardInterrupt), in_here():
                press()
                for _ in range(1000):
                    with unheard():
                        pass
                time.sleep(1)
            deaf += signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    assert deaf == 0


@pytest.mark.nightly
def test_a_suite_that_was_started_in_the_background_hears_them_too() -> None:
    suite = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-k", "still_being_read and commands", __file__]
    background = [
        "-c",
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])",
    ]
    with begun(*background, *suite) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert "1 passed" in out
