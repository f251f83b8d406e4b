"""The organisation that is asked about: by what names, in which country, with which identifiers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

from risk_engine.files.diagnostics import RiskEngineError, is_blank, quoted
from risk_engine.files.language import _
from risk_engine.files.plain import digest
from risk_engine.screening.countries import country_code
from risk_engine.screening.entry import NOTHING, IdentifierKind
from risk_engine.screening.identifiers import normal
from risk_engine.screening.names import read

IDENTIFIERS: Final[tuple[IdentifierKind, ...]] = (
    "ror",
    "lei",
    "registration",
    "tax",
    "wikidata",
    "grid",
    "isni",
    "duns",
)
"""Those that may be asked by."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An organisation as somebody names it. There is at least one name, and none is empty."""

    names: tuple[str, ...]
    country: str = ""
    """ISO 3166-1 alpha-2; empty where nobody says it."""
    identifiers: Mapping[IdentifierKind, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    """As `identifiers.normal` writes them."""
    where: str = ""
    """Where it is named, for people: a file and an entry, the row of a table."""

    @classmethod
    def of(
        cls,
        names: Iterable[str],
        country: str = "",
        identifiers: Mapping[IdentifierKind, Iterable[str]] | None = None,
        where: str = "",
    ) -> Self:
        """Return the organisation that is named so; raise RiskEngineError with everything that cannot be read."""
        told = f"{where}: " if where else ""
        problems = []
        kept = tuple(dict.fromkeys(" ".join(one.split()) for one in names if not is_blank(one)))
        if not any(read(one).plain for one in kept):
            problems.append(told + _("a name is empty, or holds no letter"))
        code = country_code(country) if country.strip() else ""
        if country.strip() and not code:
            problems.append(told + _("`{text}` is no country; write its code, like CN, or its name", text=country))
        known: dict[IdentifierKind, tuple[str, ...]] = {}
        for kind, several in (identifiers or {}).items():
            for text in several:
                if is_blank(text):
                    continue
                if not (value := normal(kind, text)):
                    problems.append(told + _("`{text}` is no {kind}", text=text, kind=kind.upper()))
                else:
                    known[kind] = tuple(dict.fromkeys((*known.get(kind, ()), value)))
        if problems:
            raise RiskEngineError("\n".join(problems))
        return cls(kept, code, MappingProxyType(dict(sorted(known.items()))), where)

    @property
    def name(self) -> str:
        """The first name."""
        return self.names[0]

    @property
    def keys(self) -> tuple[str, ...]:
        """By what it is known again: each of its identifiers, and its first name however that is written."""
        numbers = (f"{kind}:{one}" for kind, several in self.identifiers.items() for one in several)
        return (*numbers, f"name:{read(self.name).plain}")

    @property
    def digest(self) -> str:
        """Over what is asked: whoever asks with other names, another country or other identifiers gets another one."""
        plain = {"names": sorted(self.names), "country": self.country}
        return digest(plain | {"identifiers": {kind: sorted(one) for kind, one in self.identifiers.items()}})


def kind_of(text: str) -> IdentifierKind:
    """Return the kind of identifier that somebody names; raise RiskEngineError where there is none such."""
    for kind in IDENTIFIERS:
        if text.strip().casefold() == kind:
            return kind
    message = _("`{text}` is no kind of identifier", text=text)
    raise RiskEngineError(message, _("there are {kinds}", kinds=quoted(IDENTIFIERS, "and")))
