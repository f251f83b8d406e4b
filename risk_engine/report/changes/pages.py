"""The changes between two versions of a criteria set as a document: for a board that decides on new criteria."""

from collections.abc import Iterator, Sequence

from risk_engine.files.language import N_, _, ngettext, pgettext
from risk_engine.model.case import Case
from risk_engine.model.changes import Changes, Edit, VersionShown
from risk_engine.model.criteria import Criteria
from risk_engine.report.blocks import Answer, Block, Field, Group, Line, Prose, Run, Section, View, mark, say
from risk_engine.report.changes.records import Pair, by_part, by_record, changed_words, hint, structure
from risk_engine.report.changes.wording import part_title, within
from risk_engine.report.example import Examples
from risk_engine.report.meaning.section import explained
from risk_engine.report.sanitize import cleaned
from risk_engine.report.set_pages.catalogue import language_of, without_dead_ends
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import day, listed

_NOT_PROVED = N_("not proved")
_STATES = {None: "", "draft": N_("draft: it may still change"), "released": N_("released: it never changes")}


def changes_view(
    changes: Changes,
    before: Criteria,
    after: Criteria,
    *,
    shown: Sequence[Edit] | None = None,
    base: Case | None = None,
    instead: Sequence[Block] | None = None,
) -> View:
    """Return the document about the changes between two sets, both as they are read in the current language.

    `shown` are the edits as that language tells them, `base` is the base case from which the cases of the meaning are
    told. Where there is no meaning, `instead` says why; without it the document says that nothing was proved.
    """
    edits = changes.edits if shown is None else tuple(shown)
    speeches = Speech(before), Speech(after)
    meaning = None if base is None else explained(changes, edits, speeches, Examples((after, before), base))
    rules = [one for one in edits if one.layer == "structure"]
    words = [one for one in edits if one.layer == "words"]
    versions = f"{changes.before.name} → {changes.after.name}"
    page = View(
        kind="audit",
        language=language_of(after),
        title=_("What changes: {title}", title=after.head.title),
        about=versions,
        case_id=changes.after.name,
        on=changes.after.in_force_from,
        kept_by=f"{changes.after.name} {changes.after.digest[:12]}",
        warning=None,
        answer=Answer(
            sentence=_in_short(rules, words) if meaning is None else meaning.sentence,
            more=() if meaning is None else (*meaning.more, say(_in_short(rules, words))),
            tone=("mild" if all(map(_is_promise, rules)) else "middle") if meaning is None else meaning.tone,
            glance=tuple(_glance(changes, rules, words)),
            challenge=None,
        ),
        scales=(),
        scope=None,
        sections=(
            _meaning(changes, instead if meaning is None else meaning.blocks),
            *_structure(rules, changes, speeches),
            *_words(words, speeches),
        ),
        full_report="",
        footer=_(
            "{before}, digest {before_digest}, and {after}, digest {after_digest}",
            before=changes.before.name,
            before_digest=f"sha256:{changes.before.digest}",
            after=changes.after.name,
            after_digest=f"sha256:{changes.after.digest}",
        ),
    )
    return without_dead_ends(cleaned(page))


def _in_short(rules: Sequence[Edit], words: Sequence[Edit]) -> str:
    """Return in one sentence how much changes; a promise is no rule: it says of results what the rules keep."""
    if not rules and not words:
        return _("Nothing changes: both say the same.")
    promises = sum(map(_is_promise, rules))
    others = [
        (promises, ngettext("{number} change of promises", "{number} changes of promises", promises)),
        (len(words), ngettext("{number} change of words", "{number} changes of words", len(words))),
    ]
    told = [text for number, text in others if number]
    deciding = len(rules) - promises
    if not deciding:
        return _("No rule changes, only this: {changes}.", changes=listed(told))
    changed = ngettext("{number} change of the rules", "{number} changes of the rules", deciding)
    return _("{changes}.", changes=listed([changed, *told]))


def _is_promise(edit: Edit) -> bool:
    return edit.loc[0] == "invariants" and edit.loc[1:2] != ("facts",)


def _glance(changes: Changes, rules: Sequence[Edit], words: Sequence[Edit]) -> Iterator[Field]:
    """Yield what stands on the first page: which versions, what is to be noted, how much changes in which part."""
    yield Field(_("Before"), (_version(changes.before),))
    yield Field(_("After"), (_version(changes.after),))
    if notes := tuple(_notes(changes)):
        yield Field(_("Please note"), notes)
    if parts := by_part([*rules, *words]):
        told = _("{label}: {text}")
        lines = (_(told, label=part_title(part), text=listed(_counted(one))) for part, one in parts.items())
        yield Field(_("Where"), tuple(say(line) for line in lines))
    if renamed := tuple(hint(one) for one in rules if one.looks_renamed and one.kind == "added"):
        yield Field(_("Perhaps only renamed"), renamed)


def _version(one: VersionShown) -> Line:
    since = _("in force from {day}", day=day(one.in_force_from))
    state = f", {_(_STATES[one.state])}" if one.state else ""
    return say(Run(one.name, "strong"), f", {since}{state}")


def _notes(changes: Changes) -> Iterator[Line]:
    before, after = changes.before, changes.after
    if before.id != after.id:
        yield say(_("These are two sets, not two versions of one; what they call alike is compared."))
    elif before.version == after.version and before.digest != after.digest:
        yield say(_("Both have the same number, though they are not the same: give the changed one its own."))
    elif _number(after.version) < _number(before.version):
        yield say(_("The second one is the older one, so what stands here as new is gone since."))
    if before.in_force_from > after.in_force_from:
        yield say(_("The second one is in force from an earlier day than the first."))
    if before.digest != after.digest and not changes.of("words", "structure"):
        yield say(
            _(
                "Their files are written differently all the same: for example, a record stands in another file, or a "
                "value that is meant anyway is written out. No result and no report can tell."
            )
        )


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _counted(edits: Sequence[Edit]) -> list[str]:
    rules = [one for one in edits if one.layer == "structure"]
    whole = {one.record: one.kind for one in rules if not within(one) and one.kind in {"added", "removed"}}
    places = [one for one in rules if one.record not in whole]
    new, gone = (list(whole.values()).count(kind) for kind in ("added", "removed"))
    words = len(edits) - len(rules)
    counts = [
        (new, pgettext("so many records", "{number} new", number=new)),
        (gone, pgettext("so many records", "{number} gone", number=gone)),
        (len(places), _changed(places)),
        (words, ngettext("{number} change of words", "{number} changes of words", words)),
    ]
    return [told for number, told in counts if number]


def _changed(places: Sequence[Edit]) -> str:
    told = pgettext("so many records", "{number} changed", number=len(by_record(places)))
    return ngettext("{changed} in {number} place", "{changed} in {number} places", len(places), changed=told)


def _meaning(changes: Changes, meaning: Sequence[Block | Group] | None) -> Section:
    title = _("What the changes mean for results")
    if meaning is not None:
        return Section("meaning", title, tuple(meaning))
    if all(map(_is_promise, changes.of("structure"))):
        told = _("No rule changes, so every case comes out as before; only what its report says may differ.")
        return Section("meaning", title, (Prose(say(told)),))
    told = _(
        "This report says what is written differently, not whether any case comes out stricter or milder by it. A "
        "change that looks small can change many results, and a long one none."
    )
    return Section("meaning", title, (Prose(say(mark(_(_NOT_PROVED)), " ", told)),))


def _structure(rules: Sequence[Edit], changes: Changes, speeches: Pair) -> Iterator[Section]:
    for part, edits in by_part(rules).items():
        yield Section(f"part-{part}", part_title(part), structure(edits, changes, speeches))


def _words(words: Sequence[Edit], speeches: Pair) -> Iterator[Section]:
    if not words:
        return
    lead = _("What people read, and the sources that rules rest on. No result depends on these words.")
    groups = [group for edits in by_part(words).values() for group in changed_words(edits, speeches)]
    yield Section("words", _("Words"), (Prose(say(lead)), *groups))
