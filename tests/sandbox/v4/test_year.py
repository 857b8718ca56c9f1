"""Whole schedules over a year with two clock changes, as API v4 of the sandbox answers, held against the library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.identity import iso
from tests.sandbox import years
from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Clock
from tests.sandbox.years import DAY, END, PEOPLE, SCHEDULES, START, Planned, Turn, touching

ZONES = {
    "America/Los_Angeles": "Pacific Time (US & Canada)",
    "America/New_York": "Eastern Time (US & Canada)",
    "America/St_Johns": "Newfoundland",
    "America/Santiago": "Santiago",
    "Europe/London": "London",
    "Europe/Berlin": "Berlin",
    "Australia/Sydney": "Sydney",
    "Pacific/Auckland": "Auckland",
}
"""Zones whose clocks are set twice in the year, on both halves of the earth, and what API v4 calls them."""
UNITS = ("hourly", *years.UNITS)


def schedule(number: int) -> list[Planned]:
    """The events of a schedule."""
    return years.schedule(number, ZONES, UNITS, rotations=True)


def turns_of(events: list[Planned]) -> list[Turn]:
    """All that takes place until the end of the year, in order; of a changed occurrence, what the other leaves as well."""
    found = [turn for one in events for turn in one.turns()]
    for change in (change for one in events for change in one.changed):
        first, last, *whose = change.turn
        rests = (first, min(change.start, last)), (max(change.end, first), last)
        found += [(start, end, *whose) for start, end in rests if start < end]
    return sorted(found)


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
            self._event(one, made)
        return str(made)

    def _event(self, one: Planned, schedule_id: str) -> None:
        rule, zone = one.rule, ZONES[one.rule.zone.key]

        def wall(moment: int) -> str:
            return f"{rule.wall(moment):%Y-%m-%d %H:%M}"

        stored = self.line.made(
            "/events",
            schedule_ids=[schedule_id],
            account_user_ids=[self.ids[name] for name in one.people],
            time_zone=zone,
            start_time=wall(rule.start),
            end_time=wall(rule.end),
            layer=one.layer,
            repeat=rule.unit is not None,
            frequency=rule.interval,
            frequency_unit=rule.unit or "daily",
            days_of_week=rule.days,
            rotation=one.rotation,
            **({} if rule.last is None else {"repeat_end_datetime": iso(rule.last)}),
        )
        path = f"/events/{stored['id']}"
        for turn in one.left_out:
            assert 200 == self.line.post(f"{path}/add_exception", {"action_time": iso(turn[0])}).status
        for change in one.changed:
            body = {
                "action_time": iso(change.turn[0]),
                "start_time": wall(change.start),
                "end_time": wall(change.end),
                "layer": change.layer,
                "time_zone": zone,
                "account_user_ids": [self.ids[change.person]],
            }
            assert 201 == self.line.post(f"{path}/override", body).status

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
    events = schedule(number)
    made = calendar.put(events)
    turns = turns_of(events)
    whole = touching(turns, START, END)
    told = calendar.window(made, START, END)
    assert whole == sorted(told)
    assert sorted(told, key=lambda turn: (turn[0], turn[2])) == told
    for at in years.moments(whole, number):
        assert touching(turns, at, at + 1) == sorted(calendar.now(made, at))
    # The days around each change of the clocks, asked about alone.
    for at in years.changes_of(events[0].rule.zone):
        assert touching(turns, at - DAY, at + DAY) == sorted(calendar.window(made, at - DAY, at + DAY))
    calendar.line.delete(f"/schedules/{made}/flush")


def test_the_generated_schedules_cover_what_they_should() -> None:
    """They have every unit and zone, layers, exceptions, changes, ends and rotations; all clocks are set twice."""
    made = [schedule(number) for number in range(SCHEDULES)]
    years.assert_covered(made, ZONES, UNITS)
    assert any(one.rotation and len(one.people) == 3 for each in made for one in each)
