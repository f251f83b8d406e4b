"""The fixtures of the engine's tests, for the models."""

from tests.engine.conftest import loan_desk, toy

__all__ = ["loan_desk", "toy"]
