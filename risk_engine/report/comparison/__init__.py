"""A comparison to a report: one case under several criteria, side by side, with where they differ and why."""

from risk_engine.report.comparison.view import comparison_text, comparison_view, print_comparison

__all__ = ["comparison_text", "comparison_view", "print_comparison"]
