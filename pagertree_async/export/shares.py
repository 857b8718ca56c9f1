"""How what is left of a list is divided, so that all who could read it have about as much to do."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heapreplace

WORTH_SPLITTING = 1_000
"""What has fewer rows is not divided: to count two costs more than reading them."""


def edges(pieces: Iterable[tuple[int, int]], more: int) -> list[int]:
    """Where to divide pieces of a list, so that the largest that come of it are as small as can be.

    Args:
        pieces: Where each begins and ends.
        more: How many more of them there may be.

    >>> edges([(0, 8_000), (8_000, 10_000)], 3)
    [2000, 4000, 6000]
    """
    given = [(low, high) for low, high in pieces if high - low >= WORTH_SPLITTING]
    parts = [1] * len(given)
    largest = [(low - high, number) for number, (low, high) in enumerate(given)]
    heapify(largest)
    for _ in range(more if largest else 0):
        size, number = largest[0]
        if -size < WORTH_SPLITTING:
            break
        parts[number] += 1
        low, high = given[number]
        heapreplace(largest, ((low - high) // parts[number], number))
    return [
        low + (high - low) * part // count
        for (low, high), count in zip(given, parts, strict=True)
        for part in range(1, count)
    ]
