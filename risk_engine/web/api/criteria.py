"""The criteria: which versions there are, and what one of them asks and looks for, with its sources."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path
from pydantic import BaseModel, Field

from risk_engine.model.criteria import Criteria, Indicator
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact
from risk_engine.model.tables import Citation, Source
from risk_engine.web import releases, sets
from risk_engine.web.api.operations import SOME_SET, operation
from risk_engine.web.api.problems import not_found
from risk_engine.web.words import Scope


class Version(BaseModel):
    """One version of a set of criteria."""

    name: str = Field(description="The set.", examples=[SOME_SET])
    version: str = Field(examples=["2.0.0"])
    in_force_from: date = Field(description="From which day its rules count.")
    state: Literal["draft", "released", "withdrawn"]
    used: bool = Field(description="Whether new cases of the office are begun under it today.")


class Cited(BaseModel):
    """A place in a source on which a rule rests."""

    source: str = Field(description="The name of the source within the set.")
    instrument: str = Field(description="What it is called.")
    at: str | None = Field(description="The article, section or page.")
    link: str | None = Field(description="Where it can be read.")
    kind: str = Field(description="What sort of source it is.")


class IndicatorShown(BaseModel):
    """One question of the catalogue."""

    id: str
    title: str
    question: str = Field(description="What it asks of a case.")
    dimension: str
    ground: str
    reason: str = Field(description="Why it matters.")
    evidence: str = Field(description="What would prove the answers.")
    sources: list[Cited]


class FactShown(BaseModel):
    """One answer that a case can give."""

    path: str = Field(description="Where it stands in a case, without the entry.", examples=["LIST.FACT"])
    type: Literal["boolean", "choice", "choices", "integer", "date", "row", "text"]
    question: str | None
    help: str | None
    asked_of: str | None = Field(description="Who should answer.")
    options: dict[str, str] = Field(description="The options by name, with what they mean; of a list of options alone.")


class CriteriaRead(BaseModel):
    """One version of a set, in words of the language that was asked for."""

    name: str
    version: str
    digest: str = Field(description="Of its rules: records name it.")
    title: str
    about: str
    in_force_from: date
    indicators: list[IndicatorShown]
    facts: list[FactShown]


@operation("criteria", "GET", "/criteria", action="criteria", scope=Scope.CRITERIA_READ, answers=list[Version])
def list_criteria(request: HttpRequest) -> list[Version]:  # noqa: ARG001 (its guard has looked at it)
    """List the sets of criteria that are here, with all their versions; one that cannot be read is left out."""
    used = releases.used_now()
    return [_version(one, used) for found in sets.every_set()[0] for one in found.versions]


def _version(shown: sets.Shown, used: str) -> Version:
    name, _at, number = shown.reference.rpartition("@")
    return Version(
        name=name,
        version=number,
        in_force_from=shown.version.in_force_from,
        state=shown.state,
        used=shown.reference == used,
    )


SetName = Annotated[str, Path(description="The set.", examples=[SOME_SET])]
VersionNumber = Annotated[str, Path(description="Three numbers.", examples=["2.0.0"], pattern=r"^\d+\.\d+\.\d+$")]


@operation(
    "criteria", "GET", "/criteria/{name}/{version}", action="criteria", scope=Scope.CRITERIA_READ, answers=CriteriaRead
)
def read_criteria(request: HttpRequest, name: SetName, version: VersionNumber) -> CriteriaRead:  # noqa: ARG001 (likewise)
    """Read one version: its indicators with their sources, and the facts that a case states."""
    held = sets.held(f"{name}@{version}")
    if held is None:
        raise not_found()
    found = held.criteria
    return CriteriaRead(
        name=name,
        version=version,
        digest=found.digest,
        title=found.head.title,
        about=found.head.about,
        in_force_from=found.head.in_force.from_,
        indicators=[_indicator(key, one, found) for key, one in found.indicators.items()],
        facts=[_fact(path, one, found) for path, one in found.every_fact()],
    )


def _indicator(key: str, indicator: Indicator, criteria: Criteria) -> IndicatorShown:
    return IndicatorShown(
        id=key,
        title=indicator.title,
        question=indicator.question,
        dimension=indicator.dimension,
        ground=indicator.ground,
        reason=indicator.reason,
        evidence=indicator.evidence,
        sources=_cited(indicator.sources, criteria.sources),
    )


def _cited(places: Sequence[Citation], sources: Mapping[str, Source]) -> list[Cited]:
    return [
        Cited(
            source=one.id,
            instrument=sources[one.id].instrument,
            at=one.at,
            link=sources[one.id].link,
            kind=sources[one.id].kind,
        )
        for one in places
    ]


def _fact(path: str, fact: AnyFact, criteria: Criteria) -> FactShown:
    return FactShown(
        path=path,
        type=fact.type,
        question=fact.question,
        help=fact.help,
        asked_of=criteria.head.asked_of[fact.asked_of] if fact.asked_of else None,
        options=dict(fact.options) if isinstance(fact, ChoiceFact | ChoicesFact) else {},
    )
