"""The three ways to use a client, so that a test written once runs in each of them."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import anyio

from pagertree_async.calling import drive
from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport

R = TypeVar("R")

MODES = ("asyncio", "trio", "blocking")


class Mode:
    """One way to use a client: in tasks of asyncio or trio, or blocking without any event loop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.blocking = name == "blocking"

    def run(self, scenario: Callable[..., Coroutine[Any, Any, R]], *args: Any) -> R:
        """Run a scenario to its end; in blocking mode nothing in it may suspend."""
        if self.blocking:
            return drive(scenario(*args))
        return anyio.run(scenario, *args, backend=self.name)

    def client(self, auth: Any = "a-token", **settings: Any) -> Any:
        """A client of this mode."""
        from pagertree_async import AsyncPagerTree, PagerTree

        settings.setdefault("base_url", "https://api.test")
        return (PagerTree if self.blocking else AsyncPagerTree)(auth, **settings)

    def on(self, app: Any, auth: Any, **settings: Any) -> Any:
        """A client of this mode whose requests an ASGI app answers in this process."""
        transport = (ASGITransport if self.blocking else AsyncASGITransport)(app)
        return self.client(auth, transport=transport, **settings)

    async def close(self, client: Any) -> None:
        """Close a client of this mode."""
        await got(client.close() if self.blocking else client.aclose())


async def got(value: Awaitable[R] | R) -> R:
    """What a call gives in any mode: its result, awaited where it is a coroutine."""
    return await value if inspect.isawaitable(value) else value


async def rows(listing: Any) -> list[Any]:
    """Every item that iterating gives, in any mode."""
    return [item async for item in each(listing)]


async def each(listing: Any) -> Any:
    """Iterate over a list in the way of its mode."""
    try:
        items = iter(listing)
    except TypeError:
        async for item in listing:
            yield item
    else:
        for item in items:
            yield item
