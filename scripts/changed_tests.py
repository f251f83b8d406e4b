"""Print the tests of the rooms that changed against `main`, for `make quick`: work that is not committed counts too.

    python scripts/changed_tests.py [BASE]

A room is a folder of the package; its tests are the folder of the same name. `make test` runs the others.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
ELSEWHERE = {
    "templates": ("report", "golden"),
    "criteria": ("criteria", "golden"),
    "examples": ("golden", "docs"),
    "docs": ("docs",),
}
"""Where tests of what is no Python are."""


def main() -> None:
    """Print the folders and files to give to pytest, one a line; nothing where no room changed."""
    base = sys.argv[1] if len(sys.argv) > 1 else "main"
    print(*sorted(tests_of(changed(base))), sep="\n")


def changed(base: str) -> Iterator[str]:
    """Give the files that differ from where this branch left its base, and those that git does not know yet."""
    left = _git("merge-base", base, "HEAD").strip()
    yield from _git("diff", "--name-only", left).splitlines()
    yield from _git("ls-files", "--others", "--exclude-standard").splitlines()


def tests_of(files: Iterable[str]) -> set[str]:
    """Return the tests of the rooms that files are in."""
    wanted: set[str] = set()
    for file in files:
        match Path(file).parts:
            case ("risk_engine", name):
                wanted.add(f"test_{Path(name).stem}.py")
            case ("risk_engine" | "tests", room, _, *_):
                wanted.add(room)
            case ("tests", name) if name.startswith("test_"):
                wanted.add(name)
            case (folder, _, *_) if folder in ELSEWHERE:
                wanted.update(ELSEWHERE[folder])
            case (_,):
                wanted.add("docs")
    return {f"tests/{one}" for one in wanted if (TESTS / one).exists()}


def _git(*arguments: str) -> str:
    found = subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if found.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {found.stderr.strip()}")
    return found.stdout


if __name__ == "__main__":
    main()
