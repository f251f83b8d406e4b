"""One case under several criteria sets or versions: where they agree, where they differ, and why."""

from risk_engine.portfolio.comparison.compare import compare, to_json

__all__ = ["compare", "to_json"]
