"""Sessions: whose they are, since when; an hour idle or half a day ends one, and so does its owner or an admin."""

import hashlib
import time
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone

from risk_engine.web.models import Person, SignedIn

LONGEST: Final = 12 * 60 * 60
"""Seconds after which somebody signs in anew, however busy they are."""
_SINCE, _AGENT, _SEEN = "since", "agent", "seen"
WRITTEN_AGAIN: Final = 60
"""So many seconds after it was last written a session that is used is written again: its idle hour begins anew."""


class SessionStore(DatabaseStore):
    """Keeps beside each session whose it is; where Django looks for it says `SESSION_ENGINE`."""

    @classmethod
    def get_model_class(cls) -> type[SignedIn]:
        """Return the table of sessions."""
        return SignedIn

    def create_model_instance(self, data: dict[str, Any]) -> SignedIn:
        """Return the row of a session."""
        row = super().create_model_instance(data)
        assert isinstance(row, SignedIn)  # noqa: S101 (its model is)
        row.person = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.since = datetime.fromtimestamp(data.get(_SINCE, time.time()), UTC)
        row.agent = data.get(_AGENT, "")
        return row


def begin(request: HttpRequest) -> None:
    """Say since when a session is somebody's, and in which browser; take away those whose time is over."""
    request.session[_SINCE] = time.time()
    request.session[_AGENT] = request.headers.get("User-Agent", "")[:200]
    SignedIn.objects.filter(expire_date__lt=timezone.now()).delete()


def keep_up(request: HttpRequest) -> None:
    """Let the idle hour of a session begin anew, which a write for each request would do too, at a higher price."""
    if not request.session.is_empty() and time.time() - request.session.get(_SEEN, 0) > WRITTEN_AGAIN:
        request.session[_SEEN] = time.time()


def is_over(request: HttpRequest) -> bool:
    """Return whether a session has lasted as long as one may."""
    since: float = request.session.setdefault(_SINCE, time.time())
    return time.time() - since > LONGEST


def shown_key(key: str) -> str:
    """Return what names a session in a page, and opens nothing."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def of(person: Person) -> list[SignedIn]:
    """Return the sessions of a person that are good, the newest first."""
    return list(SignedIn.objects.filter(person=person.pk, expire_date__gt=timezone.now()).order_by("-since"))


def end(person: Person, *, only: str | None = None, but: str | None = None) -> None:
    """End sessions of a person: all, only the one that a page names so, or all but the one with this key."""
    for row in of(person):
        if row.session_key != but and only in {None, shown_key(row.session_key)}:
            row.delete()
