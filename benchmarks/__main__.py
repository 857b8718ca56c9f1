"""Every benchmark in one run; prints the table that the README shows."""

from __future__ import annotations

import platform
import time

from benchmarks import crowds, decoding, limits, lists, memory, single, starting, telling
from benchmarks.measure import HEAD, Ratio
from benchmarks.transports import installed

COMPARED = ("httpx", "httpx2", "aiohttp", "pyreqwest", "uvloop", "pagerduty", "msgspec")


def main() -> None:
    """Run everything and print a table."""
    started = time.perf_counter()
    versions = ", ".join(f"{name} {installed(name) or 'is not there'}" for name in COMPARED)
    print(f"CPython {platform.python_version()}, {versions}\n")
    print(HEAD)
    found: list[Ratio] = []
    for part in (single, telling, crowds, decoding, starting, limits, memory, lists):
        for ratio in part.measured():
            print(ratio.row(), flush=True)
            found.append(ratio)
    missed = [ratio.name for ratio in found if not ratio.goal.met(ratio.middle)]
    print(f"\nMissed: {'; '.join(missed) or 'none'}.")
    print(f"All of it took {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
