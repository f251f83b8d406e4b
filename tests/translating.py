"""Translations for tests: a copy of the loan desk, and texts in a French that anybody can tell from the English."""

import shutil
from collections.abc import Callable
from pathlib import Path

from risk_engine.audit.texts import texts_file
from risk_engine.files.source import parse
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.version_files import TRANSLATIONS
from tests.engine.builder import unpacked

LOAN_DESK = Path(__file__).parent / "sets" / "loan-desk" / "1.0.0"


def copy_of(folder: Path, to: Path) -> Path:
    """Return a copy of a version, without its translations."""
    if folder.suffix == ".json":
        return unpacked(folder, to)
    return Path(shutil.copytree(folder, to, ignore=shutil.ignore_patterns(TRANSLATIONS)))


def french(text: str) -> str:
    """Return a text as the test French says it; its facts in braces stay."""
    return f"« {' '.join(text.split())} »"


def translate(version: Path, say: Callable[[str], str | None] = french, tag: str = "fr") -> Path:
    """Write a translation of a version, of every text for which `say` returns one; return its file."""
    to_fill = parse(texts_file(read_criteria(version), tag), "", nulls=True).data
    return write_translation(version, [{"en": one["en"], tag: say(one["en"])} for one in to_fill["texts"]], tag)


def write_translation(version: Path, entries: list[dict[str, str | None]], tag: str = "fr") -> Path:
    """Write entries as the translation of a version; return its file."""
    import yaml

    path = version / TRANSLATIONS / f"{tag}.yaml"
    path.parent.mkdir(exist_ok=True)
    head = read_criteria(version).head
    content = {"language": tag, "of": f"{head.id}@{head.version}", "texts": entries}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000), "utf-8")
    return path
