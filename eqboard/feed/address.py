"""Where Redis is, as EQBOARD_REDIS_URL says it: one server, or the Sentinels that know which of several is the master.

    redis://[user:password@]host[:port][/database]                                      rediss:// with TLS
    unix://[user:password@]/path/of/the/socket[?db=database]
    redis+sentinel://[user:password@]host[:port][,host[:port] …]/master[/database]      rediss+sentinel:// with TLS

User and password are Redis'. What follows `?` are options by redis-py's names. Among Sentinels those of TLS and of
sockets hold for both, and the Sentinels' own user and password are `sentinel_username` and `sentinel_password`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from redis.asyncio.connection import parse_url

SENTINEL = "+sentinel"
OWN = "sentinel_"  # begins an option of the Sentinels alone
USUAL_SENTINEL_PORT = 26379
PLACE = re.compile(r"(?P<host>[^\[\]:@\s]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
MASTER = re.compile(r"/(?P<name>[^/]+)(?:/(?P<database>\d*))?")
SCHEMES = ("redis", "rediss", "unix", f"redis{SENTINEL}", f"rediss{SENTINEL}")
QUOTED = "special characters of a password are %-quoted in it"
NOT_WHOLE = "must be a whole URL that begins with redis://, rediss://, unix://, redis+sentinel:// or rediss+sentinel://"
STRANGE = "has a path or an option after `?` that redis-py does not know"
NO_PLACES = "must name the Sentinels, like redis+sentinel://host1:26379,host2:26379/mymaster"
NO_MASTER = f"must name the master as the Sentinels do, as in /mymaster or, with a database, /mymaster/0; {QUOTED}"


class AddressError(ValueError):
    """It cannot be read; the message says what is wrong, without repeating any of it: it may be a password."""


@dataclass(frozen=True, slots=True)
class Server:
    """One Redis, by a URL that redis-py reads itself."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Watched:
    """The master of that name, wherever it is now: its options and the Sentinels', by redis-py's names."""

    sentinels: tuple[tuple[str, int], ...]
    name: str
    is_tls: bool
    options: Mapping[str, Any] = field(repr=False)
    sentinel_options: Mapping[str, Any] = field(repr=False)


def read(url: str) -> Server | Watched:
    """Raises AddressError."""
    scheme, colon, rest = url.partition("://")
    if not colon or "#" in rest or scheme not in SCHEMES:
        raise AddressError(NOT_WHOLE)
    return _watched(scheme, rest) if scheme.endswith(SENTINEL) else _server(url)


def _server(url: str) -> Server:
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only to have it checked; urllib's own complaint would repeat some of it
    except ValueError:
        raise AddressError(NOT_WHOLE) from None
    if not _leads_to_redis(parts):
        raise AddressError(STRANGE)
    return Server(url)


def _leads_to_redis(parts: SplitResult) -> bool:
    """A socket's path, or a database's number: redis-py takes anything else for database 0."""
    if parts.scheme == "unix":
        return bool(parts.path) and not parts.hostname
    return re.fullmatch(r"/?\d*", parts.path) is not None


def _watched(scheme: str, rest: str) -> Watched:
    """By hand: to urllib several hosts are none."""
    before, _, query = rest.partition("?")
    place, slash, path = before.partition("/")
    user, at, hosts = place.rpartition("@")
    master = MASTER.fullmatch(slash + path)
    if master is None:
        raise AddressError(NO_MASTER)
    own, asked = _sorted(query)
    is_tls = scheme.startswith("rediss")
    try:
        options = parse_url(f"redis://{user}{at}/{master['database'] or ''}?{urlencode(asked)}")
    except ValueError:
        raise AddressError(STRANGE) from None
    shared = {name: value for name, value in options.items() if name.startswith(("ssl_", "socket_"))}
    return Watched(_places(hosts), unquote(master["name"]), is_tls, {**options}, {**shared, **own, "ssl": is_tls})


def _sorted(query: str) -> tuple[dict[str, str], dict[str, str]]:
    """The options of the Sentinels alone, by redis-py's names, and all others."""
    asked = dict(parse_qsl(query))
    own = {name.removeprefix(OWN): asked.pop(name) for name in (f"{OWN}username", f"{OWN}password") if name in asked}
    return own, asked


def _places(hosts: str) -> tuple[tuple[str, int], ...]:
    found = [PLACE.fullmatch(each) for each in hosts.split(",")]
    places = tuple((each["host"].strip("[]"), int(each["port"] or USUAL_SENTINEL_PORT)) for each in found if each)
    if len(places) < len(found) or not all(0 < port < 65536 for _, port in places):
        raise AddressError(NO_PLACES)
    return places
