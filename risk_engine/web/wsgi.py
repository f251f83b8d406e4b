"""What a server of WSGI runs."""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "risk_engine.web.settings")
_office = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request; where TLS stands in front, all came by it, whatever a header says."""
    if settings.IS_BEHIND_TLS:
        environ["wsgi.url_scheme"] = "https"
    return _office(environ, start_response)


from risk_engine.web.cases import read_ahead  # noqa: E402 (models are there only once Django is)
from risk_engine.web.screening import open_ahead  # noqa: E402 (likewise)

read_ahead()
open_ahead()
# The criteria are a million objects that stay: no look for garbage goes through them while somebody waits.
gc.collect()
gc.freeze()
gc.set_threshold(30_000, 20, 100)
# SQLite gives way at each row that it reads, and has its turn back only so much later while another thread is busy: at
# Python's own 5 ms, fifty rows could take a quarter of a second.
sys.setswitchinterval(0.000_5)
