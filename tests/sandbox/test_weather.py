"""A sandbox that is far away and in use."""

from __future__ import annotations

import time
from typing import Any

import anyio

from pagertree_async import AsyncPagerTree, Token
from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.store import Store, Table
from pagertree_async.sandbox.weather import Weather
from pagertree_async.transports.asgi import AsyncASGITransport


def test_answers_take_their_time() -> None:
    """The latency is waited for before each answer."""
    with Sandbox(size=10) as sandbox:
        transport = AsyncASGITransport(sandbox.in_weather(latency=0.05))

        async def scenario() -> float:
            async with AsyncPagerTree(
                Token(sandbox.token()), base_url="https://api.test", transport=transport
            ) as client:
                start = time.monotonic()
                await client.alerts.list()
                return time.monotonic() - start

        assert 0.05 <= anyio.run(scenario) < 1.0


def test_rows_come_and_go() -> None:
    """Each page of alerts that is read changes so many of them; their number stays."""
    with Sandbox(alerts=300, size=0) as sandbox:
        before = {alert["id"] for alert in sandbox._store.all("alert")}
        transport = AsyncASGITransport(sandbox.in_weather(churn=0.025))

        async def scenario() -> None:
            async with AsyncPagerTree(
                Token(sandbox.token()), base_url="https://api.test", transport=transport
            ) as client:
                for _ in range(4):
                    await client.alerts.list(limit=100)
                await client.teams.list()

        anyio.run(scenario)
        after = sandbox._store.all("alert")
    assert (300, 310) == (len(after), after[-1]["tinyId"])
    assert 9 <= len({alert["id"] for alert in after} - before) <= 10
    assert sorted(alert["createdAt"] for alert in after) == [alert["createdAt"] for alert in after]


def test_still_air() -> None:
    """Without any, the application is the sandbox's own."""
    with Sandbox(size=0) as sandbox:
        assert sandbox.app is sandbox.in_weather()


def test_nothing_to_change() -> None:
    """An empty table stays empty."""
    store = Store(":memory:", [Table("alert")])
    called: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        called.append(scope["path"])

    weather = Weather(app, store, churn=1.0, clock=lambda: 0.0)
    anyio.run(weather, {"type": "http", "method": "GET", "path": "/alert"}, None, None)
    assert (["/alert"], 0) == (called, store.count("alert"))
    store.close()
