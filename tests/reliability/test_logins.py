"""Login under load, over a real socket: once for everybody, whether it succeeds, fails, or is cancelled."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import pytest

from pagertree_async import AsyncPagerTree, AuthenticationError, Login, RetryPolicy
from tests.core.test_auth import together
from tests.modes import Mode
from tests.reliability.conftest import Served

MANY = 50


def test_an_expired_token_makes_one_login(mode: Mode, served: Served) -> None:
    """Fifty at once make one login on first need, and one when their token has expired; none of them notices."""
    sandbox = served.sandbox

    async def scenario() -> list[int]:
        client = mode.client(Login(sandbox.username, sandbox.password), base_url=served.url)
        logins = []
        for _ in range(3):
            results = await together(mode, MANY, lambda: first(client))
            assert [1] * MANY == [len(page.data) for page in results]
            logins.append(sandbox.logins)
            sandbox.expire_tokens()
        await mode.close(client)
        return logins

    assert [1, 2, 3] == mode.run(scenario)


def first(client: Any) -> Any:
    """The first page of a list, to be awaited or at hand."""
    return client.teams.list(limit=1).first()


async def held(lock: Any, *, task_status: Any) -> None:
    """Hold a lock for a moment."""
    assert await lock.acquire(1)
    task_status.started()
    await anyio.sleep(0.3)
    lock.release()


def test_a_failing_login_is_one_attempt_that_fails_all(mode: Mode, served: Served) -> None:
    """Fifty at once with a wrong password make one login, and each gets an error of its own."""

    async def scenario() -> list[Any]:
        auth = Login(served.sandbox.username, "a-wrong-password")
        client = mode.client(auth, base_url=served.url, retry=RetryPolicy(attempts=1))
        lock = client._session._credentials._lock
        if mode.blocking:
            assert await lock.acquire(1)  # so that all of them wait before the first begins
            timer = threading.Timer(0.3, lock.release)
            timer.start()
            results = await together(mode, MANY, lambda: first(client))
            timer.join()
        else:
            async with anyio.create_task_group() as tasks:
                await tasks.start(held, lock)
                results = await together(mode, MANY, lambda: first(client))
        await mode.close(client)
        return results

    results = mode.run(scenario)
    assert [AuthenticationError] * MANY == [type(result) for result in results]
    assert MANY == len({id(result) for result in results})
    assert 1 == served.sandbox.logins
    assert "a-wrong-password" not in "".join(map(str, results))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_leader_hands_over(backend: str, served: Served) -> None:
    """When the task that logs in is cancelled, again and again, the next logs in and all who are left succeed."""
    sandbox = served.sandbox

    async def scenario() -> int:
        results: list[Any] = []
        auth = Login(sandbox.username, sandbox.password)
        async with AsyncPagerTree(auth, base_url=served.url) as client, anyio.create_task_group() as tasks:
            scopes = [anyio.CancelScope() for _ in range(MANY)]

            async def call(scope: anyio.CancelScope) -> None:
                with scope:
                    results.append(await client.teams.list(limit=1).first())

            for scope in scopes:
                tasks.start_soon(call, scope)
            for scope in scopes[:10]:
                await anyio.sleep(0.002)
                scope.cancel()
        return len(results)

    assert anyio.run(scenario, backend=backend) >= MANY - 10
    assert 1 <= sandbox.logins <= 11
