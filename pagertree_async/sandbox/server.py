"""The sandbox: an account of PagerTree's on the caller's own machine."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

from starlette.applications import Starlette

from pagertree_async.sandbox.auth import Tokens
from pagertree_async.sandbox.doors import Gate, broken, wall
from pagertree_async.sandbox.limits import RateLimit
from pagertree_async.sandbox.store import Store
from pagertree_async.sandbox.v3.logins import Logins
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import RESOURCES
from pagertree_async.sandbox.v3.routes import routes
from pagertree_async.sandbox.v3.seed import access, plant


class Sandbox:
    """A PagerTree account that lives in SQLite and is served by an ASGI application.

    The application never suspends, so it can be driven without an event loop, and it may be called from several threads.

    Args:
        path: The database file, or `:memory:`. A file that has an account already is served as it is.
        seed: What a new account's data depends on; the same seed gives the same bytes.
        size: About how many objects a new account has.
        alerts: How many alerts a new account has, exactly; None lets the size decide.
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
        rate: float | None = None,
        burst: int | None = None,
        retry_after: bool = True,
        token_ttl: float = 3600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if size < 0 or (alerts is not None and alerts < 0):
            raise ValueError("size and alerts must not be negative")
        self._gate = Gate(RateLimit(rate, burst, retry_after, clock))
        self._store = Store(path, [resource.table for resource in RESOURCES.values()])
        try:
            kept = self._planted(seed, size, alerts)
        except BaseException:
            self._store.close()
            raise
        entry = access(kept)
        self.username = entry.username
        self.password = entry.password
        self.api_key = entry.api_key
        self.api_secret = entry.api_secret
        self._admin_id = entry.admin_id
        records = Records(self._store, clock, str(kept), entry.account_id)
        tokens = Tokens(f"tokens of {kept}".encode(), token_ttl, clock)
        self._logins = Logins(records, tokens, (entry.api_key, entry.api_secret), entry.admin_id)
        self.app = Starlette(
            routes=[*routes(records, self._logins, self._gate), wall(self._gate)],
            exception_handlers={Exception: broken},
        )

    def _planted(self, seed: int, size: int, alerts: int | None) -> int:
        with self._store.transaction():
            kept = self._store.setting("seed")
            if kept is not None:
                return int(kept)
            plant(self._store, seed, size, alerts)
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

    def count(self, resource: str) -> int:
        """How many objects of a resource there are.

        Args:
            resource: The resource's name, such as `alert` or `incident`.

        Raises:
            KeyError: There is no such resource.
        """
        return self._store.count(resource)

    def close(self) -> None:
        """Close the database; closing it again changes nothing."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
