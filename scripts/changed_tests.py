"""Print the tests of the rooms that changed against `main`, for `make quick`: work that is not committed counts too.

    python scripts/changed_tests.py [BASE]

A room is a folder of the package; its tests stand in the folder of the same name. A command has those that are called
as it is: all of them take longer than a minute. `make test` runs the others.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
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
    wanted: set[Path] = set()
    for file in files:
        match Path(file).parts:
            case ("risk_engine", "cli", name) if of_command := set(TESTS.glob(f"cli/test_{Path(name).stem}*.py")):
                wanted |= of_command
            case ("risk_engine", *folders, name):
                wanted |= set(_beside(folders, Path(name).stem))
            case ("tests", *_, name) if name.startswith("test_"):
                wanted.add(ROOT / file)
            case ("tests", folder, *folders, _):
                wanted |= set(_beside([folder, *folders], ""))
            case (folder, _, *_) if folder in ELSEWHERE:
                wanted |= {TESTS / place for place in ELSEWHERE[folder]}
            case (_,):
                wanted.add(TESTS / "docs")
    return {path.relative_to(ROOT).as_posix() for path in wanted if path.exists()}


def _beside(folders: Sequence[str], stem: str) -> Iterator[Path]:
    """Give the tests beside a module, or in the nearest folder above that has any, and its own folder of tests."""
    folder = TESTS.joinpath(*folders)
    if folder != TESTS and not folder.is_dir():
        yield from _beside(folders[:-1], folders[-1])
    else:
        yield from folder.glob("test_*.py" if folders else f"test_{stem}.py")
        if stem:
            yield folder / stem


def _git(*arguments: str) -> str:
    found = subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if found.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {found.stderr.strip()}")
    return found.stdout


if __name__ == "__main__":
    main()
