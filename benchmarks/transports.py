"""Each transport against its own bare library and against the others: ``python -m benchmarks.transports``.

All that is installed is measured in turn, in rounds, in one run; what is printed is the median of the rounds. uvloop is
measured too where it is installed; a program asks for it with ``anyio.run(main, backend_options={"use_uvloop": True})``.
"""

from __future__ import annotations

import asyncio
import faulthandler
import platform
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from benchmarks.server import alert, serving
from pagertree_async import Request, Timeout
from pagertree_async.transports import NAMES, by_name

WIDTHS = (1, 8, 32, 100)
SECONDS = 0.2
"""How long one subject runs in one round."""
ROUNDS = 3
LIMIT = 100
Get = Callable[[str], Awaitable[bytes]]
Opens = Callable[[], AbstractAsyncContextManager[Get]]
"""Opens something that gets the body that is at an address."""
UNSAFE = {"pyreqwest"}
"""Never a default: see the module of the transport."""


class Rate(NamedTuple):
    """How many calls a second, and how much of this process's CPU each took, in microseconds."""

    calls: float
    cpu: float


def ours(name: str) -> Opens:
    """A transport of ours."""

    @asynccontextmanager
    async def opens() -> AsyncIterator[Get]:
        transport = by_name(name, blocking=False, max_connections=LIMIT)
        timeout = Timeout()

        async def get(url: str) -> bytes:
            return (
                await transport.send(
                    Request(method="GET", url=url, deadline=time.monotonic() + timeout.attempt, timeout=timeout)
                )
            ).body

        try:
            yield get
        finally:
            await transport.aclose()  # type: ignore[attr-defined]

    return opens


@asynccontextmanager
async def bare_httpx() -> AsyncIterator[Get]:
    """HTTPX itself."""
    import httpx

    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=LIMIT), timeout=20) as client:

        async def get(url: str) -> bytes:
            return (await client.get(url)).content

        yield get


@asynccontextmanager
async def bare_httpx2() -> AsyncIterator[Get]:
    """HTTPX2 itself."""
    import httpx2

    async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=LIMIT), timeout=20) as client:

        async def get(url: str) -> bytes:
            return (await client.get(url)).content

        yield get


@asynccontextmanager
async def bare_aiohttp() -> AsyncIterator[Get]:
    """Aiohttp itself."""
    import aiohttp

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=LIMIT), timeout=aiohttp.ClientTimeout(total=20)
    ) as session:

        async def get(url: str) -> bytes:
            async with session.get(url) as answer:
                return await answer.read()

        yield get


@asynccontextmanager
async def bare_pyreqwest() -> AsyncIterator[Get]:
    """Pyreqwest itself."""
    from datetime import timedelta

    from pyreqwest.client import ClientBuilder

    client = ClientBuilder().max_connections(LIMIT).timeout(timedelta(seconds=20)).build()

    async def get(url: str) -> bytes:
        return bytes(await (await client.get(url).build().send()).bytes())

    yield get
    await client.close()


BARE: dict[str, Opens] = {
    "httpx": bare_httpx,
    "httpx2": bare_httpx2,
    "aiohttp": bare_aiohttp,
    "pyreqwest": bare_pyreqwest,
}


async def rate(opens: Opens, url: str, width: int) -> Rate:
    """The rate of one subject, after it has opened its connections."""
    async with opens() as get:

        async def worker(until: float) -> int:
            count = 0
            while time.perf_counter() < until:
                await get(url)
                count += 1
            return count

        async def all_of_them(seconds: float) -> int:
            until = time.perf_counter() + seconds
            return sum(await asyncio.gather(*(worker(until) for _ in range(width))))

        await all_of_them(0.02)
        start, cpu = time.perf_counter(), time.process_time()
        count = await all_of_them(SECONDS)
        return Rate(count / (time.perf_counter() - start), (time.process_time() - cpu) / count * 1e6)


def once(opens: Opens, url: str, width: int, loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> Rate:
    """The same in an event loop of its own."""
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(rate(opens, url, width))


def blocking(name: str) -> Callable[[str], AbstractContextManager[Callable[[], object]]]:
    """A transport of ours for blocking code."""

    @contextmanager
    def opens(url: str) -> Iterator[Callable[[], object]]:
        transport = by_name(name, blocking=True)
        yield lambda: transport.send(Request(method="GET", url=url, deadline=time.monotonic() + 20)).body
        transport.close()  # type: ignore[attr-defined]

    return opens


@contextmanager
def bare_blocking(url: str) -> Iterator[Callable[[], object]]:
    """HTTPX itself, blocking."""
    import httpx

    with httpx.Client() as client:
        yield lambda: client.get(url).content


def blocking_rate(opens: Callable[[str], AbstractContextManager[Callable[[], object]]], url: str) -> Rate:
    """The rate of blocking calls, one after the other."""
    with opens(url) as send:
        send()
        start, cpu, count = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() < start + SECONDS:
            send()
            count += 1
        return Rate(count / (time.perf_counter() - start), (time.process_time() - cpu) / count * 1e6)


def middle(rates: list[Rate]) -> Rate:
    """The median of some rates."""
    return Rate(statistics.median(each.calls for each in rates), statistics.median(each.cpu for each in rates))


def against_bare(what: str, url: str, widths: tuple[int, ...], names: list[str]) -> dict[tuple[str, int], Rate]:
    """A table of each transport beside its bare library, and the rates of ours."""
    print(f"\n{what}\n\n| | at once | calls a second | CPU, µs a call | calls / bare (spread) | CPU / bare (spread) |")
    print("| --- | --- | --- | --- | --- | --- |")
    found: dict[tuple[str, int], Rate] = {}
    for width in widths:
        mine: dict[str, list[Rate]] = {name: [] for name in names}
        theirs: dict[str, list[Rate]] = {name: [] for name in names}
        for _ in range(ROUNDS):
            for name in names:
                mine[name].append(once(ours(name), url, width))
                theirs[name].append(once(BARE[name], url, width))
        for name in names:
            found[name, width] = mid = middle(mine[name])
            pairs = list(zip(mine[name], theirs[name], strict=True))
            calls = spread([a.calls / b.calls for a, b in pairs])
            cpu = spread([a.cpu / b.cpu for a, b in pairs])
            print(f"| {name} | {width} | {mid.calls:,.0f} | {mid.cpu:.0f} | {calls} | {cpu} |", flush=True)
    return found


def spread(ratios: list[float]) -> str:
    """The median of some ratios, with the least and the greatest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def installed(package: str) -> str | None:
    """Its version, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def libraries() -> list[str]:
    """The HTTP libraries that are installed."""
    return [name for name in NAMES if installed(name)]


def main() -> None:
    """Run everything and print the tables."""
    started = time.perf_counter()
    faulthandler.dump_traceback_later(300, exit=True)  # whatever hangs is to be seen
    names = libraries()
    versions = ", ".join(f"{name} {installed(name)}" for name in (*NAMES, "uvloop"))
    print(f"CPython {platform.python_version()}, {versions}, {platform.machine()}")
    with serving() as root:
        one, page = f"{root}/alert/{alert(1)['id']}", f"{root}/alert?limit=100&offset=0"
        objects = against_bare("One object of 0.5 KB", one, WIDTHS, names)
        pages = against_bare("A page of 57 KB", page, (32,), names)

        print("\nBlocking, one after the other\n\n| | calls a second | CPU, µs a call |\n| --- | --- | --- |")
        subjects = {"httpx itself": bare_blocking} | {name: blocking(name) for name in names if name not in UNSAFE}
        subjects |= {f"portal:{name}": blocking(f"portal:{name}") for name in names if name != "httpx2"}
        rates: dict[str, list[Rate]] = {name: [] for name in subjects}
        for _ in range(ROUNDS):
            for name, opens in subjects.items():
                rates[name].append(blocking_rate(opens, one))
        for name, each in rates.items():
            print(f"| {name} | {middle(each).calls:,.0f} | {middle(each).cpu:.0f} |")

        if installed("uvloop"):
            import uvloop

            print(
                "\nOver uvloop, against asyncio's own event loop\n\n| | at once | CPU / asyncio (spread) |\n| --- | --- | --- |"
            )
            for name in names:
                for url, what in ((one, "objects"), (page, "pages")):
                    ratios = [
                        once(ours(name), url, 32, uvloop.new_event_loop).cpu / once(ours(name), url, 32).cpu
                        for _ in range(ROUNDS)
                    ]
                    print(f"| {name} | 32 {what} | {spread(ratios)} |", flush=True)

    safe = [name for name in names if name not in UNSAFE]
    by_object = max(safe, key=lambda name: objects[name, 32].calls)
    by_page = max(safe, key=lambda name: pages[name, 32].calls)
    by_cpu = min(safe, key=lambda name: objects[name, 32].cpu)
    print(
        f"\nFastest of those that are safe as a default, at 32 at once: {by_object} (objects), {by_page} (pages), {by_cpu} (CPU)."
    )
    print(f"All of it took {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
