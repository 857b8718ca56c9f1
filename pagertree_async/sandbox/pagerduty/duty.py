"""Who is on call on a schedule made of layers and overrides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pagertree_async.sandbox.oncall import occurrences
from pagertree_async.sandbox.store import Object

_DAY = 86_400
YEARS = range(1971, 3000)
"""The years that schedules are reckoned in."""


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A stretch of time in which one user is on call.

    Args:
        start: When it begins, in unix seconds.
        end: When it ends, in unix seconds, itself no longer part of it.
        user_id: Who is on call.
    """

    start: int
    end: int
    user_id: str


def final(schedule: Object, overrides: Iterable[Object], since: float, until: float) -> list[Piece]:
    """The whole pieces of the final schedule that touch a stretch of time, the earliest first.

    An override goes over all layers, and each layer over those before it. What is left of a turn under an override are
    pieces of their own.

    Args:
        schedule: The schedule, with its layers.
        overrides: Its overrides.
        since: Where the stretch begins, in unix seconds.
        until: Where it ends, itself not included; the same as `since` for that moment.
    """
    layers: Sequence[Object] = schedule["schedule_layers"]
    reach = max([layer["rotation_turn_length_seconds"] for layer in layers], default=0) + 2 * _DAY
    start, end = since - reach, until + reach
    pieces = sorted(_overriding(overrides))
    for layer in reversed(layers):
        turns = list(_turns(layer, schedule["time_zone"], start, end))
        pieces += [left for turn in turns for left in _left(turn, pieces)]
    return sorted(one for one in pieces if (one.start < until or one.start <= since == until) and one.end > since)


def seconds(text: str) -> int:
    """Unix seconds of ISO 8601; what names no offset is in UTC.

    Args:
        text: The moment.

    Raises:
        ValueError: It is none, or in no year from 1971 to 2999.
    """
    moment = datetime.fromisoformat(text)
    if moment.year not in YEARS:
        raise ValueError("there are no schedules then")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def zoned(moment: int, zone: str) -> str:
    """A moment as PagerDuty writes it: ISO 8601 with the offset of a zone.

    Args:
        moment: Unix seconds.
        zone: The zone's name.
    """
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).isoformat()


def _overriding(overrides: Iterable[Object]) -> Iterator[Piece]:
    for one in overrides:
        yield Piece(seconds(one["start"]), seconds(one["end"]), one["user"]["id"])


def _turns(layer: Object, zone: str, start: float, end: float) -> Iterator[Piece]:
    """The turns of a layer: its own start and end cut them, its restrictions leave parts of them."""
    length: int = layer["rotation_turn_length_seconds"]
    users: list[str] = [entry["user"]["id"] for entry in layer["users"]]
    # Whole days come round after so many turns: as events that repeat by days, they keep to the clock on the wall.
    period = math.lcm(length * len(users), _DAY)
    first = seconds(layer["rotation_virtual_start"])
    begins = max(seconds(layer["start"]), start)
    ends = min(seconds(layer["end"]), end) if layer.get("end") else end
    for number in range(period // length):
        event = _event(first, number * length, length, zone, period // _DAY)
        for turn_start, turn_end in occurrences(event, begins, ends):
            whole = Piece(turn_start, turn_end, users[number % len(users)])
            cut = replace(whole, start=max(turn_start, seconds(layer["start"])))
            if layer.get("end"):
                cut = replace(cut, end=min(turn_end, seconds(layer["end"])))
            yield from _restricted(cut, layer.get("restrictions") or (), zone)


def _event(first: int, after: int, length: int, zone: str, days: int) -> Object:
    here = ZoneInfo(zone)
    local = datetime.fromtimestamp(first, here).replace(tzinfo=None) + timedelta(seconds=after)
    begins = int(local.replace(tzinfo=here).timestamp())
    ends = int((local + timedelta(seconds=length)).replace(tzinfo=here).timestamp())
    return {
        "start": begins,
        "end": ends,
        "timezone": zone,
        "repeat": True,
        "frequency": days,
        "frequency_unit": "daily",
    }


def _restricted(turn: Piece, restrictions: Iterable[Object], zone: str) -> Iterator[Piece]:
    windows = [window for one in restrictions for window in _windows(one, zone, turn)]
    if not restrictions:
        yield turn
    for start, end in sorted(set(windows)):
        yield replace(turn, start=max(start, turn.start), end=min(end, turn.end))


def _windows(restriction: Object, zone: str, turn: Piece) -> Iterator[tuple[int, int]]:
    weekly = restriction["type"] == "weekly_restriction"
    hour, minute, second = map(int, restriction["start_time_of_day"].split(":"))
    # A Monday well before anything: days of the week are counted from 1 for Monday.
    day = datetime(1990, 1, 1) + timedelta(days=restriction.get("start_day_of_week", 1) - 1 if weekly else 0)  # noqa: DTZ001 - a wall clock
    local = day + timedelta(hours=hour, minutes=minute, seconds=second)
    first = int(local.replace(tzinfo=ZoneInfo(zone)).timestamp())
    event: dict[str, Any] = _event(first, 0, restriction["duration_seconds"], zone, 7 if weekly else 1)
    return occurrences(event, turn.start, turn.end)


def _left(turn: Piece, over: Iterable[Piece]) -> list[Piece]:
    """What is left of a turn under the pieces that go over it."""
    rest = [turn]
    for piece in over:
        if piece.start < turn.end and piece.end > turn.start:
            rest = [
                replace(one, start=start, end=end)
                for one in rest
                for start, end in ((one.start, min(one.end, piece.start)), (max(one.start, piece.end), one.end))
                if start < end
            ]
    return rest
