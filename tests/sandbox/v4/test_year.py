"""Whole schedules over a year with two clock changes, as the sandbox answers, held against the recurrence library."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, HOURLY, MO, MONTHLY, WEEKLY, YEARLY, rrule

from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.identity import iso
from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Clock

ZONES = {
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Eastern Time (US & Canada)": "America/New_York",
    "Newfoundland": "America/St_Johns",
    "Santiago": "America/Santiago",
    "London": "Europe/London",
    "Berlin": "Europe/Berlin",
    "Sydney": "Australia/Sydney",
    "Auckland": "Pacific/Auckland",
}
"""Zones whose clocks are set twice in the year, on both halves of the earth."""
LIBRARY = {"hourly": HOURLY, "daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY, "yearly": YEARLY}
HOUR, DAY = 3600, 86_400
START, END = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
SCHEDULES = 200
PEOPLE = ("p1", "p2", "p3", "p4")

Turn = tuple[int, int, int, tuple[str, ...]]
"""Start and end in unix seconds, the layer, and who is on call."""


@dataclass
class Changed:
    """An occurrence in whose place another event stands.

    Attributes:
        turn: The occurrence.
        start: When the other begins, on the clock on the wall.
        end: When it ends there.
        layer: Its layer.
        person: Who is on call in it.
    """

    turn: Turn
    start: str
    end: str
    layer: int
    person: str


@dataclass
class Planned:
    """An event of a schedule.

    Attributes:
        body: What it is made of.
        people: Its attendees.
        left_out: The occurrences that do not take place.
        changed: Those in whose place others stand.
    """

    body: dict[str, Any]
    people: tuple[str, ...]
    left_out: list[Turn] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(ZONES[self.body["time_zone"]])

    def unix(self, wall: datetime) -> int:
        """What a time on the wall is in unix seconds; of one that comes twice, the first."""
        return int(wall.replace(tzinfo=self.zone).timestamp())

    def occurrences(self) -> Iterator[Turn]:
        """Every occurrence until the end of the year, from the library's rule walked from its beginning."""
        body = self.body
        begins, ends = (datetime.fromisoformat(body[name]) for name in ("start_time", "end_time"))
        walls = [begins]
        if body["repeat"]:
            days = [(6, 0, 1, 2, 3, 4, 5)[day] for day in body["days_of_week"]]
            walls = list(
                rrule(
                    LIBRARY[body["frequency_unit"]],
                    interval=body["frequency"],
                    dtstart=begins,
                    wkst=MO,
                    byweekday=days or None,
                    until=datetime.fromtimestamp(END + 3 * DAY, UTC).replace(tzinfo=None),
                )
            )
        for number, wall in enumerate(walls):
            start, end = self.unix(wall), self.unix(wall + (ends - begins))
            last = body.get("repeat_end_datetime")
            if start < end and (last is None or start <= datetime.fromisoformat(last).timestamp()):
                whose = (self.people[number % len(self.people)],) if body["rotation"] else self.people
                yield start, end, body["layer"], whose

    def turns(self) -> Iterator[Turn]:
        """What takes place: the occurrences but for exceptions, and what stands in for those that were changed."""
        gone = {turn[0] for turn in self.left_out} | {one.turn[0] for one in self.changed}
        yield from (turn for turn in self.occurrences() if turn[0] not in gone)
        for one in self.changed:
            start, end = (self.unix(datetime.fromisoformat(wall)) for wall in (one.start, one.end))
            yield start, end, one.layer, (one.person,)
            first, last, layer, whose = one.turn
            if first < min(start, last):
                yield first, min(start, last), layer, whose
            if max(end, first) < last:
                yield max(end, first), last, layer, whose


def event(rng: random.Random, zone: str, layer: int) -> Planned:
    """One event, with its exceptions and changes."""
    unit = rng.choice(("hourly", "daily", "daily", "daily", "weekly", "weekly", "weekly", "monthly", "yearly"))
    wall = datetime(rng.choice((2022, 2024, 2024, 2025)), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23))
    wall += timedelta(minutes=30 * rng.randint(0, 1))
    hours = {"hourly": (1, 6), "daily": (8, 12, 24), "weekly": (12, 48, 168)}.get(unit, (24, 72))
    body: dict[str, Any] = {
        "time_zone": zone,
        "start_time": f"{wall:%Y-%m-%d %H:%M}",
        "end_time": f"{wall + timedelta(hours=rng.choice(hours)):%Y-%m-%d %H:%M}",
        "layer": layer,
        "repeat": rng.random() < 0.95,
        "frequency": rng.choice((12, 36)) if unit == "hourly" else rng.choice((1, 1, 1, 2, 3)),
        "frequency_unit": unit,
        "days_of_week": rng.choice(([], [1, 2, 3, 4, 5], [0, 6], [3])) if unit in ("daily", "weekly") else [],
        "rotation": rng.random() < 0.6,
    }
    if rng.random() < 0.3:
        last = datetime(2025, rng.randint(1, 12), rng.randint(1, 28), 11, tzinfo=ZoneInfo(ZONES[zone]))
        body["repeat_end_datetime"] = last.isoformat()
    made = Planned(body, tuple(rng.sample(PEOPLE, rng.randint(1, 3))))
    if not body["repeat"]:
        return made
    within = [turn for turn in made.occurrences() if START <= turn[0] and turn[1] <= END]
    chosen = rng.sample(within, min(len(within), 4))
    made.left_out = chosen[:2]
    for turn in chosen[2:]:
        begins = turn[0] + rng.randrange((turn[1] - turn[0]) // 1800) * 1800
        ends = begins + rng.choice((HOUR, 5 * HOUR, 30 * HOUR))
        walls = [datetime.fromtimestamp(one, made.zone).replace(tzinfo=None) for one in (begins, ends)]
        if made.unix(walls[0]) < made.unix(walls[1]):
            start, end = (f"{one:%Y-%m-%d %H:%M}" for one in walls)
            made.changed.append(Changed(turn, start, end, rng.choice((1, layer)), rng.choice(PEOPLE)))
    return made


def schedule(number: int) -> list[Planned]:
    """The events of a schedule, different for every number: several, on several layers."""
    rng = random.Random(f"year {number}")
    zones = rng.sample(sorted(ZONES), 2)
    layers = [1, 2, *(rng.randint(1, 3) for _ in range(rng.randint(0, 2)))]
    return [event(rng, rng.choice(zones), layer) for layer in layers]


def touching(turns: list[Turn], start: int, end: int) -> list[Turn]:
    """What takes place within a stretch of time."""
    return [turn for turn in turns if turn[0] < end and turn[1] > start]


def turns_of(events: list[Planned]) -> list[Turn]:
    """All that takes place until the end of the year, in order."""
    return sorted(turn for one in events for turn in one.turns())


class Calendar:
    """An account that is asked."""

    def __init__(self, sandbox: Sandbox, clock: Clock) -> None:
        self.line, self.clock = Line(sandbox), clock
        self.ids = dict(zip(PEOPLE, self.line.ids("/account_users", limit=4), strict=True))
        self.names = {person_id: name for name, person_id in self.ids.items()}

    def put(self, events: list[Planned]) -> str:
        """Make a schedule of events, each with its exceptions and changes, by requests."""
        made = self.line.made("/schedules", name="s")["id"]
        for one in events:
            people = [self.ids[name] for name in one.people]
            stored = self.line.made("/events", **one.body, schedule_ids=[made], account_user_ids=people)
            path = f"/events/{stored['id']}"
            for turn in one.left_out:
                assert 200 == self.line.post(f"{path}/add_exception", {"action_time": iso(turn[0])}).status
            for change in one.changed:
                body = {
                    "action_time": iso(change.turn[0]),
                    "start_time": change.start,
                    "end_time": change.end,
                    "layer": change.layer,
                    "time_zone": one.body["time_zone"],
                    "account_user_ids": [self.ids[change.person]],
                }
                assert 201 == self.line.post(f"{path}/override", body).status
        return str(made)

    def told(self, path: str, **query: str) -> list[Turn]:
        """What is answered, in the order in which it is."""
        reply = self.line.get(path, **query)
        assert 200 == reply.status, reply.body
        return [
            (
                *(int(datetime.fromisoformat(one[name]).timestamp()) for name in ("start_time", "end_time")),
                one["layer"],
                tuple(self.names[attendee["attendee_id"]] for attendee in one["attendees"]),
            )
            for one in reply.json
        ]

    def window(self, made: str, start: int, end: int) -> list[Turn]:
        """What takes place within a stretch of time."""
        texts = [f"{datetime.fromtimestamp(one, UTC):%Y-%m-%d %H:%M:%S}" for one in (start, end)]
        return self.told(f"/schedules/{made}/window_events", start=texts[0], end=texts[1])

    def now(self, made: str, at: int) -> list[Turn]:
        """Who is on call at a moment."""
        self.clock.now = at
        return self.told(f"/schedules/{made}/current_oncall")


@pytest.fixture(scope="module")
def calendar() -> Iterator[Calendar]:
    """An account without events."""
    clock = Clock()
    with Sandbox(alerts=0, clock=clock) as sandbox:
        for one in (line := Line(sandbox)).ids("/schedules", limit=100):
            assert 204 == line.delete(f"/schedules/{one}/flush").status
        yield Calendar(sandbox, clock)


@pytest.mark.parametrize("number", range(SCHEDULES))
def test_a_generated_schedule_equals_the_library_over_a_year(calendar: Calendar, number: int) -> None:
    """Over the year, and at moments of it, the sandbox answers what the library and the exceptions and changes come to."""
    events, rng = schedule(number), random.Random(number)
    made = calendar.put(events)
    turns = turns_of(events)
    whole = touching(turns, START, END)
    told = calendar.window(made, START, END)
    assert whole == sorted(told)
    assert sorted(told, key=lambda turn: (turn[0], turn[2])) == told
    moments = [START + rng.randrange(END - START), *(turn[0] for turn in rng.sample(whole, min(2, len(whole))))]
    for at in moments:
        assert touching(turns, at, at + 1) == sorted(calendar.now(made, at))
    # The days around each change of the clocks, asked about alone.
    for at in changes_of(events[0].zone):
        assert touching(turns, at - DAY, at + DAY) == sorted(calendar.window(made, at - DAY, at + DAY))
    calendar.line.delete(f"/schedules/{made}/flush")


@functools.cache
def changes_of(zone: ZoneInfo) -> list[int]:
    """When the clocks of a zone are set within the year, to the hour."""
    offsets = [(at, datetime.fromtimestamp(at, zone).utcoffset()) for at in range(START, END, HOUR)]
    return [at for (_, before), (at, after) in zip(offsets, offsets[1:], strict=False) if before != after]


def test_the_generated_schedules_cover_what_they_should() -> None:
    """They have every unit and zone, several layers, exceptions, changes, ends and rotations; all clocks are set twice."""
    made = [schedule(number) for number in range(SCHEDULES)]
    events = [one for each in made for one in each]
    assert (set(LIBRARY), set(ZONES)) == (
        {one.body["frequency_unit"] for one in events},
        {one.body["time_zone"] for one in events},
    )
    assert {2} == {len(changes_of(ZoneInfo(zone))) for zone in ZONES.values()}
    assert all(len({one.body["layer"] for one in each}) > 1 for each in made)
    assert all(any(getattr(one, name) for each in made for one in each) for name in ("left_out", "changed"))
    assert sum(any(one.changed for one in each) and any(one.left_out for one in each) for each in made) > SCHEDULES / 2
    assert any(one.body["rotation"] and len(one.people) == 3 and "repeat_end_datetime" in one.body for one in events)
    assert any(one.body["frequency"] == 3 and one.body["days_of_week"] for one in events)
    assert 40_000 < sum(len(touching(turns_of(each), START, END)) for each in made)
