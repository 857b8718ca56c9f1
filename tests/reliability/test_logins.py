"""Login under load, over a real socket: once for everybody, whether it succeeds, fails, or is cancelled."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from pagertree_async import AsyncPagerTree, AuthenticationError, Hooks, Login, PagerTree
from pagertree_async.auth import Ask, Credentials, Token
from pagertree_async.calling import BlockingLock, Lock, drive
from tests.core.test_auth import together
from tests.modes import Mode
from tests.rawserver import Connection, RawRequest, RawServer, hang, json_answer
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


class Logins:
    """A server whose first logins never end, and which knows one token then."""

    def __init__(self, hanging: int) -> None:
        self.hanging = hanging
        self.seen = 0

    def __call__(self, connection: Connection, request: RawRequest) -> bool | None:
        if request.target != "/public/login":
            return (TEAMS if request.header("authorization") == "a-token" else REFUSED)(connection, request)
        self.seen += 1
        return (hang if self.seen <= self.hanging else TOKEN)(connection, request)


TEAMS = json_answer({"data": [{"id": "tem_1"}], "has_more": False, "total_count": 1})
REFUSED = json_answer({"message": "who are you?"}, 401)
TOKEN = json_answer({"token": "a-token"})
CANCELLED = 10


def test_a_failing_login_is_one_attempt_that_fails_all(mode: Mode) -> None:
    """Fifty at once with a wrong password make one login, and each gets an error of its own."""
    waiting: list[Any] = []
    logins: list[str] = []

    def refuse(connection: Connection, request: RawRequest) -> bool | None:
        logins.append(request.target)
        until = time.monotonic() + 10
        while len(waiting) < MANY - 1 and time.monotonic() < until:
            time.sleep(0.002)
        return REFUSED(connection, request)

    async def scenario(url: str) -> list[Any]:
        auth = Login("ada@example.com", "a-wrong-password")
        client = mode.client(auth, base_url=url, hooks=Hooks(on_wait=waiting.append))
        results = await together(mode, MANY, lambda: first(client))
        await mode.close(client)
        return results

    with RawServer(refuse) as server:
        results = mode.run(scenario, server.url)
    assert [AuthenticationError] * MANY == [type(result) for result in results]
    assert MANY == len({id(result) for result in results})
    assert ["/public/login"] == logins
    assert "a-wrong-password" not in "".join(map(str, results))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_leader_hands_over(backend: str) -> None:
    """When the task that logs in is cancelled, ten times over, the next logs in and all who are left succeed."""
    logins, results = Logins(CANCELLED), []
    turns: list[anyio.CancelScope] = []

    async def scenario(url: str) -> None:
        auth = Login("ada@example.com", "a-long-password")
        async with AsyncPagerTree(auth, base_url=url) as client, anyio.create_task_group() as tasks:

            async def call() -> None:
                with anyio.CancelScope() as scope:
                    turns.append(scope)
                    results.append(await client.teams.list(limit=1).first())

            for _ in range(MANY):
                tasks.start_soon(call)
            for number in range(CANCELLED):
                with anyio.fail_after(10):
                    while logins.seen == number:
                        await anyio.sleep(0.002)
                turns[number].cancel()  # those who wait are let in as they came

    with RawServer(logins) as server:
        anyio.run(scenario, server.url, backend=backend)
    assert (MANY - CANCELLED, CANCELLED + 1) == (len(results), logins.seen)


def test_an_interrupted_leader_hands_over() -> None:
    """When Ctrl-C ends the thread's call that logs in, another thread logs in and all the others succeed."""
    logins, results = Logins(1), []
    with (
        RawServer(logins) as server,
        PagerTree(Login("ada@example.com", "a-long-password"), base_url=server.url) as client,
    ):

        def call() -> None:
            results.append(first(client))

        threads = [threading.Thread(target=call) for _ in range(MANY - 1)]

        def begin() -> None:
            until = time.monotonic() + 10
            while not logins.seen and time.monotonic() < until:
                time.sleep(0.002)
            for thread in threads:
                thread.start()
            os.kill(os.getpid(), signal.SIGINT)

        beginning = threading.Thread(target=begin)
        beginning.start()
        with pytest.raises(KeyboardInterrupt):
            call()
        for thread in (beginning, *threads):
            thread.join(10)
    assert (MANY - 1, 2) == (len(results), logins.seen)


def test_a_leader_that_is_interrupted_before_it_begins_leaves_no_lock() -> None:
    """A Ctrl-C that comes as soon as the lock is acquired keeps no other thread from logging in."""
    credentials = Credentials(Login("ada@example.com", "a-long-password"), BlockingLock)

    async def send(ask: Ask, take: Any) -> Any:
        return Token("a-token")

    async def interrupted(lock: Lock) -> bool:
        assert await lock.acquire(1)
        raise KeyboardInterrupt

    async def waits(lock: Lock) -> bool:
        return await lock.acquire(1)

    with pytest.raises(KeyboardInterrupt):
        drive(credentials.obtain(None, send, interrupted))
    with ThreadPoolExecutor() as another:
        headers = another.submit(lambda: drive(credentials.obtain(None, send, waits))).result()
    assert headers is credentials.headers
