"""The elements that a page template writes, read into blocks.

A template is text with a few elements that are named as in HTML. What a person wrote is escaped before it gets here, so
a `<` begins an element of the template and nothing else. White space of the template collapses as in HTML; white space
of the texts it prints stays as it is, which is why the template's own carries a sign (`SPACE`).

    title, about, warning        what stands above everything; footer: below
    answer tone dense            the first page: h (the sentence), p (what completes it), dl, challenge, table, blanks
    section key title new-page folded   holds blocks and groups; group anchor: h (its title), then blocks
    p · ul, li · dl, dt key, dd · table caption shares, tr, th, td · blanks, li · letterhead: from, to, dated
    field key: what can be filled in · li field: of a blank
    strong em mark code a href ref · run: a piece of a line as Python made it · block: a block or section too
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NoReturn, cast

from risk_engine.files.diagnostics import suggestion
from risk_engine.files.language import _
from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Letterhead,
    Line,
    Prose,
    Run,
    Section,
    Table,
    words,
)

SPACE: Final = "\ufdd0"
"""White space of the template itself: a character that no text may hold, so that no text is taken for it."""
_STYLES: Final = ("strong", "em", "mark", "code")
_INLINE: Final = (*_STYLES, "a", "run", "field")
_BLOCKS: Final = ("p", "ul", "dl", "table", "blanks", "letterhead", "group", "block")
_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "a": frozenset({"href", "ref"}),
    "field": frozenset({"key"}),
    "li": frozenset({"field"}),
    "run": frozenset({"style", "href", "ref", "change"}),
    "answer": frozenset({"tone", "dense"}),
    "section": frozenset({"key", "title", "new-page", "folded"}),
    "group": frozenset({"anchor", "stays"}),
    "dt": frozenset({"key"}),
    "table": frozenset({"caption", "shares"}),
    "challenge": frozenset({"label"}),
    "block": frozenset({"number"}),
}
_TAG = re.compile(r'<(/?)([a-z][a-z-]*)((?:[\s\ufdd0]+[a-z-]+="[^"<>]*")*)[\s\ufdd0]*(/?)>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&#39;": "'", "&#34;": '"'}


class MarkupError(Exception):
    """Elements that do not fit each other; `at` is where in the templates, as `file:line`."""

    def __init__(self, at: str, message: str, way_out: str | None = None) -> None:
        """Say what is wrong at a place, and what would mend it."""
        super().__init__(message)
        self.at, self.message, self.way_out = at, message, way_out


@dataclass(frozen=True)
class Page:
    """What a page template says, as far as it says it."""

    title: str = ""
    about: str = ""
    warning: Line | None = None
    answer: Answer | None = None
    sections: tuple[Section, ...] = ()
    footer: str = ""


@dataclass
class _Element:
    name: str
    attributes: dict[str, str]
    at: str
    inside: list["_Element | str"] = field(default_factory=list)

    def parts(self, *allowed: str) -> Iterator["_Element"]:
        """Yield the elements inside; raise MarkupError for any other, and for text outside them."""
        for one in self.inside:
            if isinstance(one, str):
                if one.strip(SPACE):
                    _refuse(self, _("text outside an element: `{text}`", text=one.strip(SPACE)[:40]))
            elif one.name not in allowed:
                message = _("`{name}` cannot stand in `{outer}`", name=one.name, outer=self.name)
                _refuse(one, message, suggestion(one.name, allowed))
            else:
                yield one


def read(markup: str, objects: Sequence[object] = ()) -> Page:
    """Return the page that a filled template says; `objects` are the blocks that it names by number.

    Raise MarkupError where an element is unknown, not closed or stands where it cannot.
    """
    return _Reader(objects).page(_tree(markup))


def _tree(markup: str) -> _Element:
    root = _Element("page", {}, "")
    stack = [root]
    end = 0
    for found in _TAG.finditer(markup):
        _text(stack[-1], markup[end : found.start()])
        end = found.end()
        closes, name, attributes, is_empty = found.groups()
        if closes:
            if stack[-1].name != name or len(stack) == 1:
                message = _("`</{name}>` closes nothing that is open", name=name)
                _refuse(stack[-1], message, None if len(stack) == 1 else _expected(stack[-1]))
            stack.pop()
            continue
        given = {key: _plain(value) for key, value in _ATTRIBUTE.findall(attributes)}
        made = _Element(name, given, given.pop("at", ""))
        if unknown := sorted(given.keys() - _ATTRIBUTES.get(name, frozenset())):
            message = _("`{name}` has no `{attribute}`", name=name, attribute=unknown[0])
            _refuse(made, message, suggestion(unknown[0], _ATTRIBUTES.get(name, ())))
        stack[-1].inside.append(made)
        if not is_empty:
            stack.append(made)
    _text(stack[-1], markup[end:])
    if len(stack) > 1:
        _refuse(stack[-1], _("`<{name}>` is not closed", name=stack[-1].name), _expected(stack[-1]))
    return root


def _expected(element: _Element) -> str:
    return _("write `{end}`", end=f"</{element.name}>")


def _text(element: _Element, text: str) -> None:
    if "<" in text:
        at = text[text.index("<") :][:30].replace(SPACE, " ")
        _refuse(element, _("this begins no element that can be read: `{text}`", text=at))
    if text:
        element.inside.append(_unescaped(text))


def _unescaped(text: str) -> str:
    return re.sub("&(?:amp|lt|gt|#39|#34);", lambda found: _ESCAPED[found[0]], text) if "&" in text else text


def _plain(attribute: str) -> str:
    text = _unescaped(attribute)
    return re.sub(f"{SPACE}+", " ", text.strip(SPACE)) if SPACE in text else text


def _refuse(element: _Element, message: str, way_out: str | None = None) -> NoReturn:
    raise MarkupError(element.at, message, way_out or None)


class _Reader:
    """Reads elements into blocks; what holds nothing is left out, so that a template need not ask."""

    def __init__(self, objects: Sequence[object]) -> None:
        self._objects = objects
        self._blocks: dict[str, Callable[[_Element], Block | Group | None]] = {
            "p": self._prose,
            "ul": self._bullets,
            "dl": self._fields,
            "table": self._table,
            "blanks": self._blanks,
            "letterhead": self._letterhead,
            "group": self._group,
        }

    def page(self, root: _Element) -> Page:
        made: dict[str, Any] = {}
        sections: list[Section] = []
        for one in root.parts("title", "about", "warning", "answer", "section", "block", "footer"):
            match one.name:
                case "warning":
                    made["warning"] = self.line(one) or None
                case "answer":
                    made["answer"] = self._answer(one)
                case "section":
                    sections.append(self._section(one))
                case "block":
                    sections.append(self._object(one, root))
                case name:
                    made[name] = words(self.line(one))
        return Page(**made, sections=tuple(sections))

    def _answer(self, element: _Element) -> Answer:
        sentence, challenge = "", None
        more: list[Line] = []
        glance: list[Field] = []
        foot: list[Block] = []
        for one in element.parts("h", "p", "dl", "challenge", "table", "blanks"):
            match one.name:
                case "h":
                    sentence = words(self.line(one))
                case "p":
                    more += [line for line in (self.line(one),) if line]
                case "dl":
                    glance += self._rows(one)
                case "table" | "blanks":
                    made = self._table(one) if one.name == "table" else self._blanks(one)
                    foot += [made] if made else []
                case _:
                    challenge = Field(one.attributes.get("label", ""), (self.line(one),))
        tone = element.attributes.get("tone", "")
        if tone not in {"mild", "middle", "strict", "open"}:
            _refuse(element, _("the `tone` of an answer is mild, middle, strict or open"))
        # Which of the four it is has just been checked.
        is_dense = "dense" in element.attributes
        return Answer(sentence, tuple(more), cast("Any", tone), tuple(glance), challenge, is_dense, tuple(foot))

    def _section(self, element: _Element) -> Section:
        return Section(
            element.attributes.get("key", ""),
            element.attributes.get("title", ""),
            self.blocks(element),
            starts_page="new-page" in element.attributes,
            folded="folded" in element.attributes,
        )

    def blocks(self, element: _Element, besides: str = "") -> tuple[Any, ...]:
        allowed = (*_BLOCKS, besides) if besides else _BLOCKS
        made = (
            self._object(one, element) if one.name == "block" else self._blocks[one.name](one)
            for one in element.parts(*allowed)
            if one.name != besides
        )
        return tuple(one for one in made if one is not None)

    def _group(self, element: _Element) -> Group | None:
        titles = [self.line(one) for one in element.inside if isinstance(one, _Element) and one.name == "h"]
        if len(titles) != 1:
            _refuse(element, _("a group has one title"), _("write `{end}`", end="<h>…</h>"))
        blocks = self.blocks(element, "h")
        stays = blocks or "stays" in element.attributes
        return Group(titles[0], blocks, element.attributes.get("anchor")) if stays else None

    def _prose(self, element: _Element) -> Prose | None:
        line = self.line(element)
        return Prose(line) if line else None

    def _bullets(self, element: _Element) -> Bullets | None:
        lines = self._items(element)
        return Bullets(lines) if lines else None

    def _items(self, element: _Element) -> tuple[Line, ...]:
        return tuple(line for line in map(self.line, element.parts("li")) if line)

    def _fields(self, element: _Element) -> Fields | None:
        rows = self._rows(element)
        return Fields(rows) if rows else None

    def _rows(self, element: _Element) -> tuple[Field, ...]:
        rows: list[Field] = []
        for one in element.parts("dt", "dd"):
            if one.name == "dt":
                rows.append(Field(words(self.line(one)), (), one.attributes.get("key", "")))
            elif not rows:
                _refuse(one, _("a `dd` needs a `dt` before it"))
            elif line := self.line(one):
                last = rows[-1]
                rows[-1] = Field(last.label, (*last.lines, line), last.key)
        return tuple(one for one in rows if one.lines)

    def _table(self, element: _Element) -> Table | None:
        head: tuple[str, ...] = ()
        rows: list[tuple[Line, ...]] = []
        for row in element.parts("tr"):
            cells = list(row.parts("th", "td"))
            if cells and all(one.name == "th" for one in cells):
                head = tuple(words(self.line(one)) for one in cells)
                continue
            if len(cells) != len(head):
                message = _("a row of {number} cells below a head of {head}", number=len(cells), head=len(head))
                _refuse(row, message, _("give each row as many `td` as the first row has `th`"))
            rows.append(tuple(self.line(one) for one in cells))
        shares = tuple(int(one) for one in element.attributes.get("shares", "").split() if one.isdecimal())
        return Table(element.attributes.get("caption", ""), head, tuple(rows), shares) if rows else None

    def _blanks(self, element: _Element) -> Blanks | None:
        labels = tuple(words(one) for one in self._items(element))
        fields = tuple(one.attributes.get("field", "") for one in element.parts("li") if self.line(one))
        return Blanks(labels, fields if any(fields) else ()) if labels else None

    def _letterhead(self, element: _Element) -> Letterhead:
        said: dict[str, list[str]] = {"from": [], "to": [], "dated": []}
        for one in element.parts(*said):
            said[one.name].append(words(self.line(one)))
        return Letterhead(tuple(said["from"]), tuple(said["to"]), " ".join(said["dated"]))

    def _object(self, element: _Element, outer: _Element) -> Any:
        """Return what Python made: a section stands in a page, a block or a group in a section."""
        found: Any = self._objects[int(element.attributes["number"])]
        if isinstance(found, Section) != (outer.name == "page"):
            _refuse(outer, _("`{name}` cannot stand in `{outer}`", name=found.kind, outer=outer.name))
        return found

    def line(self, element: _Element) -> Line:
        """Return the line inside an element, its own white space collapsed and none at the ends."""
        # Text and text beside it are one, so that no writer takes the end of a value for the beginning of a line.
        alike = groupby(self._pieces(element, _PLAIN), key=itemgetter(1))
        return _collapsed([("".join(text for text, _like in pieces), like) for like, pieces in alike])

    def _pieces(self, element: _Element, like: Run) -> Iterator[tuple[str, Run]]:
        """Yield each text inside, with an empty run that is styled and linked as it."""
        for one in element.inside:
            if isinstance(one, str):
                yield one, like
                continue
            if one.name == "field" and not one.inside:
                yield "", _styled(one, like)
            if one.name not in _INLINE:
                message = _("`{name}` cannot stand in `{outer}`", name=one.name, outer=element.name)
                _refuse(one, message, suggestion(one.name, _INLINE))
            yield from self._pieces(one, _styled(one, like))


_PLAIN = Run("")


def _styled(element: _Element, like: Run) -> Run:
    given = element.attributes
    style = element.name if element.name in _STYLES else given.get("style", like.style)
    link, ref, change = given.get("href", like.link), given.get("ref", like.ref), given.get("change", like.change)
    return Run("", cast("Any", style), link, ref, cast("Any", change), given.get("key", like.field))


def _collapsed(pieces: Sequence[tuple[str, Run]]) -> Line:
    made: list[tuple[str, Run]] = []
    begins = True
    for piece, like in pieces:
        text = re.sub(f"{SPACE}+", SPACE, piece) if SPACE in piece else piece
        if begins:
            text = text.lstrip(SPACE)
        begins = text.endswith(SPACE) if text else begins
        made.append((text, like))
    while made and not made[-1][0].rstrip(SPACE) and not made[-1][1].field:
        made.pop()
    if made:
        made[-1] = (made[-1][0].rstrip(SPACE), made[-1][1])
    return tuple(replace(like, text=text.replace(SPACE, " ")) for text, like in made if text or like.field)
