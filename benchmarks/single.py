"""One call: what it costs beside a bare HTTP library, above its transport, and through the blocking facade."""

from __future__ import annotations

import json
import time

import anyio
import httpx

from benchmarks.measure import Goal, Ratio, cpu, paired
from benchmarks.server import alert, serving
from pagertree_async import AsyncPagerTree, PagerTree, Request, Response

CALLS = 300
PAGES = 60
ID = str(alert(1)["id"])


def beside_httpx(url: str) -> list[Ratio]:
    """One object, and one page, call after call: CPU of the client's process."""

    async def ours() -> None:
        async with AsyncPagerTree("token", base_url=url) as client:
            for _ in range(CALLS):
                await client.alerts.retrieve(ID)

    async def theirs() -> None:
        async with httpx.AsyncClient(base_url=url, headers={"authorization": "token"}) as client:
            for _ in range(CALLS):
                json.loads((await client.get(f"/alert/{ID}")).content)

    def ours_blocking() -> None:
        with PagerTree("token", base_url=url) as client:
            for _ in range(CALLS):
                client.alerts.retrieve(ID)

    def theirs_blocking() -> None:
        with httpx.Client(base_url=url, headers={"authorization": "token"}) as client:
            for _ in range(CALLS):
                json.loads(client.get(f"/alert/{ID}").content)

    async def our_pages() -> None:
        async with AsyncPagerTree("token", base_url=url) as client:
            seen = 0
            async for page in client.alerts.list(limit=100).pages():
                assert len(page.data) == 100
                seen += 1
                if seen == PAGES:
                    break

    async def their_pages() -> None:
        async with httpx.AsyncClient(base_url=url, headers={"authorization": "token"}) as client:
            for number in range(PAGES):
                answer = await client.get("/alert", params={"limit": 100, "offset": number * 100})
                assert len(json.loads(answer.content)["data"]) == 100

    return [
        paired(
            "one call, awaited: CPU / httpx and json",
            lambda: anyio.run(ours),
            lambda: anyio.run(theirs),
            goal=Goal(most=1.1),
        ),
        paired("one call, blocking: CPU / httpx and json", ours_blocking, theirs_blocking, goal=Goal(most=1.1)),
        paired(
            "one page of 100 typed alerts, awaited: CPU / httpx and json",
            lambda: anyio.run(our_pages),
            lambda: anyio.run(their_pages),
        ),
    ]


def layers() -> list[Ratio]:
    """What a call costs above its transport, and what blocking adds to it, in µs of CPU, over a transport of memory."""
    answer = Response(status=200, body=json.dumps(alert(1)).encode())
    calls = 10_000

    class Memory:
        def send(self, request: Request) -> Response:
            return answer

    class AsyncMemory:
        async def send(self, request: Request) -> Response:
            return answer

    def blocking() -> float:
        with PagerTree("token", base_url="https://api.test", transport=Memory()) as client:

            def work() -> None:
                for _ in range(calls):
                    client.alerts.retrieve(ID)

            work()
            return cpu(work) / calls * 1e6

    async def awaited() -> float:
        async with AsyncPagerTree("token", base_url="https://api.test", transport=AsyncMemory()) as client:
            for _ in range(calls):
                await client.alerts.retrieve(ID)
            start = time.process_time()
            for _ in range(calls):
                await client.alerts.retrieve(ID)
            return (time.process_time() - start) / calls * 1e6

    pairs = [(blocking(), anyio.run(awaited)) for _ in range(7)]
    return [
        Ratio.of("one call above its transport, µs", [each for each, _ in pairs], Goal(most=25)),
        Ratio.of("the same blocking less awaited, µs", [a - b for a, b in pairs], Goal(most=3)),
    ]


def measured() -> list[Ratio]:
    """All of them."""
    with serving() as url:
        return [*beside_httpx(url), *layers()]
