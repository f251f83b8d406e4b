"""All names of a set that somebody edits: what stands at a place, where a name is given, and where it is used."""

import re
from collections.abc import Iterator, Mapping

from risk_engine.audit.editor.mentions import PARAMETERS, Found, Kind, Known, Mention, Spoken
from risk_engine.audit.editor.walks import found_in
from risk_engine.files.source import Document

_WORD = re.compile(r"[A-Za-z0-9_-]+")


class Names:
    """All mentions of a set: what stands at a place, and where a name stands."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.known = Known.of({})
        self._found: dict[str, Found] = {}
        self._by_name: dict[tuple[Kind, str], list[Mention]] = {}

    def update(self, documents: Mapping[str, Document]) -> None:
        """Take files as they are now; those that say the same are not looked through again."""
        known = Known.of(documents)
        is_same = known.says_the_same(self.known)
        known.compared = self.known.compared if is_same else known.compared
        found: dict[str, Found] = {}
        # What a parameter holds is told by what is compared with it, so its file comes last.
        for file in sorted(documents, key=lambda one: one == PARAMETERS):
            if is_same and documents[file] is self.documents.get(file):
                found[file] = self._found[file]
            else:
                found[file] = found_in(file, documents[file], known)
        by_name: dict[tuple[Kind, str], list[Mention]] = {}
        for file in sorted(found):
            for one in found[file].mentions:
                by_name.setdefault((one.kind, one.name), []).append(one)
        # Others read this at the same time: each of these is put in place whole.
        self.known, self._found, self._by_name, self.documents = known, found, by_name, dict(documents)

    def in_file(self, file: str) -> tuple[Mention, ...]:
        """Return what is named in a file, in order."""
        return self._found.get(file, Found(())).mentions

    def at(self, file: str, line: int, column: int, text: str) -> Mention | None:
        """Return the name that stands at a place, both from 0, in a line that now says `text`.

        Where lines were moved since the file could last be read, it is the one in the file that is written so.
        """
        around = [one for one in self.in_file(file) if one.line == line and one.begin <= column <= one.end > one.begin]
        around = [one for one in around if self.written(one) == text[one.begin : one.end]]
        if not around:
            word = next((one[0] for one in _WORD.finditer(text) if one.start() <= column <= one.end()), "")
            around = [one for one in self.in_file(file) if word and self.written(one) == word][:1]
        return min(around, key=lambda one: (one.end - one.begin, not one.declares), default=None)

    def spoken(self, file: str, line: int, column: int) -> Spoken | None:
        """Return the key of a condition that stands at a place."""
        keys = self._found.get(file, Found(())).spoken
        return next((one for one in keys if one.line == line and one.begin <= column <= one.end), None)

    def written(self, mention: Mention) -> str:
        """Return a name as it stands in its line."""
        return self.line(mention.file, mention.line)[mention.begin : mention.end]

    def line(self, file: str, number: int) -> str:
        """Return a line of a file, from 0."""
        lines = self.documents[file].lines if file in self.documents else ()
        return lines[number] if number < len(lines) else ""

    def of(self, kind: Kind, name: str) -> Iterator[Mention]:
        """Yield every place where something is named."""
        yield from self._by_name.get((kind, name), ())

    def declared(self, *kinds: Kind) -> Iterator[Mention]:
        """Yield where names of some kinds are given."""
        for (kind, _name), places in self._by_name.items():
            if kind in kinds:
                yield from (one for one in places if one.declares)
