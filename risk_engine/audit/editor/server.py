"""The language server: what an editor says of files in, problems of the set out (LSP 3.17, over standard streams).

One thread reads and checks, one set at a time; the other answers, from what was last known. Nothing that goes wrong
here is told as a traceback: a question that cannot be answered has no answer, and a line of the log says so.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer

from risk_engine.audit.editor.edited import Edited, set_of
from risk_engine.audit.editor.texts import end_of_word
from risk_engine.files.diagnostics import Diagnostic, help_line
from risk_engine.version import __version__

T = TypeVar("T")

NAME = "risk-engine"
PAUSE = 0.15
"""So many seconds after a key nothing is checked: the next one may come."""


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
            return
        if (task := self.waiting.get(folder)) is not None:
            task.cancel()
        if folder in self.sets:
            self.sets[folder].is_stale = True
        self.waiting[folder] = asyncio.get_running_loop().create_task(self.check(folder))

    async def check(self, folder: Path) -> None:
        """Tell the editor what is wrong with a set, after a pause."""
        try:
            await asyncio.sleep(PAUSE)
            edited = self.sets.setdefault(folder, Edited(folder))
            problems = await self.in_worker(edited.check, self.texts(folder))
            self.publish(folder, problems)
            self.publish(folder, {*problems, *await self.in_worker(edited.check_cases)})
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the editor goes on)
            self.log(error)

    def texts(self, folder: Path) -> dict[Path, bytes]:
        """Return what the editor holds of the files of a set."""
        found = {path_of(uri): one for uri, one in self.workspace.text_documents.items()}
        return {
            path.resolve(): one.source.encode("utf-8", "surrogatepass")
            for path, one in found.items()
            if path is not None and set_of(path) == folder
        }

    def publish(self, folder: Path, problems: Iterable[Diagnostic]) -> None:
        """Tell the editor the problems of a set, and of each file where none is left that none is."""
        found: dict[str, list[lsp.Diagnostic]] = {uri: [] for uri in self.told.get(folder, {})}
        for one in sorted(problems):
            uri = self.uri_of(Path(one.position.path))
            found.setdefault(uri, []).append(self.problem(one))
        for uri, several in found.items():
            if self.told.get(folder, {}).get(uri) != several:
                self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, several))
        self.told[folder] = {uri: several for uri, several in found.items() if several}

    def problem(self, one: Diagnostic) -> lsp.Diagnostic:
        """Return a problem as an editor marks it: the word at its place."""
        begin = one.position.column - 1
        end = end_of_word(one.source_line, begin)
        line = one.position.line - 1
        return lsp.Diagnostic(
            range=lsp.Range(self.position(line, begin, one.source_line), self.position(line, end, one.source_line)),
            message=f"{one.message}{help_line(one.help)}",
            severity=lsp.DiagnosticSeverity.Error,
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


def path_of(uri: str) -> Path | None:
    """Return which file an editor means; None for what is no file."""
    found = uris.to_fs_path(uri)
    return None if found is None or not uri.startswith("file:") else Path(found)


def _guarded(server: Server, function: Callable[[Server, Any], T]) -> Callable[[Any], T | None]:
    """Return a handler that has no answer where something goes wrong, and says so in the log."""

    def handler(params: Any) -> T | None:
        try:
            return function(server, params)
        except Exception as error:  # noqa: BLE001 (whatever it is, a traceback helps nobody who writes a set)
            server.log(error)
            return None

    return handler


def _document_changed(server: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    server.changed(params.text_document.uri)


def _files_changed(server: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    for change in params.changes:
        server.changed(change.uri)


_HANDLERS: dict[str, Callable[[Server, Any], Any]] = {
    lsp.TEXT_DOCUMENT_DID_OPEN: _document_changed,
    lsp.TEXT_DOCUMENT_DID_CHANGE: _document_changed,
    lsp.TEXT_DOCUMENT_DID_SAVE: _document_changed,
    lsp.TEXT_DOCUMENT_DID_CLOSE: _document_changed,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: _files_changed,
}


def new_server() -> Server:
    """Return a server that answers what it is asked, still without an editor."""
    for name in ("pygls", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # each of its lines is a traceback
    server = Server()
    for what, function in _HANDLERS.items():
        server.feature(what)(_guarded(server, function))
    return server


def serve() -> None:
    """Answer an editor on standard input and output until it ends."""
    new_server().start_io()
