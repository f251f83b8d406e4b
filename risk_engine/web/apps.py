"""The office as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _keep_what_is_there(using: str, **_more: Any) -> None:
    from risk_engine.web.databases import keep_what_is_there  # models are there only once applications are

    keep_what_is_there(using)


class Office(AppConfig):
    """Its tables are made with the triggers that keep them."""

    name = "risk_engine.web"
    label = "web"

    def ready(self) -> None:
        """Make the triggers whenever tables were made or changed."""
        post_migrate.connect(_keep_what_is_there, sender=self)
