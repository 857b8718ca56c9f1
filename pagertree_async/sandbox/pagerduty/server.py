"""The sandbox: an account of PagerDuty's on the caller's own machine."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pagertree_async.sandbox.auth import same
from pagertree_async.sandbox.doors import Answer, Gate
from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.limits import RateLimit
from pagertree_async.sandbox.pagerduty.account import TABLES, Account
from pagertree_async.sandbox.pagerduty.calls import Call, Operation
from pagertree_async.sandbox.pagerduty.entries import entries
from pagertree_async.sandbox.pagerduty.events import change, enqueue
from pagertree_async.sandbox.pagerduty.identity import Identity
from pagertree_async.sandbox.pagerduty.refusals import INTERNAL, MESSAGES, Refused, described, unknown
from pagertree_async.sandbox.pagerduty.rest import OPERATIONS
from pagertree_async.sandbox.pagerduty.seed import EPOCH, keys, plant
from pagertree_async.sandbox.store import Store

_EVERY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class PagerDutySandbox:
    """A PagerDuty account that lives in SQLite and is served by an ASGI application, at whatever host it is asked for.

    The application never suspends, so it can be driven without an event loop, and it may be called from several threads.

    Args:
        path: The database file, or `:memory:`. A file that has an account already is served as it is.
        seed: What a new account's data depends on.
        incidents: How many incidents a new account has, each with three log entries.
        ends: When a new account's past ends, in unix seconds; it has its users and schedules since April 2025.
        rate: How many requests a second are let in; None for any number.
        burst: How many requests may come at once; None for one second's worth.
        token_ttl: How long an OAuth token is valid, in seconds.
        clock: Gives the time in unix seconds.

    Raises:
        ValueError: A number is out of its bounds.
        sqlite3.Error: The file cannot be opened or is no database.
    """

    def __init__(
        self,
        path: str = ":memory:",
        *,
        seed: int = 1,
        incidents: int = 40,
        ends: int = EPOCH,
        rate: float | None = None,
        burst: int | None = None,
        token_ttl: float = 864_000.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if incidents < 0:
            raise ValueError("incidents must not be negative")
        if ends < EPOCH:
            raise ValueError("ends must not be before 2026-05-28")
        self._gate = Gate(RateLimit(rate, burst, False, clock))
        self._store = Store(path, TABLES)
        try:
            kept = self._planted(seed, incidents, ends)
        except BaseException:
            self._store.close()
            raise
        account = Account(self._store, clock, str(kept))
        admin = self._store.all("users")[0]
        given = keys(kept)
        self.api_key: str = given.api_key
        self.routing_key: str = given.routing_key
        self.client_id: str = given.client_id
        self.client_secret: str = given.client_secret
        self.username: str = admin["email"]
        self.password: str = given.password
        self.entries_code: int | None = None
        """The code of API v1 that schedule entries are refused with, such as 2008 for a locked account; None for none."""
        self._identity = Identity(str(kept), (self.client_id, self.client_secret), admin["id"], token_ttl, clock)
        opened: dict[str, Operation] = {
            "GET /api/v1/schedules/:id/entries": self._entries,
            "POST /v2/enqueue": enqueue(self.routing_key),
            "POST /v2/change/enqueue": change(self.routing_key),
            "GET /oauth/authorize": self._identity.authorize,
            "POST /oauth/token": self._identity.token,
        }
        doors: dict[str, dict[str, tuple[Operation, bool]]] = {}
        for operations, guarded in ((opened, False), (OPERATIONS, True)):
            for what, operation in operations.items():
                method, template = what.split(" ")
                doors.setdefault(template, {})[method] = (operation, guarded)
        self._heads = {_head(template) for template in doors}
        self.app: Starlette = Starlette(routes=[*(self._door(account, *door) for door in doors.items()), self._wall()])

    def _planted(self, seed: int, incidents: int, ends: int) -> int:
        with self._store.transaction():
            kept = self._store.setting("seed")
            if kept is not None:
                return int(kept)
            plant(self._store, seed, incidents, ends)
            self._store.set("seed", str(seed))
        return seed

    def _door(self, account: Account, template: str, by_method: Mapping[str, tuple[Operation, bool]]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                self._gate.admit(f"{request.method} {template}")
                operation, guarded = by_method.get(request.method, (None, False))
                if operation is None:
                    raise Refused(405, 2100, f"{request.method} is not possible here")
                user_id = self._caller(request.headers) if guarded else None
                base = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
                query = request.query_params.multi_items()
                body = await request.body()
                call = Call(account, request.path_params, query, request.headers, body, base, user_id)
                with self._store.transaction():
                    return _answered(operation(call))
            except Refusal as refusal:
                return _refused(refusal)

        path = "/".join(f"{{{part[1:]}}}" if part.startswith(":") else part for part in template.split("/"))
        return Route(path, answer, methods=_EVERY)

    def _wall(self) -> Route:
        async def answer(request: Request) -> Response:
            try:
                self._gate.admit(f"{request.method} *")
                what = f"The path {request.url.path}"
                raise unknown(what)
            except Refusal as refusal:
                return _refused(refusal)

        return Route("/{path:path}", answer, methods=_EVERY)

    def _caller(self, headers: Mapping[str, str]) -> str | None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._identity.knows(given):
            return self._identity.user_id
        if scheme == "Token" and same(given.removeprefix("token="), self.api_key):
            return None
        raise Refused(401, 2006, "The key or the token is wrong, or has ended")

    def _entries(self, call: Call) -> Answer:
        code = self.entries_code
        if code is not None:
            raise Refused(500 if code == INTERNAL else 400, code, MESSAGES[code])
        return entries(call)

    def serves(self, path: str) -> bool:
        """Whether a path is one of PagerDuty's, or below one: none of PagerTree's is.

        Args:
            path: The path of a request.
        """
        return _head(path) in self._heads

    @property
    def requests(self) -> Counter[str]:
        """How many requests have come, by method and path template, such as `PUT /users/:id`."""
        return self._gate.requests

    def expire_tokens(self) -> None:
        """Refuse every OAuth token given so far from now on."""
        self._identity.expire()

    def count(self, plural: str) -> int:
        """How many objects of a kind there are.

        Args:
            plural: The kind's name, such as `incidents`.

        Raises:
            KeyError: There is no such kind.
        """
        return self._store.count(plural)

    def close(self) -> None:
        """Close the database; closing it again changes nothing."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _head(path: str) -> str:
    """What tells the API of a path: its first part, and of API v1 the version, too."""
    parts = path.split("/")
    return "/".join(parts[1:3] if parts[1:2] == ["api"] else parts[1:2])


def _refused(refusal: Refusal) -> Response:
    headers = dict(refusal.headers)
    if refusal.status == 429:
        headers |= {"ratelimit-limit": "1", "ratelimit-remaining": "0", "ratelimit-reset": "1"}
    return _answered(Answer(msgspec.json.encode(described(refusal)), refusal.status), headers)


def _answered(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    own = {"content-type": "application/json", "x-request-id": secrets.token_hex(16)}
    return Response(answer.body, answer.status, {**own, **(headers or {})})
