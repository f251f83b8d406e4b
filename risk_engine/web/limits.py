"""How often somebody may try a password, a code, a link: counted by person and by address, in a cache of the database.

Each try takes one of a limited number of places for a while; a place is taken once, however many processes serve.
"""

import hashlib
import ipaddress
import time
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

Tried: TypeAlias = Literal["password", "proof", "factor", "link", "token"]


@dataclass(frozen=True)
class Limit:
    """So many tries in so many seconds."""

    most: int
    seconds: int


BY_PERSON: Final = Limit(10, 15 * 60)
BY_ADDRESS: Final = Limit(60, 15 * 60)
"""Many people may sit behind one address."""
BY_TOKEN: Final = Limit(300, 60)
"""What a program may ask; it waits for the next minute."""
LOOKING: Final = Limit(200, 60)
"""What somebody who types may have looked up: more than anybody types."""


def take(tried: Tried, request: HttpRequest, person: object = None) -> int:
    """Count a try before it costs anything; return 0, or after how many seconds the next one is let through.

    `person` is whatever names whom it is about, whether or not there is such a person.
    """
    wait = _take(f"{tried}.address.{address_of(request)}", BY_ADDRESS)
    return wait or (0 if person is None else _take(_key(tried, person), BY_PERSON))


def give_back(tried: Tried, person: object) -> None:
    """Forget the tries about a person: the last one was right."""
    cache.delete_many(_places(_key(tried, person), BY_PERSON))


def ask(token: int) -> int:
    """Count what a program asks by a token; return 0, or after how many seconds it may ask again."""
    return _counted(f"asks.{token}", BY_TOKEN)


def look_up(person: int) -> int:
    """Count that somebody looks a name up, at each pause of their typing; return as `ask` does."""
    return _counted(f"looks.{person}", LOOKING)


def _counted(what: str, limit: Limit) -> int:
    """Count in one number, not a place for each: two in one moment may be counted once, which guards no secret."""
    minute, into = divmod(int(time.time()), limit.seconds)
    key = f"{what}.{minute}"
    asked: int = cache.get(key, 0)
    if asked >= limit.most:
        return limit.seconds - into
    cache.set(key, asked + 1, limit.seconds)
    return 0


def _key(tried: Tried, person: object) -> str:
    return f"{tried}.person.{hashlib.sha256(str(person).encode()).hexdigest()}"


def _places(key: str, limit: Limit) -> list[str]:
    return [f"{key}.{number}" for number in range(limit.most)]


def _take(key: str, limit: Limit) -> int:
    now = time.time()
    places = _places(key, limit)
    taken = cache.get_many(places)
    for place in places:
        # What another process takes meanwhile, `add` leaves as it is.
        if place not in taken and cache.add(place, now + limit.seconds, limit.seconds):
            return 0
    taken = cache.get_many(places)
    return max(1, round(min(taken.values(), default=now) - now))


def address_of(request: HttpRequest) -> str:
    """Return from where a request comes: what the outermost of the trusted proxies saw, which a client cannot write.

    Of IPv6 the network, since a home has all addresses of one.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    hops = request.headers.get("X-Forwarded-For", "").split(",") if settings.PROXIES else []
    given = hops[-settings.PROXIES].strip() if len(hops) >= settings.PROXIES > 0 else direct
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return direct
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)  # noqa: PLR2004
