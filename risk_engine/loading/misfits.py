"""Where data do not fit a record: which of pydantic's errors its author must hear of, and where each stands."""

from collections.abc import Callable, Iterable, Mapping

from pydantic_core import ErrorDetails

from risk_engine.diagnostics import Diagnostic, nearest
from risk_engine.language import _
from risk_engine.loading.messages import NEEDED, kind_of, missing, words
from risk_engine.loading.operations import wrong_operation
from risk_engine.loading.shapes import Shape
from risk_engine.plain import BROKEN, Loc
from risk_engine.source import Document


class Misfits:
    """Turns the errors of one record into diagnostics."""

    def __init__(
        self, shape: Shape, data: object, document: Document, base: Loc, meant: Callable[[Loc, object], str]
    ) -> None:
        self.meant = meant
        self.shape = shape
        self.data = data
        self.document = document
        self.base = base

    def diagnostics(self, errors: Iterable[ErrorDetails]) -> list[Diagnostic]:
        """Return what is wrong, each once, without what only follows from something else."""
        placed: dict[Loc, list[ErrorDetails]] = {}
        for error in errors:
            placed.setdefault(_keys_only(error, self.data), []).append(error)
        return [
            self._diagnostic(found, loc)
            for loc, found in placed.items()
            # An error above another's place only follows from it: a bad item also makes its list too short.
            if not any(len(other) > len(loc) and other[: len(loc)] == loc for other in placed)
            and not (found[0]["type"] == "missing" and self._is_misspelt(loc, placed))
            and not self._follows(found[0], loc)
        ]

    def _follows(self, error: ErrorDetails, loc: Loc) -> bool:
        """Return whether an error only follows from what could not be read, which was reported already."""
        if error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",):
            return False
        place = (*self.base, *loc)
        of_missing = error["type"] == "missing" and place[:-1] in self.document.broken
        of_type = error["type"] == "union_tag_invalid" and (*place, "type") in self.document.broken
        return error["input"] is BROKEN or place in self.document.broken or of_missing or of_type

    def _is_misspelt(self, missing: Loc, placed: Mapping[Loc, list[ErrorDetails]]) -> bool:
        """Return whether a key is missing only because it is misspelt: then the unknown key says it all."""
        unknown = [
            str(loc[-1])
            for loc, found in placed.items()
            if loc[:-1] == missing[:-1] and found[0]["type"] == "extra_forbidden"
        ]
        return any(nearest(key, [str(missing[-1])]) for key in unknown)

    def _diagnostic(self, found: list[ErrorDetails], loc: Loc) -> Diagnostic:
        error, place = found[0], (*self.base, *loc)
        kind, value = error["type"], error["input"]
        if value is None or (kind == "missing" and place in self.document.marks):
            return self.document.problem(
                place, _("a value is missing here"), _("write one, or take out the key or the `-`")
            )
        if kind == "missing":
            is_key = isinstance(loc[-1], str)
            message, help_text = missing(loc[-1])
            if loc[-1] == "id" and len(place) > 1 and isinstance(place[-2], int):
                help_text = _("give each entry a short name of its own: `id: …`")
                if place[0] == "controls":
                    help_text = _("name the control that it is about: `id: …`")
            return self.document.problem(place[:-1], message, help_text, key=is_key)
        message, help_text = words(error, self.shape)
        if kind != "extra_forbidden":
            help_text = self.meant(place, value) or help_text
        if len(found) > 1 and all(one["type"] in NEEDED for one in found):
            message, help_text = _("one value is needed here, not {value}", value=kind_of(value)), ""
        if kind == "too_long" and error["ctx"]["max_length"]:
            place = (*place, error["ctx"]["max_length"])  # the first entry that is one too many
        if kind == "union_tag_invalid" and "type" in error["ctx"]["discriminator"]:
            place = (*place, "type")
        at_key = kind in {"extra_forbidden", "union_tag_not_found"} or error["loc"][-1:] == ("[key]",)
        if kind == "condition" and (wrong := wrong_operation(value)):
            place, at_key = (*place, wrong), True
        return self.document.problem(place, message, help_text, key=at_key)


def _keys_only(error: ErrorDetails, data: object) -> Loc:
    """Return the place of an error without what is no key or index of the data: names of union members."""
    kept: list[str | int] = []
    for step in error["loc"]:
        is_index = isinstance(data, tuple) and isinstance(step, int) and step < len(data)
        if is_index or (isinstance(data, dict) and step in data):
            data = data[step]  # type: ignore[index]
        elif error["type"] != "missing" or step != error["loc"][-1]:
            continue
        kept.append(step)
    return tuple(kept)
