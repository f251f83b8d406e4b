"""What a check of a stored outlook came to: what it says that does not come out again. It needs no solver."""

from pydantic import Field

from risk_engine.model.words import Model


class OutlookAgain(Model):
    """A stored outlook worked out again, as far as that is known without a solver; places are those of its JSON."""

    cases: int = Field(description="How many cases it tells; each was assessed again.")
    wrong_cases: tuple[str, ...] = Field(default=(), description="Where it tells one that does not come out so.")
    wrong: tuple[str, ...] = Field(default=(), description="Where it says anything else that does not come out so.")
    unsure: tuple[str, ...] = Field(
        default=(),
        description="Where it says something else than now, and not it, but the engine, the translation or the "
        "harmless case may have become another since it was written.",
    )
