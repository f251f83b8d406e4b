"""Lints of what rules rest on: sources that nobody has read, that nobody cites, or that were read long ago."""

from collections.abc import Iterator, Sequence
from datetime import date

from risk_engine.audit.lint.ground import Found, Ground
from risk_engine.language import _
from risk_engine.model.sources import Citation, WhenRead

LONG_AGO = 24
"""After so many months somebody should look a text up again."""


def unverified(ground: Ground) -> Iterator[Found]:
    """Find sources that are marked as not verified."""
    for name, source in ground.criteria.sources.items():
        if not source.verified:
            spot = ground.places.of("sources.yaml", (name, "verified"), key=True)
            yield Found(name, spot, _("it is not verified: nobody has confirmed for these criteria what it holds"))


def only_unverified(ground: Ground) -> Iterator[Found]:
    """Find rules that rest on nothing that somebody has read."""
    for name, indicator in ground.criteria.indicators.items():
        if not _rests(indicator.sources, ground):
            spot = ground.places.of_indicator(name, ("sources",))
            yield Found(name, spot, _("the indicator rests only on what nobody has read"))
    for name, rule in ground.criteria.awareness.items():
        if rule.sources and not _rests(rule.sources, ground):
            spot = ground.places.of("awareness.yaml", (name, "sources"))
            yield Found(name, spot, _("the note rests only on what nobody has read"))


def _rests(citations: Sequence[Citation], ground: Ground) -> bool:
    return any(one.verified and ground.criteria.sources[one.id].verified for one in citations)


def never_cited(ground: Ground) -> Iterator[Found]:
    """Find sources that nothing rests on."""
    for name in ground.criteria.sources:
        if name not in ground.uses.sources:
            yield Found(name, ground.places.of("sources.yaml", (name,), key=True), _("nothing in the set cites it"))


def untraceable(ground: Ground) -> Iterator[Found]:
    """Find sources of which it is said that somebody read them, and not when."""
    for name, source in ground.criteria.sources.items():
        if source.verified and source.read is None:
            spot = ground.places.of("sources.yaml", (name, "verified"), key=True)
            yield Found(name, spot, _("it was read, and nothing says when (`read`)"))


def without_source(ground: Ground) -> Iterator[Found]:
    """Find notes about rules of another state that cite none."""
    for name, rule in ground.criteria.awareness.items():
        if rule.kind == "foreign_rule" and not rule.sources:
            spot = ground.places.of("awareness.yaml", (name,), key=True)
            yield Found(name, spot, _("the note tells of a foreign rule, and cites no text"))


def long_ago(ground: Ground) -> Iterator[Found]:
    """Find sources and columns of tables that were looked up long before the day."""
    for name, source in ground.criteria.sources.items():
        if source.read is not None and _months(source.read, ground.on) > LONG_AGO:
            spot = ground.places.of("sources.yaml", (name, "read"), key=True)
            yield Found(name, spot, _("read more than {number} months before {day}", number=LONG_AGO, day=ground.on))
    for table, declared in ground.criteria.tables.items():
        for column, one in declared.columns.items():
            if _months(one.as_of, ground.on) > LONG_AGO:
                spot = ground.places.of(f"tables/{table}.yaml", ("columns", column, "as_of"), key=True)
                sentence = _("looked up more than {number} months before {day}", number=LONG_AGO, day=ground.on)
                yield Found(f"{table}.{column}", spot, sentence)


def _months(then: WhenRead, now: date) -> int:
    year, month = (then.year, then.month) if isinstance(then, date) else map(int, then.split("-"))
    return (now.year - year) * 12 + now.month - month
