"""What you ask of a list: comparisons for its filters, and how their values stand in an address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Generic, TypeAlias, TypeVar, cast

import msgspec
from msgspec import UnsetType

__all__ = ["Filter", "Op", "begins_with", "between", "contains", "gt", "gte", "lt", "lte", "ne"]

T = TypeVar("T")


class Op(msgspec.Struct, Generic[T], frozen=True):
    """A comparison other than equality, for one attribute of a list; made by the functions of this module.

    Attributes:
        name: The API's name for it.
        operands: What the attribute is compared with.
    """

    name: str
    operands: tuple[T, ...]


Filter: TypeAlias = T | Op[T] | UnsetType
"""An attribute a list can be filtered by: a value to equal, or a comparison."""


def ne(value: T) -> Op[T]:
    """Not equal to ``value``."""
    return Op("ne", (value,))


def lt(value: T) -> Op[T]:
    """Less than ``value``."""
    return Op("lt", (value,))


def lte(value: T) -> Op[T]:
    """Less than ``value``, or equal."""
    return Op("lte", (value,))


def gt(value: T) -> Op[T]:
    """Greater than ``value``."""
    return Op("gt", (value,))


def gte(value: T) -> Op[T]:
    """Greater than ``value``, or equal."""
    return Op("gte", (value,))


def begins_with(value: T) -> Op[T]:
    """Begins with ``value``."""
    return Op("beginsWith", (value,))


def contains(value: T) -> Op[T]:
    """Contains ``value``."""
    return Op("contains", (value,))


def between(low: T, high: T) -> Op[T]:
    """From ``low`` to ``high``, both included."""
    return Op("between", (low, high))


def text(value: object, *, unix: bool = False) -> str:
    """``value`` as it stands in an address.

    Args:
        value: A text, number, boolean, moment or comparison.
        unix: The API counts this attribute's moments in seconds since 1970.

    >>> text(datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC), unix=True)
    '1524787370'
    >>> text(datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC))
    '2018-04-27T00:02:50.000Z'
    """
    if isinstance(value, Op):
        operands = cast("tuple[object, ...]", value.operands)  # pyright: ignore[reportUnknownMemberType]
        return "..".join(text(operand, unix=unix) for operand in operands)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return str(seconds(value)) if unix else f"{value.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"
    return str(value)


def seconds(moment: datetime) -> int:
    """Whole seconds from 1970 to ``moment``."""
    return int(moment.timestamp() // 1)
