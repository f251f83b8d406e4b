"""How many entries of a list it takes to show everything that findings of two versions can say differently."""

from risk_engine.audit.meaning.findings import Findings
from risk_engine.backends.symbolic.conditions import read
from risk_engine.backends.symbolic.terms import Term, key
from risk_engine.model.conditions import Quantifier, leaves
from risk_engine.model.reading import conditions_of
from risk_engine.witness.entries import shown_by
from risk_engine.witness.space import Space


def entries_to_tell(space: Space) -> dict[str, int]:
    """Return for each list so many entries that findings which may differ say all that they can say, at once.

    Every fact of the space was asked for. A quantifier that both versions read alike is shown by the same entries.
    """
    found: dict[str, dict[tuple[object, object], int]] = {}
    before, after = space.readings
    different = Findings(before, after).different()
    for reading in space.readings:
        criteria = reading.criteria
        for name in different & {*reading.in_force}:
            for condition in conditions_of(criteria.indicators[name]):
                for node, _inside in leaves(condition, criteria.definitions):
                    if isinstance(node, Quantifier):
                        must, may = read(node, reading.facts)
                        found.setdefault(node.entity, {})[_key(must), _key(may)] = shown_by(node)
    return {entity: sum(several.values()) for entity, several in found.items()}


def _key(term: Term) -> object:
    return term if isinstance(term, bool) else (key(term),)
