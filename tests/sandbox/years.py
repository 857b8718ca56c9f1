"""Generated schedules over a year with two clock changes, and what the recurrence library says of them."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, HOURLY, MO, MONTHLY, WEEKLY, YEARLY, rrule

LIBRARY = {"hourly": HOURLY, "daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY, "yearly": YEARLY}
UNITS = ("daily", "daily", "daily", "weekly", "weekly", "weekly", "monthly", "yearly")
HOUR, DAY = 3600, 86_400
START, END = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
SCHEDULES = 200
PEOPLE = ("p1", "p2", "p3", "p4")

Turn = tuple[int, int, int, tuple[str, ...]]
"""Start and end in unix seconds, the layer, and who is on call."""


@dataclass(frozen=True)
class Rule:
    """When an event takes place.

    Attributes:
        zone: Whose clock on the wall the repeats keep to.
        start: When the first occurrence begins, in unix seconds.
        end: When it ends.
        unit: What the repeats are counted in, None for an event that takes place once.
        interval: How many units lie between two.
        days: The days of the week on which alone it takes place, 0 for Sunday; all where none are named.
        last: The moment after which none begins any more, in unix seconds.
    """

    zone: ZoneInfo
    start: int
    end: int
    unit: str | None
    interval: int = 1
    days: tuple[int, ...] = ()
    last: int | None = None

    def wall(self, moment: int) -> datetime:
        """What the clock on the wall shows at a moment."""
        return datetime.fromtimestamp(moment, self.zone).replace(tzinfo=None)

    def unix(self, wall: datetime) -> int:
        """What a time on the wall is in unix seconds; of one that comes twice, the first."""
        return int(wall.replace(tzinfo=self.zone).timestamp())

    def occurrences(self) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of every occurrence until the year's end, by the rule walked from its beginning."""
        begins, length = self.wall(self.start), self.wall(self.end) - self.wall(self.start)
        walls: Iterable[datetime] = [begins]
        if self.unit is not None:
            walls = rrule(
                LIBRARY[self.unit],
                interval=self.interval,
                dtstart=begins,
                wkst=MO,
                byweekday=[(6, 0, 1, 2, 3, 4, 5)[day] for day in self.days] or None,
                until=datetime.fromtimestamp(END + 3 * DAY, UTC).replace(tzinfo=None),
            )
        for number, wall in enumerate(walls):
            exact = wall == begins
            start, end = (self.start, self.end) if exact else (self.unix(wall), self.unix(wall + length))
            if start < end and (self.last is None or start <= self.last):
                yield number, start, end


@dataclass
class Changed:
    """An occurrence in whose place another event stands.

    Attributes:
        turn: The occurrence.
        start: When the other begins, in unix seconds.
        end: When it ends.
        layer: Its layer.
        person: Who is on call in it.
    """

    turn: Turn
    start: int
    end: int
    layer: int
    person: str


@dataclass
class Planned:
    """An event of a schedule.

    Attributes:
        rule: When it takes place.
        layer: Its layer.
        people: Its attendees.
        rotation: Whether they take turns.
        left_out: The occurrences that do not take place.
        changed: Those in whose place others stand.
    """

    rule: Rule
    layer: int
    people: tuple[str, ...]
    rotation: bool
    left_out: list[Turn] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)

    def occurrences(self) -> Iterator[Turn]:
        """What would take place without exceptions and changes."""
        for number, start, end in self.rule.occurrences():
            yield start, end, self.layer, (self.people[number % len(self.people)],) if self.rotation else self.people

    def turns(self) -> Iterator[Turn]:
        """What takes place: the occurrences but for exceptions, and what stands in for those that were changed."""
        gone = {turn[0] for turn in self.left_out} | {one.turn[0] for one in self.changed}
        yield from (turn for turn in self.occurrences() if turn[0] not in gone)
        yield from ((one.start, one.end, one.layer, (one.person,)) for one in self.changed)


def planned(rng: random.Random, zone: ZoneInfo, layer: int, units: Sequence[str], *, rotations: bool) -> Planned:
    """One event, with its exceptions and changes.

    Args:
        rng: What is drawn from.
        zone: Its zone.
        layer: Its layer.
        units: What it may be repeated by.
        rotations: Whether its attendees may take turns.
    """
    unit = None if rng.random() < 0.05 else rng.choice(units)
    wall = datetime(rng.choice((2022, 2024, 2024, 2025)), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23))
    wall += timedelta(days=rng.randint(0, 3), minutes=30 * rng.randint(0, 1))
    hours = rng.choice({"hourly": (1, 6), "daily": (8, 12, 24), "weekly": (12, 48, 168)}.get(unit or "", (24, 72)))
    begins, ends = (int(one.replace(tzinfo=zone).timestamp()) for one in (wall, wall + timedelta(hours=hours)))
    end_of = datetime(2025, rng.randint(1, 12), rng.randint(1, 28), 11, tzinfo=zone)
    rule = Rule(
        zone,
        begins,
        ends,
        unit,
        rng.choice((12, 36)) if unit == "hourly" else rng.choice((1, 1, 1, 2, 3)),
        rng.choice(((), (1, 2, 3, 4, 5), (0, 6), (3,))) if unit in {"daily", "weekly"} else (),
        int(end_of.timestamp()) if unit and rng.random() < 0.3 else None,
    )
    people = tuple(rng.sample(PEOPLE, rng.randint(1, 3)))
    made = Planned(rule, layer, people, rotation=rotations and rng.random() < 0.6)
    if unit is None:
        return made
    within = [turn for turn in made.occurrences() if START <= turn[0] and turn[1] <= END]
    chosen = rng.sample(within, min(len(within), 4))
    made.left_out = chosen[:2]
    for turn in chosen[2:]:
        # Whole half hours on the wall, and none that come twice.
        start = rule.unix(rule.wall(turn[0] + rng.randrange((turn[1] - turn[0]) // 1800) * 1800))
        end = rule.unix(rule.wall(start + rng.choice((HOUR, 5 * HOUR, 30 * HOUR))))
        if start < end:
            made.changed.append(Changed(turn, start, end, rng.choice((1, layer)), rng.choice(PEOPLE)))
    return made


def schedule(number: int, zones: Iterable[str], units: Sequence[str] = UNITS, *, rotations: bool) -> list[Planned]:
    """The events of a schedule, different for every number: several, on several layers, in two zones.

    Args:
        number: Which schedule.
        zones: The zones that its events may have, by their names in the time zone database.
        units: What they may be repeated by.
        rotations: Whether attendees may take turns.
    """
    rng = random.Random(f"year {number}")
    two = [ZoneInfo(name) for name in rng.sample(sorted(zones), 2)]
    layers = [1, 2, *(rng.randint(1, 3) for _ in range(rng.randint(0, 2)))]
    return [planned(rng, rng.choice(two), layer, units, rotations=rotations) for layer in layers]


def touching(turns: Iterable[Turn], start: int, end: int) -> list[Turn]:
    """What takes place within a stretch of time."""
    return [turn for turn in turns if turn[0] < end and turn[1] > start]


def moments(whole: Sequence[Turn], number: int) -> list[int]:
    """Moments to ask about: any of the year, and the beginnings of some turns."""
    rng = random.Random(number)
    return [START + rng.randrange(END - START), *(turn[0] for turn in rng.sample(whole, min(2, len(whole))))]


@functools.cache
def changes_of(zone: ZoneInfo) -> list[int]:
    """When the clocks of a zone are set within the year, to the hour."""
    offsets = [(at, datetime.fromtimestamp(at, zone).utcoffset()) for at in range(START, END, HOUR)]
    return [at for (_, before), (at, after) in zip(offsets, offsets[1:], strict=False) if before != after]


def assert_covered(made: Sequence[Sequence[Planned]], zones: Iterable[str], units: Sequence[str]) -> None:
    """Generated schedules have every unit and zone, several layers, exceptions, changes and ends."""
    events = [one for each in made for one in each]
    assert {None, *units} == {one.rule.unit for one in events}
    assert set(zones) == {one.rule.zone.key for one in events}
    assert {2} == {len(changes_of(ZoneInfo(zone))) for zone in zones}
    assert all(len({one.layer for one in each}) > 1 for each in made)
    assert all(any(getattr(one.rule, name) for one in events) for name in ("days", "last"))
    assert sum(any(one.changed for one in each) and any(one.left_out for one in each) for each in made) > len(made) / 2
    assert any(one.rule.interval == 3 and one.rule.days for one in events)
    assert any(one.rule.last and len(one.people) == 3 for one in events)
    assert 30_000 < sum(len(touching(one.turns(), START, END)) for one in events)
