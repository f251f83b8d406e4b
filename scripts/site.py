"""What MkDocs needs to make a site of this repository: its pages in their places, and no page that calls elsewhere."""

import re
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import is_released, newest
from risk_engine.report.set_pages.catalogue import catalogue

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("docs", "examples")
SHOWN = {".md", ".png", ".svg", ".yaml", ".html", ".txt"}
DECISIONS = "docs/decisions/README.md"
CATALOGUE = "docs/catalogue.md"
SHOWN_SET = "reconnect-china"

LINK_TO_FOLDER = re.compile(r"\[([^\]]*)\]\((?![a-z]+:)([^)#]*/)\)")
NOT_TAKEN = re.compile(r"\n *((?:[-*] |\d+\. |\| |```).*)")
CALL = re.compile(r"""<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)=["']?(?:https?:)?//[^"'> ]+""", re.IGNORECASE)


class TwoSpaces(Extension):
    """What belongs to an entry of a list stands two spaces in, as everywhere else where Markdown is read; not four."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- Markdown's
        """Make the parser anew, since its parts ask for the width when they are made."""
        md.tab_length = 2
        md.build_parser()


def on_config(config: MkDocsConfig) -> None:
    """Set how deep a list goes, before other extensions add to the parser."""
    config.markdown_extensions.insert(0, TwoSpaces())  # type: ignore[arg-type] # Markdown takes both


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the pages where they lie in the repository, so that their links hold; keep what the theme brings."""
    theme = [one for one in files if not (one.abs_src_path and Path(one.abs_src_path).is_relative_to(ROOT / "docs"))]
    histories = (ROOT / "criteria").glob("*/CHANGES.md")
    paths = [*ROOT.glob("*.md"), *histories, *(one for folder in FOLDERS for one in (ROOT / folder).rglob("*"))]
    pages = [
        File.generated(
            config, one.relative_to(ROOT).as_posix(), abs_src_path=str(one), inclusion=InclusionLevel.INCLUDED
        )
        for one in sorted(paths)
        if one.is_file() and one.suffix in SHOWN
    ]
    for one in pages:
        # A report that lies there both as .md and as .html would be written over itself.
        if one.src_uri.endswith(".html") and (ROOT / one.src_uri).with_suffix(".md").is_file():
            one.dest_uri = one.src_uri.removesuffix(".html") + ".report.html"
    made = {DECISIONS: decisions(), CATALOGUE: shipped_catalogue()}
    return Files([*theme, *pages, *(File.generated(config, name, content=text) for name, text in made.items())])


def decisions() -> str:
    """Return a page that lists the decision notes under their titles."""
    notes = sorted((ROOT / DECISIONS).parent.glob("[0-9]*.md"))
    titles = {one.name: one.read_text("utf-8").partition("\n")[0].removeprefix("# ") for one in notes}
    lines = [f"- {name[:4]} [{title}]({name})" for name, title in titles.items()]
    return "# Why things are as they are\n\n" + "\n".join(lines) + "\n"


def shipped_catalogue() -> str:
    """Return every rule of the newest version of the shipped criteria, in words: a page that is made, not kept."""
    version = newest(SHOWN_SET)
    return catalogue(read_criteria(version.path), None, "md", is_released=is_released(version))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 -- MkDocs's
    """Lead a link to a folder to its page; a folder that has none is in the repository only, and its name stays."""
    here = Path(page.file.src_uri).parent

    def led(found: re.Match[str]) -> str:
        target = f"{found[2]}README.md"
        return f"[{found[1]}]({target})" if files.get_file_from_path((here / target).as_posix()) else f"`{found[1]}`"

    return LINK_TO_FOLDER.sub(led, markdown)


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Raise PluginError where a list or a fence was not taken for one."""
    if found := NOT_TAKEN.search(re.sub(r"<pre\b.*?</pre>", "", html, flags=re.DOTALL)):
        raise PluginError(f"{page.file.src_uri}: leave a line empty before this: {found[1]}")
    return html


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Raise PluginError where a page would fetch something from elsewhere when somebody reads it."""
    if found := CALL.search(output):
        raise PluginError(f"{page.file.src_uri} would call elsewhere: {found[0]}")
    return output
