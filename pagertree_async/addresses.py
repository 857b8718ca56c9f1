"""Addresses: where an API may be, which paths lie below it, and how a query is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

from pagertree_async.errors import ConfigurationError, InvalidArgumentError

ODD = frozenset('?# \\<>"^`{|}')
"""What a base URL has no use for; some of it is read differently by different parsers."""


def checked_base_url(value: str, *, allow_http: bool = False) -> str:
    """``value`` without its trailing slash, when it can be the root of an API.

    Raises:
        ConfigurationError: It is not an absolute address, holds credentials, a query or a fragment, or would send
            credentials unencrypted to another machine.

    >>> checked_base_url("https://api.pagertree.com/")
    'https://api.pagertree.com'
    """
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
        message = f"base_url must be a text, not {type(value).__name__}"
        raise ConfigurationError(message)
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        message = f"base_url is not an address: {value[:200]!r}"
        raise ConfigurationError(message) from None
    if "@" in parts.netloc:
        message = "base_url must not hold credentials; give them as auth"
        raise ConfigurationError(message)
    shown = value[:200]
    if parts.scheme not in {"http", "https"} or not host:
        message = f"base_url must be like https://api.example.com, not {shown!r}"
        raise ConfigurationError(message)
    if not value.isascii() or not value.isprintable() or not ODD.isdisjoint(value):
        message = f"base_url must have neither query, fragment nor odd characters: {shown!r}"
        raise ConfigurationError(message)
    if ".." in parts.path.split("/"):
        message = f"base_url must not climb with '..': {shown!r}"
        raise ConfigurationError(message)
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        message = f"base_url is http:// and {host} is another machine: credentials would travel unencrypted"
        raise ConfigurationError(message, hint="Use https://, or say allow_http=True when the network is yours")
    return value.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether ``host`` names this machine.

    >>> is_loopback("127.0.0.1.example.com")
    False
    """
    if host in {"localhost", "::1"}:
        return True
    numbers = host.split(".")
    return len(numbers) == 4 and numbers[0] == "127" and all(part.isdecimal() and int(part) < 256 for part in numbers)


def checked_path(path: str) -> str:
    """``path`` with one leading slash, when it stays below the base URL.

    Raises:
        InvalidArgumentError: It is an address, climbs with dots, or has a query or control characters.
    """
    if not isinstance(path, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
        message = f"a path is a text, not {type(path).__name__}"
        raise InvalidArgumentError(message)
    given = path if path.startswith("/") else f"/{path}"
    segments = given.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").replace("\\", "/").split("/")
    if "://" in given or given.startswith("//") or ".." in segments or "." in segments:
        message = f"not a path below the base URL: {path[:200]!r}"
        raise InvalidArgumentError(message)
    if "?" in given or "#" in given or not given.isprintable():
        message = f"a path has neither query nor control characters: {path[:200]!r}"
        raise InvalidArgumentError(message, hint="Give query values as params=")
    return quote(given, safe="/%:@!$&'()*+,;=~-._")


def encoded_query(values: Mapping[str, Any]) -> str:
    """Query values as they stand in an address: lists repeat their name, booleans are in lower case, None is left out.

    >>> encoded_query({"limit": 5, "enabled": True, "tags": ["a", "b"]})
    'limit=5&enabled=true&tags=a&tags=b'
    """
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        many = cast("Sequence[object]", value) if isinstance(value, list | tuple) else (value,)
        pairs.extend((name, _query_text(name, one)) for one in many if one is not None)
    try:
        return urlencode(pairs)
    except UnicodeEncodeError as error:
        message = f"a query value cannot be encoded: {error.reason}"
        raise InvalidArgumentError(message) from None


def _query_text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    message = f"the query value {name!r} must be a text, number or boolean, not {type(value).__name__}"
    raise InvalidArgumentError(message)
