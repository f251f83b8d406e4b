"""Which server sends the office's mail: an address in `RISK_ENGINE_SMTP`, or in the file `smtp` of the office's folder.

    smtp://user:password@mail.example.org:587?from=office@example.org    over STARTTLS
    smtps://user:password@mail.example.org?from=office@example.org       over TLS from the start
    smtp://localhost:25?from=office@example.org&tls=no                   in the clear, on this computer

In a file it is seen by no list of processes; the file belongs to whom the office runs as, and is no part of a backup.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes

VARIABLE = "RISK_ENGINE_SMTP"
LONGEST = 10_000


@dataclass(frozen=True)
class Server:
    """A server for mail, and from which address the office writes."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    security: Literal["starttls", "tls", "none"]


def read(office: Path) -> Server | None:
    """Return the server that is named, None where none is; raise RiskEngineError with what is wrong with it."""
    text = os.environ.get(VARIABLE, "")
    if not text:
        try:
            text = read_bytes(office / "smtp", LONGEST).decode().strip()
        except FileNotFoundError:
            return None
    try:
        parts = urlsplit(text)
        port = parts.port
        asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise _wrong() from error
    sender, in_clear = asked.get("from", [""])[0], asked.get("tls") == ["no"]
    unknown = set(asked) - {"from", "tls"} or asked.get("tls", ["no"]) != ["no"]
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or "@" not in sender or unknown:
        raise _wrong()
    security: Literal["starttls", "tls", "none"] = (
        "tls" if parts.scheme == "smtps" else "none" if in_clear else "starttls"
    )
    return Server(
        parts.hostname,
        port or (465 if security == "tls" else 587),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        sender,
        security,
    )


def _wrong() -> RiskEngineError:
    # What stands there is not repeated: a password may be in it.
    return RiskEngineError(
        _("the address of the mail server ({name}, or the file `smtp`) cannot be read", name=VARIABLE),
        _("write it like smtp://user:password@mail.example.org:587?from=office@example.org"),
    )
