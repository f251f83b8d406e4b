"""Lints: what is not wrong in a criteria set, but misleads, does nothing or could be better.

Every lint there is, and what they say of one version; docs/authors.md lists the same.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from risk_engine.audit.lint import rules, texts
from risk_engine.audit.lint.ground import Ground, Lint
from risk_engine.files.diagnostics import RiskEngineError, nearest
from risk_engine.files.language import _
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.coverage import Linted, LintSummary, Remark

LINTS = tuple(
    sorted(
        (entry for module in (rules, texts) for entry in vars(module).values() if isinstance(entry, Lint)),
        key=lambda entry: entry.id,
    )
)
"""Every lint, by number."""


def lint(folder: Path, on: date | None = None, only: Sequence[str] = (), ignore: Sequence[str] = ()) -> Linted:
    """Return what the lints remark on the version in `folder`, its dates looked at from the day `on`.

    Without a day it is the one on which the version is in force first, so that a released version is judged alike
    for ever. Raises InvalidSourceError where the set or a translation of it cannot be used, RiskEngineError for a
    lint that there is not.
    """
    chosen = _chosen(only, ignore)
    criteria = read_criteria(folder)
    ground = Ground(criteria, on or criteria.head.in_force.from_)
    remarks = sorted(
        (remark for one in chosen for remark in _remarks(one, ground)),
        key=lambda one: (one.spot.file, one.spot.line, one.spot.column, one.lint),
    )
    counts = Counter(one.lint for one in remarks)
    weights = Counter(one.weight for one in remarks)
    read = tuple(one.language for one in ground.told)
    return Linted(
        criteria=criteria.head.id,
        version=criteria.head.version,
        digest=criteria.digest,
        on=ground.on,
        problems=weights["problem"],
        advice=weights["advice"],
        remarks=tuple(remarks),
        summary=tuple(
            LintSummary(
                lint=one.id, weight=one.weight, title=_(one.title), way_out=_(one.way_out), remarks=counts[one.id]
            )
            for one in chosen
            if counts[one.id]
        ),
        languages=read,
        unread=tuple(one for one in ground.languages if one not in read),
    )


def _remarks(one: Lint, ground: Ground) -> Sequence[Remark]:
    return [
        Remark(
            lint=one.id,
            weight=one.weight,
            record=found.record,
            spot=found.spot,
            sentence=found.sentence,
            way_out=_(one.way_out),
        )
        for found in dict.fromkeys(one.look(ground))
    ]


def _chosen(only: Collection[str], ignore: Collection[str]) -> Sequence[Lint]:
    known = {one.id: one for one in LINTS}
    stated = {name: name.upper() for name in (*only, *ignore)}
    for name, meant in stated.items():
        if meant not in known:
            near = nearest(meant, known)
            way_out = _("did you mean `{near}`?", near=near) if near else _("--list shows every lint")
            raise RiskEngineError(_("there is no lint `{name}`", name=name), way_out)
    wanted = {stated[one] for one in only} or set(known)
    return [one for name, one in known.items() if name in wanted - {stated[one] for one in ignore}]
