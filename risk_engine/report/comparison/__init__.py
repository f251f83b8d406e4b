"""A comparison to a report: one case under several criteria, side by side, with where they differ and why."""

from risk_engine.report.comparison.text import comparison_text, print_comparison
from risk_engine.report.comparison.view import comparison_view

__all__ = ["comparison_text", "comparison_view", "print_comparison"]
