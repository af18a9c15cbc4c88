"""Whether the settings of the environment make sense, asked before anything is loaded.

Each answer is a sentence for the person who sets them; none quotes a value that may hold a password.
"""

import ipaddress
import os
import sys
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from majorops.people.groups import GroupName

CHECKOUT = Path(__file__).resolve().parent.parent
DATABASES = ("postgresql", "postgres")
BROKERS = ("redis", "rediss", "unix", "redis+socket")
MAILERS = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail")
PREPARED = ("on", "off", "check")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
YES, NO = ("true", "on", "ok", "y", "yes", "1"), ("false", "off", "n", "no", "0", "")
# Where a proxy on the same machine or in the same private network speaks from.
NEAR = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")
# These sign nothing and answer for nothing: a key that ends with them is enough.
WITHOUT_KEY = {
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "collectstatic",
    "spectacular",
    "help",
    "version",
}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Environment = Mapping[str, str]


def problems(environment: Environment) -> list[str]:
    """What keeps the product from starting, a sentence each; an empty list when nothing does."""
    return [sentence for check in CHECKS for sentence in check(environment)]


def require(environment: Environment | None = None) -> None:
    """Ends the process with what keeps it from starting, if anything does."""
    if wrong := problems(os.environ if environment is None else environment):
        sys.exit("\n".join(f"MajorOps cannot start. {sentence}" for sentence in wrong))


def trusted_proxies(text: str) -> tuple[Network, ...]:
    """The networks that MAJOROPS_BEHIND_PROXY names: none for no, the near ones for yes. Raises ValueError."""
    if text.strip().lower() in NO:
        return ()
    named = NEAR if text.strip().lower() in YES else [row.strip() for row in text.split(",") if row.strip()]
    return tuple(ipaddress.ip_network(row, strict=False) for row in named)


def group_map(text: str) -> dict[str, frozenset[GroupName]]:
    """The groups that OIDC_GROUP_MAP gives for each name of a group elsewhere. Raises ValueError with a sentence."""
    mapped: dict[str, frozenset[GroupName]] = {}
    known = {name.value.lower(): name for name in GroupName}
    for pair in filter(None, (row.strip() for row in text.split(","))):
        outer, equals, inner = (part.strip() for part in pair.rpartition("="))
        if not (outer and equals):
            raise ValueError(
                f"takes pairs as in incident-managers=MIM, separated by commas: “{pair}” is none."
            )
        if inner.lower() not in known:
            raise ValueError(
                f"gives a group that is not here, “{inner}”: it is one of {', '.join(GroupName)}."
            )
        mapped[outer] = mapped.get(outer, frozenset()) | {known[inner.lower()]}
    return mapped


def _listed(environment: Environment, name: str) -> list[str]:
    return [row.strip() for row in environment.get(name, "").split(",") if row.strip()]


def _key(environment: Environment) -> Iterator[str]:
    if not environment.get("SECRET_KEY"):
        yield "SECRET_KEY is not set: give every process the same long random text, and keep it."


def _zone(environment: Environment) -> Iterator[str]:
    name = environment.get("MAJOROPS_TIME_ZONE") or "UTC"
    if name not in zoneinfo.available_timezones():
        yield f"MAJOROPS_TIME_ZONE is no IANA time zone: “{name}”. Write it as in Europe/Berlin."


def _addresses(environment: Environment) -> Iterator[str]:
    for name in ("MAJOROPS_URL", "OIDC_SERVER_URL"):
        if address := environment.get(name):
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                yield f"{name} is no web address: “{address}”. Write it as in https://after.example.com."
            elif name == "MAJOROPS_URL" and parts.path.strip("/"):
                yield f"MAJOROPS_URL has a path, “{parts.path}”: the product answers at the root of its address alone."
    for host in _listed(environment, "ALLOWED_HOSTS"):
        if "/" in host:
            yield f"ALLOWED_HOSTS takes names without a scheme or a path, not “{host}”."
    for origin in _listed(environment, "CSRF_TRUSTED_ORIGINS"):
        if urlsplit(origin).scheme not in ("http", "https"):
            yield f"CSRF_TRUSTED_ORIGINS takes origins as in https://after.example.com, not “{origin}”."


def _servers(environment: Environment) -> Iterator[str]:
    for name, schemes in (
        ("DATABASE_URL", DATABASES),
        ("DATABASE_OWNER_URL", DATABASES),
        ("REDIS_URL", BROKERS),
        ("EMAIL_URL", MAILERS),
    ):
        if address := environment.get(name):
            scheme, colon, _ = address.partition("://")
            if not colon or scheme not in schemes:
                begins = f"“{scheme}://”" if colon else "something else"
                yield f"{name} begins with {schemes[0]}://, not with {begins}."
            elif schemes is DATABASES and not urlsplit(address).path.strip("/"):
                yield f"{name} names no database: it ends with one, as in postgresql://user@host/majorops."


def _sign_on(environment: Environment) -> Iterator[str]:
    if environment.get("OIDC_SERVER_URL"):
        for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
            if not environment.get(name):
                yield f"{name} is not set: OIDC_SERVER_URL needs it."
    try:
        group_map(environment.get("OIDC_GROUP_MAP", ""))
    except ValueError as error:
        yield f"OIDC_GROUP_MAP {error}"


def _words(environment: Environment) -> Iterator[str]:
    level = environment.get("MAJOROPS_LOG_LEVEL") or "INFO"
    if level not in LOG_LEVELS:
        yield f"MAJOROPS_LOG_LEVEL is one of {', '.join(LOG_LEVELS)}, not “{level}”."
    prepared = environment.get("MAJOROPS_PREPARED_QUERIES") or "on"
    if prepared not in PREPARED:
        yield f"MAJOROPS_PREPARED_QUERIES is one of {', '.join(PREPARED)}, not “{prepared}”."
    switches = (
        "MAJOROPS_DEBUG",
        "MAJOROPS_DEMO",
        "MAJOROPS_DJANGO_ADMIN",
        "OIDC_TRUST_EMAIL",
        "OIDC_PROVISION",
    )
    for name in switches:
        if environment.get(name, "").lower() not in (*YES, *NO):
            yield f"{name} is 1 or 0, not “{environment[name]}”."
    for name in ("PORT", "WEB_CONCURRENCY"):
        number = environment.get(name) or "1"
        if not (number.isascii() and number.isdecimal() and int(number) > 0):
            yield f"{name} is a number, not “{number}”."


def _proxy(environment: Environment) -> Iterator[str]:
    data = environment.get("MAJOROPS_BEHIND_PROXY", "")
    try:
        trusted_proxies(data)
    except ValueError:
        yield (
            f"MAJOROPS_BEHIND_PROXY is 1, or the addresses of the proxy as in 10.0.0.7, 172.18.0.0/16: not “{data}”."
        )


def _home(environment: Environment) -> Iterator[str]:
    home = Path(environment.get("MAJOROPS_HOME") or CHECKOUT / "var").absolute()
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield f"MAJOROPS_HOME, {home}, cannot be written to: give its user the right, or name another folder."


def _holidays(environment: Environment) -> Iterator[str]:
    if code := environment.get("MAJOROPS_HOLIDAYS"):
        # Only where it is set: to load all calendars takes longer than the rest of this.
        import holidays

        country, _, region = code.partition("-")
        try:
            holidays.country_holidays(country, subdiv=region or None)
        except NotImplementedError:
            known = "Write a country or region, as in US or DE-BY."
            yield f"MAJOROPS_HOLIDAYS: no public holidays are known for “{code}”. {known}"


CHECKS: tuple[Callable[[Environment], Iterator[str]], ...] = (
    _key,
    _zone,
    _addresses,
    _servers,
    _sign_on,
    _words,
    _proxy,
    _home,
    _holidays,
)


def broker_problem(url: str) -> str | None:
    """A sentence while the broker cannot be reached. It keeps nobody from starting: the product serves without it."""
    import redis

    address = url.replace("redis+socket://", "unix://", 1)
    broker = redis.from_url(address, socket_timeout=2, socket_connect_timeout=2)
    try:
        broker.ping()
    except redis.RedisError as error:
        where = urlsplit(address).hostname or urlsplit(address).path
        return f"REDIS_URL: nothing answers at {where} ({type(error).__name__}); it is tried again."
    finally:
        broker.close()
    return None
