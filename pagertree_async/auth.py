"""What a client proves itself with, and how a token is obtained once for everyone who waits for it."""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeAlias, TypeVar, cast, runtime_checkable

import msgspec

from pagertree_async.calling import Lock
from pagertree_async.errors import (
    ConfigurationError,
    DeadlineExceededError,
    InvalidResponseError,
    PagerTreeError,
    Sent,
)
from pagertree_async.http import Secret

G = TypeVar("G")

AuthHeaders: TypeAlias = tuple[tuple[str, str | Secret], ...]
SHORTEST = 4
"""A shorter text is not looked for in answers: it protects nothing, and stands in every other word."""


@runtime_checkable
class Auth(Protocol):
    """Credentials that are ready to be sent."""

    def headers(self) -> AuthHeaders:
        """The headers that carry the credentials, names in lower case."""
        ...


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """The request that obtains a token.

    Attributes:
        path: The path below the base URL.
        body: The body, hidden; JSON, unless the headers say otherwise.
        secrets: What is hidden in it, to be hidden as well where an answer repeats it.
        method: The HTTP method.
        headers: More headers, names in lower case.
        advise: Is shown the error that it ended with, to say what there is to do about it.
    """

    path: str
    body: Secret
    secrets: tuple[Secret, ...] = ()
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    advise: Callable[[PagerTreeError], None] | None = None


@runtime_checkable
class Obtaining(Protocol):
    """Credentials that obtain others by a request of their own, on first need and again after a 401."""

    def ask(self) -> Ask:
        """The request to send."""
        ...

    def take(self, answer: Secret) -> Auth:
        """The credentials that its answer's body holds."""
        ...


@runtime_checkable
class Renewing(Obtaining, Protocol):
    """Credentials that know when they end, and have others obtained before that."""

    def at_hand(self) -> Auth | None:
        """What there is to begin with, None for nothing."""
        ...

    def due(self) -> bool:
        """Whether it is time to obtain others."""
        ...

    def put_off(self, error: PagerTreeError) -> bool:
        """Others could not be obtained: whether those at hand can be used for a while."""
        ...

    async def hand_over(self) -> None:
        """Give what was just obtained to whoever keeps it."""
        ...


Sender: TypeAlias = Callable[[Ask, Callable[[Secret], Auth]], Awaitable[Auth]]
"""Sends a request and gives what the function makes of its answer's body."""
Waiter: TypeAlias = Callable[[Lock], Awaitable[bool]]
"""Waits for a lock, and tells whether it was acquired."""


def veiled(given: str | G) -> Secret | G:
    """``given`` with a plain text hidden, so that no traceback that shows local variables shows it.

    >>> veiled(" a token ")
    Secret('***')
    """
    return Secret(given.strip()) if isinstance(given, str) else given


def _hidden(value: object, *, strip: bool = True) -> Secret:
    if isinstance(value, Secret):
        return value
    text = value if isinstance(value, str) else ""
    return Secret(text.strip() if strip else text)


def _check(secret: Secret, what: str) -> None:
    if secret.lost:
        return  # it says so itself, when it is used
    if not secret.reveal() or not secret.reveal().isprintable() or not secret.reveal().isascii():
        message = f"the {what} is empty, or no text, or has characters that no header can carry"
        raise ConfigurationError(message)


class Token(msgspec.Struct, frozen=True):
    """A token that is ready to be sent, as ``Authorization: <token>``.

    Args:
        jwt: The token.

    Raises:
        ConfigurationError: It is empty, or no header can carry it.

    >>> Token("eyJhbGciOi")
    Token(jwt=Secret('***'))
    """

    jwt: str | Secret

    def __post_init__(self) -> None:
        secret = _hidden(self.jwt)
        msgspec.structs.force_setattr(self, "jwt", secret)
        _check(secret, "token")

    def headers(self) -> AuthHeaders:
        """The header that carries the token."""
        return (("authorization", self.jwt),)


class KeyPair(msgspec.Struct, frozen=True):
    """An API key with its secret, as ``x-api-key`` and ``x-api-secret``.

    Args:
        key: The key.
        secret: The secret that belongs to it.

    Raises:
        ConfigurationError: One is empty, or no header can carry it.
    """

    key: str | Secret
    secret: str | Secret

    def __post_init__(self) -> None:
        key, secret = _hidden(self.key), _hidden(self.secret)
        msgspec.structs.force_setattr(self, "key", key)
        msgspec.structs.force_setattr(self, "secret", secret)
        _check(key, "API key")
        _check(secret, "API secret")

    def headers(self) -> AuthHeaders:
        """The headers that carry the key and the secret."""
        return (("x-api-key", self.key), ("x-api-secret", self.secret))


def _is_text(value: str) -> bool:
    try:
        return bool(value.encode())
    except UnicodeEncodeError:
        return False


class _LoginAnswer(msgspec.Struct):
    token: str | int | float | bool


def _token(answer: Secret) -> Secret:
    given = msgspec.json.decode(answer.reveal(), type=_LoginAnswer).token
    return Secret(given.strip() if isinstance(given, str) else msgspec.json.encode(given).decode(), "another login")


class Login(msgspec.Struct, frozen=True):
    """A user's name and password, which obtain a token: ``POST /public/login``.

    Args:
        username: The name, mostly an e-mail address.
        password: The password.

    Raises:
        ConfigurationError: One of them is empty, or no text.
    """

    username: str
    password: str | Secret

    def __post_init__(self) -> None:
        password = _hidden(self.password, strip=False)
        msgspec.structs.force_setattr(self, "password", password)
        if not isinstance(self.username, str) or not _is_text(self.username):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = "the user name is empty, or no text"
            raise ConfigurationError(message)
        if not password.lost and not _is_text(password.reveal()):
            message = "the password is empty, or no text"
            raise ConfigurationError(message)

    def ask(self) -> Ask:
        """The request that logs in."""
        password = cast("Secret", self.password)
        given = {"username": self.username, "password": password}
        body = Secret(msgspec.json.encode(given, enc_hook=Secret.reveal).decode())
        return Ask(path="/public/login", body=body, secrets=(password,))

    def take(self, answer: Secret) -> Token:
        """The token of a login's answer, whatever JSON scalar it is.

        Raises:
            InvalidResponseError: The answer has no token.
        """
        try:
            return Token(_token(answer))
        except (msgspec.DecodeError, RecursionError, ConfigurationError):
            message = "the login's answer has no token that can be used"
            raise InvalidResponseError(message, status=200) from None


class Credentials:
    """The credentials of one client, obtained once however many calls wait for them.

    Args:
        auth: What the client was given.
        lock: The lock of the client's mode.
    """

    def __init__(self, auth: Auth | Obtaining, lock: Callable[[], Lock]) -> None:
        self._source = auth if isinstance(auth, Obtaining) else None
        self._renewing = auth if isinstance(auth, Renewing) else None
        at_hand = self._renewing.at_hand() if self._renewing else None if isinstance(auth, Obtaining) else auth
        self._headers = at_hand.headers() if at_hand else None
        self._lock = lock()
        self._finished = 0
        self._failure: PagerTreeError | None = None

    @property
    def headers(self) -> AuthHeaders | None:
        """The headers to send, None while they have yet to be obtained."""
        return None if self._renewing and self._renewing.due() else self._headers

    @property
    def renewable(self) -> bool:
        """Whether others can be obtained after a 401."""
        return self._source is not None

    async def obtain(self, stale: AuthHeaders | None, send: Sender, wait: Waiter) -> AuthHeaders:
        """Headers other than the ``stale`` ones: by a request, or from whoever is making it already.

        Args:
            stale: The headers that were refused, None when there were none.
            send: Sends a request and gives what is made of its answer.
            wait: Waits for a lock for as long as the caller has time.

        Returns:
            The headers to send from now on.

        Raises:
            PagerTreeError: The request failed; everyone who waited for it gets a copy of the same error.
            DeadlineExceededError: The time was over while another call was obtaining them.
        """
        assert self._source is not None
        begun = self._finished
        try:
            if not await wait(self._lock):
                message = "the time was over while another call was logging in"
                raise DeadlineExceededError(message, sent=Sent.NO)
            ended = self._finished != begun  # a request of another call, while this one waited
            if ended and self._failure is not None:
                raise copy.copy(self._failure) from self._failure
            headers = self._headers if ended else self.headers  # fresh, however short it is said to live
            if headers is not None and (ended or headers is not stale):
                return headers
            return await self._lead(self._source, send, old=None if stale else self._headers)
        finally:
            # A Ctrl-C may have come as soon as the lock was acquired; or it was not acquired at all.
            try:  # noqa: SIM105 - "suppress" has steps of its own, before which another Ctrl-C could come
                self._lock.release()
            except RuntimeError:
                pass

    async def _lead(self, source: Obtaining, send: Sender, old: AuthHeaders | None) -> AuthHeaders:
        ask: Ask | None = None
        try:
            ask = source.ask()
            self._headers = (await send(ask, source.take)).headers()
        except PagerTreeError as error:
            if ask is not None and ask.advise is not None:
                ask.advise(error)
            if old and self._renewing and self._renewing.put_off(error):
                return old
            if error.attempts and not isinstance(error, DeadlineExceededError):
                self._failure = error
                self._finished += 1
            raise  # otherwise this caller's time was over, not everybody's: the next who waits tries again
        self._failure = None
        self._finished += 1
        if self._renewing:
            await self._renewing.hand_over()
        return self._headers


def redacted(sent: bytes, secrets: Iterable[Secret]) -> bytes:
    """What a server sent, with stars in the place of every secret that it repeats, as it is or as JSON has it.

    >>> redacted(b"no such token: eyJhbGciOi", [Secret("eyJhbGciOi")])
    b'no such token: ***'
    """
    for secret in secrets:
        shown = secret.reveal()
        if len(shown) >= SHORTEST:
            for form in (json.dumps(shown)[1:-1].encode(), msgspec.json.encode(shown)[1:-1], shown.encode()):
                sent = sent.replace(form, b"***")
    return sent
