"""A stored outlook to the links that it has: it is as it was written, and the assessment that it is about is there."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from risk_engine.audit.links import Link, broken, holds, short, unchecked
from risk_engine.diagnostics import InvalidSourceError
from risk_engine.engine.intact import is_intact, outlook_digest
from risk_engine.language import _
from risk_engine.loading.records import kind_of_file, read_assessment
from risk_engine.model.assessment import Assessment
from risk_engine.model.outlook import Outlook


def outlook_links(path: Path, outlook: Outlook, known: Mapping[str, Assessment]) -> Iterator[Link]:
    """Yield the links of an outlook: to itself, and to its assessment among the known ones (by digest) or beside it.

    It is not worked out again: how far a search goes is not part of what is promised.
    """
    if outlook_digest(outlook) != outlook.digest:
        yield broken(_("altered: the outlook was changed after it was written"))
        return
    yield holds(_("the outlook is as it was written"))
    name = short(outlook.assessment)
    about = known.get(outlook.assessment) or _beside(path, outlook.assessment)
    if about is None:
        text = _("the assessment that it is about, {name}, is neither among the files nor beside it", name=name)
        yield unchecked(text)
    elif not is_intact(about):
        yield broken(_("the assessment {name}, which it is about, was changed after it was written", name=name))
    elif (about.case_id, about.on) != (outlook.case_id, outlook.on):
        yield broken(_("it does not state the case and the day of the assessment {name}, which it is about", name=name))
    else:
        yield holds(_("it is about the assessment {name} of the case `{case}`", name=name, case=about.case_id))


def _beside(path: Path, digest: str) -> Assessment | None:
    """Return the assessment with a digest that lies in the same folder, the one it belongs to before others."""
    found: list[Assessment] = []
    for one in sorted(path.parent.glob("*.json")):
        try:
            if kind_of_file(one) == "assessment" and (read := read_assessment(one)).digest == digest:
                found.append(read)
        except InvalidSourceError:
            continue
    return max(found, key=is_intact, default=None)
