"""Every benchmark in one run; prints the table that the README shows."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
import time

import anyio
import httpx

from benchmarks.measure import HEAD, Ratio, cpu, paired
from benchmarks.server import alert, serving
from pagertree_async import AsyncPagerTree, PagerTree, Request, Response

CALLS = 300
PAGES = 60
ID = str(alert(1)["id"])


def one_call(url: str) -> list[Ratio]:
    """One object, call after call: CPU of the client's process."""

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

    return [
        paired(
            "one call, awaited: CPU / httpx and json", lambda: anyio.run(ours), lambda: anyio.run(theirs), goal="≤ 1.1"
        ),
        paired("one call, blocking: CPU / httpx and json", ours_blocking, theirs_blocking, goal="≤ 1.1"),
    ]


def streamed_page(url: str) -> list[Ratio]:
    """A list of typed alerts, page after page: CPU of the client's process."""

    async def ours() -> None:
        async with AsyncPagerTree("token", base_url=url) as client:
            seen = 0
            async for page in client.alerts.list(limit=100).pages():
                seen += 1
                if seen == PAGES:
                    break
                assert len(page.data) == 100

    async def theirs() -> None:
        async with httpx.AsyncClient(base_url=url, headers={"authorization": "token"}) as client:
            for number in range(PAGES):
                answer = await client.get("/alert", params={"limit": 100, "offset": number * 100})
                assert len(json.loads(answer.content)["data"]) == 100

    return [
        paired(
            "one page of 100 typed alerts, awaited: CPU / httpx and json",
            lambda: anyio.run(ours),
            lambda: anyio.run(theirs),
        )
    ]


def at_once(url: str) -> list[Ratio]:
    """Many calls at once through one client: the throughput of 100 at once over that of 8."""

    def ours(width: int) -> float:
        async def main() -> float:
            async with AsyncPagerTree("token", base_url=url) as client:

                async def worker(count: int) -> None:
                    for _ in range(count):
                        await client.alerts.retrieve(ID)

                async def burst(total: int) -> None:
                    await asyncio.gather(*(worker(total // width) for _ in range(width)))

                await burst(width)
                start = time.perf_counter()
                await burst(800)
                return (800 // width * width) / (time.perf_counter() - start)

        return asyncio.run(main())

    def theirs(width: int) -> float:
        async def main() -> float:
            async with httpx.AsyncClient(base_url=url) as client:

                async def worker(count: int) -> None:
                    for _ in range(count):
                        await client.get(f"/alert/{ID}")

                async def burst(total: int) -> None:
                    await asyncio.gather(*(worker(total // width) for _ in range(width)))

                await burst(width)
                start = time.perf_counter()
                await burst(800)
                return (800 // width * width) / (time.perf_counter() - start)

        return asyncio.run(main())

    def ratio(name: str, throughput: object, goal: str) -> Ratio:
        values = sorted(throughput(100) / throughput(8) for _ in range(7))  # type: ignore[operator]
        return Ratio(name, values[3], values[0], values[-1], goal)

    return [
        ratio("100 calls at once / 8 at once, throughput", ours, "≥ 0.85"),
        ratio("the same with a bare httpx.AsyncClient", theirs, ""),
    ]


def layer() -> str:
    """What a call costs above the transport: endpoint, session, decoding, with a transport that answers from memory."""
    answer = Response(status=200, body=json.dumps(alert(1)).encode())
    calls = 20_000

    class Memory:
        def send(self, request: Request) -> Response:
            return answer

    with PagerTree("token", base_url="https://api.test", transport=Memory()) as client:

        def work() -> None:
            for _ in range(calls):
                client.alerts.retrieve(ID)

        work()
        best = min(cpu(work) for _ in range(5))
    return f"A call costs {best / calls * 1e6:.1f} µs of CPU above its transport (goal: 25 at most)."


def main() -> None:
    """Run everything and print a table."""
    started = time.perf_counter()
    print(f"CPython {platform.python_version()}, httpx {httpx.__version__}, {platform.machine()}\n")
    print(HEAD)
    with serving() as url:
        for measure in (one_call, streamed_page, at_once):
            for ratio in measure(url):
                print(ratio.row())
                sys.stdout.flush()
    print(f"\n{layer()}")
    print(f"All of it took {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
