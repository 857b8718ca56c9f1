"""The sandbox: an account of PagerTree's on the caller's own machine."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from pagertree_async.sandbox.auth import Tokens
from pagertree_async.sandbox.doors import Gate, broken, wall
from pagertree_async.sandbox.limits import RateLimit
from pagertree_async.sandbox.store import Store
from pagertree_async.sandbox.v3.logins import Logins
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import RESOURCES
from pagertree_async.sandbox.v3.routes import routes
from pagertree_async.sandbox.v3.seed import access, plant
from pagertree_async.sandbox.v3.words import EPOCH as EPOCH  # noqa: PLC0414 - whoever makes a sandbox may ask for it
from pagertree_async.sandbox.v4.account import Account
from pagertree_async.sandbox.v4.resources import TABLES
from pagertree_async.sandbox.v4.slashes import Slashes
from pagertree_async.sandbox.weather import Weather


class Sandbox:
    """A PagerTree account that lives in SQLite and is served by an ASGI application.

    API v3 is at the root, API v4 below `/api/v4` with `v4_api_key`; each has an account of its own, with the same people.

    The application never suspends, so it can be driven without an event loop, and it may be called from several threads.

    Args:
        path: The database file, or `:memory:`. A file that has an account already is served as it is.
        seed: What a new account's data depends on; the same seed gives the same bytes.
        size: About how many objects a new account has.
        alerts: How many alerts a new account has, exactly; None lets the size decide.
        ends: When a new account's past ends, in unix seconds: by default, and not before, at the beginning of 2026 in UTC.
        rate: How many requests a second are let in; None for any number.
        burst: How many requests may come at once; None for one second's worth.
        retry_after: Whether a 429 says how many seconds to wait.
        token_ttl: How long a token is valid, in seconds.
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
        size: int = 1000,
        alerts: int | None = None,
        ends: int = EPOCH,
        rate: float | None = None,
        burst: int | None = None,
        retry_after: bool = True,
        token_ttl: float = 3600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if size < 0 or (alerts is not None and alerts < 0):
            raise ValueError("size and alerts must not be negative")
        if ends < EPOCH:
            raise ValueError("ends must not be before 2026-01-01")
        self._gate = Gate(RateLimit(rate, burst, retry_after, clock))
        self._store = Store(path, [*(resource.table for resource in RESOURCES.values()), *TABLES])
        try:
            kept = self._planted(seed, size, alerts, ends)
        except BaseException:
            self._store.close()
            raise
        self._clock = clock
        entry = access(kept)
        self.username: str = entry.username
        self.password: str = entry.password
        self.api_key: str = entry.api_key
        self.api_secret: str = entry.api_secret
        self._admin_id = entry.admin_id
        records = Records(self._store, clock, str(kept), entry.account_id)
        tokens = Tokens(f"tokens of {kept}".encode(), token_ttl, clock)
        self._logins = Logins(records, tokens, (entry.api_key, entry.api_secret), entry.admin_id)
        self._v4 = Account(self._store, clock, kept)
        self.v4_api_key: str = self._v4.api_key
        # An integration's path is in both versions: API v4 takes in events there, and goes first for that method alone.
        versions = [*self._v4.routes(self._gate), *routes(records, self._logins, self._gate)]
        # The vendor's API answers scripts of web pages, and takes a slash at a path's end.
        anywhere = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
        self.app: Starlette = Starlette(
            routes=[*versions, wall(self._gate)],
            middleware=[anywhere, Middleware(Slashes)],
            exception_handlers={Exception: broken},
        )

    def _planted(self, seed: int, size: int, alerts: int | None, ends: int) -> int:
        with self._store.transaction():
            kept = self._store.setting("seed")
            if kept is not None:
                return int(kept)
            plant(self._store, seed, size, alerts, ends)
            Account.order(self._store, size, alerts, ends)
            self._store.set("seed", str(seed))
        return seed

    @property
    def requests(self) -> Counter[str]:
        """How many requests have come, by method and path template, such as `PUT /alert/:id`."""
        return self._gate.requests

    @property
    def logins(self) -> int:
        """How many requests to log in have come."""
        return self.requests["POST /public/login"]

    def token(self, user_id: str | None = None) -> str:
        """A fresh token, as a login would give it.

        Args:
            user_id: Whose; None for the administrator's.

        Raises:
            LookupError: There is no such user.
        """
        return self._logins.token(self._admin_id if user_id is None else user_id)

    def expire_tokens(self) -> None:
        """Refuse every token given so far from now on."""
        self._logins.expire()

    def v4_key(self, account_user_id: str) -> str:
        """The API key with which an account user calls API v4; `v4_api_key` is the first administrator's.

        Args:
            account_user_id: Either of the account user's ids.

        Raises:
            LookupError: There is no such account user.
        """
        return self._v4.key_of(account_user_id)

    def count(self, resource: str) -> int:
        """How many objects of a resource there are.

        Args:
            resource: The resource's name, such as `alert` or `incident`; those of API v4 are `v4.alerts` and so on.

        Raises:
            KeyError: There is no such resource.
        """
        version, dot, name = resource.rpartition(".")
        if dot and version == "v4":
            return self._v4.count(name)
        return self._store.count(resource)

    def in_weather(self, *, latency: float = 0.0, churn: float = 0.0, app: Any = None) -> Any:
        """The application as of a service far away that is in use; it suspends while it waits.

        Args:
            latency: Seconds that an answer takes longer.
            churn: The part of a page of alerts that is deleted, and inserted anew, each time a page is read.
            app: An application that has this one in it, to take in its place.
        """
        behind = self.app if app is None else app
        if not latency and not churn:
            return behind
        return Weather(behind, self._store, latency=latency, churn=churn, clock=self._clock)

    def close(self) -> None:
        """Close the database; closing it again changes nothing."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
