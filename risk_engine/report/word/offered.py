"""What an office template may name: each name with its shape, and what it stands for in one document."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

from lxml import etree

from risk_engine.files.language import _
from risk_engine.report.blocks import Field, Letterhead, Line, Section, View, say, words
from risk_engine.report.word.paper import Writer, front
from risk_engine.report.word.placeholders import Many, Parts, Shape, Single, TemplateProblem
from risk_engine.report.word.styles import Element, harmless
from risk_engine.report.wording import MUST_SAY, day

_EACH, _EACH_END = "{%p for letter in letters %}", "{%p endfor %}"
MOST_ROUNDS = 100_000
"""How often all loops of a template together may go round."""
_LETTER = Parts({
    "sender": Many(Single.TEXT),
    "recipient": Many(Single.TEXT),
    "dated": Single.TEXT,
    "subject": Single.TEXT,
    "body": Single.WHOLE,
})  # fmt: skip
_POINT = Parts({"label": Single.TEXT, "lines": Many(Single.TEXT)})
_SECTION = Parts({"key": Single.TEXT, "title": Single.TEXT, "content": Single.WHOLE, "body": Single.WHOLE})
SHAPES: Mapping[str, Shape] = {
    **dict.fromkeys(
        ("kind", "language", "title", "about", "case_id", "date", "date_iso", "kept_by", "warning", "answer"),
        Single.TEXT,
    ),
    **dict.fromkeys(("challenge", "scope", "footer"), Single.TEXT),
    **dict.fromkeys(("more", "reasons", "conditions", "missing", "next"), Many(Single.TEXT)),
    "points": Many(_POINT),
    "sections": Many(_SECTION),
    "letters": Many(_LETTER),
    **_LETTER.named,
    "content": Single.WHOLE,
    "front": Single.WHOLE,
}
"""Every name that any document offers, beside `section`, whose parts are the sections of this one."""


class TooMuchError(Exception):
    """A template goes round and round, or writes far more than a document holds."""


class Counted:
    """A list of which each step takes one of the rounds that are left, whoever goes through it."""

    def __init__(self, items: Iterable[object], rounds: Iterator[int]) -> None:
        self._items = tuple(items)
        self._rounds = rounds

    def __iter__(self) -> Iterator[object]:
        for one in self._items:
            if next(self._rounds, None) is None:
                raise TooMuchError
            yield one

    def __len__(self) -> int:
        return len(self._items)


class Content:
    """Paragraphs that are written where the template has room for them, and only then."""

    def __init__(self, make: Callable[[], list[Element]]) -> None:
        self._make = make
        self._made: str | None = None

    def __html__(self) -> str:
        if self._made is None:
            self._made = "".join(etree.tostring(one, encoding="unicode") for one in self._make())
        return self._made


@dataclass(frozen=True)
class Offer:
    """What one document offers: the shape of each name, and what it stands for."""

    shapes: Mapping[str, Shape]
    values: Mapping[str, object]


def offer(writer: Writer) -> Offer:
    """Return what a template may name for the document that the writer writes."""
    view, body = writer.view, writer.body
    rounds = iter(range(MOST_ROUNDS))

    def many(items: Iterable[object]) -> Counted:
        return Counted(items, rounds)

    def texts(lines: Iterable[Line]) -> Counted:
        return many(harmless(words(one)) for one in lines)

    fields = view.answer.fields if view.answer else ()
    by_key = {one.key: one.lines for one in fields if one.key}
    letters = [_letter(one, writer, many) for one in view.sections if view.is_letter and _head(one)]
    first = (
        letters[0]
        if letters
        else SimpleNamespace(sender=many(()), recipient=many(()), dated="", subject="", body=Content(writer.sections))
    )
    values: dict[str, object] = {
        **{name: harmless(text) for name, text in _texts(view).items()},
        "more": texts(view.answer.more if view.answer else ()),
        **{name: texts(by_key.get(name, ())) for name in ("reasons", "missing", "next")},
        "conditions": texts(
            by_key.get("conditions") or (say(one.text) for one in view.must if one.what == "condition")
        ),
        "points": many(SimpleNamespace(label=harmless(one.label), lines=texts(one.lines)) for one in fields),
        "sections": many(_section(one, writer) for one in view.sections),
        "section": SimpleNamespace(**{one.key: _whole(one, writer) for one in view.sections}),
        "letters": many(letters),
        **vars(first),
        "content": Content(writer.whole),
        "front": Content(lambda: [] if view.is_letter else front(view, body, writer.pictures)),
    }
    keys = Parts({one.key: Single.WHOLE for one in view.sections})
    return Offer({**SHAPES, "section": keys}, values)


def unsafe_to_miss(view: View, used: set[str]) -> Iterator[TemplateProblem]:
    """Yield what a document must say, and a template that uses these names does not."""
    if "content" in used:
        return
    if view.warning and not used & {"warning", "front"}:
        yield TemplateProblem(
            _("the document holds confidential answers, and the template has no place for the warning"),
            _("write `{placeholder}` at its top", placeholder="{{ warning }}"),
        )
    count = sum(1 for one in view.sections if view.is_letter and _head(one))
    if count > 1 and "letters" not in used:
        yield TemplateProblem(
            _("the document holds {number} letters, and the template has place for one", number=count),
            _("write `{before}` above it and `{after}` below", before=_EACH, after=_EACH_END),
        )


def left_out(view: View, text: str) -> Iterator[TemplateProblem]:
    """Yield what a document must say and a filled template does not, `text` being all that it says.

    Of the full report an office may make a paper that shows parts of it alone.
    """
    if view.kind == "full":
        return
    said = folded(text)
    lost = [one for one in view.must if folded(one.text) not in said]
    for one in lost:
        message = _("the template leaves out {what}: `{text}`", what=_(MUST_SAY[one.what]), text=one.text)
        yield TemplateProblem(message, _("write `{example}` where the document is to stand", example="{{p content }}"))


def folded(text: str) -> str:
    """Return text as it can be looked for whatever case and white space a template gave it."""
    return " ".join(harmless(text).casefold().split())


def _texts(view: View) -> dict[str, str]:
    answer = view.answer
    return {
        "kind": view.kind,
        "language": view.language,
        "title": view.title,
        "about": view.about,
        "case_id": view.case_id,
        "date": day(view.on),
        "date_iso": view.on.isoformat(),
        "kept_by": view.kept_by,
        "warning": words(view.warning) if view.warning else "",
        "answer": answer.sentence if answer else "",
        "challenge": _said(answer.challenge) if answer and answer.challenge else "",
        "scope": _said(view.scope) if view.scope else "",
        "footer": view.footer,
    }


def _said(field: Field) -> str:
    return " ".join(words(one) for one in field.lines)


def _head(section: Section) -> Letterhead | None:
    head = section.blocks[0] if section.blocks else None
    return head if isinstance(head, Letterhead) else None


def _letter(section: Section, writer: Writer, many: Callable[[Iterable[object]], Counted]) -> SimpleNamespace:
    head = _head(section)
    assert head is not None  # noqa: S101 -- only sections that begin with one are letters
    return SimpleNamespace(
        sender=many(map(harmless, head.sender)),
        recipient=many(map(harmless, head.recipient)),
        dated=harmless(head.dated),
        subject=harmless(section.title),
        body=Content(lambda: writer.body.blocks(section.blocks[1:])),
    )


def _whole(section: Section, writer: Writer) -> Content:
    return Content(lambda: writer.body.section(section, may_break=False))


def _section(section: Section, writer: Writer) -> SimpleNamespace:
    below = Content(lambda: writer.body.blocks(section.blocks))
    return SimpleNamespace(key=section.key, title=harmless(section.title), content=_whole(section, writer), body=below)
