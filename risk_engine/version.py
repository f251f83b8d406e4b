"""The version of the engine, part of every assessment."""

__version__ = "0.1.0"
