"""A set that somebody edits: what is wrong with it as it stands in the editor, and what was last right in it."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from risk_engine.audit.editor.names import Names
from risk_engine.audit.editor.verdicts import SinceRelease, Verdicts
from risk_engine.audit.kept import released_for
from risk_engine.audit.trial import Trial
from risk_engine.audit.try_edit import release_before
from risk_engine.audit.versions import checked
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, Position, RiskEngineError
from risk_engine.files.reading import Buffers, editing
from risk_engine.files.source import MAX_SET_BYTES, Document, read
from risk_engine.loading.case_tests import read_tests, stated_cases, unknown_names
from risk_engine.loading.criteria import edited_criteria
from risk_engine.loading.exchange_rules import load_exchange_rules
from risk_engine.loading.map import load_map
from risk_engine.loading.screened_facts import load_screened_facts
from risk_engine.loading.sets import version_at, yaml_files
from risk_engine.loading.version_files import CASES, EXCHANGE, HEAD, MAP, SCREENING

if TYPE_CHECKING:
    from risk_engine.model.case import Case
    from risk_engine.model.companion_files import CaseTest
    from risk_engine.model.criteria import Criteria

_ABOVE = 3
"""So far above a file its set is looked for."""


def set_of(path: Path) -> Path | None:
    """Return the folder of the set to which a file belongs; None if it belongs to none."""
    return next((one for one in path.parents[:_ABOVE] if (one / HEAD).is_file()), None)


class Edited:
    """One set in an editor. What cannot be read right now stays as it was when it last could."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.criteria: Criteria | None = None
        """The set when nothing was wrong with it for the last time."""
        self.is_right = False
        """Whether that is how it stands now."""
        self.documents: dict[str, Document] = {}
        """What each file said when it could be read for the last time."""
        self.cases: list[tuple[int, CaseTest, Case]] = []
        """The cases of the set that can be read, each with its number in the file."""
        self.unreadable: frozenset[str] = frozenset()
        """Files that cannot be read as they stand now."""
        self.buffers = Buffers()
        self._names = Names()
        self._is_indexed = False
        self._indexing = Lock()
        """Who asks while names are being looked up waits for them, rather than be told of none."""
        self.verdicts: Verdicts | None = None
        """What the cases come to under the set as it last was right."""
        self.since_release: SinceRelease | None = None
        """What is otherwise than in the release before it, as the set last was right; None where there is none."""
        self.is_stale = False
        """Whether something was written since it was read: then nothing long is gone on with."""

    def check(self, texts: Mapping[Path, bytes]) -> tuple[Diagnostic, ...]:
        """Return what `criteria check` says of the set with these texts in place of what is on disk."""
        self.buffers.texts, self.is_stale, self.is_right = texts, False, False
        with editing(self.buffers):
            problems = {*self._read_files()}
            try:
                self.criteria, self.is_right = checked(f"{self.folder}").criteria, True
            except InvalidSourceError as error:
                problems |= {*error.diagnostics}
                self._read_what_was_released()
            except RiskEngineError as error:
                problems.add(self._of_all(error))
        self._is_indexed = False
        return tuple(sorted(problems))

    @property
    def names(self) -> Names:
        """Where names stand in the files as they were read last; looked up when somebody asks, for it takes a while."""
        with self._indexing:
            if not self._is_indexed:
                self._is_indexed = True
                self._names.update(self.documents)
        return self._names

    @property
    def names_before(self) -> Names:
        """Where names stood when they were looked up last: soon enough for what stands above rules."""
        return self._names

    def as_it_stands(self) -> AbstractContextManager[None]:
        """Have what is read in here be as it stands in the editor."""
        return editing(self.buffers)

    def file_of(self, path: Path) -> str | None:
        """Return how a file is called within the set; None where it is none of its files."""
        name = path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else ""
        return name if name in self.documents else None

    def check_cases(self) -> tuple[Diagnostic, ...]:
        """Return what is wrong with files beside the rules; nothing where the set itself cannot be used.

        It ends early where somebody writes on.
        """
        problems: set[Diagnostic] = set()
        if self.criteria is None or not self.is_right:
            return ()
        with editing(self.buffers):
            looks = (
                (CASES, self._look_at_cases),
                (MAP, load_map),
                (SCREENING, load_screened_facts),
                (EXCHANGE, load_exchange_rules),
            )
            for file, look in looks:
                try:
                    _loaded = look(self.criteria) if file in self.documents else None
                except InvalidSourceError as error:
                    problems |= {*error.diagnostics}
        return tuple(sorted(problems))

    def begin_trial(self) -> SinceRelease | None:
        """Return what tries the edit on the cases of the release before; None where there is none, or it is done."""
        if self.criteria is None or not self.is_right:
            return None
        before = self.since_release
        with editing(self.buffers):
            try:
                released = release_before(version_at(self.folder))
                made_of = released_for(released.path, self.criteria)
                if before is not None and before.trial.released.digest == made_of.digest:
                    made_of = before.trial.released  # and what was read of its cases
                # Rules that say the same do the same, whatever else was written.
                if before is not None and before.is_done and before.is_of(made_of, self.criteria):
                    return None
                self.since_release = SinceRelease(released, Trial(made_of, self.criteria))
            except RiskEngineError:
                self.since_release = None  # nothing was released yet; what cannot be used is among the problems
        return self.since_release

    def go_on_trying(self, since: SinceRelease) -> None:
        """Try some further cases of the release."""
        with editing(self.buffers):
            since.go_on()

    def read_ahead(self) -> bool:
        """Read some more of the release before for the next edit; return whether there is nothing left of it."""
        with editing(self.buffers):
            try:
                return self.since_release is None or self.since_release.read_ahead()
            except RiskEngineError:
                return True  # a release that cannot read its own cases: who tries an edit says so

    def begin_cases(self, files: Iterable[str]) -> Verdicts | None:
        """Return the cases of the set, none of them looked at yet.

        Those about indicators that changed come first, then those about these files. None where nothing is to be done:
        what they come to is known, or nothing can be read.
        """
        if self.criteria is None or not self.is_right or not self.cases:
            return None
        before = self.verdicts
        if before is not None and before.criteria is self.criteria and before.is_done:
            return None
        opened = {one.name for file in files for one in self.names.in_file(file) if one.kind in {"indicator", "case"}}
        known = {} if before is None else before.criteria.indicators
        changed = {name for name, one in self.criteria.indicators.items() if known.get(name) != one}
        return Verdicts(self.criteria, self.cases, [changed, opened] if known else [opened])

    def go_on(self, verdicts: Verdicts) -> tuple[Diagnostic, ...]:
        """Look at some further cases, and return which of those that were looked at are not as they are expected."""
        with editing(self.buffers):
            verdicts.go_on()
        if self.verdicts is None or verdicts.is_ready:
            self.verdicts = verdicts
        document = self.documents[CASES]
        return tuple(
            document.problem(("cases", number, "name"), one.name, "; ".join(one.differences))
            for number, one in sorted(verdicts.failed.items())
        )

    def _look_at_cases(self, criteria: "Criteria") -> None:
        """Read each case; raise InvalidSourceError with what is wrong with all that were read."""
        document, tests = read_tests(criteria, go_on=True)
        problems: list[Diagnostic] = [*document.problems, *unknown_names(tests, document, criteria)]
        self.cases = []
        for one in stated_cases(criteria, document, tests):
            if self.is_stale:
                break
            if isinstance(one, InvalidSourceError):
                problems += one.diagnostics
            else:
                self.cases.append(one)
        if problems:
            raise InvalidSourceError(problems)

    def _read_files(self) -> list[Diagnostic]:
        """Read every file that can be read, and return what is wrong with those that no rule is in."""
        present = yaml_files(self.folder)
        problems: list[Diagnostic] = []
        unreadable: set[str] = set()
        for name in present:
            try:
                self.documents[name] = read(self.folder / name, nulls=True, go_on=True, most=MAX_SET_BYTES)
            except InvalidSourceError as error:
                unreadable.add(name)
                problems += error.diagnostics if name in {CASES, MAP, SCREENING, EXCHANGE} else ()
        for name in self.documents.keys() - {*present}:
            del self.documents[name]
        self.unreadable = frozenset(unreadable)
        return problems

    def _read_what_was_released(self) -> None:
        """Take the set as it stands where nothing is wrong but that it is not what was released."""
        try:
            self.criteria, self.is_right = edited_criteria(self.folder), True
        except InvalidSourceError:
            return

    def _of_all(self, error: RiskEngineError) -> Diagnostic:
        return Diagnostic(Position((self.folder / HEAD).as_posix(), 1, 1), error.message, error.way_out)
