"""Plain data against what a record must be: the record, or everything that is wrong with the data."""

from collections.abc import Callable
from typing import TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from risk_engine.files.diagnostics import Diagnostic
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document

T = TypeVar("T")


def _nothing(_loc: Loc, _value: object) -> str:
    return ""


def validated(
    model: type[T] | TypeAdapter[T],
    data: object,
    document: Document,
    loc: Loc,
    problems: list[Diagnostic],
    meant: Callable[[Loc, object], str] = _nothing,
) -> T | None:
    """Return `data` as the model, or None after adding everything that is wrong with it to `problems`.

    `meant` returns a better way out than the type knows for what stands at a place, if there is one.
    """
    try:
        if isinstance(model, TypeAdapter):
            return model.validate_python(data)
        return cast("T", cast("type[BaseModel]", model).model_validate(data))
    except ValidationError as error:
        # Nearly every file is right, and what says what is wrong takes its time to load.
        from risk_engine.loading.messages import Misfits

        shape = model._type if isinstance(model, TypeAdapter) else model  # noqa: SLF001 (there is no public name)
        problems += Misfits(shape, data, document, loc, meant).diagnostics(error.errors())
        return None
