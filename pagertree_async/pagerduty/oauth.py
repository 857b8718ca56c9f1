"""OAuth with PagerDuty: where a user agrees, what the code is exchanged for, and a token that is renewed before it ends.

::

    door = AsyncOAuthClient("client id", "client secret")
    pkce = Pkce.new()
    url = door.authorize_url("incidents.read", "https://app.example/back", pkce=pkce, state=state)
    tokens = await door.exchange(code, "https://app.example/back", pkce=pkce)
    client = AsyncPagerDuty(OAuth("client id", "client secret", tokens=tokens, on_tokens=keep))
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import urlencode

import msgspec

from pagertree_async.auth import Ask
from pagertree_async.both import Speaks, both
from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.client import AsyncClient, BlockingClient, Opened, T
from pagertree_async.errors import BadRequestError, ConfigurationError, InvalidResponseError, PagerTreeError
from pagertree_async.http import BlockingTransport, Response, Secret, Timeout, Transport
from pagertree_async.oncall import instant
from pagertree_async.pagerduty.auth import Nobody, OAuthToken, hidden
from pagertree_async.retry import RetryPolicy, Safety
from pagertree_async.session import Call
from pagertree_async.telling import Hooks

IDENTITY = "https://identity.pagerduty.com"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
FORM = (("content-type", "application/x-www-form-urlencoded"),)
A_DAY = 86_400.0
A_WHILE = 60.0
"""For how long a token that still works is used when it could not be renewed, before that is tried again, in seconds."""


class Pkce(msgspec.Struct, frozen=True):
    """A proof key for one authorization: the challenge goes with the user, the verifier with the code.

    Attributes:
        verifier: What is kept until the code comes back.
        challenge: Its SHA-256, as the authorize URL carries it.
    """

    verifier: Secret
    challenge: str

    @classmethod
    def new(cls) -> Pkce:
        """A fresh one."""
        return cls.of(secrets.token_urlsafe(48))

    @classmethod
    def of(cls, verifier: str) -> Pkce:
        """The one of a verifier that was kept."""
        digest = hashlib.sha256(verifier.encode()).digest()
        return cls(Secret(verifier), base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What an exchange gave.

    Attributes:
        access_token: What calls are made with.
        refresh_token: What a new one is obtained with, None where there is none.
        expires_at: When the access token ends.
        lifetime: How many seconds it was valid for when it was given, None where that is not known.
        scope: What it allows.
    """

    access_token: Secret
    refresh_token: Secret | None
    expires_at: datetime
    lifetime: float | None = None
    scope: str | None = None

    @property
    def expiration_date(self) -> str:
        """When the access token ends, as ISO 8601."""
        return self.expires_at.isoformat()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Tokens:
        """What :meth:`to_dict` gave, or any mapping with ``access_token``, ``refresh_token`` and ``expiration_date``.

        Raises:
            ConfigurationError: There is no access token.
            InvalidArgumentError: The date is none.
        """
        refresh = kept.get("refresh_token")
        return cls(
            access_token=hidden(kept.get("access_token", ""), "access token"),
            refresh_token=None if refresh is None else hidden(refresh, "refresh token"),
            expires_at=instant(kept.get("expiration_date", ""), "expiration_date"),
            scope=kept.get("scope"),
        )

    def to_dict(self) -> dict[str, str | None]:
        """What to keep, in clear: keep it where secrets are kept."""
        return {
            "access_token": self.access_token.reveal(),
            "refresh_token": None if self.refresh_token is None else self.refresh_token.reveal(),
            "expiration_date": self.expiration_date,
            "scope": self.scope,
        }


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: float
    refresh_token: str | None = None
    scope: str | None = None


def _tokens(answer: Secret, old: Secret | None = None) -> Tokens:
    try:
        given = msgspec.json.decode(answer.reveal(), type=_Granted)
        refresh = None if given.refresh_token is None else hidden(given.refresh_token, "refresh token")
        return Tokens(
            access_token=hidden(given.access_token, "access token"),
            refresh_token=refresh or old,
            expires_at=(datetime.now(UTC) + timedelta(seconds=given.expires_in)).replace(microsecond=0),
            lifetime=given.expires_in,
            scope=given.scope,
        )
    except (msgspec.DecodeError, RecursionError, ConfigurationError, OverflowError):
        message = "the answer has no access token that can be used, or does not say when it ends"
        raise InvalidResponseError(message, status=200) from None


AGREE = "The user has to agree once more: send them to authorize_url() and exchange the code that they come back with"


def _grant(client_id: str, client_secret: Secret, **values: str | Secret | None) -> Ask:
    hidden_values = [value for value in values.values() if isinstance(value, Secret)]
    shown = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in values.items()
        if value is not None
    }
    form = urlencode({"client_id": client_id, "client_secret": client_secret.reveal(), **shown})
    own = (client_secret, *hidden_values)
    return Ask(path=TOKEN_PATH, body=Secret(form), secrets=own, headers=FORM, advise=_say_to_agree)


def _say_to_agree(error: PagerTreeError) -> None:
    """Say that a grant which the server does not take is of no more use."""
    if isinstance(error, BadRequestError) and b"invalid_grant" in error.body:
        error.advise(AGREE)


Keeper: TypeAlias = Callable[[Tokens], Awaitable[None] | None]
"""Is given the new tokens, to keep them; with an async client it may be an ``async def``."""


def named(client_id: str) -> str:
    """An application's id.

    Raises:
        ConfigurationError: It is empty, or no text.
    """
    if not isinstance(client_id, str) or not client_id.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError("the client id is empty, or no text")
    return client_id.strip()


class OAuth:
    """OAuth credentials that renew themselves: once, however many calls wait, before they end and after a 401.

    With ``tokens`` they are renewed with their refresh token; with a ``scope`` instead, a token for the application
    itself is obtained, such as ``as_account-us.acme incidents.read``. Where renewing fails and the token still works, the
    token is used for another minute before that is tried again.

    Args:
        client_id: The application's id.
        client_secret: Its secret; it goes to the identity server only.
        tokens: What an exchange gave, or what was kept of it.
        scope: What a token for the application itself is to allow.
        early: How many seconds before its end a token is renewed: a day. One that lives shorter is renewed when half of
            its life is over.
        on_tokens: Is given the new tokens, to keep them.

    Raises:
        ConfigurationError: Something is empty, or there are neither tokens nor a scope, or both.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret,
        *,
        tokens: Tokens | None = None,
        scope: str | None = None,
        early: float = A_DAY,
        on_tokens: Keeper | None = None,
    ) -> None:
        if (tokens is None) == (scope is None):
            message = "OAuth takes tokens, or a scope for a token of the application itself"
            raise ConfigurationError(message)
        self._client_id = named(client_id)
        self._client_secret = hidden(client_secret, "client secret")
        self._tokens = tokens
        self._scope = scope
        self._early = early
        self._keeper = on_tokens
        self._put_off_until = 0.0

    @property
    def tokens(self) -> Tokens | None:
        """The tokens of this moment, None before the first were obtained."""
        return self._tokens

    def _left(self, tokens: Tokens) -> float:
        return (tokens.expires_at - datetime.now(UTC)).total_seconds()

    def at_hand(self) -> OAuthToken | None:
        """The token it was given."""
        return None if self._tokens is None else OAuthToken(self._tokens.access_token)

    def due(self) -> bool:
        """Whether the token ends so soon that it is time for another."""
        tokens = self._tokens
        if tokens is None:
            return True
        early = self._early if tokens.lifetime is None else min(self._early, tokens.lifetime / 2)
        return self._left(tokens) < early and time.monotonic() >= self._put_off_until

    def put_off(self, error: PagerTreeError) -> bool:
        """Whether the token still works, so that renewing it can wait a while."""
        if self._tokens is None or self._left(self._tokens) <= 0:
            return False
        self._put_off_until = time.monotonic() + A_WHILE
        return True

    def ask(self) -> Ask:
        """The request for another token.

        Raises:
            ConfigurationError: There is nothing to obtain one with.
        """
        if self._scope is not None:
            return _grant(self._client_id, self._client_secret, grant_type="client_credentials", scope=self._scope)
        refresh = None if self._tokens is None else self._tokens.refresh_token
        if refresh is None:
            message = "the OAuth token ends, or was refused, and there is no refresh token to renew it with"
            raise ConfigurationError(message, hint=AGREE)
        return _grant(self._client_id, self._client_secret, grant_type="refresh_token", refresh_token=refresh)

    def take(self, answer: Secret) -> OAuthToken:
        """The token of an answer.

        Raises:
            InvalidResponseError: It has none, or does not say when it ends.
        """
        self._tokens = _tokens(answer, None if self._tokens is None else self._tokens.refresh_token)
        return OAuthToken(self._tokens.access_token)

    async def hand_over(self) -> None:
        """Give the new tokens to whoever keeps them."""
        if self._keeper is not None and self._tokens is not None:
            waiting = self._keeper(self._tokens)
            if inspect.isawaitable(waiting):
                await waiting

    def __repr__(self) -> str:
        return f"<OAuth of {self._client_id}>"


def authorize_url(
    client_id: str,
    scope: str,
    redirect_uri: str,
    *,
    pkce: Pkce | None = None,
    state: str | None = None,
    identity: str = IDENTITY,
) -> str:
    """Where a user goes to agree.

    Args:
        client_id: The application's id.
        scope: What it asks for.
        redirect_uri: Where the user comes back to, with a ``code``.
        pkce: A proof key, whose verifier is needed again when the code is exchanged.
        state: Comes back as it is: what tells that the answer belongs to this question.
        identity: The identity server.
    """
    query = {"client_id": client_id, "redirect_uri": redirect_uri, "response_type": "code", "scope": scope}
    if pkce is not None:
        query |= {"code_challenge": pkce.challenge, "code_challenge_method": "S256"}
    if state is not None:
        query["state"] = state
    return f"{identity}/oauth/authorize?{urlencode(query)}"


class Exchanges(Speaks[Mode]):
    """The exchanges with the identity server."""

    _client_id: str
    _client_secret: Secret

    async def _granted(self, **values: str | Secret | None) -> Tokens:
        ask = _grant(self._client_id, self._client_secret, **values)
        call = Call(
            method="POST",
            path=ask.path,
            body=ask.body.reveal().encode(),
            safety=Safety.STATE,
            headers=ask.headers,
            secrets=ask.secrets,
        )
        old = values.get("refresh_token")
        try:
            return await self._session.call(call, _taker(old if isinstance(old, Secret) else None))
        except PagerTreeError as error:
            _say_to_agree(error)
            raise

    def authorize_url(
        self, scope: str, redirect_uri: str, *, pkce: Pkce | None = None, state: str | None = None
    ) -> str:
        """Where a user goes to agree; see :func:`authorize_url`."""
        identity = self._session.settings.base_url
        return authorize_url(self._client_id, scope, redirect_uri, pkce=pkce, state=state, identity=identity)

    @both
    async def exchange(
        self, code: str, redirect_uri: str, *, scope: str | None = None, pkce: Pkce | None = None
    ) -> Tokens:
        """What the code is worth that a user came back with.

        Args:
            code: The code.
            redirect_uri: The same as in the authorize URL.
            scope: The same as there.
            pkce: The proof key whose challenge was in it.
        """
        verifier = None if pkce is None else pkce.verifier
        return await self._granted(
            grant_type="authorization_code",
            code=Secret(code),
            redirect_uri=redirect_uri,
            scope=scope,
            code_verifier=verifier,
        )

    @both
    async def app_token(self, scope: str) -> Tokens:
        """A token for the application itself, such as for ``as_account-us.acme incidents.read``."""
        return await self._granted(grant_type="client_credentials", scope=scope)

    @both
    async def refresh(self, refresh_token: str | Secret) -> Tokens:
        """New tokens for a refresh token."""
        return await self._granted(grant_type="refresh_token", refresh_token=hidden(refresh_token, "refresh token"))


def _taker(old: Secret | None) -> Callable[[Response], Tokens]:
    return lambda response: _tokens(Secret(response.body.decode("utf-8", "replace")), old)


class Exchanging(Opened[Mode, T], Exchanges[Mode]):
    """A client of the identity server."""

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret,
        *,
        identity: str = IDENTITY,
        transport: T | str | None = None,
        timeout: float | Timeout = 30.0,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        allow_http: bool = False,
        hooks: Hooks | None = None,
    ) -> None:
        """Make a client; it connects when it is first used.

        Args:
            client_id: The application's id.
            client_secret: Its secret.
            identity: The identity server.
            transport: What sends requests, or its name; by default httpx does. Closing the client closes it.
            timeout: Seconds for a whole call, or a ``Timeout`` with the parts.
            retry: When calls are tried again.
            proxy: The address of a proxy; by default the usual environment variables decide, never for this machine.
            allow_http: Allow ``http://`` to another machine, where credentials travel unencrypted.
            hooks: Functions to call when something happens.

        Raises:
            ConfigurationError: A setting is wrong.
        """
        self._client_id = named(client_id)
        self._client_secret = hidden(client_secret, "client secret")
        client_secret = self._client_secret
        super().__init__(
            Nobody(),
            identity,
            transport=transport,
            timeout=timeout,
            retry=retry,
            proxy=proxy,
            allow_http=allow_http,
            hooks=hooks,
        )


class AsyncOAuthClient(Exchanging[Async, Transport], AsyncClient):
    """The identity server, awaited; usable as ``async with``."""


class OAuthClient(Exchanging[Blocking, BlockingTransport], BlockingClient):
    """The identity server, called and blocking; usable as ``with``."""
