"""Run by itself: ``python -m tests.reliability.sharing FILE URL RATE`` makes calls, paced through a file, until it is told.

It says that it is ready, begins when a line comes in with the time to end at, and then says how many calls it made.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter

from pagertree_async import FilePace, PagerTree

THREADS = 3
"""So many that one is always waiting for its turn."""


def main(path: str, url: str, rate: str) -> int:
    """Call as often as the file allows, from several threads; returns how many calls were made."""
    made: Counter[int] = Counter()
    with PagerTree("a-token", base_url=url, rate_limiter=FilePace(path, float(rate))) as client:

        def work(number: int, end: float) -> None:
            while time.monotonic() < end:
                client.alerts.retrieve("alt_1")
                made[number] += 1

        print("ready", flush=True)
        end = float(sys.stdin.readline())
        threads = [threading.Thread(target=work, args=(number, end)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return made.total()


if __name__ == "__main__":
    print(main(*sys.argv[1:]), flush=True)
