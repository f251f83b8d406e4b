"""The office as Django knows it."""

import os
import time
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


def _keep_what_is_there(using: str, **_more: Any) -> None:
    from risk_engine.web.databases import keep_what_is_there  # models are there only once applications are

    keep_what_is_there(using)


def _set_clock_back() -> None:
    """Let this process know what time it is where it runs: Django made it UTC, by which a day begins at night."""
    if settings.CLOCK is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = settings.CLOCK
    if hasattr(time, "tzset"):  # Windows has none, and Django leaves the clock alone there
        time.tzset()


class Office(AppConfig):
    """Its tables are made with the triggers that keep them."""

    name = "risk_engine.web"
    label = "web"

    def ready(self) -> None:
        """Make the triggers whenever tables were made or changed; keep to the clock of where the office is."""
        _set_clock_back()
        post_migrate.connect(_keep_what_is_there, sender=self)
