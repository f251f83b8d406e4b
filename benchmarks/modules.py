"""How many modules of the package a command reads, and in how many of them it runs something: `--names` lists them.

`--rooms` prints modules and lines of each room instead, and how large the records of the examples are.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {
    "assess": ("assess", "examples/lung-imaging.yaml", "--no-outlook"),
    "report html": ("assess", "examples/lung-imaging.yaml", "--format", "html"),
    "outlook": ("outlook", "examples/half-filled.yaml"),
    "criteria diff": ("criteria", "diff", "reconnect-china@1.0.0", "reconnect-china@2.0.0"),
}
LIMITS = {"assess": 60, "outlook": 92}
"""What issue and house allow: a stranger reads no more than this to follow one command."""

# Runs in a process of its own. That a module is read does not make it entered: a function of it must run, if only to
# make a constant.
FOLLOW = """
import atexit, json, sys

entered = set()

def follow(frame, event, _argument):
    if event == "call" and frame.f_code.co_flags & 2:  # a function, not the body of a module or class
        name = frame.f_globals.get("__name__", "")
        if name.startswith("risk_engine"):
            entered.add(name)

def tell():
    sys.setprofile(None)
    read = sorted(name for name in sys.modules if name.split(".")[0] == "risk_engine")
    print(json.dumps({"read": read, "entered": sorted(entered)}), file=sys.stderr)

atexit.register(tell)
from risk_engine.__main__ import main
sys.argv[0] = "risk-engine"
sys.setprofile(follow)
main()
"""


def modules(*command: str) -> dict[str, list[str]]:
    """Return the modules that a run of the command reads, and those in which it runs a function.

    Ends with what the command said where it did not succeed: what it read until then says nothing.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        (sys.executable, "-c", FOLLOW, *command),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    found: dict[str, list[str]] = json.loads(done.stderr.splitlines()[-1])
    return found


def rooms() -> None:
    """Print modules and lines of each room of the package, then the bytes of the record of each example."""
    sources = sorted((ROOT / "risk_engine").rglob("*.py"))
    lines = {one: one.read_bytes().count(b"\n") for one in sources}
    of_room: dict[str, list[Path]] = {"all": sources}
    for one in sources:
        first, *rest = one.relative_to(ROOT / "risk_engine").parts
        of_room.setdefault(first if rest else "beside them", []).append(one)
    print(f"{'room':<16}{'modules':>9}{'lines':>9}")
    for room, several in sorted(of_room.items()):
        print(f"{room:<16}{len(several):>9}{sum(map(lines.__getitem__, several)):>9}")
    print(f"\n{'record of':<40}{'bytes':>9}")
    for example in sorted((ROOT / "examples").glob("*.yaml")):
        command = (sys.executable, "-m", "risk_engine", "assess", str(example), "--format", "json")
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0:  # one example is a comparison of sets, and no case
            print(f"{example.stem:<40}{len(done.stdout):>9}")


def main() -> None:
    """Print a table, and end with 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", action="store_true", help="list the modules too")
    parser.add_argument("--rooms", action="store_true", help="print how large rooms and records are")
    asked = parser.parse_args()
    if asked.rooms:
        rooms()
        return
    names = asked.names
    broken = False
    print(f"{'command':<16}{'read':>6}{'entered':>9}{'limit':>7}")
    for title, command in COMMANDS.items():
        found = modules(*command)
        limit = LIMITS.get(title)
        broken |= limit is not None and len(found["entered"]) > limit
        print(f"{title:<16}{len(found['read']):>6}{len(found['entered']):>9}{limit or '':>7}")
        if names:
            print("".join(f"  {'*' if one in found['entered'] else ' '} {one}\n" for one in found["read"]), end="")
    raise SystemExit(broken)


if __name__ == "__main__":
    main()
