"""Pairs of measurements, taken in turn in one run, and the ratio of each pair: what a noisy machine can still tell."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Goal(NamedTuple):
    """What a ratio, or a cost, is to be at least or at most."""

    least: float | None = None
    most: float | None = None

    def met(self, value: float) -> bool:
        """Whether it is."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        if self.least is not None:
            return f"≥ {self.least:g}"
        return "" if self.most is None else f"≤ {self.most:g}"


NONE = Goal()


class Ratio(NamedTuple):
    """The ratio of two things over several pairs, or what something costs over several rounds."""

    name: str
    middle: float
    low: float
    high: float
    goal: Goal = NONE

    @classmethod
    def of(cls, name: str, values: Sequence[float], goal: Goal = NONE) -> Ratio:
        """The median of some values, with the least and the greatest."""
        return cls(name, statistics.median(values), min(values), max(values), goal)

    def row(self) -> str:
        """A row of a Markdown table."""
        missed = "" if self.goal.met(self.middle) else ", **missed**"
        return (
            f"| {self.name} | {_short(self.middle)} | {_short(self.low)} to {_short(self.high)} | {self.goal}{missed} |"
        )


def _short(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


HEAD = "| what | median | spread | goal |\n| --- | --- | --- | --- |"


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
    goal: Goal = NONE,
) -> Ratio:
    """``first`` over ``second``, measured in turn; one round before that is not counted."""
    clock(first), clock(second)
    return Ratio.of(name, [clock(first) / clock(second) for _ in range(pairs)], goal)
