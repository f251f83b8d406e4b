"""What the file of a translation says: each text of a criteria set with what it is in another language."""

from typing import Annotated

from pydantic import ConfigDict, Field

from risk_engine.model.words import Model, Text, Verbatim


class TranslatedText(Model):
    """A text of the set under the tag of the set's language, and under the tag of the other one what it is there."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Text | None]

    at: Verbatim | None = Field(
        None, description="Only at this place of the set or below it, like `facts.partner.role`; else everywhere."
    )


class TranslationFile(Model):
    """A set in another language; a text that is not in it, or has no translation, stays as the set says it."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = Field(
        description="The tag of the language (BCP 47), which is also the name of the file."
    )
    of: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*@(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")] = Field(
        description="The version of the set, `SET@1.0.0`."
    )
    texts: tuple[TranslatedText, ...] = Field(description="Each text of the set with its translation.")
