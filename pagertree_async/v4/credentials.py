"""Where a v4 client's credentials and address come from: what it was given, or else the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypeAlias, cast

import msgspec

from pagertree_async.auth import Auth, AuthHeaders
from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Secret

BASE_URL = "https://api.pagertree.com"
PREFIX = "/api/v4"
KEY = "PAGERTREE_API_KEY"
SECRET = "PAGERTREE_API_SECRET"  # noqa: S105 - the name of a variable
OF_V3 = ("PAGERTREE_TOKEN", "PAGERTREE_USERNAME", "PAGERTREE_PASSWORD")
"""The variables of another version's credentials."""
V3 = "from pagertree_async import AsyncPagerTree, PagerTree"

AuthLike: TypeAlias = Auth | Secret | str
"""Credentials, or a plain text that is taken as an API key."""


class ApiKey(msgspec.Struct, frozen=True):
    """An API key, as ``Authorization: Bearer <key>``.

    Args:
        key: The key.

    Raises:
        ConfigurationError: It is empty, or no header can carry it.

    >>> ApiKey("pt_0123456789")
    ApiKey(key=Secret('***'))
    """

    key: str | Secret

    def __post_init__(self) -> None:
        secret = _kept(self.key)
        msgspec.structs.force_setattr(self, "key", secret)
        if not secret.lost and not _can_be_sent(secret.reveal()):
            message = "the API key is empty, or no text, or has characters that no header can carry"
            raise ConfigurationError(message)

    def headers(self) -> AuthHeaders:
        """The header that carries the key."""
        return (("authorization", Secret(f"Bearer {cast('Secret', self.key).reveal()}")),)


def _kept(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    return Secret(value.strip() if isinstance(value, str) else "")


def _can_be_sent(key: str) -> bool:
    return bool(key) and key.isascii() and key.isprintable()


def credentials(given: AuthLike | None, environ: Mapping[str, str] | None = None) -> Auth:
    """The credentials to use.

    Args:
        given: What the client was given, None to take the environment's.
        environ: The environment, by default the process's own.

    Raises:
        ConfigurationError: None are there, or those in the environment belong to another version.
    """
    if isinstance(given, str | Secret):
        return ApiKey(given)
    if given is None:
        return from_environment(os.environ if environ is None else environ)
    if isinstance(given, Auth):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
        return given
    message = f"auth must be an ApiKey, or a key as text, not {type(given).__name__}"
    raise ConfigurationError(message, hint="Login and tokens belong to API v3")


def from_environment(environ: Mapping[str, str]) -> ApiKey:
    """The API key that the environment holds.

    Raises:
        ConfigurationError: It holds none, or a key with a secret, which belong to another version.
    """
    key, secret = (environ.get(name, "").strip() for name in (KEY, SECRET))
    if not key:
        message = f"no credentials: none were given, and {KEY} is {'empty' if KEY in environ else 'not set'}"
        other = next((name for name in OF_V3 if environ.get(name, "").strip()), None)
        told = "" if other is None else f"; {other} belongs to API v3: {V3}"
        raise ConfigurationError(message, hint=f"Set {KEY}, or give auth= in code{told}")
    if secret:
        message = (
            f"{KEY} and {SECRET} are both set: a key with a secret belongs to API v3, and API v4 takes a key alone"
        )
        raise ConfigurationError(message, hint=f"Unset {SECRET}, or take the client of API v3: {V3}")
    return ApiKey(Secret(key, KEY))


def address(given: str | None, environ: Mapping[str, str] | None = None) -> str:
    """The root of the API: as given, else ``PAGERTREE_BASE_URL``, else the vendor's own."""
    return given or (os.environ if environ is None else environ).get("PAGERTREE_BASE_URL") or BASE_URL
