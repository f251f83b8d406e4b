"""Take the pictures of docs/authors.md anew: a real Neovim in a terminal, with the language server, as it draws itself.

    python scripts/editor_pictures.py docs/images

Needs `nvim` (0.10 or newer) and the library `pyte`, which plays the terminal. Nothing is drawn by hand: keys go in,
and each picture is the screen that Neovim made of what the server told it.
"""

import os
import pty
import re
import select
import shutil
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fcntl import ioctl
from html import escape
from itertools import groupby
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any

import pyte

ROOT = Path(__file__).parents[1]
COLUMNS, LINES = 120, 30
WIDE, HIGH = 8.4, 17
PATIENCE = 300
"""Seconds after which something that must be on the screen will not be."""
BACKGROUND, FOREGROUND = "14161b", "e0e2ea"
SETTINGS = """
vim.o.termguicolors, vim.o.swapfile, vim.o.number, vim.o.signcolumn = true, false, true, "yes"
vim.o.wrap = false
vim.o.completeopt, vim.o.laststatus, vim.o.shortmess = "menu,menuone,noinsert", 1, vim.o.shortmess .. "IF"
vim.lsp.handlers["textDocument/hover"] = vim.lsp.with(
  vim.lsp.handlers.hover, { border = "rounded", max_width = 100, max_height = 18 })
vim.api.nvim_create_autocmd("FileType", {
  pattern = "yaml",
  callback = function(args)
    vim.bo.indentexpr = ""
    local set = vim.fs.root(args.buf, "set.yaml")
    vim.lsp.start({ name = "risk-engine", cmd = { "PYTHON", "-m", "risk_engine", "criteria", "lsp" }, root_dir = set })
  end,
})
"""
_UNHEARD = re.compile(
    rb"\x1b\[[>=<?][0-9;]*[mu]|\x1b\[\?[0-9;]*\$p|\x1bP.*?\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)", re.DOTALL
)
"""What Neovim asks a terminal and this one does not understand."""


class Neovim:
    """A Neovim in a terminal that nobody looks at."""

    def __init__(self, file: Path, settings: Path) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        child, self.there = pty.fork()
        if child == 0:
            os.chdir(file.parent)
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", PYTHONPATH=f"{ROOT}", LANG="C.UTF-8")
            os.execvp("nvim", ["nvim", "--clean", "-u", f"{settings}", file.name])  # noqa: S606, S607 (as people start it)
        ioctl(self.there, TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def type(self, keys: str, pause: float = 0.3) -> None:
        """Type keys, and let the screen come to rest."""
        os.write(self.there, keys.encode())
        self.look(pause)

    def look(self, seconds: float) -> None:
        """Draw what comes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.there], [], [], left)[0]:
                try:
                    self.stream.feed(_UNHEARD.sub(b"", os.read(self.there, 65536)))
                except OSError:
                    return

    def until(self, text: str, again: Callable[[], None] = lambda: None) -> None:
        """Wait until a text is on the screen; RuntimeError with the screen if it never is."""
        end = time.monotonic() + PATIENCE
        while text not in "\n".join(self.screen.display):
            if time.monotonic() > end:
                raise RuntimeError("\n".join((f"never there: {text}", *self.screen.display)))
            again()
            self.look(0.5)

    def lua(self, code: str) -> None:
        """Have it run a line of Lua."""
        self.type(f"\x1b:lua {code}\r")

    def picture(self) -> str:
        """Return the screen as SVG: each run of letters that look alike is one text."""
        width, height = COLUMNS * WIDE + 20, LINES * HIGH + 20
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
            f'viewBox="0 0 {width:.0f} {height}" font-size="14" '
            'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace">'
        )
        parts = [head, f'<rect width="100%" height="100%" rx="6" fill="#{BACKGROUND}"/>']
        for row in range(LINES):
            parts += self._line(row)
        return "\n".join([*parts, "</svg>", ""])

    def _line(self, row: int) -> Iterator[str]:
        column, top = 0, row * HIGH + 10
        cells = [self.screen.buffer[row][number] for number in range(COLUMNS)]
        for (ink, paper, is_bold, is_italic, is_underlined), run in groupby(cells, _look_of):
            text = "".join(cell.data for cell in run)
            left = column * WIDE + 10
            column += len(text)
            if paper != BACKGROUND:
                yield f'<rect x="{left:.1f}" y="{top}" width="{len(text) * WIDE:.1f}" height="{HIGH}" fill="#{paper}"/>'
            style = ' font-weight="bold"' * is_bold + ' font-style="italic"' * is_italic
            style += ' text-decoration="underline"' * is_underlined
            for words in re.finditer(r"\S+(?: \S+)*", text):
                at, wide = left + words.start() * WIDE, len(words[0]) * WIDE
                yield (
                    f'<text x="{at:.1f}" y="{top + 13}" fill="#{ink}"{style} textLength="{wide:.1f}">'
                    f"{escape(words[0])}</text>"
                )


def _look_of(cell: Any) -> tuple[str, str, bool, bool, bool]:
    ink = FOREGROUND if cell.fg == "default" else _NAMED.get(cell.fg, cell.fg)
    paper = BACKGROUND if cell.bg == "default" else _NAMED.get(cell.bg, cell.bg)
    if cell.reverse:
        ink, paper = paper, ink
    return ink, paper, cell.bold, cell.italics, cell.underscore


_NAMED = {"black": "000000", "red": "ffc0b9", "green": "b3f6c0", "brown": "fce094", "blue": "a6dbff", "white": "ffffff"}


def pictures(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each picture with its name."""
    ours = Path(shutil.copytree(ROOT / "criteria" / "reconnect-china", folder / "our-criteria"))
    text = (ours / "set.yaml").read_text("utf-8")
    (ours / "set.yaml").write_text(text.replace("id: reconnect-china", "id: our-criteria", 1), "utf-8")
    words = ours / "translations" / "de.yaml"
    words.write_text(words.read_text("utf-8").replace("of: reconnect-china@", "of: our-criteria@", 1), "utf-8")
    shutil.rmtree(ours / "releases")
    settings = folder / "init.lua"
    settings.write_text(SETTINGS.replace("PYTHON", sys.executable), "utf-8")
    vim = Neovim(ours / "indicators" / "security.yaml", settings)
    vim.look(2)
    vim.type("/^SEC-08\r")
    vim.type("zt")
    refresh = "vim.lsp.codelens.refresh({ bufnr = 0 })"
    vim.until("branches covered", lambda: vim.lua(refresh))
    while "looked at" in "\n".join(vim.screen.display):  # until every case was
        vim.lua(refresh)
        vim.look(5)
    vim.type("\x1b:echo\r/^SEC-08\rzt:noh\r", 1)
    vim.lua("vim.lsp.buf.hover()")
    vim.until("│- ")
    vim.type(":echo\r", 1)
    yield "editor-cases", vim.picture()
    vim.type("jk/direct_defence_tie\r:noh\r", 1)
    vim.lua("vim.lsp.buf.hover()")
    vim.until("military_link")
    vim.type(":echo\r")
    yield "editor-hover", vim.picture()
    vim.type("jk/holds: critical_tech\r:noh\r", 1)
    vim.type("WcWcritical_tehcnology}\x1b", 3)
    vim.until("there is no definition")
    yield "editor-problem", vim.picture()
    vim.type("u", 3)
    vim.type("o- {fact: technology.dual_use_status, is: ")
    vim.type("\x18\x0f", 3)
    yield "editor-completion", vim.picture()
    vim.type("\x1b\x1b:qa!\r", 1)


def main() -> None:
    """Write the pictures into the folder that is named."""
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in pictures(Path(folder)):
            (target / f"{name}.svg").write_text(picture, "utf-8")
            print(f"wrote {target / name}.svg")


if __name__ == "__main__":
    main()
