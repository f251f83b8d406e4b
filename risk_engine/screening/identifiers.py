"""Numbers by which an organisation is known, written one way, so that two lists and a query say the same."""

import re
from typing import Final
from urllib.parse import urlsplit

from risk_engine.screening.entry import IdentifierKind

_ROR: Final = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[0-9a-hj-km-np-tv-z]{6}[0-9]{2})", re.IGNORECASE)
_LEI: Final = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_WIKIDATA: Final = re.compile(r"(?:https?://(?:www\.)?wikidata\.org/(?:wiki|entity)/)?(Q[1-9][0-9]*)", re.IGNORECASE)
_GRID: Final = re.compile(r"(?:https?://(?:www\.)?grid\.ac/institutes/)?(grid\.[0-9]+\.[0-9a-f]+)", re.IGNORECASE)
_HOST: Final = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def normal(kind: IdentifierKind, text: str) -> str:
    """Return an identifier as it is kept and compared; empty where the text is none of that kind.

    >>> normal("ror", "https://ror.org/01rxvg760"), normal("domain", "https://www.hit.edu.cn/en/"), normal("lei", "x")
    ('01rxvg760', 'hit.edu.cn', '')
    """
    text = text.strip()
    match kind:
        case "ror":
            return found[1].lower() if (found := _ROR.fullmatch(text)) else ""
        case "wikidata":
            return found[1].upper() if (found := _WIKIDATA.fullmatch(text)) else ""
        case "grid":
            return found[1].lower() if (found := _GRID.fullmatch(text)) else ""
        case "lei":
            code = re.sub(r"[\s-]", "", text).upper()
            return code if _LEI.fullmatch(code) and int("".join(f"{int(one, 36)}" for one in code)) % 97 == 1 else ""
        case "isni" | "duns" | "imo":
            return re.sub(r"[^0-9X]", "", text.upper())
        case "domain":
            return _host(text)
        case "registration" | "tax" | "fundref" | "other":
            return re.sub(r"[\W_]", "", text).upper()


def _host(text: str) -> str:
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.").rstrip(".")
    return host if _HOST.fullmatch(host) else ""
