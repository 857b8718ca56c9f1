"""Rows in the order of a moment that they have, kept in memory: where a moment lies among them is a matter of bisection."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range of moments.

    Args:
        moment: The moment, as the rows have it.
        included: Whether rows of that very moment belong to the range.
    """

    moment: str
    included: bool


@dataclass(frozen=True, slots=True)
class Along:
    """What a question asks for, when it goes along the order of an attribute.

    Args:
        attribute: The attribute, at the top of the object; an empty text for the order of creation itself.
        low: Where the range begins, or None.
        high: Where it ends, or None.
        descending: Whether it is gone through from its end to its beginning.
        where: An SQL condition over `body` that the rows fulfil beside that, or an empty text.
        values: What the placeholders of the condition stand for.
    """

    attribute: str
    low: Bound | None = None
    high: Bound | None = None
    descending: bool = False
    where: str = ""
    values: tuple[str | int | float, ...] = ()


class Order:
    """The numbers of rows, in the order of a moment; those without one come first.

    Args:
        rows: Each row's moment and number, in that order.
    """

    def __init__(self, rows: Iterable[tuple[str | None, int]]) -> None:
        self._without = array("q")
        self._moments: list[str] = []
        self._numbers = array("q")
        for moment, number in rows:
            if moment is None:
                self._without.append(number)
            else:
                self._moments.append(moment)
                self._numbers.append(number)

    def add(self, moment: str | None, number: int) -> None:
        """Take a row in."""
        if moment is None:
            self._without.insert(bisect_left(self._without, number), number)
            return
        place = self._place(moment, number)
        self._moments.insert(place, moment)
        self._numbers.insert(place, number)

    def remove(self, moment: str | None, number: int) -> None:
        """Take a row out."""
        if moment is None:
            del self._without[bisect_left(self._without, number)]
            return
        place = self._place(moment, number)
        del self._moments[place]
        del self._numbers[place]

    def _place(self, moment: str, number: int) -> int:
        low, high = bisect_left(self._moments, moment), bisect_right(self._moments, moment)
        return bisect_left(self._numbers, number, low, high)

    def page(self, along: Along, offset: int, limit: int) -> tuple[list[int], int]:
        """Some of the rows of a range.

        Args:
            along: The range, and which way it is gone through.
            offset: How many to leave out at the start.
            limit: How many to give at most.

        Returns:
            Their numbers, and how many rows the range has.
        """
        low, high = 0, len(self._moments)
        if along.low is not None:
            low = (bisect_left if along.low.included else bisect_right)(self._moments, along.low.moment)
        if along.high is not None:
            high = (bisect_right if along.high.included else bisect_left)(self._moments, along.high.moment)
        within = max(0, high - low)
        without = self._without if along.low is None and along.high is None else array("q")
        total = len(without) + within
        places = range(offset, min(offset + limit, total))
        if along.descending:
            return [
                self._backwards(high - 1 - place) if place < within else without[place - within] for place in places
            ], total
        return [
            without[place] if place < len(without) else self._numbers[low + place - len(without)] for place in places
        ], total

    def _backwards(self, place: int) -> int:
        """The row at a place when moments go backwards: those of one moment stay in the order of their creation."""
        moment = self._moments[place]
        first, end = bisect_left(self._moments, moment), bisect_right(self._moments, moment)
        return self._numbers[first + end - 1 - place]
