"""What is stored of an assessment: for now all of it, the words included."""

from risk_engine.model.explanation import SCHEMA, CheckedRendition, Digest, Explanation, Rendition, Superseded

Assessment = Explanation

__all__ = ["SCHEMA", "Assessment", "CheckedRendition", "Digest", "Rendition", "Superseded"]
