"""What somebody accepts of the proposals, written into a case or a file on a partner; what is answered stays."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from risk_engine.files.diagnostics import RiskEngineError, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.files.source import parse, read
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.former_names import answer_text
from risk_engine.office.forms.case_file import EVIDENCE, Rewritten, rewritten
from risk_engine.office.forms.edit_case import CaseEdit
from risk_engine.office.prefill.proposals import ACCEPTABLE, Proposal


def chosen(paths: Sequence[str], found: Sequence[Proposal]) -> list[Proposal]:
    """Return what somebody accepts, by its paths; raise RiskEngineError with every one that cannot be."""
    problems = []
    taken: list[Proposal] = []
    for path in dict.fromkeys(paths):
        about = [one for one in found if one.path == path]
        can_be = [one for one in about if one.state in ACCEPTABLE]
        if can_be:
            taken += can_be
            continue
        if not about:
            acceptable = [one.path for one in found if one.state in ACCEPTABLE]
            way_out = suggestion(path, acceptable) or quoted(dict.fromkeys(acceptable), "and")
            error = RiskEngineError(_("{path}: nothing is proposed for it", path=path), way_out)
        elif any(one.state == "differs" for one in about):
            message = _("{path}: it is answered otherwise, and no answer is written over", path=path)
            error = RiskEngineError(message, _("who wants it otherwise says so with `risk-engine case set`"))
        else:
            error = RiskEngineError(_("{path}: it is to be decided first", path=path), about[0].why)
        problems.append(f"{error}")
    if problems:
        raise RiskEngineError("\n".join([*problems, _("nothing was written")]))
    return taken


def records_of(taken: Sequence[Proposal]) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """Return each record of evidence once, with all paths that it is for."""
    found: list[tuple[list[str], dict[str, Any]]] = []
    for one in taken:
        for record in one.evidence:
            plain = {key: value for key, value in record.items() if key != "option"}
            path = f"{one.path}.{record['option']}" if "option" in record else one.path
            for paths, known in found:
                if known == plain:
                    paths.append(path)
                    break
            else:
                found.append(([path], plain))
    return [(tuple(paths), record) for paths, record in found]


def _is_there(paths: Sequence[str], record: Mapping[str, Any], have: Sequence[Any]) -> bool:
    """Return whether evidence stands in the file already."""
    return any(set(paths) <= set(one["for"]) and record.items() <= one.items() for one in have)


def accept_in_case(edit: CaseEdit, taken: Sequence[Proposal]) -> None:
    """Write what is accepted into a case: answers that are open, and evidence with list, date and entry."""
    for one in taken:
        if one.state == "proposed":
            edit.set(one.path, _as_text(one.answer))
    for paths, record in records_of(taken):
        if not _is_there(paths, record, edit.record.evidence):
            edit.add_evidence(paths, record)


def accept_on_file(path: Path, text: str, taken: Sequence[Proposal]) -> Rewritten:
    """Return the text of a file on a partner with what is accepted; raise RiskEngineError for evidence of no answer."""
    document = read(path, nulls=True)
    data = parse(text, path.as_posix(), nulls=True).data
    answers = {**data["answers"], **{one.path: one.answer for one in taken if one.state == "proposed"}}
    have = tuple(data.get(EVIDENCE) or ())
    problems = []
    for paths, record in records_of(taken):
        unanswered = [one for one in paths if answers.get(one.partition(".")[0]) in (None, UNKNOWN)]
        problems += [_("{path}: a file on a partner holds evidence of answers alone", path=one) for one in unanswered]
        if not _is_there(paths, record, have):
            have = (*have, {"for": paths, **record})
    if problems:
        way_out = _("answer it in the file first; a case takes such evidence at once")
        raise RiskEngineError("\n".join([*problems, _("nothing was written")]), way_out)
    new = {**data, "answers": answers} | ({EVIDENCE: have} if have else {})
    return rewritten(text, document.data, new, is_json=False)


def _as_text(answer: Answer | None) -> str:
    return ", ".join(map(answer_text, answer)) or "[]" if isinstance(answer, tuple) else answer_text(answer)
