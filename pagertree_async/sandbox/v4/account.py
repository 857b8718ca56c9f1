"""The account that API v4 serves, made when it is first asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from starlette.routing import Route

from pagertree_async.sandbox.doors import Gate
from pagertree_async.sandbox.store import Store
from pagertree_async.sandbox.v3.words import EPOCH
from pagertree_async.sandbox.v4.keys import Keys
from pagertree_async.sandbox.v4.records import Records, table_of
from pagertree_async.sandbox.v4.resources import RESOURCES
from pagertree_async.sandbox.v4.routes import routes
from pagertree_async.sandbox.v4.seed import account_id, admin_id, plant


class Account:
    """The v4 side of the sandbox's account.

    Args:
        store: Where the objects are.
        clock: Gives the time in unix seconds.
        seed: What the account's data depends on.
    """

    def __init__(self, store: Store, clock: Callable[[], float], seed: int) -> None:
        self._store = store
        self._seed = seed
        self._ready = False
        self._lock = threading.Lock()
        self._records = Records(store, clock, str(seed), account_id(seed))
        self._keys = Keys(f"keys of {seed}".encode())
        self.api_key: str = self._keys.make(admin_id(seed))

    @staticmethod
    def order(store: Store, size: int, alerts: int | None, ends: int) -> None:
        """Say how large the account is to be, for when it is first asked for.

        Args:
            store: Where it is to be.
            size: About how many objects it has.
            alerts: How many alerts it has; None lets the size decide.
            ends: When its past ends, in unix seconds.
        """
        store.set("v4", json.dumps([size, alerts, ends]))

    def records(self) -> Records:
        """The account's objects, made now if they were not before."""
        with self._lock:
            if not self._ready:
                self._plant()
                self._ready = True
        return self._records

    def _plant(self) -> None:
        with self._store.transaction():
            ordered = self._store.setting("v4")
            if ordered != "made":
                size, alerts, ends = json.loads(ordered) if ordered else (0, None, EPOCH)
                plant(self._store, self._seed, size, alerts, ends)
                self._store.set("v4", "made")

    def routes(self, gate: Gate) -> list[Route]:
        """The paths of the API.

        Args:
            gate: What every request passes first.
        """
        return routes(self.records, self._keys, gate)

    def key_of(self, person_id: str) -> str:
        """The API key of an account user.

        Args:
            person_id: Either of the account user's ids.

        Raises:
            LookupError: There is no such account user.
        """
        person = self.records().get("account_users", person_id)
        if person is None:
            message = f"there is no account user {person_id!r}"
            raise LookupError(message)
        return self._keys.make(person["id"])

    def count(self, name: str) -> int:
        """How many objects of a resource there are.

        Args:
            name: The resource's name, such as `alerts`.

        Raises:
            KeyError: There is no such resource.
        """
        RESOURCES[name]
        return self.records().store.count(table_of(name))
