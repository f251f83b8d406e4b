"""Sets that are only heads: numbers and days are all that the order of releases needs."""

from pathlib import Path

from risk_engine.loading.releases import LOCK
from risk_engine.loading.sets import Version, versions


def heads(
    folder: Path, *stated: tuple[str, str], released: tuple[str, ...] = (), withdrawn: tuple[str, ...] = ()
) -> dict[str, Version]:
    """Write the heads of versions, each a number and from when it is in force; return the versions by number."""
    for number, since in stated:
        (folder / number).mkdir(parents=True)
        head = f"id: desk\nversion: {number}\nin_force: {{from: {since}}}\n"
        (folder / number / "set.yaml").write_text(head, "utf-8")
    lines = "".join(f"desk@{number}: {'withdrawn ' * (number in withdrawn)}sha256:{'0' * 64}\n" for number in released)
    if lines:
        (folder / LOCK).write_text(lines, "utf-8")
    return {one.dotted: one for one in versions(str(folder))}
