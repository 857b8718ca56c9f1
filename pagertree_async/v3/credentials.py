"""Where a v3 client's credentials and address come from: what it was given, or else the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypeAlias

from pagertree_async.auth import Auth, KeyPair, Login, Obtaining, Token
from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Secret

BASE_URL = "https://api.pagertree.com"

AuthLike: TypeAlias = Auth | Obtaining | Secret | str
"""Credentials, or a plain text that is taken as a token."""

WAYS: tuple[tuple[str, ...], ...] = (
    ("PAGERTREE_TOKEN",),
    ("PAGERTREE_API_KEY", "PAGERTREE_API_SECRET"),
    ("PAGERTREE_USERNAME", "PAGERTREE_PASSWORD"),
)
"""The environment variables of each way to authenticate."""
ONE_WAY = "Unset all but one, or give auth= in code"
OF_V4 = "An API key without a secret belongs to API v4: from pagertree_async.v4 import AsyncPagerTree, PagerTree"


def credentials(given: AuthLike | None, environ: Mapping[str, str] | None = None) -> Auth | Obtaining:
    """The credentials to use.

    Args:
        given: What the client was given, None to take the environment's.
        environ: The environment, by default the process's own.

    Raises:
        ConfigurationError: None are there, or those in the environment are incomplete or contradict one another.
    """
    if isinstance(given, str | Secret):
        return Token(given)
    if given is None:
        return from_environment(environ)
    if isinstance(given, Auth | Obtaining):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
        return given
    message = f"auth must be Login, Token, KeyPair or a token as text, not {type(given).__name__}"
    raise ConfigurationError(message)


def _found(environ: Mapping[str, str]) -> dict[str, Secret]:
    return {name: Secret(value, name) for way in WAYS for name in way if (value := environ.get(name, "").strip())}


def _blank(environ: Mapping[str, str]) -> list[str]:
    return [name for way in WAYS for name in way if not environ.get(name, "-").strip()]


def from_environment(environ: Mapping[str, str] | None = None) -> Auth | Obtaining:
    """The credentials that the environment holds.

    Args:
        environ: The environment, by default the process's own.

    Raises:
        ConfigurationError: None are there, or they are incomplete or contradict one another.
    """
    found, blank = (
        _found(os.environ if environ is None else environ),
        _blank(os.environ if environ is None else environ),
    )
    begun = [way for way in WAYS if any(name in found for name in way)]
    if not begun:
        empty = "".join(f"; {name} is empty" for name in blank)
        message = f"no credentials: none were given, and the environment has none{empty}"
        raise ConfigurationError(message, hint=f"Set {', or '.join(' with '.join(way) for way in WAYS)}")
    if len(begun) > 1:
        kinds = "; ".join(" with ".join(name for name in way if name in found) for way in begun)
        message = f"the environment has credentials of several kinds: {kinds}"
        lone = WAYS[1][0] in found and WAYS[1][1] not in found
        raise ConfigurationError(message, hint=f"{OF_V4}; or unset all but one" if lone else ONE_WAY)
    missing = [name for name in begun[0] if name not in found]
    if missing:
        there = next(name for name in begun[0] if name in found)
        message = f"{there} is set and {missing[0]} is {'empty' if missing[0] in blank else 'not'}"
        hint = OF_V4 if missing == ["PAGERTREE_API_SECRET"] else f"Set {missing[0]} as well, or unset {there}"
        raise ConfigurationError(message, hint=hint)
    first, *second = (found[name] for name in begun[0])
    if not second:
        return Token(first)
    if begun[0][0] == "PAGERTREE_USERNAME":
        return Login(first.reveal(), second[0])
    return KeyPair(first, second[0])


def address(given: str | None, environ: Mapping[str, str] | None = None) -> str:
    """The root of the API: as given, else ``PAGERTREE_BASE_URL``, else the vendor's own."""
    return given or (os.environ if environ is None else environ).get("PAGERTREE_BASE_URL") or BASE_URL
