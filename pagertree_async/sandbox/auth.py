"""Who is calling: passwords, tokens, keys and secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.identity import token_of

_HASH_ROUNDS = 1000


def password_hash(password: str) -> str:
    """A password as it is kept: salted and hashed, never in clear.

    Args:
        password: The password.
    """
    salt = token_of("salt", password, size=12)
    return f"pbkdf2${salt}${_derived(password, salt)}"


def password_fits(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept.

    Args:
        password: The password to try.
        kept: What `password_hash` made of the right one.
    """
    scheme, _, rest = kept.partition("$")
    salt, _, digest = rest.partition("$")
    return scheme == "pbkdf2" and hmac.compare_digest(digest.encode(), _derived(password, salt).encode())


def _derived(password: str, salt: str) -> str:
    return _base64(hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _HASH_ROUNDS))


class Claims(msgspec.Struct, frozen=True):
    """What a token says.

    Args:
        sub: The id of the user who logged in.
        sequence: The run of tokens it belongs to; with another run begun it is refused.
        exp: When it stops being valid, in unix seconds.
        jti: What makes it differ from all others.
        id: The user once more, by the name under which the vendor's own Zapier app reads it.
    """

    sub: str
    sequence: str
    exp: float
    jti: str
    id: str = ""


class Tokens:
    """Makes and reads JSON Web Tokens signed with HMAC-SHA256.

    Args:
        secret: What they are signed with.
        lifetime: How long one is valid, in seconds.
        clock: Gives the time in unix seconds.
    """

    def __init__(self, secret: bytes, lifetime: float, clock: Callable[[], float]) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._clock = clock
        self._made = itertools.count(1)
        self._header = _base64(msgspec.json.encode({"alg": "HS256", "typ": "JWT"}))

    def make(self, user_id: str, sequence: str) -> str:
        """A fresh token.

        Args:
            user_id: Whose it is.
            sequence: The run of tokens it belongs to.
        """
        now = self._clock()
        name = token_of(self._secret.hex(), next(self._made), now)
        claims = Claims(user_id, sequence, now + self._lifetime, name, user_id)
        signed = f"{self._header}.{_base64(msgspec.json.encode(claims))}"
        return f"{signed}.{self._signature(signed)}"

    def read(self, token: str) -> Claims:
        """What a token says.

        Args:
            token: The token.

        Raises:
            Refusal: 401, when it is not one of ours or has expired.
        """
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            raise unauthorized("A valid token was not provided")
        payload = signed.partition(".")[2]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=Claims)
        if claims.exp <= self._clock():
            raise unauthorized("The token has expired")
        return claims

    def _signature(self, signed: str) -> str:
        return _base64(hmac.digest(self._secret, signed.encode(), "sha256"))


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request says of its caller.

    Args:
        token: The token, without a scheme word, or None.
        key: The API key and its secret, or None.
    """

    token: str | None
    key: tuple[str, str] | None


def credentials(headers: Mapping[str, str]) -> Credentials:
    """What a request's headers say of its caller.

    Args:
        headers: The headers, by name in small letters.

    Raises:
        Refusal: 401, when they say nothing.
    """
    key, secret = headers.get("x-api-key"), headers.get("x-api-secret")
    if key is not None or secret is not None:
        return Credentials(None, (key or "", secret or ""))
    token = headers.get("authorization", "").strip()
    scheme, space, rest = token.partition(" ")
    if space and scheme.lower() == "bearer":
        token = rest.strip()
    if not token:
        raise unauthorized("A valid JSON token was not provided")
    return Credentials(token, None)


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are equal, taking the same time wherever they differ.

    Args:
        given: The one that came.
        wanted: The right one.
    """
    return hmac.compare_digest(given.encode(), wanted.encode())


def unauthorized(message: str) -> Refusal:
    """A 401.

    Args:
        message: What is wrong with the credentials.
    """
    return Refusal(401, message)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
