"""What makes a sandbox like a service far away that is in use: time that answers take, and rows that come and go."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from pagertree_async.sandbox.identity import token_of
from pagertree_async.sandbox.store import Store

ROWS = 100
"""Rows a page."""


class Weather:
    """An ASGI application before another.

    Args:
        app: The other one.
        store: Where the alerts are.
        latency: Seconds that an answer takes longer.
        churn: The part of a page of alerts that is deleted, and inserted anew, each time a page is read.
        seed: What chance depends on.
        clock: Gives the time in unix seconds.
    """

    def __init__(
        self,
        app: Any,
        store: Store,
        *,
        latency: float = 0.0,
        churn: float = 0.0,
        seed: int = 1,
        clock: Callable[[], float],
    ) -> None:
        self._app = app
        self._store = store
        self._latency = latency
        self._churn = churn
        self._chance = random.Random(f"weather of {seed}")  # noqa: S311 - not a secret
        self._seed = seed
        self._clock = clock
        self._due = 0.0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Wait, change what is to be changed, and have the request answered."""
        if self._latency:
            await asyncio.sleep(self._latency)
        if self._churn and scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/alert"):
            self._due += self._churn * ROWS
            while self._due >= 1:
                self._due -= 1
                self._change()
        await self._app(scope, receive, send)

    def _change(self) -> None:
        """Delete an alert, and insert another like it that has just come."""
        with self._store.transaction():
            number = self._store.next_number("alert")
            item = self._store.any("alert", self._chance.random())
            if item is None:
                return
            self._store.delete("alert", item["id"])
            now = datetime.fromtimestamp(self._clock(), UTC)
            fresh = item | {
                "id": f"alt_{token_of(self._seed, 'churn', number)}",
                "tinyId": number,
                "createdAt": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
            }
            self._store.insert("alert", [(number, fresh)])
