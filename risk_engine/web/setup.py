"""The first person of an office: a link that is good once, printed where the office was started."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from risk_engine.files.reading import read_bytes
from risk_engine.web.models import Person


def has_people() -> bool:
    """Return whether somebody works here: not people of demo data or of an import, who cannot sign in."""
    return Person.objects.filter(is_active=True).exclude(email__endswith=".invalid").exists()


def _file() -> Path:
    return Path(settings.OFFICE) / "setup"


def new_token() -> str | None:
    """Return the token of a new link, None where the office has people already; only its hash is kept."""
    if has_people():
        return None
    token = secrets.token_urlsafe(32)
    descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(hashlib.sha256(token.encode()).hexdigest())
    return token


def is_open(token: str) -> bool:
    """Return whether a link is the one that was printed last, and nobody is there yet."""
    try:
        kept = read_bytes(_file(), 1024).decode("ascii")
    except FileNotFoundError:
        return False
    return hmac.compare_digest(kept, hashlib.sha256(token.encode()).hexdigest()) and not has_people()


def close() -> None:
    """Make the link good for nothing any more."""
    _file().unlink(missing_ok=True)
