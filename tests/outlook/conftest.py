"""The fixtures of the engine's tests serve here too."""

from tests.engine.conftest import toy

__all__ = ["toy"]
