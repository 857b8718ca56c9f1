"""Whole lists, streamed and exported, against PagerDuty's own client and raw sockets: ``python -m benchmarks.lists``."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import raw
from benchmarks.measure import HEAD, Goal, Ratio
from benchmarks.server import ROWS, TOTAL, created, serving
from benchmarks.transports import BARE, libraries
from pagertree_async import AsyncPagerTree, lt
from pagertree_async.export import FORMATS, export
from pagertree_async.models import rows_reader
from pagertree_async.paging import read_envelope
from pagertree_async.transports import NAMES
from pagertree_async.v3.models import Alert

FAST = "aiohttp"
"""The fastest transport that is safe as a default."""
ROUNDS = 5

Subject = Callable[[], float]
"""Does its work once; returns rows a second."""


def peer(url: str, rows: int) -> Subject:
    """PagerDuty's own client, page after page."""
    import pagerduty

    def work() -> float:
        client = pagerduty.RestApiV2Client("token")
        client._url = url  # its setter wants https://; without TLS it is the faster
        started = time.perf_counter()
        seen = sum(1 for _, _ in zip(client.iter_all("incidents"), range(rows), strict=False))
        assert seen == rows
        return rows / (time.perf_counter() - started)

    return work


def _loop(main: Callable[[], Coroutine[Any, Any, None]], rows: int, *, uvloop: bool) -> float:
    factory = None
    if uvloop:
        from uvloop import new_event_loop as factory
    with asyncio.Runner(loop_factory=factory) as runner:
        started = time.perf_counter()
        runner.run(main())
        return rows / (time.perf_counter() - started)


def streamed(url: str, rows: int, width: int, transport: str | None = None, *, uvloop: bool = False) -> Subject:
    """Ours, typed, with several pages under way; one at a time when ``width`` is 1."""

    async def main() -> None:
        async with AsyncPagerTree("token", base_url=url, transport=transport) as client:
            listing = client.alerts.list(created_at=lt(created(rows)))
            seen = 0
            if width == 1:
                async for _ in listing:
                    seen += 1
            else:
                async with listing.concurrently(width) as alerts:
                    async for _ in alerts:
                        seen += 1
        assert seen == rows

    return lambda: _loop(main, rows, uvloop=uvloop)


def exported(
    url: str, rows: int, width: int, transport: str, format: str = "ndjson", *, uvloop: bool = False
) -> Subject:
    """Ours, to files that are fsynced and named when whole."""
    folder = Path(tempfile.mkdtemp())

    async def main() -> None:
        async with AsyncPagerTree("token", base_url=url, transport=transport) as client:
            until = None if rows == TOTAL else created(rows)
            report = await export(client, folder, only=["alerts"], format=format, until=until, at_once=width)
        assert report.rows == rows, report

    def work() -> float:
        try:
            return _loop(main, rows, uvloop=uvloop)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return work


def bare(url: str, rows: int, width: int, library: str) -> Subject:
    """An HTTP library alone, typed, with several pages under way in one pool."""

    async def main() -> None:
        read = rows_reader(Alert)
        seen = 0
        waiting = deque[asyncio.Task[bytes]]()
        async with BARE[library]() as get:
            for offset in range(0, rows + width * ROWS, ROWS):
                if offset < rows:
                    waiting.append(asyncio.ensure_future(get(f"{url}/alert?limit={ROWS}&offset={offset}")))
                if len(waiting) >= width or (offset >= rows and waiting):
                    seen += len(read(read_envelope(await waiting.popleft()).data))
        assert seen == rows

    return lambda: _loop(main, rows, uvloop=False)


def over_sockets(url: str, rows: int, width: int, *, uvloop: bool = False) -> Subject:
    """Raw sockets, typed."""
    return lambda: _loop(lambda: raw.typed(url, rows, width), rows, uvloop=uvloop)


def to_lines(url: str, rows: int, width: int, *, uvloop: bool = False) -> Subject:
    """Raw sockets, to a file."""

    async def main() -> None:
        with tempfile.TemporaryFile() as file:
            await raw.lines(url, rows, width, file)

    return lambda: _loop(main, rows, uvloop=uvloop)


def subjects(near: str, far: str) -> dict[str, Subject]:
    """Everything that is measured, against a server that answers at once and one 20 ms away."""
    found = {
        "peer 0": peer(near, 5_000),
        "default 0": streamed(near, 20_000, 8),
        "fast 0": streamed(near, 40_000, 8, FAST),
        "export 0": exported(near, 100_000, 8, FAST),
        "raw lines 0": to_lines(near, 100_000, 8),
        "peer 20": peer(far, 2_000),
        "default 8": streamed(far, 20_000, 8),
        "default 32": streamed(far, 40_000, 32),
        "fast 64": streamed(far, 100_000, 64, FAST),
        "raw 64": over_sockets(far, 100_000, 64),
        "export 100": exported(far, TOTAL, 100, FAST),
        "raw serial": over_sockets(far, 1_000, 1),
        "raw 32": over_sockets(far, 40_000, 32),
    }
    for name in libraries():
        found |= {
            f"{name} serial": streamed(far, 1_000, 1, name),
            f"{name} 32": streamed(far, 40_000, 32, name),
            f"bare {name} serial": bare(far, 1_000, 1, name),
            f"bare {name} 32": bare(far, 40_000, 32, name),
        }
    if "parquet" in FORMATS and find_spec("pyarrow"):
        found["parquet 32"] = exported(far, 50_000, 32, FAST, "parquet")
    if find_spec("uvloop"):
        found |= {
            "fast 0 uv": streamed(near, 40_000, 8, FAST, uvloop=True),
            "export 0 uv": exported(near, 100_000, 8, FAST, uvloop=True),
            "fast 64 uv": streamed(far, 100_000, 64, FAST, uvloop=True),
            "raw 64 uv": over_sockets(far, 100_000, 64, uvloop=True),
            "export 100 uv": exported(far, TOTAL, 100, FAST, uvloop=True),
        }
    return found


def compared() -> Iterator[tuple[str, str, str, Goal]]:
    """Each HTTP library, alone and beneath ours, one page after another and with 32 under way; and raw sockets."""
    for way, of in (("one page at a time", "serial"), ("32 pages under way", "32")):
        what = f"typed stream, 20 ms, {way}"
        yield f"{what}, raw sockets / peer", f"raw {of}", "peer 20", Goal()
        for name in NAMES:
            yield f"{what}, {name} alone / peer", f"bare {name} {of}", "peer 20", Goal()
            yield f"{what}, ours over {name} / peer", f"{name} {of}", "peer 20", Goal()


GOALS = (
    ("typed stream at once, default / peer", "default 0", "peer 0", Goal(least=1.1)),
    ("typed stream at once, fast / peer", "fast 0", "peer 0", Goal(least=4.5)),
    ("NDJSON export at once, fast / peer", "export 0", "peer 0", Goal(least=6)),
    ("NDJSON export at once, fast / raw sockets", "export 0", "raw lines 0", Goal(least=0.4)),
    ("typed stream, 20 ms, 8 pages under way, default / peer", "default 8", "peer 20", Goal(least=8)),
    ("typed stream, 20 ms, 32 pages under way, default / peer", "default 32", "peer 20", Goal(least=15)),
    ("typed stream, 20 ms, 64 pages under way, fast / peer", "fast 64", "peer 20", Goal(least=55)),
    ("typed stream, 20 ms, 64 pages under way, fast / raw sockets", "fast 64", "raw 64", Goal(least=0.85)),
    ("NDJSON export, 20 ms, 100 pages under way, fast / peer", "export 100", "peer 20", Goal(least=65)),
    ("Parquet export, 20 ms, 32 pages under way, fast / peer", "parquet 32", "peer 20", Goal(least=25)),
    *compared(),
    ("typed stream at once, fast on uvloop / peer", "fast 0 uv", "peer 0", Goal()),
    ("NDJSON export at once, fast on uvloop / peer", "export 0 uv", "peer 0", Goal()),
    ("typed stream, 20 ms, 64 pages under way, fast on uvloop / peer", "fast 64 uv", "peer 20", Goal()),
    ("typed stream, 20 ms, 64, fast on uvloop / raw sockets on uvloop", "fast 64 uv", "raw 64 uv", Goal()),
    ("NDJSON export, 20 ms, 100 pages under way, fast on uvloop / peer", "export 100 uv", "peer 20", Goal()),
)


def measured(rounds: int = ROUNDS) -> list[Ratio]:
    """Every ratio, each of two things that were measured in the same round."""
    with ExitStack() as stack:
        near, far = stack.enter_context(serving()), stack.enter_context(serving(0.02))
        chosen = subjects(near, far)
        times: dict[str, list[float]] = {name: [] for name in chosen}
        for count in range(rounds + 1):
            for name, work in chosen.items():
                speed = work()
                if count:  # the first round warms up
                    times[name].append(speed)
    for name, speeds in times.items():
        print(f"  {name}: {statistics.median(speeds):,.0f} rows a second", file=sys.stderr)
    return [
        Ratio.of(what, [a / b for a, b in zip(times[first], times[second], strict=True)], goal)
        for what, first, second, goal in GOALS
        if first in times
    ]


def main() -> None:
    """Print a table."""
    print(HEAD)
    for ratio in measured(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS):
        print(ratio.row())


if __name__ == "__main__":
    main()
