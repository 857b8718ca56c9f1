"""The identity server: codes, proof keys, tokens that end, and refresh tokens that are good for once."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import msgspec

from pagertree_async.sandbox.auth import same
from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.identity import token_of
from pagertree_async.sandbox.pagerduty.calls import Call

_DESCRIPTIONS = {
    "invalid_client": "The client is not known, or its secret is wrong",
    "invalid_grant": "The code or the refresh token is not known, has ended, or was used or withdrawn",
    "unsupported_grant_type": "There is no such kind of grant",
}


class Sent(Refusal):
    """A user who is sent back to the application."""


@dataclass(frozen=True, slots=True)
class _Code:
    redirect_uri: str
    scope: str
    challenge: str | None


@dataclass(slots=True)
class Identity:
    """Gives tokens, and knows whose they are.

    Args:
        salt: What codes and tokens depend on.
        client: The id of the one application, and its secret.
        user_id: The user who always agrees.
        lifetime: How long a token is valid, in seconds.
        clock: Gives the time in unix seconds.
    """

    salt: str
    client: tuple[str, str]
    user_id: str
    lifetime: float
    clock: Callable[[], float]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _made: int = 0
    _codes: dict[str, _Code] = field(default_factory=dict[str, _Code])
    _ends: dict[str, float] = field(default_factory=dict[str, float])
    _refresh: dict[str, str] = field(default_factory=dict[str, str])

    def _new(self, what: str) -> str:
        with self._lock:
            self._made += 1
            return f"pd{what}_{token_of(self.salt, what, self._made, size=40)}"

    def authorize(self, call: Call) -> Answer:
        """`GET /oauth/authorize`: the user agrees at once, and is sent back with a code.

        Raises:
            Refusal: 302 with the code, or 400.
        """
        query = dict(call.query)
        if (
            query.get("client_id") != self.client[0]
            or query.get("response_type") != "code"
            or not query.get("redirect_uri")
        ):
            raise Refusal(400, "The authorization request is invalid")
        code = self._new("code")
        self._codes[code] = _Code(query["redirect_uri"], query.get("scope", ""), query.get("code_challenge"))
        back = {"code": code} | ({"state": query["state"]} if "state" in query else {})
        raise Sent(302, "Found", headers={"location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def token(self, call: Call) -> Answer:
        """`POST /oauth/token`, with a form."""
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        if not (
            same(form.get("client_id", ""), self.client[0]) and same(form.get("client_secret", ""), self.client[1])
        ):
            return _error(401, "invalid_client")
        grant = form.get("grant_type", "")
        if grant not in ("authorization_code", "refresh_token", "client_credentials"):
            return _error(400, "unsupported_grant_type")
        with self._lock:
            scope = self._scope(grant, form)
        if scope is None:
            return _error(400, "invalid_grant")
        return self._granted(scope, refreshable=grant != "client_credentials")

    def _scope(self, grant: str, form: Mapping[str, str]) -> str | None:
        if grant == "client_credentials":
            return form.get("scope", "")
        if grant == "refresh_token":
            return self._refresh.pop(form.get("refresh_token", ""), None)
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.redirect_uri != form.get("redirect_uri"):
            return None
        return code.scope if code.challenge in (None, _challenge(form.get("code_verifier", ""))) else None

    def _granted(self, scope: str, *, refreshable: bool) -> Answer:
        token, refresh = self._new("us"), self._new("ur")
        with self._lock:
            self._ends[token] = self.clock() + self.lifetime
            body: dict[str, object] = {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": int(self.lifetime),
                "scope": scope,
            }
            if refreshable:
                self._refresh[refresh] = scope
                body["refresh_token"] = refresh
        return Answer(msgspec.json.encode(body))

    def knows(self, token: str) -> bool:
        """Whether a token is valid.

        Args:
            token: The token.
        """
        return self._ends.get(token, 0.0) > self.clock()

    def expire(self) -> None:
        """Let every token end now."""
        with self._lock:
            self._ends.clear()


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _error(status: int, error: str) -> Answer:
    return Answer(msgspec.json.encode({"error": error, "error_description": _DESCRIPTIONS[error]}), status)
