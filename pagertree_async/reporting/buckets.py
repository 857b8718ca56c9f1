"""The stretches that a chart over time has a column for: days, or longer where there would be too many."""

from __future__ import annotations

from datetime import date, timedelta

from pagertree_async.reporting.clock import Period, midnight
from pagertree_async.reporting.words import MONTHS

LIMITS = (("day", 1, 124), ("week", 7, 210), ("month", 30, 240))
"""How many columns there may be at most of each unit, with about how many days it has."""


def unit_of(period: Period) -> str:
    """The shortest of ``day``, ``week``, ``month`` and ``year`` of which a period has not too many."""
    return next((unit for unit, days, limit in LIMITS if period.days <= days * limit), "year")


def begins(period: Period, unit: str) -> list[date]:
    """The first day of each day, week, month or year that a period touches."""
    day = _first(period.first, unit)
    found: list[date] = []
    while day <= period.last:
        found.append(day)
        day = _next(day, unit)
    return found


def torn(period: Period, unit: str) -> list[str]:
    """Which of the ``first`` and the ``last`` lies only partly in the period."""
    first, after = _first(period.first, unit), _next(_first(period.last, unit), unit)
    told = (
        ("first", midnight(first, period.zone) < period.since),
        ("last", midnight(after, period.zone) > period.until),
    )
    return [name for name, partly in told if partly]


def _first(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day if unit == "day" else date(day.year, day.month if unit == "month" else 1, 1)


def _next(day: date, unit: str) -> date:
    if unit == "month":
        return date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date(day.year + 1, 1, 1) if unit == "year" else day + timedelta(days=7 if unit == "week" else 1)


def short(day: date, unit: str, *, years: bool) -> str:
    """What is written below a column.

    Args:
        day: Its first day.
        unit: How long it is.
        years: Whether the year is to be told.
    """
    if unit == "year":
        return str(day.year)
    month = MONTHS[day.month - 1]
    if unit == "month":
        return f"{month} {day.year}"
    return f"{day.day} {month} {day.year}" if years else f"{day.day} {month}"


def long(day: date, unit: str) -> str:
    """What a column is of.

    >>> long(date(2026, 6, 1), "day"), long(date(2026, 6, 1), "month")
    ('Mon 2026-06-01', '2026-06')
    """
    if unit == "day":
        return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {day}"
    return {"week": f"week of {day}", "month": f"{day:%Y-%m}", "year": f"{day:%Y}"}[unit]
