"""Pairs of measurements, taken in turn in one run, and the ratio of each pair: what a noisy machine can still tell."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Ratio(NamedTuple):
    """The ratio of two things over several pairs."""

    name: str
    middle: float
    low: float
    high: float
    goal: str

    def row(self) -> str:
        """A row of a Markdown table."""
        return f"| {self.name} | {self.middle:.2f} | {self.low:.2f} to {self.high:.2f} | {self.goal} |"


HEAD = "| what | ratio (median) | spread | goal |\n| --- | --- | --- | --- |"


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU that ``work`` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wall(work: Callable[[], object]) -> float:
    """Seconds by the clock on the wall that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(
    name: str,
    first: Callable[[], object],
    second: Callable[[], object],
    *,
    clock: Callable[[Callable[[], object]], float] = cpu,
    pairs: int = 7,
    goal: str = "",
) -> Ratio:
    """``first`` over ``second``, measured in turn; one round before that is not counted."""
    clock(first), clock(second)
    ratios = [clock(first) / clock(second) for _ in range(pairs)]
    return Ratio(name, statistics.median(ratios), min(ratios), max(ratios), goal)
