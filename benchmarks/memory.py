"""What an export needs of memory: 1,000,000 rows against 10,000, each in a process of its own: ``python -m benchmarks.memory``.

Before that, what a list needs that is streamed with 32 pages under way, over the same client after its first page.

The peak of the resident set is what the system says of that process at its end, the interpreter and all libraries
included; ``--traced`` has Python's own allocations counted besides, which takes some times as long.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from benchmarks import server
from benchmarks.lists import FAST
from benchmarks.measure import Goal, Ratio
from benchmarks.server import alert, created
from pagertree_async.transports import NAMES

FEW, MANY = 10_000, 1_000_000
ROUNDS = 3
GOAL = Goal(most=1.0)
"""How many MB more the many may take."""
WINDOW, STREAMED = 32, 20_000
WINDOW_GOAL = Goal(most=6.0)
"""How many MB pages that are under way may take."""


class Made:
    """As many rows as are wanted, each made when it is asked for; selected and sorted by creation time.

    Args:
        total: How many there are.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.one = b""

    def alerts(self, query: bytes) -> bytes:
        """A page."""
        asked = {name: values[-1] for name, values in parse_qs(query.decode()).items()}
        first, end = 0, self.total
        if "createdAt" in asked:
            place = min(self.total, max(0, server._place(asked["createdAt"], after=False)))
            first, end = (0, place) if asked["ops"].endswith(":lt") else (place, self.total)
        begin, limit = first + int(asked["offset"]), int(asked["limit"])
        numbers = range(begin, min(end, begin + limit))
        if asked.get("sort", "").startswith("-"):
            numbers = range(end - 1 - int(asked["offset"]), max(first, end - int(asked["offset"]) - limit) - 1, -1)
        data = b",".join(json.dumps(alert(number), separators=(",", ":")).encode() for number in numbers)
        more = b"true" if begin + limit < end else b"false"
        return server._answer(b'{"data":[%s],"has_more":%s,"total_count":%d}' % (data, more, end - first))

    incidents = alerts


async def exported(url: str, rows: int, folder: str, settings: dict[str, Any]) -> None:
    """Export, and check that it is all there."""
    from pagertree_async import AsyncPagerTree
    from pagertree_async.export import export

    async with AsyncPagerTree("token", base_url=url, transport=settings["transport"]) as client:
        report = await export(
            client, folder, only=["alerts"], format=settings["format"], at_once=settings["at_once"], until=created(rows)
        )
    assert (rows, ()) == (report.rows, report.warnings), report


def child(url: str, rows: int, settings: dict[str, Any]) -> None:
    """Export in this process, and print what it took."""
    if settings["traced"]:
        tracemalloc.start()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=settings["folder"]) as folder:
        asyncio.run(exported(url, rows, folder, settings))
    told = {
        "rows": rows,
        "seconds": time.perf_counter() - began,
        "peak": peak(),
        "traced": tracemalloc.get_traced_memory()[1] / 1024**2 if settings["traced"] else None,
    }
    print(json.dumps(told))


STATUS = Path("/proc/self/status")


def peak() -> float:
    """The most that this process has had in memory so far, in MB."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # what getrusage tells of a process begins with what the one that started it had
    return int(STATUS.read_text().partition("VmHWM:")[2].split()[0]) / 1024


async def streamed(url: str, transport: str) -> float:
    """How many MB a list takes that is streamed with pages under way, over the client after its first page."""
    from pagertree_async import AsyncPagerTree, lt

    async with AsyncPagerTree("token", base_url=url, transport=transport) as client:
        listing = client.alerts.list(created_at=lt(created(STREAMED)), limit=100)
        seen = len((await listing).data) - 100
        idle = peak()
        async with listing.concurrently(WINDOW) as alerts:
            async for _ in alerts:
                seen += 1
    assert seen == STREAMED
    return peak() - idle


def measured(rounds: int = ROUNDS) -> list[Ratio]:
    """What pages under way take, with the default transport and with the fastest; each in a process of its own."""
    found: dict[str, list[float]] = {NAMES[0]: [], FAST: []}
    with server.serving(0.02) as url:
        for _ in range(rounds):
            for transport, told in found.items():
                command = [sys.executable, "-m", "benchmarks.memory", "--window", url, transport]
                told.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    return [
        Ratio.of(f"{WINDOW} pages under way over the idle client, {transport}, MB", told, WINDOW_GOAL)
        for transport, told in found.items()
    ]


def run(url: str, rows: int, settings: dict[str, Any]) -> dict[str, Any]:
    """Export in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", "--child", url, str(rows), json.dumps(settings)]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def main() -> int:
    """Measure, print each run and the difference of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--format", default="ndjson")
    parser.add_argument("--transport", default="aiohttp")
    parser.add_argument("--folder", type=Path, help="where the files go, to be removed again")
    parser.add_argument("--traced", action="store_true")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--window", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], int(given.child[1]), json.loads(given.child[2]))
        return 0
    if given.window:
        print(asyncio.run(streamed(*given.window)))
        return 0
    for ratio in measured():
        print(ratio.row(), flush=True)
    settings = {
        "at_once": given.at_once,
        "format": given.format,
        "transport": given.transport,
        "folder": str(given.folder) if given.folder else None,
        "traced": given.traced,
    }
    found: dict[int, list[dict[str, Any]]] = {given.few: [], given.many: []}
    with server.served(Made(max(found))) as url:
        for _ in range(given.rounds):
            for rows, told in found.items():
                told.append(run(url, rows, settings))
                one = told[-1]
                traced = "" if one["traced"] is None else f", {one['traced']:.2f} MB of Python's own"
                print(f"{rows:>9,} rows: {one['peak']:.2f} MB at its peak{traced}, {one['seconds']:.1f} s", flush=True)
    few, many = (statistics.median(one["peak"] for one in told) for told in found.values())
    told = "met" if GOAL.met(many - few) else "MISSED"
    print(f"{given.many:,} rows take {many - few:+.2f} MB over {given.few:,}; the goal of {GOAL} MB is {told}")
    return 0 if GOAL.met(many - few) else 1


if __name__ == "__main__":
    sys.exit(main())
