"""What a client proves itself with to PagerDuty: an API key, an OAuth token, or a user's name and password."""

from __future__ import annotations

import base64
from typing import TypeAlias

import msgspec

from pagertree_async.auth import Ask, Auth, AuthHeaders, Obtaining
from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Secret


def hidden(value: str | Secret, what: str) -> Secret:
    """``value`` as a secret that a header can carry.

    Raises:
        ConfigurationError: It is empty, no text, or has characters that no header can carry.
    """
    secret = value if isinstance(value, Secret) else Secret(value.strip() if isinstance(value, str) else "")  # pyright: ignore[reportUnnecessaryIsInstance]
    if not secret.reveal() or not secret.reveal().isprintable() or not secret.reveal().isascii():
        message = f"the {what} is empty, or no text, or has characters that no header can carry"
        raise ConfigurationError(message)
    return secret


class ApiToken(msgspec.Struct, frozen=True):
    """A REST API key, as ``Authorization: Token token=<key>``.

    Args:
        key: The key.

    Raises:
        ConfigurationError: It is empty, or no header can carry it.

    >>> ApiToken("y_NbAkKc66ryYTWUXYEu")
    ApiToken(key=Secret('***'))
    """

    key: str | Secret

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "key", hidden(self.key, "API key"))

    def headers(self) -> AuthHeaders:
        """The header that carries the key."""
        return (("authorization", Secret(f"Token token={hidden(self.key, 'API key').reveal()}")),)


class OAuthToken(msgspec.Struct, frozen=True):
    """An OAuth token that is ready to be sent, as ``Authorization: Bearer <token>``.

    Args:
        token: The token.

    Raises:
        ConfigurationError: It is empty, or no header can carry it.
    """

    token: str | Secret

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "token", hidden(self.token, "OAuth token"))

    def headers(self) -> AuthHeaders:
        """The header that carries the token."""
        return (("authorization", Secret(f"Bearer {hidden(self.token, 'OAuth token').reveal()}")),)


class Basic(msgspec.Struct, frozen=True):
    """A user's name and password, for the schedule entries of API v1.

    Args:
        username: The name, mostly an e-mail address.
        password: The password.

    Raises:
        ConfigurationError: One is empty, or the name has a colon.
    """

    username: str
    password: str | Secret

    def __post_init__(self) -> None:
        password = self.password if isinstance(self.password, Secret) else Secret(self.password)
        msgspec.structs.force_setattr(self, "password", password)
        if not self.username or ":" in self.username or not password.reveal():
            message = "the user name or the password is empty, or the name has a colon"
            raise ConfigurationError(message)

    def headers(self) -> AuthHeaders:
        """The header that carries both."""
        password = self.password.reveal() if isinstance(self.password, Secret) else self.password
        both = f"{self.username}:{password}".encode()
        return (("authorization", Secret(f"Basic {base64.b64encode(both).decode()}")),)


class Nobody:
    """No credentials: none are sent where none belong, as with an event, which carries its key itself."""

    def headers(self) -> AuthHeaders:
        """No headers."""
        return ()


class Missing:
    """The credentials that a client was not given; it says so when they are needed.

    Args:
        message: What is missing, and for what.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str) -> None:
        self._message = message
        self._hint = hint

    def ask(self) -> Ask:
        """Say what is missing.

        Raises:
            ConfigurationError: Always.
        """
        raise ConfigurationError(self._message, hint=self._hint)

    def take(self, answer: Secret) -> Auth:
        """Never called, as nothing is ever asked."""
        raise NotImplementedError


AuthLike: TypeAlias = Auth | Obtaining | Secret | str
"""Credentials, or a plain text that is taken as an API key."""
