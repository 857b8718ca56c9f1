"""Run by itself: ``python -m tests.chaos.memory MODE TRANSPORT URL`` prints how much memory answers take, as JSON."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import anyio

from pagertree_async import AsyncPagerTree, PagerTree, PagerTreeError

KINDS = ("bomb", "bomb in chunks", "deflate bomb", "body", "body in chunks", "body of an error", "head")


def peak() -> int:
    """The most memory that this process had so far, in KiB."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)


async def awaited(client: AsyncPagerTree, call: str) -> str:
    """What became of a call."""
    try:
        await client.request("GET", f"/{call}")
    except PagerTreeError as error:
        return type(error).__name__
    return "answered"


def called(client: PagerTree, call: str) -> str:
    """What became of a call."""
    try:
        client.request("GET", f"/{call}")
    except PagerTreeError as error:
        return type(error).__name__
    return "answered"


def main(mode: str, transport: str, url: str) -> dict[str, Any]:
    """Make a normal call, and then one of each kind."""
    results: dict[str, Any] = {}

    async def scenario() -> None:
        async with AsyncPagerTree("a-token", base_url=url, transport=transport) as client:
            assert "answered" == await awaited(client, "normal")
            results["before"] = peak()
            for kind in KINDS:
                results[kind] = (await awaited(client, kind.replace(" ", "-")), peak())

    if mode == "blocking":
        with PagerTree("a-token", base_url=url, transport=transport) as client:
            assert "answered" == called(client, "normal")
            results["before"] = peak()
            for kind in KINDS:
                results[kind] = (called(client, kind.replace(" ", "-")), peak())
    else:
        anyio.run(scenario, backend=mode)
    return results


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])), flush=True)
    os._exit(0)  # pyreqwest may abort a process that ends in the usual way right after a client was closed
