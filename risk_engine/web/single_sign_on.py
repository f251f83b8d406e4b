"""Single sign-on by OpenID Connect, as a file in the office's folder says it; read without Django."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes

FILE: Final = "sign-on.json"
_NEEDED: Final = ("issuer", "client_id", "client_secret")
_MAY: Final = ("name", "form_hosts")


class SignOnFileError(RiskEngineError):
    """The file does not say what is needed."""


@dataclass(frozen=True)
class Provider:
    """Who signs people in: an issuer, and as whom the office asks there."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    form_hosts: tuple[str, ...] = ()
    """Other origins to which the provider leads on; a browser follows a form to none that a page does not name."""

    @property
    def key(self) -> str:
        """What names the issuer in addresses and rows: another issuer under the same file is another provider."""
        return hashlib.sha256(self.issuer.encode()).hexdigest()[:12]

    @property
    def origins(self) -> tuple[str, ...]:
        """Where the form leads that begins a sign-in."""
        parts = urlsplit(self.issuer)
        return (f"{parts.scheme}://{parts.netloc}", *self.form_hosts)


def read(office: Path) -> Provider | None:
    """Return the provider of an office, None without such a file. Raise SignOnFileError with all that is wrong."""
    path = office / FILE
    if not path.exists():
        return None
    wrong = []
    if os.name == "posix" and path.stat().st_mode & 0o077:
        wrong.append(_("others can read the secret in it; `chmod 600 {path}` keeps it", path=path))
    try:
        said = json.loads(read_bytes(path, 65536))
    except ValueError as error:
        raise SignOnFileError(_("{path} is no JSON: {text}", path=path, text=error)) from error
    if not isinstance(said, dict):
        raise SignOnFileError(_("{path} is no JSON: {text}", path=path, text=_("it holds no object")))
    wrong += [_("`{name}` is missing, a text", name=one) for one in _NEEDED if not _is_text(said.get(one))]
    wrong += [_("unknown key `{name}`", name=one) for one in said if one not in (*_NEEDED, *_MAY)]
    if _is_text(said.get("issuer")) and not _is_safe(said["issuer"]):
        wrong.append(_("`issuer` is an https address, as its own configuration says it"))
    hosts = said.get("form_hosts", [])
    if not isinstance(hosts, list) or not all(_is_text(one) and _is_safe(one) for one in hosts):
        wrong.append(_("`form_hosts` is a list of https addresses"))
    if wrong:
        raise SignOnFileError("\n".join(f"{path}: {one}" for one in wrong))
    name = said.get("name") or urlsplit(said["issuer"]).hostname
    return Provider(said["issuer"].rstrip("/"), said["client_id"], said["client_secret"], str(name), tuple(hosts))


def for_allauth(provider: Provider | None) -> dict[str, Any]:
    """Return a provider as the settings of allauth have it: with PKCE, asked for a subject and nothing else."""
    if provider is None:
        return {}
    app = {
        "provider_id": provider.key,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.client_secret,
        # What counts stands in the signed token; a name or a mail address is not asked for, and not kept.
        "settings": {"server_url": provider.issuer, "fetch_userinfo": False, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app], "SCOPE": ["openid"], "OAUTH_PKCE_ENABLED": True}}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_safe(address: str) -> bool:
    """Return whether nobody on the way reads what goes there; a provider on this computer is for trying."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"})
    return safe and bool(parts.hostname) and not set(address) & set(" ;,'\"\\")
