"""A list brought from where it is published, only when somebody asks for it: to a temporary file, within limits.

Everything else in this program works without a network.
"""

import http.client
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final
from urllib.parse import urlsplit, urlunsplit

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, reason
from risk_engine.files.interrupts import end_if_interrupted
from risk_engine.files.language import _
from risk_engine.version import __version__

MOST_BYTES: Final = 2 * 1024**3
SECONDS: Final = 60
"""So long may nothing come."""
MOST_SECONDS: Final = 300
"""So long may a file take that is to be small: a server that sends byte after byte would never be too late."""
MOST_REDIRECTS: Final = 5
_BLOCK: Final = 256 * 1024
_NOT_MODIFIED: Final = 304


class NotThereError(RiskEngineError):
    """Nothing is at an address."""


@dataclass(frozen=True)
class Fetched:
    """What was brought: the main file, what was asked for beside it, and the marks by which a server knows it again."""

    path: Path
    name: str
    beside: Mapping[str, Path] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """What was asked for beside it and is not there."""
    marks: Mapping[str, str] = field(default_factory=dict)
    is_unchanged: bool = False


def is_address(source: str) -> bool:
    """Return whether a source is an address on the network and no file."""
    return source.lower().startswith(("http://", "https://"))


def name_in(source: str) -> str:
    """Return how a source calls its file."""
    path = urlsplit(source).path if is_address(source) else Path(source).as_posix()
    return PurePosixPath(path).name


@contextmanager
def fetched(
    source: str,
    beside: Callable[[str], Mapping[str, str]],
    marks: Mapping[str, str],
    tell: Callable[[int, int], None],
) -> Iterator[Fetched]:
    """Yield the file of a source, and the files that are named beside it; what is downloaded is gone at the end.

    With `marks` of what was read before a server may say that nothing has changed. Raises RiskEngineError where it
    cannot be had.
    """
    name = name_in(source)
    others = beside(name)
    if not is_address(source):
        if "://" in source:
            message = _("{source}: this is no address from which a list is downloaded", source=source)
            raise RiskEngineError(message, _("it begins with https://"))
        path = Path(source)
        there = {what: found for what, other in others.items() if (found := path.with_name(other)).is_file()}
        yield Fetched(path, name, there, tuple(other for what, other in others.items() if what not in there))
        return
    with tempfile.TemporaryDirectory(prefix="risk-engine-") as folder:
        path = Path(folder) / "list"
        new_marks = _download(source, path, marks if not others else {}, tell)
        if new_marks is None:
            yield Fetched(path, name, marks=marks, is_unchanged=True)
            return
        there, missing = {}, []
        for what, other in others.items():
            try:
                _download(sibling(source, other), Path(folder) / what, {}, tell)
                there[what] = Path(folder) / what
            except NotThereError:
                missing.append(other)
        try:
            yield Fetched(path, name, there, tuple(missing), new_marks)
        except InvalidSourceError as error:
            # The file is gone when this is read.
            places = ((one, replace(one.position, path=name)) for one in error.diagnostics)
            raise InvalidSourceError(replace(one, position=place) for one, place in places) from None


def bring(url: str, target: Path, most: int) -> None:
    """Write what is at an address into a file, if it is no more than so many bytes; RiskEngineError where it is not.

    It must be there within five minutes. The line must be encrypted from the first step on.
    """
    if not url.lower().startswith("https://"):
        raise RiskEngineError(_("{url}: this is not encrypted", url=url), _("take the address that begins with https"))

    until = time.monotonic() + MOST_SECONDS

    def within(done: int, size: int) -> None:
        if time.monotonic() > until:
            message = _("{url}: it was not here within {seconds} seconds", url=url, seconds=MOST_SECONDS)
            raise RiskEngineError(message, _("nothing was changed"))
        if max(done, size) > most // 1024:
            raise RiskEngineError(_("{url}: this is larger than {size} KiB", url=url, size=most // 1024))

    _download(url, target, {}, within)


def sibling(source: str, name: str) -> str:
    """Return the address of what lies beside a source under a name."""
    parts = urlsplit(source)
    return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))


class _OnlySecure(urllib.request.HTTPRedirectHandler):
    """Follow a server that sends elsewhere only where the line is encrypted."""

    max_redirections = MOST_REDIRECTS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if not newurl.lower().startswith("https://"):
            message = _(
                "{url}: the server sends elsewhere without encryption, to {other}", url=req.full_url, other=newurl
            )
            raise RiskEngineError(message, _("take the address that begins with https"))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """Return what opens http and https alone: no file, no FTP, whatever an address says."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        _OnlySecure(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _download(
    url: str, target: Path, marks: Mapping[str, str], tell: Callable[[int, int], None]
) -> dict[str, str] | None:
    """Write what is at an address into a file; return its marks, None where it is what the marks say."""
    headers = {"User-Agent": f"risk-engine/{__version__}", "Accept-Encoding": "identity"}
    headers |= {
        name: marks[mark]
        for name, mark in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        if mark in marks
    }
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 (the opener knows no other scheme)
        with _opener().open(request, timeout=SECONDS) as answer, target.open("wb") as file:
            _copy(url, answer, file, tell)
            return {name: answer.headers[name] for name in ("ETag", "Last-Modified") if answer.headers[name]}
    except urllib.error.HTTPError as error:
        with error:
            if error.code == _NOT_MODIFIED and marks:
                return None
            message = (
                _("{url}: the server sends elsewhere, again and again", url=url)
                if error.reason.startswith(_OnlySecure.inf_msg)
                else _("{url}: the server answers {code} {text}", url=url, code=error.code, text=error.reason)
            )
        kind = NotThereError if error.code in {404, 410} else RiskEngineError
        raise kind(message, _("nothing was changed")) from None
    except (http.client.HTTPException, ValueError) as error:
        raise RiskEngineError(
            _("{url}: this cannot be had: {reason}", url=url, reason=error), _("nothing was changed")
        ) from None
    except OSError as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise _not_trusted(url, cause) from None
        said = reason(cause) if isinstance(cause, OSError) and cause.strerror else str(cause)
        raise RiskEngineError(
            _("{url}: this cannot be had: {reason}", url=url, reason=said), _("nothing was changed")
        ) from None


def _not_trusted(url: str, error: ssl.SSLCertVerificationError) -> RiskEngineError:
    message = _(
        "{url}: it cannot be told who answers there: its certificate is not one that counts here ({reason})",
        url=url,
        reason=error.verify_message.rstrip("."),
    )
    way_out = _(
        "nothing was read; where an authority of one's own made it, name that authority's certificate: "
        "`SSL_CERT_FILE=authority.pem`"
    )
    return RiskEngineError(message, way_out)


def _copy(url: str, answer: Any, file: IO[bytes], tell: Callable[[int, int], None]) -> None:
    size = int(answer.headers["Content-Length"] or 0)
    done = 0
    while block := answer.read1(_BLOCK):  # what is here, so that a slow server is noticed
        end_if_interrupted()
        done += len(block)
        if done > MOST_BYTES:
            raise RiskEngineError(_("{url}: this is larger than {size} GiB", url=url, size=MOST_BYTES // 1024**3))
        file.write(block)
        tell(done // 1024, size // 1024)
    if size and done < size:
        raise RiskEngineError(
            _("{url}: only {done} of {size} bytes came", url=url, done=done, size=size), _("nothing was changed")
        )
