"""Release the engine: build and check what users install, say what is in it and what is new, and tag it.

    python -m scripts.release [--dry]     `make release`, `make release DRY=1`

It publishes nothing: whoever may do that takes the files of dist/VERSION and pushes the tag.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from scripts.wheel_smoke import ROOT, check_content, check_installed, make_wheel

VERSION_FILE = "risk_engine/version.py"
CASE = "examples/lung-imaging.yaml"
NAME = "collab-risk-engine"
TAKES = "sdist, wheel, bill of materials, digests and these notes"


def main() -> None:
    """Refuse with every reason at once; else build, check, describe and tag, or with `--dry` say what would be done."""
    dry = sys.argv[1:] == ["--dry"]
    if sys.argv[1:] and not dry:
        raise SystemExit("usage: release.py [--dry]")
    version = version_of(ROOT)
    found = list(refusals(ROOT, version))
    if dry:
        print(f"would build and check {NAME} {version} into dist/{version}, and tag it {tag_of(version)}: {TAKES}\n")
        print(notes(ROOT, version) or "(none)")
    if found:
        raise SystemExit("\n".join(("cannot be released:", *(f"  - {one}" for one in found))))
    if not dry:
        release(version)


def release(version: str) -> None:
    """Write sdist, wheel, SBOM, notes and digests to dist/VERSION, and tag the commit they are of."""
    target = ROOT / "dist" / version
    if target.exists():
        raise SystemExit(f"dist/{version} is there already: remove it, and it is made anew")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, version)
        wheel = make_wheel(made)
        check_content(wheel)
        check_installed(wheel, ROOT / CASE, Path(folder))
        call(sys.executable, "-m", "twine", "check", "--strict", *(str(one) for one in sorted(made.iterdir())))
        (made / f"{NAME}-{version}.cdx.json").write_text(bill_of_materials(version), "utf-8")
        (made / "NOTES.md").write_text(notes(ROOT, version), "utf-8")
        digests = [f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}" for one in sorted(made.iterdir())]
        (made / "SHA256SUMS").write_text("\n".join(digests) + "\n", "utf-8")
        shutil.copytree(made, target)
    call("git", "tag", "--annotate", tag_of(version), "--file", str(target / "NOTES.md"), "--cleanup=verbatim")
    print(f"{NAME} {version} is tagged {tag_of(version)}; its files are in dist/{version}:")
    print("".join(f"  {one.name}\n" for one in sorted(target.iterdir())), end="")


def refusals(root: Path, version: str) -> Iterator[str]:
    """Yield each reason why this version cannot be released from the repository in `root`, with the way out."""
    if changes := call("git", "status", "--porcelain", cwd=root).splitlines():
        yield f"{len(changes)} files are not committed, {changes[0][3:]} for one: commit them or put them aside"
    if call("git", "tag", "--list", tag_of(version), cwd=root).strip():
        yield f"the tag {tag_of(version)} is there already: raise the version in {VERSION_FILE}"
    if (state := heading(root, version)) is None:
        yield f"CHANGELOG.md has no heading for {version}: write `## {version} (YYYY-MM-DD)` above what is new"
    elif not re.fullmatch(r"\d{4}-\d{2}-\d{2}", state):
        yield f"CHANGELOG.md calls {version} `{state}`: write the day of the release, `## {version} (YYYY-MM-DD)`"
    elif not notes(root, version):
        yield f"CHANGELOG.md says nothing about {version}: write a line for each change that a user sees"


def version_of(root: Path) -> str:
    """Return the version of the engine, from the one file that states it."""
    found = re.search(r'^__version__ = "([^"]+)"$', (root / VERSION_FILE).read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{VERSION_FILE} states no version")
    return found[1]


def tag_of(version: str) -> str:
    """Return the name of the tag of a version."""
    return f"v{version}"


def heading(root: Path, version: str) -> str | None:
    """Return what stands in brackets behind a version in the changelog, None where it has no heading."""
    found = re.search(rf"^## {re.escape(version)}(?: \((.*)\))?$", _changelog(root), re.MULTILINE)
    return found and (found[1] or "")


def notes(root: Path, version: str) -> str:
    """Return what the changelog says under the heading of a version; nothing where there is none."""
    found = re.search(rf"^## {re.escape(version)}\b.*\n((?:(?!## ).*\n?)*)", _changelog(root), re.MULTILINE)
    return found[1].strip() + "\n" if found and found[1].strip() else ""


def _changelog(root: Path) -> str:
    return (root / "CHANGELOG.md").read_text("utf-8")


def bill_of_materials(version: str) -> str:
    """Return what a user may have installed beside the engine, from the locks of all extras, as CycloneDX JSON."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    locked = {name: pin for extra in extras for name, pin in pins(ROOT / "requirements" / f"{extra}.txt")}
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text("\n".join(locked.values()), "utf-8")
        generate = (sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", str(requirements))
        made = call(*generate, "--pyproject", "pyproject.toml", "--output-reproducible")
    content = json.loads(made)
    root = content["metadata"]["component"]
    root |= {"version": version, "purl": f"pkg:pypi/{NAME}@{version}"}
    asked = {_name(one) for one in (*project["dependencies"], *(one for extra in extras.values() for one in extra))}
    direct = sorted(one["bom-ref"] for one in content["components"] if one["name"] in asked)
    others = [one for one in content["dependencies"] if one["ref"] != root["bom-ref"]]
    content["dependencies"] = [*others, {"ref": root["bom-ref"], "dependsOn": direct}]
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def pins(lock: Path) -> Iterator[tuple[str, str]]:
    """Yield each package of a lock by its name, with its version, its condition and its digests."""
    for pin in re.split(r"\n(?=\S)", lock.read_text("utf-8").rstrip()):
        yield _name(pin), pin


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")


def call(*command: str, cwd: Path = ROOT) -> str:
    """Run a command that must succeed, and return what it printed."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
