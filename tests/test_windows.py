"""What Windows has not, nothing here needs: a process without it goes from a new case to a verified decision.

It stands in for Windows, which no test here runs on: the modules and functions that Python has on POSIX alone are gone,
names are looked up without links between files, and processes cannot be forked.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.writing import is_device, write_new, write_text
from tests.cli.running import LOAN_CASE, LOAN_DESK, ROOT, done

GONE = ("fcntl", "grp", "pwd", "posix", "readline", "resource", "syslog", "termios", "tty")
"""Modules that Python has on POSIX alone."""
STAND_IN = (
    f"""
GONE = {GONE}
"""
    """
import asyncio, ctypes, fcntl, importlib, locale, multiprocessing.context, multiprocessing.pool, os, pathlib, pkgutil
import random
import shutil, signal, socket, subprocess, sys, tempfile, time, types, zipfile, typer, pydantic, yaml

for name in GONE:
    sys.modules[name] = None
POSIX = ("chown", "fchmod", "fork", "forkpty", "getegid", "geteuid", "getgid", "getgroups", "getpgid", "getuid", "kill",
         "killpg", "lchown", "mkfifo", "nice", "openpty", "pread", "pwrite", "setsid", "setuid", "sync", "uname",
         "wait", "O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "O_CLOEXEC", "fwalk", "sched_getaffinity", "posix_fadvise")
windows = types.ModuleType("os")
windows.__dict__.update({name: value for name, value in vars(os).items() if name not in POSIX})
windows.name = "nt"

def link(*_arguments, **_more):
    raise OSError(1, "the file system has no links")

def open_(path, flags, mode=0o777, **more):
    if os.path.isdir(path):
        raise PermissionError(13, "Permission denied", str(path))
    return os.open(path, flags, mode, **more)

windows.link, windows.open = link, open_
for name in ("SIGALRM", "SIGKILL", "SIGHUP", "SIGUSR1", "pthread_kill", "pthread_sigmask", "set_wakeup_fd_posix"):
    if hasattr(signal, name):
        delattr(signal, name)
multiprocessing.context._concrete_contexts.pop("fork")
multiprocessing.context._concrete_contexts.pop("forkserver", None)
multiprocessing.context.DefaultContext.get_all_start_methods = lambda self: ["spawn"]
multiprocessing.get_all_start_methods = lambda: ["spawn"]

# A lock that the system keeps for a process, on a drive of this machine, as Windows has them.
ctypes.windll = types.SimpleNamespace(kernel32=types.SimpleNamespace(GetDriveTypeW=lambda anchor: 3))
msvcrt = sys.modules["msvcrt"] = types.ModuleType("msvcrt")
msvcrt.LK_NBLCK = fcntl.LOCK_EX | fcntl.LOCK_NB
msvcrt.locking = lambda handle, mode, size, lock=fcntl.flock: lock(handle, mode)

import django, risk_engine
os.environ["DJANGO_SETTINGS_MODULE"] = "risk_engine.web.settings"
django.setup()  # before anything of the office can be read
packages = pkgutil.walk_packages(risk_engine.__path__, "risk_engine.")
modules = [importlib.import_module(one.name) for one in packages if not one.name.endswith("__main__")]
for module in modules:
    if getattr(module, "os", None) is os:
        module.os = windows
sys.platform = "win32"
from risk_engine.cli import main, options
from datetime import date
options.today = lambda: date(2026, 3, 2)
for line in sys.stdin.read().splitlines():
    sys.argv = ["risk-engine", *eval(line)]
    try:
        main()
    except SystemExit as error:
        print(sys.argv[1:3], error.code or 0, flush=True)
"""
)


def test_no_module_reads_at_its_top_what_windows_has_not() -> None:
    wrong = re.compile(rf"^(?:import|from) (?:{'|'.join(GONE)})\b", re.MULTILINE)
    package = ROOT / "risk_engine"
    assert [one.relative_to(package) for one in package.rglob("*.py") if wrong.search(one.read_text("utf-8"))] == []
    assert wrong.search("import os\nimport fcntl\n")


@pytest.mark.nightly
def test_a_process_without_what_posix_alone_has_goes_from_a_new_case_to_a_verified_decision(tmp_path: Path) -> None:
    desk = ("--criteria", f"{LOAN_DESK}")
    (tmp_path / "case.yaml").write_bytes(LOAN_CASE.read_bytes().replace(b"\n", b"\r\n"))
    commands = [
        ["case", "new", "new.yaml", *desk],
        ["case", "add", "new.yaml", "borrower", "Harbour Museum", *desk],
        ["case", "set", "case.yaml", "loan.months", "9", *desk],
        ["case", "check", "case.yaml", *desk],
        ["assess", "case.yaml", *desk, "-o", "case.json"],
        ["assess", "case.yaml", *desk, "-o", "case.html"],
        ["assess", "case.yaml", "new.yaml", *desk, "--jobs", "1"],
        [
            *("decide", "case.json", *desk, "--by", "A. Registrar", "--role", "Registrar", "--on", "2026-03-09"),
            *("--level", "verdict=refuse", "--reason", "The keeper is ill.", "-o", "decision.json"),
        ],
        ["verify", "case.json", *desk],
        ["register", "add", "register", "case.yaml", *desk],
        ["register", "list", "register"],
        ["case", "new", "CON.yaml", *desk],
    ]
    ran = subprocess.run(
        [sys.executable, "-c", STAND_IN],
        cwd=tmp_path,
        input="\n".join(map(repr, commands)),
        env={**os.environ, "PYTHONPATH": f"{ROOT}", "PYTHONIOENCODING": "cp1252", "RISK_ENGINE_TRACEBACK": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    codes = [line for line in ran.stdout.splitlines() if line.startswith("['")]
    assert codes == [f"{one[:2]} 0" for one in commands[:-1]] + ["['case', 'new'] 2"], (ran.stdout, ran.stderr)
    assert "CON.yaml: Windows keeps this name for a device" in ran.stderr
    assert b"\r\n" in (tmp_path / "case.yaml").read_bytes()
    assert not (tmp_path / "CON.yaml").exists()
    assert "Errno" not in ran.stderr
    assert not list((tmp_path / "register").glob(".register.lock"))


@pytest.mark.parametrize("name", ["CON", "nul.yaml", "Aux.tar.gz", "com1", "LPT9.json", "prn .txt"])
def test_the_name_of_a_device_is_refused_on_windows_whatever_writes_it(name: str, tmp_path: Path) -> None:
    assert is_device(name)
    with mock.patch.object(sys, "platform", "win32"):
        with pytest.raises(RiskEngineError, match="Windows keeps this name for a device"):
            write_text(tmp_path / name, "x")
        with pytest.raises(RiskEngineError, match="Windows keeps this name for a device"):
            write_new(tmp_path / name, b"x")
    write_text(tmp_path / name, "x")  # no device elsewhere


@pytest.mark.parametrize("name", ["console", "2026-014.yaml", "com", "com10", "lpt", "auxiliary.json"])
def test_a_name_that_only_begins_like_a_device_is_a_name(name: str) -> None:
    assert not is_device(name)


@pytest.mark.nightly  # the same two commands as its first
def test_the_lines_for_windows_in_the_readme_are_commands_that_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition("### On Windows")[2].partition("\n### ")[0]
    lead = ".venv\\Scripts\\risk-engine "
    lines = [one.removeprefix(lead) for one in section.splitlines() if one.startswith(lead)]
    assert len(lines) == 2
    monkeypatch.chdir(tmp_path)
    for one in lines:
        done(*shlex.split(one))
    assert (tmp_path / "my-case.html").is_file()
