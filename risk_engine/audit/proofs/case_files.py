"""Every example of a proof as a case file of its own that `assess` accepts, with a comment that says what it shows."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from risk_engine.audit.proofs.prove import Proved
from risk_engine.files.diagnostics import printable
from risk_engine.files.language import _
from risk_engine.loading.case import changed
from risk_engine.loading.sets import shipped_sets
from risk_engine.model.proof import Claim, Example, ProofReport

MARK = "# risk-engine criteria prove"
"""How every file begins, so that a later proof may take its place."""
_LONG = 10_000
_TEXTS = ("institution",)
"""What of the base case besides its answers goes into an example."""


def case_files(proved: Proved) -> Iterator[tuple[str, str]]:
    """Yield for each example the name of a file and its text, two files for a pair."""
    numbers: dict[str, int] = {}
    for claim in proved.report.claims:
        if not claim.examples:
            continue
        stem = re.sub(r"[^a-z0-9_-]+", "-", f"{claim.topic}-{claim.subject}".casefold())
        numbers[stem] = numbers.get(stem, 0) + 1
        for number, example in enumerate(claim.examples):
            part = ("-a", "-b")[number] if len(claim.examples) > 1 else ""
            name = f"{stem}-{numbers[stem]}{part}"
            yield f"{name}.yaml", _text(name, claim, example, proved)


def _text(name: str, claim: Claim, example: Example, proved: Proved) -> str:
    data: dict[str, Any] = {
        "id": name,
        "title": claim.statement.replace("`", ""),
        **({"criteria": reference} if (reference := _reference(proved)) else {}),
        "assessment_date": example.on,
        **stated(example, proved.data, set(proved.criteria.entities)),
    }
    if example.in_place:
        evidence = {"kind": "example", "reference": "example", "date": example.on}
        data["controls"] = [{"id": one, "status": "implemented", "evidence": [evidence]} for one in example.in_place]
    written: str = yaml.safe_dump(_plain(data), sort_keys=False, allow_unicode=True, width=_LONG)
    return "".join(f"{line}\n" for line in _comment(claim, example, proved.report)) + written


def _reference(proved: Proved) -> str:
    """Return how a case names these criteria, empty where they are no shipped ones."""
    shipped = shipped_sets().get(proved.report.set_id)
    folder = proved.version.path
    is_shipped = shipped is not None and folder.resolve().parent == shipped.resolve()
    return f"{proved.report.set_id}@{proved.report.version}" if is_shipped else ""


def stated(example: Example, base: dict[str, Any], entities: set[str]) -> dict[str, Any]:
    """Return what an example states: the answers of the base case with the differences of the example."""
    data = {key: value for key, value in base.items() if key in entities or key in _TEXTS}
    for path, value in example.given.items():
        after = changed(data, path, value)
        assert after is not None, path  # noqa: S101 (the differences were taken from this very case)
        data = after
    return data


def _comment(claim: Claim, example: Example, report: ProofReport) -> Iterator[str]:
    yield f"{MARK} {report.set_id}@{report.version}"
    status = {"proved": _("proved"), "refuted": _("refuted"), "undecided": _("not decided")}[claim.status]
    yield f"# {printable(claim.statement)}: {status}"
    if claim.reason and claim.status != "proved":
        yield f"# {printable(claim.reason)}"
    if len(claim.examples) > 1:
        is_first = example is claim.examples[0]
        yield f"# {_('The first case of a pair.') if is_first else _('The second case of a pair.')}"
    paths = ", ".join(example.given) or _("nothing")
    yield f"# {_('It differs from the base case in: {paths}', paths=printable(paths))}"
    reached = ", ".join(f"{one.ladder} {one.level}" for one in example.reached)
    yield f"# {_('On {day} it comes to: {levels}', day=example.on.isoformat(), levels=reached)}"
    if report.profile:
        yield f"# {_('With the profile of {institution}.', institution=printable(report.profile))}"
    for name in example.contradicts:
        yield f"# {_('Its answers contradict each other: {name}', name=name)}"


def _plain(data: Any) -> Any:
    match data:
        case dict():
            return {key: _plain(value) for key, value in data.items() if value is not None}
        case list() | tuple():
            return [_plain(one) for one in data]
        case _:
            return data
