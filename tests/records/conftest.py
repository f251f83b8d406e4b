"""The fixtures that make small sets of criteria, as the tests of the engine have them."""

from tests.engine.conftest import loan_desk, shipped, toy

__all__ = ["loan_desk", "shipped", "toy"]
