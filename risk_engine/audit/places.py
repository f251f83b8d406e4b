"""Where the records of a version stand in its files: what was checked as a whole keeps no places of its own."""

from functools import cached_property
from pathlib import Path

from risk_engine.files.source import Document, read
from risk_engine.loading.bundle import documents
from risk_engine.model.coverage import Path as Way
from risk_engine.model.coverage import Spot
from risk_engine.model.criteria import Criteria


class Places:
    """Looks places up in the files of a version that was read from somewhere; a file is read when it is asked for."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self._folder = Path(criteria.path or "")
        self._read: dict[str, Document] = {}

    @cached_property
    def _indicator_files(self) -> dict[str, str]:
        return {name: place.rsplit(":", 2)[0] for name, place in self._criteria.places.items()}

    def of(self, file: str, at: Way = (), *, key: bool = False) -> Spot:
        """Return where the value (or the key) at a place of a file stands."""
        position = self.document(file).position(at, key=key)
        return Spot(file=file, line=position.line, column=position.column)

    def document(self, file: str) -> Document:
        """Return what a file of the version says."""
        if file not in self._read and self._criteria.bundle is not None:
            self._read.update(documents(self._criteria.bundle))
        if file not in self._read:
            # Only a translation may have empty values; what else is read here was checked before.
            self._read[file] = read(self._folder / file, shown_as=file, nulls=True)
        return self._read[file]

    def of_indicator(self, name: str, at: Way = ()) -> Spot:
        """Return where a part of an indicator stands; the way may lead through definitions."""
        return self.of_rule(self._indicator_files[name], (name,), at)

    def of_rule(self, file: str, record: Way, at: Way = ()) -> Spot:
        """Return where a part of a record stands: what the way finds behind `holds` is in definitions.yaml."""
        held = max((number for number, step in enumerate(at) if step == "holds"), default=None)
        if held is None:
            return self.of(file, (*record, *at), key=not at)
        return self.of("definitions.yaml", at[held + 1 :])
