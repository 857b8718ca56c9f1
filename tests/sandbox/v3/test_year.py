"""Whole schedules over a year with two clock changes, as API v3 of the sandbox answers, held against the library."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from pagertree_async.sandbox import Sandbox
from tests.sandbox import years
from tests.sandbox.wire import Clock, Wire
from tests.sandbox.years import DAY, END, PEOPLE, SCHEDULES, START, Planned, Rule, Turn, touching

ZONES = (
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Auckland",
)
"""Zones whose clocks are set twice in the year, on both halves of the earth: at midnight, and by half an hour, too."""


def schedule(number: int) -> list[Planned]:
    """The events of a schedule."""
    return years.schedule(number, ZONES, rotations=False)


def repeats(rng: random.Random, rule: Rule) -> dict[str, Any]:
    """How a rule is written: as in 2019, or in days alone as in 2018, with Sunday as 0 or as 7."""
    if rule.unit is None:
        return {"repeat": False}
    days = [rng.choice((0, 7)) if day == 0 else day for day in rule.days]
    written: dict[str, Any] = {"repeat": True, "dow": days} if days else {"repeat": True}
    if rule.last is not None:
        written["repeatend"] = rule.last
    in_days = {"daily": 1, "weekly": 7}.get(rule.unit)
    if in_days is None or rng.random() < 0.5:
        return {**written, "frequency": rule.interval, "frequency_unit": rule.unit}
    return {**written, "frequency": rule.interval * in_days}


class Calendar:
    """An account that is asked."""

    def __init__(self, sandbox: Sandbox, clock: Clock) -> None:
        self.wire, self.clock = Wire(sandbox), clock
        self.ids = dict(zip(PEOPLE, self.wire.ids("/user", limit=4), strict=True))
        self.names = {user_id: name for name, user_id in self.ids.items()}
        self.team: str = self.wire.made("/team", name="t")["id"]
        self.other: str = self.wire.made("/schedule", name="another")["id"]

    def put(self, events: list[Planned], rng: random.Random) -> str:
        """Make a schedule of events, each with its exceptions and changes, by requests; it is the team's."""
        made: str = self.wire.made("/schedule", name="s")["id"]
        assert 200 == self.wire.put(f"/team/{self.team}", {"schedule_id": made}).status
        for one in events:
            self._event(one, made, rng)
        return made

    def _event(self, one: Planned, schedule_id: str, rng: random.Random) -> None:
        ids = [self.ids[name] for name in one.people]
        whose = {"user_id": ids[0]} if len(ids) == 1 and rng.random() < 0.5 else {"attendees": ids}
        where = {"schedule_id": rng.choice((schedule_id, [schedule_id], [self.other, schedule_id])), "layer": one.layer}
        times = {"start": one.rule.start, "end": one.rule.end, "timezone": one.rule.zone.key}
        body = {**where, **whose, **times, **repeats(rng, one.rule)}
        plain = [rng.choice((turn[0], {"start": turn[0], "event_id": None})) for turn in one.left_out]
        parent = self.wire.made("/event", **body, exceptions=plain)["id"]
        changed = [
            {
                "start": change.turn[0],
                "event_id": self.wire.made(
                    "/event",
                    schedule_id=schedule_id,
                    attendees=[self.ids[change.person]],
                    start=change.start,
                    end=change.end,
                    layer=change.layer,
                    timezone=one.rule.zone.key,
                    p_event_id=parent,
                )["id"],
            }
            for change in one.changed
        ]
        assert 200 == self.wire.put(f"/event/{parent}", {"exceptions": [*plain, *changed]}).status

    def read(self, events: list[dict[str, Any]]) -> list[Turn]:
        """What an answer says, in its order."""
        for one in events:
            started = one["start"] <= self.clock.now
            assert {"start": one["start"], "end": one["end"], "started": started} == one["next"]
        return [
            (
                one["start"],
                one["end"],
                one["layer"],
                tuple(self.names[user_id] for user_id in one.get("attendees") or [one["user_id"]]),
            )
            for one in events
        ]

    def window(self, made: str, start: int, end: int) -> list[Turn]:
        """What takes place within a stretch of time, from all pages."""
        return self.read(self.wire.everything(f"/schedule/{made}/window-events", start=start, end=end))

    def now(self, path: str) -> list[Turn]:
        """What an answer in one piece says."""
        reply = self.wire.get(path)
        assert 200 == reply.status, reply.body
        return self.read(reply.json)


@pytest.fixture(scope="module")
def calendar() -> Iterator[Calendar]:
    """An account without events."""
    clock = Clock()
    with Sandbox(alerts=0, clock=clock) as sandbox:
        for one in (wire := Wire(sandbox)).ids("/schedule", limit=100):
            assert 204 == wire.delete(f"/schedule/{one}/flush").status
        yield Calendar(sandbox, clock)


@pytest.mark.parametrize("number", range(SCHEDULES))
def test_a_generated_schedule_equals_the_library_over_a_year(calendar: Calendar, number: int) -> None:
    """Over the year, and at moments of it, the sandbox answers what the library and the exceptions and changes come to."""
    events = schedule(number)
    made = calendar.put(events, random.Random(-1 - number))
    turns = sorted(turn for one in events for turn in one.turns())
    whole = touching(turns, START, END)
    told = calendar.window(made, START, END)
    assert whole == sorted(told)
    assert sorted(told, key=lambda turn: (turn[0], turn[2])) == told
    for at in years.moments(whole, number):
        calendar.clock.now = at
        current = touching(turns, at, at + 1)
        for path in (
            f"/schedule/{made}/currentevents",
            f"/team/{calendar.team}/current-oncall",
            f"/team/{calendar.team}/currentevents",
        ):
            assert current == sorted(calendar.now(path))
        for name, user_id in calendar.ids.items():
            mine = [turn for turn in current if name in turn[3]]
            assert mine == sorted(calendar.now(f"/user/{user_id}/currentevents"))
    # The days around each change of the clocks, asked about alone.
    for at in years.changes_of(events[0].rule.zone):
        assert touching(turns, at - DAY, at + DAY) == sorted(calendar.window(made, at - DAY, at + DAY))
    for one in (made, calendar.other):
        assert 204 == calendar.wire.delete(f"/schedule/{one}/flush").status


def test_the_generated_schedules_cover_what_they_should() -> None:
    """They have every unit and zone, layers, exceptions, changes and ends, in both ways to write; all clocks are set twice."""
    made = [schedule(number) for number in range(SCHEDULES)]
    years.assert_covered(made, ZONES, years.UNITS)
    rules = [one.rule for each in made for one in each]
    written = [repeats(random.Random(number), rule) for number, rule in enumerate(rules)]
    assert any(one.get("frequency") == 14 and one.get("dow") for one in written)
    assert {True, False} == {"frequency_unit" in one for one in written if one["repeat"]}
    assert any(7 in one.get("dow", ()) for one in written)
