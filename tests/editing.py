"""Files for tests, made of others in which something reads otherwise."""

from pathlib import Path


def edit(path: Path, before: str, after: str, *, to: Path | None = None) -> Path:
    """Replace a text in a file, which must stand there; `to` takes the result instead. Return the file written."""
    text = path.read_text("utf-8")
    assert before in text, before
    target = to or path
    target.write_text(text.replace(before, after), "utf-8")
    return target
