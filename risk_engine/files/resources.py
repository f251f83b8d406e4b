"""Where the shipped criteria and templates are: inside an installed wheel, else in the checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = _PACKAGE / "_shipped"


def _folder(name: str) -> Path:
    shipped = _SHIPPED / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


def criteria_folder() -> Path:
    """Return the folder that holds one folder for each shipped criteria set."""
    return _folder("criteria")


def templates_folder() -> Path:
    """Return the folder that holds the report templates."""
    return _folder("templates")
