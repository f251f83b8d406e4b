"""A real editor's side of the language server: the command as a process, JSON-RPC over its standard streams."""

import asyncio
import contextlib
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlparse

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from scripts.coverage import MARKS

_Found = TypeVar("_Found")

ROOT = Path(__file__).parents[3]
PROGRAM = "scripts.coverage" if MARKS in os.environ else "risk_engine"
"""What Python runs as the server: the package, marked where the run of all tests is measured."""
LOAN_DESK = ROOT / "tests" / "sets" / "loan-desk" / "1.0.0"
PATIENCE = 60
"""Seconds after which something that must be told will not be."""


class Editor(LanguageClient):
    """An editor without a screen; `told` is what it would mark in each file."""

    def __init__(self) -> None:
        super().__init__("test", "1")
        self.told: dict[str, list[lsp.Diagnostic]] = {}
        self.times: dict[str, int] = defaultdict(int)
        self.log: list[str] = []
        self.news = asyncio.Event()
        self.texts: dict[str, str] = {}

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = [*params.diagnostics]
            self.times[params.uri] += 1
            self.news.set()

        @self.feature(lsp.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]
        @self.feature(lsp.WINDOW_LOG_MESSAGE)  # type: ignore[untyped-decorator]
        def logged(params: lsp.LogMessageParams | lsp.ShowMessageParams) -> None:
            self.log.append(params.message)
            self.news.set()

        @self.feature(lsp.WORKSPACE_CODE_LENS_REFRESH)  # type: ignore[untyped-decorator]
        def refreshed(_params: None) -> None:
            self.news.set()

    def open(self, path: Path) -> str:
        """Open a file as it is on disk and return how it is called from now on."""
        uri = path.as_uri()
        self.texts[uri] = path.read_text("utf-8")
        item = lsp.TextDocumentItem(uri, "yaml", 1, self.texts[uri])
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, before: str, after: str) -> None:
        """Replace a text that stands in an open file once, and save nothing."""
        assert self.texts[uri].count(before) == 1, before
        self.write(uri, self.texts[uri].replace(before, after))

    def write(self, uri: str, text: str) -> None:
        """Have an open file say something else, and save nothing."""
        self.texts[uri] = text
        which = lsp.VersionedTextDocumentIdentifier(version=2, uri=uri)
        whole = lsp.TextDocumentContentChangeWholeDocument(text=text)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(which, [whole]))

    def at(self, uri: str, text: str) -> dict[str, Any]:
        """Return a place in an open file, in UTF-16, as the parameters of a question.

        The text stands there once; in it `¦` is where the cursor is.
        """
        before, _cursor, after = text.partition("¦")
        whole = self.texts[uri]
        assert whole.count(before + after) == 1, (text, whole.count(before + after))
        before = whole[: whole.index(before + after)] + before
        line = before.rpartition("\n")[2]
        position = lsp.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)
        return {"text_document": lsp.TextDocumentIdentifier(uri), "position": position}

    def word(self, place: lsp.Range, uri: str) -> str:
        """Return what stands in a range of an open file, counted in UTF-16."""
        assert place.start.line == place.end.line
        line = self.texts[uri].splitlines()[place.start.line].encode("utf-16-le")
        return line[place.start.character * 2 : place.end.character * 2].decode("utf-16-le")

    async def hover(self, uri: str, text: str) -> str:
        """Return what is told of a text."""
        found = await self.text_document_hover_async(lsp.HoverParams(**self.at(uri, text)))
        assert found is not None
        assert isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value

    async def definition(self, uri: str, text: str) -> list[str]:
        """Return where a text is said to be given, as `file: line`."""
        found = await self.text_document_definition_async(lsp.DefinitionParams(**self.at(uri, text)))
        return _lines(found)

    async def references(self, uri: str, text: str) -> list[str]:
        """Return where a text is said to be used, as `file: line`."""
        context = lsp.ReferenceContext(include_declaration=False)
        asked = lsp.ReferenceParams(context=context, **self.at(uri, text))
        return _lines(await self.text_document_references_async(asked))

    async def completion(self, uri: str, text: str) -> list[str]:
        """Return what could stand at a place."""
        found = await self.text_document_completion_async(lsp.CompletionParams(**self.at(uri, text)))
        return [one.label for one in found or []]  # type: ignore[union-attr]

    async def rename(self, uri: str, text: str, new: str) -> lsp.WorkspaceEdit:
        """Return what would be changed if the name at a place were another one."""
        found = await self.text_document_rename_async(lsp.RenameParams(new_name=new, **self.at(uri, text)))
        assert found is not None
        return found

    async def lenses(self, uri: str) -> dict[str, str]:
        """Return what stands above names in a file."""
        found = await self.text_document_code_lens_async(lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri)))
        return {self.word(one.range, uri): one.command.title for one in found or [] if one.command}

    async def until(self, is_so: Any) -> None:
        """Wait until the editor was told what makes something so."""
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self.news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), 0.2)

    def messages(self, uri: str) -> list[str]:
        """Return what is marked in a file."""
        return [one.message for one in self.told.get(uri, [])]


def applied(edit: lsp.WorkspaceEdit) -> None:
    """Change files on disk as an editor does that was told so."""
    changes = dict(edit.changes or {})
    for one in edit.document_changes or []:
        if isinstance(one, lsp.TextDocumentEdit):
            changes[one.text_document.uri] = one.edits  # type: ignore[assignment] # plain edits
    for uri, edits in changes.items():
        path = Path(unquote(urlparse(uri).path))
        lines = [line.encode("utf-16-le") for line in path.read_text("utf-8").split("\n")]
        places = sorted(
            ((each.range.start.line, each.range.start.character, each) for each in edits),
            reverse=True,
            key=lambda found: found[:2],
        )
        for number, begin, each in places:
            assert number == each.range.end.line
            line, text = lines[number], each.new_text.encode("utf-16-le")
            lines[number] = line[: begin * 2] + text + line[each.range.end.character * 2 :]
        path.write_text("\n".join(line.decode("utf-16-le") for line in lines), "utf-8")
    for one in edit.document_changes or []:
        if isinstance(one, lsp.RenameFile):
            Path(unquote(urlparse(one.old_uri).path)).rename(unquote(urlparse(one.new_uri).path))


def _lines(found: Any) -> list[str]:
    lines = []
    for one in found or []:
        path = Path(unquote(urlparse(one.uri).path))
        lines.append(f"{path.name}: {path.read_text('utf-8').splitlines()[one.range.start.line].strip()}")
    return lines


@contextlib.contextmanager
def in_a_thread() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Yield what runs coroutines in a loop of their own: a browser of other tests leaves one running in this thread."""
    runner = asyncio.Runner()
    with ThreadPoolExecutor(1) as pool:
        yield lambda work: pool.submit(runner.run, work).result()
        pool.submit(runner.close).result()


def waited_for(work: Coroutine[Any, Any, _Found]) -> _Found:
    """Return what one coroutine comes to."""
    with in_a_thread() as run:
        found: _Found = run(work)
    return found


@contextlib.asynccontextmanager
async def editor(folder: Path, *arguments: str) -> AsyncIterator[Editor]:
    """Begin to edit in a folder, and end well: the server says nothing on standard error and ends with 0."""
    client = Editor()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    command = (sys.executable, "-m", PROGRAM, "criteria", "lsp", *arguments)
    await client.start_io(*command, cwd=f"{folder}", env=environment)
    folders = [lsp.WorkspaceFolder(folder.as_uri(), folder.name)]
    capabilities = lsp.ClientCapabilities(
        workspace=lsp.WorkspaceClientCapabilities(
            code_lens=lsp.CodeLensWorkspaceClientCapabilities(refresh_support=True)
        )
    )
    asked = lsp.InitializeParams(capabilities=capabilities, root_uri=folder.as_uri(), workspace_folders=folders)
    await client.initialize_async(asked)
    client.initialized(lsp.InitializedParams())
    yield client
    await client.shutdown_async(None)
    client.exit(None)
    server = client._server  # noqa: SLF001 (there is no public way to hear how it ended)
    assert server is not None
    assert server.stderr is not None
    complaint = (await server.stderr.read()).decode()
    code = await server.wait()
    await client.stop()  # type: ignore[no-untyped-call]
    assert (code, complaint) == (0, "")
