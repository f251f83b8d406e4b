"""Build the wheel as it would be published, install it alone and assess one case with it."""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("criteria", "templates")


def main() -> None:
    """Go through all steps; the first that fails ends the program with its reason."""
    if len(sys.argv) != 2:  # noqa: PLR2004
        raise SystemExit("usage: wheel_smoke.py CASE_FILE")
    case = Path(sys.argv[1]).resolve()
    if not case.is_file():
        fail("looking for the case", f"there is no file {sys.argv[1]}")
    shipped()
    # A space and an umlaut, since the folders of real people have them.
    with tempfile.TemporaryDirectory(prefix="risk engine prüfen ") as folder:
        wheel = make_wheel(Path(folder, "dist"))
        check_content(wheel)
        check_installed(wheel, case, Path(folder))
    print(f"{wheel.name}: built from its sdist, installed alone, assessed {case.name}")


def make_wheel(target: Path) -> Path:
    """Build the sdist, and the wheel from it, with the locked build tools of this environment: no network."""
    hatchling = (sys.executable, "-m", "hatchling", "build")
    run("building the sdist", *hatchling, "-t", "sdist", "-d", target, cwd=ROOT)
    sdist = only(target, "*.tar.gz")
    build = (*pip(sys.executable), "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    run("building the wheel", *build, "-w", target, sdist, cwd=target)
    return only(target, "*.whl")


def check_content(wheel: Path) -> None:
    """Every file of the top-level criteria and templates must be in the wheel."""
    wanted = {f"risk_engine/_shipped/{file.relative_to(ROOT).as_posix()}" for file in shipped()}
    if missing := sorted(wanted - set(zipfile.ZipFile(wheel).namelist())):
        fail(f"looking into {wheel.name}", "not in it:\n" + "\n".join(missing))


def shipped() -> list[Path]:
    """Give the files that a user needs and that are not Python."""
    files: list[Path] = []
    for name in SHIPPED:
        found = [file for file in (ROOT / name).rglob("[!.]*") if file.is_file()]
        if not found:
            fail(f"looking into {name}/", "there is no file in it")
        files += found
    return files


def check_installed(wheel: Path, case: Path, folder: Path) -> None:
    """Install the wheel with nothing but the base lock, go elsewhere and use it."""
    environment = folder / "venv"
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python, command = scripts / "python", scripts / "risk-engine"
    install = (*pip(python), "install", "--quiet")
    base = ROOT / "requirements" / "base.txt"
    run("installing the base lock", *install, "--require-hashes", "-r", base, cwd=folder)
    run("installing the wheel", *install, "--no-deps", "--no-index", wheel, cwd=folder)

    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(case, elsewhere)
    place = "import risk_engine; print(risk_engine.__file__)"
    found = run("importing the package", python, "-c", place, cwd=elsewhere)
    if not Path(found.strip()).is_relative_to(environment):
        fail("importing the package", f"it came from {found}")
    version = wheel.name.split("-")[1]
    said = run("asking for the version", command, "--version", cwd=elsewhere)
    if version not in said:
        fail("asking for the version", f"expected {version}, got {said!r}")
    # A changed release is an error of every command; here the lock must have come along at all.
    listed = run("listing the criteria sets", command, "criteria", "list", cwd=elsewhere)
    is_locked = (ROOT / "criteria" / "releases.lock").is_file()
    if is_locked and "draft" in listed:
        fail("listing the criteria sets", f"a shipped version is not in the lock\n{listed}")
    for form in ("text", "json", "html"):
        step = f"assessing as {form}"
        if not run(step, command, "assess", case.name, "--format", form, cwd=elsewhere).strip():
            fail(step, "it printed nothing")


def pip(python: str | Path) -> tuple[str | Path, ...]:
    """Call the pip of that Python without its chatter."""
    return (python, "-m", "pip", "--disable-pip-version-check")


def run(step: str, *command: str | Path, cwd: Path) -> str:
    """Run a command, which must end with exit code 0, and give what it printed."""
    leads_home = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in leads_home}
    # UTF-8 on both sides, whatever the terminal of this machine speaks.
    env["PYTHONIOENCODING"] = "utf-8"
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        fail(step, f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def only(folder: Path, pattern: str) -> Path:
    """Give the one file of that pattern."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        fail("building", f"expected one {pattern}, found {[file.name for file in found]}")
    return found[0]


def fail(step: str, reason: str) -> NoReturn:
    """End the program."""
    raise SystemExit(f"wheel smoke test failed while {step}: {reason}")


if __name__ == "__main__":
    main()
