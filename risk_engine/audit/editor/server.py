"""The language server: what an editor says of files in, problems of the set out (LSP 3.17, over standard streams).

One thread reads and checks, one set at a time; the other answers, from what was last known. Nothing that goes wrong
here is told as a traceback: a question that cannot be answered has no answer, and a line of the log says so.
"""

import asyncio
import contextvars
import gc
import inspect
import logging
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from risk_engine.audit.editor.complete import proposals
from risk_engine.audit.editor.edited import Edited, set_of
from risk_engine.audit.editor.hover import told, told_of_case, told_of_trial
from risk_engine.audit.editor.mentions import Mention
from risk_engine.audit.editor.rename import can_be_renamed, renamed
from risk_engine.audit.editor.verdicts import SinceRelease
from risk_engine.engine.program import BULK
from risk_engine.files.diagnostics import Diagnostic, RiskEngineError, help_line
from risk_engine.files.language import _
from risk_engine.loading.version_files import HEAD
from risk_engine.version import __version__

T = TypeVar("T")

NAME = "risk-engine"
PAUSE = 0.1
"""So many seconds after a key nothing is checked: the next one may come."""
TRIED_FIRST = 1.0
"""So many seconds an edit is tried on cases of the release before anything else is looked at."""
TRY = "risk-engine.try"
"""The command that says what the edit of the set of a file does; a case may be named after the URI of the file."""
NOW_AND_THEN = 2.0
"""So many seconds lie between two times that the editor is told how cases come out."""
_PLAIN = re.compile(r"[^\s,\[\]{}#:]+(?::(?=\S)[^\s,\[\]{}#:]+)*")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")


class Server(LanguageServer):
    """The server of one editor, with the sets of which it has files open."""

    def __init__(self) -> None:
        super().__init__(NAME, __version__)
        self.sets: dict[Path, Edited] = {}
        self.waiting: dict[Path, asyncio.Task[None]] = {}
        self.told: dict[Path, dict[str, list[lsp.Diagnostic]]] = {}
        """What the editor was told of each set, by file."""
        self.worker = ThreadPoolExecutor(max_workers=1)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Write to the log what went wrong: the editor may show that, and goes on."""
        del source
        self.log(error)

    def log(self, error: BaseException) -> None:
        """Write one line to the log of the editor."""
        message = f"{type(error).__name__}: {error}".splitlines()[0]
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))

    async def in_worker(self, work: Callable[..., T], *args: Any) -> T:
        """Return what some work comes to, done beside the answering of questions."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self.worker, context.run, work, *args)

    # --- problems ---

    def changed(self, uri: str) -> None:
        """Check the set of a file soon; what was begun for an earlier state of it is left."""
        path = path_of(uri)
        folder = None if path is None else set_of(path)
        if folder is None:
            self.forget_what_is_gone()
            return
        if (task := self.waiting.get(folder)) is not None:
            task.cancel()
        if folder in self.sets:
            self.sets[folder].is_stale = True
        self.waiting[folder] = asyncio.get_running_loop().create_task(self.check(folder))

    def forget_what_is_gone(self) -> None:
        """Leave the sets that are deleted: nothing stays marked in what is left of them."""
        for folder in [one for one in self.sets if not (one / HEAD).is_file()]:
            if (task := self.waiting.pop(folder, None)) is not None:
                task.cancel()
            del self.sets[folder]
            self.publish(folder, ())
            self.refresh()

    async def check(self, folder: Path) -> None:
        """Tell the editor what is wrong with a set, after a pause."""
        try:
            await asyncio.sleep(PAUSE)
            edited = self.sets.setdefault(folder, Edited(folder))
            problems = await self.in_worker(edited.check, self.texts(folder))
            self.publish(folder, problems)
            since = await self.in_worker(edited.begin_trial)
            await self.try_edit(edited, since, TRIED_FIRST)
            problems = (*problems, *await self.in_worker(edited.check_cases))
            self.publish(folder, problems)
            await self.in_worker(getattr, edited, "names")
            await self.try_edit(edited, since)
            await self.in_worker(gc.collect)
            while not await self.in_worker(edited.read_ahead):
                pass
            await self.look_at_cases(edited, problems)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the editor goes on)
            self.log(error)

    async def try_edit(self, edited: Edited, since: SinceRelease | None, most: float = math.inf) -> None:
        """Try an edit on the cases of the release before it, so many seconds at most, and tell the editor."""
        begun = time.monotonic()
        while since is not None and not since.is_done and time.monotonic() < begun + most:
            await self.in_worker(edited.go_on_trying, since)
        self.refresh()

    async def look_at_cases(self, edited: Edited, problems: Sequence[Diagnostic]) -> None:
        """Work the cases out a few at a time, and tell the editor now and then how they come out."""
        verdicts = edited.begin_cases(self.files_open(edited))
        told = time.monotonic() - NOW_AND_THEN
        while verdicts is not None and verdicts.done < verdicts.all:
            failing = await self.in_worker(edited.go_on, verdicts)
            if verdicts.is_done or (verdicts.is_ready and time.monotonic() > told + NOW_AND_THEN):
                told = time.monotonic()
                self.publish(edited.folder, problems, failing)
                self.refresh()

    def refresh(self) -> None:
        """Have the editor ask again for what stands above the rules, if it can be told to."""
        asked = self.client_capabilities.workspace
        if asked is not None and (lens := asked.code_lens) is not None and lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    def files_open(self, edited: Edited) -> list[str]:
        """Return the files of a set that the editor has open."""
        paths = [path_of(uri) for uri in self.workspace.text_documents]
        return [file for path in paths if path is not None and (file := edited.file_of(path)) is not None]

    def texts(self, folder: Path) -> dict[Path, bytes]:
        """Return what the editor holds of the files of a set."""
        found = {path_of(uri): one for uri, one in self.workspace.text_documents.items()}
        return {
            path.resolve(): one.source.encode("utf-8", "surrogatepass")
            for path, one in found.items()
            if path is not None and set_of(path) == folder
        }

    def publish(self, folder: Path, problems: Iterable[Diagnostic], failing: Iterable[Diagnostic] = ()) -> None:
        """Tell the editor the problems of a set and the cases that fail, and of each file where none is left that."""
        found: dict[str, list[lsp.Diagnostic]] = {uri: [] for uri in self.told.get(folder, {})}
        for severity, every in ((lsp.DiagnosticSeverity.Error, problems), (lsp.DiagnosticSeverity.Warning, failing)):
            for one in sorted({*every}):
                uri = self.uri_of(Path(one.position.path))
                found.setdefault(uri, []).append(self.problem(one, severity))
        for uri, several in found.items():
            if self.told.get(folder, {}).get(uri) != several:
                self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, several))
        self.told[folder] = {uri: several for uri, several in found.items() if several}

    def problem(self, one: Diagnostic, severity: lsp.DiagnosticSeverity) -> lsp.Diagnostic:
        """Return a problem as an editor marks it: the word at its place."""
        begin = one.position.column - 1
        end = _end_of_word(one.source_line, begin)
        line = one.position.line - 1
        return lsp.Diagnostic(
            range=lsp.Range(self.position(line, begin, one.source_line), self.position(line, end, one.source_line)),
            message=f"{one.message}{help_line(one.help)}",
            severity=severity,
            source=NAME,
        )

    # --- places ---

    def position(self, line: int, column: int, text: str) -> lsp.Position:
        """Return a place in a line as the editor counts it, which is not by letters."""
        return lsp.Position(line, self.workspace.position_codec.client_num_units(text[:column]))

    def uri_of(self, path: Path) -> str:
        """Return how the editor calls a file: as it opened it, where it did."""
        opened = {path_of(uri): uri for uri in self.workspace.text_documents}
        return opened.get(path) or uris.from_fs_path(f"{path}") or ""

    def location(self, edited: Edited, mention: Mention) -> lsp.Location:
        """Return where a name stands."""
        return lsp.Location(self.uri_of(edited.folder / mention.file), self.range(edited, mention))

    def range(self, edited: Edited, mention: Mention) -> lsp.Range:
        """Return from where to where a name stands."""
        line = edited.names.line(mention.file, mention.line)
        begin, end = (self.position(mention.line, one, line) for one in (mention.begin, mention.end))
        return lsp.Range(begin, end)

    def asked(self, document: lsp.TextDocumentIdentifier, position: lsp.Position | None = None) -> "Asked | None":
        """Return of which place an editor asks; None where it belongs to no set, or to one that was not read yet."""
        path = path_of(document.uri)
        edited = None if path is None else self.sets.get(set_of(path) or path)
        file = None if edited is None or path is None else edited.file_of(path)
        if edited is None or file is None:
            return None
        lines = self.workspace.get_text_document(document.uri).lines
        codec = self.workspace.position_codec
        at = codec.position_from_client_units(lines, position or lsp.Position(0, 0))
        return Asked(edited, file, [one.rstrip("\r\n") for one in lines], at.line, at.character)


@dataclass(frozen=True)
class Asked:
    """A place that an editor asks about: in a file of a set, by line and column from 0."""

    edited: Edited
    file: str
    lines: list[str]
    line: int
    column: int

    @property
    def text(self) -> str:
        """The line as it stands in the editor."""
        return self.lines[self.line] if self.line < len(self.lines) else ""

    @property
    def mention(self) -> Mention | None:
        """The name that stands there."""
        return self.edited.names.at(self.file, self.line, self.column, self.text)


def path_of(uri: str) -> Path | None:
    """Return which file an editor means; None for what is no file."""
    found = uris.to_fs_path(uri)
    return None if found is None or not uri.startswith("file:") else Path(found)


def guarded(server: Server, function: Callable[[Server, Any], Any]) -> Callable[[Any], Any]:
    """Return a handler that has no answer where something goes wrong, and says so in the log.

    What a person can mend is the answer: the editor shows it.
    """

    async def handler(params: Any) -> Any:
        try:
            found = function(server, params)
            return await found if inspect.isawaitable(found) else found
        except RiskEngineError as error:
            raise JsonRpcException(f"{error}", code=lsp.LSPErrorCodes.RequestFailed.value) from None
        except Exception as error:  # noqa: BLE001 (whatever it is, a traceback helps nobody who writes a set)
            server.log(error)
            return None

    return handler


def _document_changed(server: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    server.changed(params.text_document.uri)


def _files_changed(server: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    for change in params.changes:
        server.changed(change.uri)


async def _hover(server: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    asked = server.asked(params.text_document, params.position)
    if asked is None:
        return None
    if (mention := asked.mention) is not None and mention.kind == "case":
        of_case = await server.in_worker(told_of_case, asked.edited, mention.name)
        return None if of_case is None else lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, of_case))
    spoken = asked.edited.names.spoken(asked.file, asked.line, asked.column)
    text = told(asked.edited, asked.mention, spoken, asked.file)
    return None if text is None else lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text))


def _definition(server: Server, params: lsp.DefinitionParams) -> list[lsp.Location]:
    return [server.location(edited, one) for edited, one in _places(server, params) if one.declares]


def _references(server: Server, params: lsp.ReferenceParams) -> list[lsp.Location]:
    places = _places(server, params)
    every = params.context.include_declaration
    return [server.location(edited, one) for edited, one in places if every or not one.declares]


def _places(server: Server, params: lsp.DefinitionParams | lsp.ReferenceParams) -> Iterator[tuple[Edited, Mention]]:
    """Yield every place of the name at the cursor."""
    asked = server.asked(params.text_document, params.position)
    mention = None if asked is None else asked.mention
    if asked is not None and mention is not None:
        yield from ((asked.edited, one) for one in asked.edited.names.of(mention.kind, mention.name))


def _completion(server: Server, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    asked = server.asked(params.text_document, params.position)
    if asked is None:
        return []
    found = proposals(asked.edited.names, asked.file, asked.lines, asked.line, asked.column)
    begin = server.position(asked.line, found.begin, asked.text)
    place = lsp.Range(begin, params.position)
    return [
        lsp.CompletionItem(
            label=one.text,
            kind=lsp.CompletionItemKind.Value,
            detail=one.about or None,
            sort_text=f"{number:05}",
            text_edit=lsp.TextEdit(place, one.text),
        )
        for number, one in enumerate(found.found)
    ]


def _lenses(server: Server, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    asked = server.asked(params.text_document)
    if asked is None:
        return []
    edited, lenses = asked.edited, []
    since, verdicts = edited.since_release, edited.verdicts
    if since is not None and since.trial.edits:
        top = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        lenses.append(lsp.CodeLens(top, lsp.Command(since.summary(), TRY, arguments=[params.text_document.uri])))
    if verdicts is None:
        return lenses
    return lenses + [
        lsp.CodeLens(server.range(edited, one), lsp.Command(verdicts.summary(one.kind, one.name), ""))
        for one in edited.names_before.in_file(asked.file)
        if one.declares and one.kind in {"indicator", "level"}
    ]


def _can_rename(server: Server, params: lsp.PrepareRenameParams) -> lsp.Range | None:
    asked = server.asked(params.text_document, params.position)
    mention = None if asked is None else asked.mention
    if asked is None or mention is None or not can_be_renamed(mention) or mention.end == mention.begin:
        return None
    return server.range(asked.edited, mention)


async def _rename(server: Server, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    asked = server.asked(params.text_document, params.position)
    if asked is None:
        return None
    edited = asked.edited
    await server.in_worker(edited.check, server.texts(edited.folder))  # so that no place is that of an earlier state
    if asked.mention is None:
        return None
    found = await server.in_worker(renamed, edited, asked.mention, params.new_name)
    edits: dict[str, list[lsp.TextEdit | lsp.AnnotatedTextEdit | lsp.SnippetTextEdit]] = {}
    for one in found.edits:
        line = edited.names.line(one.file, one.line)
        place = lsp.Range(server.position(one.line, one.begin, line), server.position(one.line, one.end, line))
        edits.setdefault(server.uri_of(edited.folder / one.file), []).append(lsp.TextEdit(place, one.text))
    if not found.files:
        return lsp.WorkspaceEdit(changes=edits)  # type: ignore[arg-type] # a list of text edits
    files = [tuple(server.uri_of(edited.folder / file) for file in both) for both in found.files]
    return lsp.WorkspaceEdit(
        document_changes=[
            *(
                lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri), several)
                for uri, several in edits.items()
            ),
            *(lsp.RenameFile(old, new) for old, new in files),
        ]
    )


_HANDLERS: dict[str, Callable[[Server, Any], Any]] = {
    lsp.TEXT_DOCUMENT_DID_OPEN: _document_changed,
    lsp.TEXT_DOCUMENT_DID_CHANGE: _document_changed,
    lsp.TEXT_DOCUMENT_DID_SAVE: _document_changed,
    lsp.TEXT_DOCUMENT_DID_CLOSE: _document_changed,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: _files_changed,
    lsp.TEXT_DOCUMENT_HOVER: _hover,
    lsp.TEXT_DOCUMENT_DEFINITION: _definition,
    lsp.TEXT_DOCUMENT_REFERENCES: _references,
    lsp.TEXT_DOCUMENT_COMPLETION: _completion,
    lsp.TEXT_DOCUMENT_CODE_LENS: _lenses,
    lsp.TEXT_DOCUMENT_PREPARE_RENAME: _can_rename,
    lsp.TEXT_DOCUMENT_RENAME: _rename,
}
_OPTIONS: dict[str, Any] = {
    lsp.TEXT_DOCUMENT_COMPLETION: lsp.CompletionOptions(trigger_characters=[".", " ", "{", "["]),
    lsp.TEXT_DOCUMENT_RENAME: lsp.RenameOptions(prepare_provider=True),
}


async def _tried(server: Server, params: Sequence[Any]) -> str | None:
    """Return, and show, what the edit of a set does to the cases of its release and, where one is named, to a case."""
    if not params:
        raise RiskEngineError(_("{command}: give the address of a file of the set, and a case or none", command=TRY))
    uri, *cases = params
    asked = server.asked(lsp.TextDocumentIdentifier(f"{uri}"))
    since = None if asked is None else asked.edited.since_release
    if asked is None or since is None:
        return None
    text = "\n".join(await server.in_worker(told_of_trial, asked.edited, since, *map(str, cases[:1])))
    server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Info, text))
    return text


def new_server() -> Server:
    """Return a server that answers what it is asked, still without an editor."""
    for name in ("pygls", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # each of its lines is a traceback
    server = Server()
    for what, function in _HANDLERS.items():
        server.feature(what, _OPTIONS.get(what))(guarded(server, function))
    tried = guarded(server, _tried)

    @server.command(TRY)
    async def on_command(*params: Any) -> Any:
        return await tried([one for one in params if isinstance(one, str)])

    return server


def serve() -> None:
    """Answer an editor on standard input and output until it ends.

    To look through all that was read of a set for garbage takes longer than many an edit: it is done after an edit was
    tried, and not whenever Python would.
    """
    gc.set_threshold(BULK, 20, 1000)
    new_server().start_io()


def _end_of_word(line: str, begin: int) -> int:
    """Return where the word ends that begins in a column of a line, with its quotes; at least one column on."""
    found = _QUOTED.match(line, begin) or _PLAIN.match(line, begin)
    return min(begin + 1, len(line)) if found is None else found.end()
