"""Every benchmark in one run; prints the table that the README shows."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version

from benchmarks import crowds, decoding, limits, lists, single, starting, telling
from benchmarks.measure import HEAD, Ratio

COMPARED = ("httpx", "aiohttp", "pagerduty", "msgspec")


def main() -> None:
    """Run everything and print a table."""
    started = time.perf_counter()
    print(f"CPython {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in COMPARED)}\n")
    print(HEAD)
    found: list[Ratio] = []
    for part in (single, telling, crowds, decoding, starting, limits, lists):
        for ratio in part.measured():
            print(ratio.row(), flush=True)
            found.append(ratio)
    missed = [ratio.name for ratio in found if not ratio.goal.met(ratio.middle)]
    print(f"\nMissed: {'; '.join(missed) or 'none'}.")
    print(f"All of it took {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
