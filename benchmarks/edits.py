"""Measure what an author waits for after an edit: `python benchmarks/edits.py`; no test uses the figures.

Each edit is made in a copy of `criteria/reconnect-china`, as it was released. On the command line it is what `criteria
try` takes for it as a whole, in CPU seconds: without a case, with a case file, and with a case of cases.yaml. In the
language server it is how long an editor (the client of the tests, over standard streams) waits from the key until it
can show above the file which released cases turn red, by the clock, with the CPU seconds of the server in that time;
the set has been open for a quarter of a minute, and one edit was made before. The pause after a key, in which nothing
is done, is part of it.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks.many import EXAMPLES, measured
from tests.audit.editor.client import Editor, editor

CRITERIA = EXAMPLES.parent / "criteria"
SET = "reconnect-china"
CASES = {"": (), "a case file": ("--case", EXAMPLES / "drone-swarm.yaml"), "a case": ("--case", "C05 Lung imaging AI")}
OPEN = 15
EDITS = {
    "severity": (
        "indicators/security.yaml",
        "    high:\n      all_of:\n        - {some: technology, where: {holds: listed_beyond_basic}}",
        "    moderate:\n      all_of:\n        - {some: technology, where: {holds: listed_beyond_basic}}",
    ),
    "condition": (
        "indicators/security.yaml",
        "critical: {some: activity, where: {fact: activity.export_authorisation, is: refused}}",
        "critical: {some: activity, where: {fact: activity.export_authorisation, at_least: refused}}",
    ),
    "definition": (
        "definitions.yaml",
        "most_sensitive_area: {fact: technology.eu_critical_area, at_least: semiconductors}",
        "most_sensitive_area: {fact: technology.eu_critical_area, at_least: artificial_intelligence}",
    ),
    "parameter": (
        "parameters.yaml",
        "at: application-near work}\n  values:\n    - {value: 5}",
        "at: application-near work}\n  values:\n    - {value: 6}",
    ),
    "control": (
        "indicators/security.yaml",
        "    - {all: [CTL-06], needs: [changed_proposal], residual: none}\n  reason: >-\n    To give",
        "    - {all: [CTL-06], needs: [changed_proposal], residual: low}\n  reason: >-\n    To give",
    ),
    "text": ("indicators/security.yaml", "  title: Export authorisation refused", "  title: Export licence refused"),
    "ladder": (
        "ladders.yaml",
        "      when: {count: finding, where: {fact: finding.residual, at_least: high}, at_least: 3}",
        "      when: {count: finding, where: {fact: finding.residual, at_least: high}, at_least: 2}",
    ),
    "points": ("set.yaml", "moderate: 5, high: 20", "moderate: 5, high: 24"),
    "question": (
        "facts.yaml",
        "      ask_when: {fact: collaboration.reciprocity, at_least: limited}",
        "      ask_when: {fact: collaboration.reciprocity, at_least: one_sided}",
    ),
    "base cell": (
        "tables/countries.yaml",
        "CA: true, CH: true, EG: true",
        "CA: true, CH: false, EG: true",
    ),
    "base asked": (
        "facts.yaml",
        "ask_when: {fact: first_look.ties, is: true}\n      otherwise: not_listed",
        "ask_when: {fact: partner.state_body, is: true}\n      otherwise: not_listed",
    ),
    "table": ("tables/countries.yaml", "aliases: [UAE, Emirates]}", "aliases: [UAE]}"),
}


def edited(folder: Path, name: str) -> Path:
    """Return a copy of the set with an edit."""
    copy = Path(shutil.copytree(CRITERIA, folder / name)) / SET
    file, before, after = EDITS[name]
    text = (copy / file).read_text("utf-8")
    if text.count(before) != 1:
        sys.exit(f"{file} says not once what is edited: {before}")
    (copy / file).write_text(text.replace(before, after), "utf-8")
    return copy


async def waited(client: Editor, name: str, folder: Path) -> tuple[float, float]:
    """Make an edit, and undo it; return how long the editor waited to hear what it does, and the server's seconds."""
    file, before, after = EDITS[name]
    uri = client.open(folder / file)
    await asyncio.sleep(3)  # what was begun before is done, or goes on meanwhile as it does when somebody types
    begun, at_first = time.perf_counter(), _seconds_of(client)
    client.change(uri, before, after)
    if name == "text":
        while after.partition(": ")[2] not in await client.hover(uri, "SEC¦-02:\n"):
            await _a_moment(client)
    else:
        await _until_tried(client, uri, is_edited=True)
    took = time.perf_counter() - begun, _seconds_of(client) - at_first
    client.change(uri, after, before)
    await _until_tried(client, uri, is_edited=False)
    return took


async def _until_tried(client: Editor, uri: str, *, is_edited: bool) -> None:
    while True:
        told = [one for one in (await client.lenses(uri)).values() if " since " in one]
        if bool(told) == is_edited and not any("so far" in one for one in told):
            return
        await _a_moment(client)


async def _a_moment(client: Editor) -> None:
    client.news.clear()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.news.wait(), 0.5)


def _seconds_of(client: Editor) -> float:
    server = client._server  # noqa: SLF001 (there is no public way to hear which process it is)
    assert server is not None  # noqa: S101 (it was started)
    fields = Path(f"/proc/{server.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def in_editor(names: list[str], folder: Path) -> None:
    """Print a line for each edit in an editor."""
    async with editor(folder) as client:
        await waited(client, "definition", folder)
        await asyncio.sleep(OPEN)  # it reads ahead meanwhile
        for name in names:
            seconds, processors = await waited(client, name, folder)
            print(f"{'editor':<10}{name:<14}{'':<14}{seconds:>9.2f}{processors:>9.2f}", flush=True)


def main() -> None:
    """Print a line for each edit, as a command and in an editor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edits", nargs="*", help=", ".join(EDITS))
    parser.add_argument("--only", choices=("command", "editor"))
    asked = parser.parse_args()
    names = asked.edits or list(EDITS)
    print(f"{'where':<10}{'edit':<14}{'case':<14}{'seconds':>9}{'CPU':>9}")
    with tempfile.TemporaryDirectory() as made:
        for name in names if asked.only != "editor" else ():
            copy = edited(Path(made), name)
            for case, words in CASES.items():
                seconds, processors, _megabytes = measured("criteria", "try", copy, *words, codes=(0, 1))
                print(f"{'command':<10}{name:<14}{case:<14}{seconds:>9.2f}{processors:>9.2f}", flush=True)
        if asked.only != "command":
            whole = Path(shutil.copytree(CRITERIA, Path(made) / "whole")) / SET
            asyncio.run(in_editor(names, whole))


if __name__ == "__main__":
    main()
