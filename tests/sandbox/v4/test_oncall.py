"""Who is on call by API v4, held against the recurrence library asked directly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, HOURLY, MO, MONTHLY, WEEKLY, YEARLY, rrule

from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.v4.oncall import on_call
from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Clock

ZONES = {
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Berlin": "Europe/Berlin",
    "Tokyo": "Asia/Tokyo",
    "UTC": "UTC",
    "Newfoundland": "America/St_Johns",
    "Sydney": "Australia/Sydney",
}
LIBRARY = {"hourly": HOURLY, "daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY, "yearly": YEARLY}
HOUR, DAY = 3600, 86_400
START, END = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
PEOPLE = ["p1", "p2", "p3"]


def generated(number: int) -> dict[str, Any]:
    """A body of an event, different for every number."""
    rng = random.Random(f"v4 {number}")
    zone = rng.choice(sorted(ZONES))
    unit = rng.choice(("hourly", "daily", "daily", "weekly", "weekly", "monthly", "yearly"))
    wall = datetime(rng.choice((2021, 2024, 2025)), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23))
    wall += timedelta(days=rng.randint(0, 3), minutes=15 * rng.randint(0, 3))
    hours = rng.choice((1, 2, 6)) if unit == "hourly" else rng.choice((1, 8, 12, 24, 168))
    event: dict[str, Any] = {
        "time_zone": zone,
        "start_time": f"{wall:%Y-%m-%d %H:%M}",
        "end_time": f"{wall + timedelta(hours=hours):%Y-%m-%d %H:%M}",
        "layer": rng.choice((1, 1, 2)),
        "repeat": rng.random() < 0.9,
        "frequency": rng.choice((6, 12, 24)) if unit == "hourly" else rng.choice((1, 1, 2, 3, 5)),
        "frequency_unit": unit,
        "days_of_week": rng.choice(([], [], [1, 2, 3, 4, 5], [0, 6], [3])),
        "rotation": rng.random() < 0.6,
        "people": PEOPLE[: rng.randint(1, 3)],
    }
    if rng.random() < 0.4:
        last = datetime(
            2025, rng.randint(1, 12), rng.randint(1, 28), rng.choice((0, 0, 9, 17)), tzinfo=ZoneInfo(ZONES[zone])
        )
        event["repeat_end_datetime"] = last.isoformat()
    return event


def expected(event: dict[str, Any], start: int, end: int, left_out: frozenset[int] = frozenset()) -> Iterator[Any]:
    """The occurrences with their attendees, by walking the library's rule from its very beginning."""
    zone = ZoneInfo(ZONES[event["time_zone"]])
    begins, ends = (datetime.fromisoformat(event[name]) for name in ("start_time", "end_time"))
    walls = [begins]
    if event["repeat"]:
        days = [(6, 0, 1, 2, 3, 4, 5)[day] for day in event["days_of_week"]]
        until = datetime.fromtimestamp(end, UTC).replace(tzinfo=None) + timedelta(days=3)
        kind = LIBRARY[event["frequency_unit"]]
        rule = rrule(kind, interval=event["frequency"], dtstart=begins, wkst=MO, byweekday=days or None, until=until)
        walls = list(rule)
    last = datetime.fromisoformat(event.get("repeat_end_datetime") or "9000-01-01T00:00:00+00:00").astimezone(zone)
    for number, wall in enumerate(walls):
        first, final = (int(one.replace(tzinfo=zone).timestamp()) for one in (wall, wall + (ends - begins)))
        # The end is inclusive, and a bare date is the whole day.
        over = wall.date() > last.date() if not (last.hour or last.minute) else first > last.timestamp()
        if over or first >= final or first in left_out or first >= end or final <= start:
            continue
        people = [event["people"][number % len(event["people"])]] if event["rotation"] else event["people"]
        yield first, final, event["layer"], people


@pytest.fixture(scope="module")
def calendar() -> Iterator[tuple[Line, dict[str, str]]]:
    """A line to an empty account, with account users for the names."""
    with Sandbox(alerts=0, clock=Clock()) as sandbox:
        line = Line(sandbox)
        yield line, dict(zip(PEOPLE, line.ids("/account_users", limit=3), strict=True))


def spoken(turns: list[dict[str, Any]], names: dict[str, str]) -> list[Any]:
    """Turns as they are answered, in the words of the model."""
    known = {person_id: name for name, person_id in names.items()}
    return [
        (
            *(int(datetime.fromisoformat(turn[name]).timestamp()) for name in ("start_time", "end_time")),
            turn["layer"],
            [known[one["attendee_id"]] for one in turn["attendees"]],
        )
        for turn in turns
    ]


def planned(line: Line, names: dict[str, str], event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A schedule with one event, by its id, and the event."""
    schedule = line.made("/schedules", name="s")["id"]
    values = {name: value for name, value in event.items() if name != "people"}
    ids = [names[one] for one in event["people"]]
    return schedule, line.made("/events", **values, schedule_ids=[schedule], account_user_ids=ids)


def window(line: Line, schedule: str, start: int, end: int) -> list[dict[str, Any]]:
    """What takes place on a schedule within a stretch of time."""
    texts = {
        name: f"{datetime.fromtimestamp(one, UTC):%Y-%m-%d %H:%M:%S}" for name, one in (("start", start), ("end", end))
    }
    reply = line.get(f"/schedules/{schedule}/window_events", **texts)
    assert 200 == reply.status, reply.body
    return reply.json


@pytest.mark.parametrize("number", range(120))
def test_generated_events_equal_the_library(calendar: Any, number: int) -> None:
    """Over a year with two clock changes, repeats, ends and rotations are what the recurrence library says."""
    line, names = calendar
    event = generated(number)
    schedule, stored = planned(line, names, event)
    assert list(expected(event, START, END)) == spoken(window(line, schedule, START, END), names)
    turns = list(expected(event, START, END))
    rng = random.Random(number)
    if event["repeat"] and turns:
        left_out = {one[0] for one in rng.sample(turns, min(len(turns), 2))}
        for moment in left_out:
            # Where occurrences overlap, the one that began last is meant.
            assert 200 == line.post(f"/events/{stored['id']}/add_exception", {"action_time": iso(moment)}).status
        left = list(expected(event, START, END, frozenset(left_out)))
        assert left == spoken(window(line, schedule, START, END), names)
    for _ in range(3):
        start = START + rng.randrange(600 * DAY)
        end = start + rng.choice((1, HOUR, 40 * DAY))
        left_out = frozenset(
            int(datetime.fromisoformat(one["start_datetime"]).timestamp())
            for one in line.get(f"/events/{stored['id']}").json["exceptions"]
        )
        assert list(expected(event, start, end, left_out)) == spoken(window(line, schedule, start, end), names)


def test_the_generated_events_cover_what_they_should() -> None:
    """The generated events include every unit and zone, rotations among several, days of the week and ends."""
    events = [generated(number) for number in range(120)]
    assert (set(LIBRARY), set(ZONES)) == (
        {one["frequency_unit"] for one in events},
        {one["time_zone"] for one in events},
    )
    assert any(one["rotation"] and len(one["people"]) == 3 and one["days_of_week"] for one in events)
    assert any("T00:00" in one.get("repeat_end_datetime", "") for one in events)
    assert 5_000 < sum(len(list(expected(one, START, END))) for one in events)


def stored_event(**values: Any) -> dict[str, Any]:
    """An event as it is stored, with three attendees who take turns."""
    attendees = [{"attendee_id": name} for name in PEOPLE]
    return {
        "id": "e",
        "start_time": "2020-01-31T12:00:00.000Z",
        "end_time": "2020-01-31T13:00:00.000Z",
        "time_zone": "UTC",
        "layer": 1,
        "repeat": True,
        "frequency": 1,
        "frequency_unit": "daily",
        "days_of_week": [],
        "repeat_end_datetime": None,
        "rotation": True,
        "exceptions": [],
        "event_attendees": attendees,
        **values,
    }


@pytest.mark.parametrize("unit", sorted(LIBRARY))
@pytest.mark.parametrize("frequency", [1, 2, 7])
@pytest.mark.parametrize("days", [[], [1, 4]])
def test_turns_far_off(unit: str, frequency: int, days: list[int]) -> None:
    """Whose turn it is after decades is counted without walking there, and is what walking gives."""
    event = stored_event(frequency_unit=unit, frequency=frequency, days_of_week=days)
    begins = datetime(2020, 1, 31, 12)  # noqa: DTZ001 - wall-clock time
    kind, interval = LIBRARY[unit], frequency
    if unit == "daily" and days and frequency % 7 == 0:
        kind, interval = WEEKLY, frequency // 7
    weekdays = [day - 1 for day in days] or None
    until = datetime(2032, 1, 1)  # noqa: DTZ001 - wall-clock time
    walls = list(rrule(kind, interval=interval, dtstart=begins, byweekday=weekdays, until=until))
    start = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp())
    wanted = [(int(wall.replace(tzinfo=UTC).timestamp()), PEOPLE[number % 3]) for number, wall in enumerate(walls)]
    found = [(turn.start, turn.people[0]) for turn in on_call([event], start, start + 400 * DAY)]
    assert [one for one in wanted if start - HOUR < one[0] < start + 400 * DAY] == found


def test_an_event_without_repetition_is_the_first_ones() -> None:
    """A rotation that does not repeat is the first attendee's; without attendees it is nobody's."""
    start = int(datetime(2020, 1, 31, tzinfo=UTC).timestamp())
    event = stored_event(repeat=False)
    assert [["p1"]] == [turn.people for turn in on_call([event], start, start + DAY)]
    assert [[]] == [turn.people for turn in on_call([{**event, "event_attendees": []}], start, start + DAY)]


def test_the_end_of_repetition_is_inclusive() -> None:
    """The moment itself still counts, and midnight stands for the whole of its day, by the event's own clocks."""
    start = int(datetime(2020, 1, 31, tzinfo=UTC).timestamp())
    for last, days in (
        ("2020-02-02T12:00:00.000Z", 3),
        ("2020-02-02T11:59:59.000Z", 2),
        ("2020-02-02T00:00:00.000Z", 3),
        ("2020-02-01T23:59:59.000Z", 2),
    ):
        assert days == len(on_call([stored_event(repeat_end_datetime=last)], start, start + 9 * DAY)), last
    tokyo = stored_event(repeat_end_datetime="2020-02-01T15:00:00.000Z", time_zone="Tokyo")
    assert 3 == len(on_call([tokyo], start, start + 9 * DAY))


def test_who_is_on_call_now(line: Line, clock: Clock) -> None:
    """A schedule and its team answer the same: an array by start and layer, times and attendees worked out."""
    people = line.ids("/account_users", limit=3)
    team = line.made("/teams", name="t", member_account_user_ids=people, admin_account_user_ids=people[:1])
    schedule = team["schedule_id"]
    assert [] == line.get(f"/teams/{team['id']}/current_oncall").json
    weekly = {"repeat": True, "frequency": 1, "frequency_unit": "weekly", "rotation": True}
    first = line.event(schedule, people, "2026-05-14T00:00", "2026-05-21T00:00", **weekly)
    second = line.event(schedule, people[:2], "2026-05-28T20:00", "2026-05-28T21:00", layer=2)
    line.event(schedule, people, "2026-05-28T21:00", "2026-05-28T22:00")
    now = line.get(f"/teams/{team['prefix_id']}/current_oncall").json
    assert now == line.get(f"/schedules/{schedule}/current_oncall").json
    assert [(first["id"], [people[2]]), (second["id"], people[:2])] == [
        (turn["id"], [one["attendee_id"] for one in turn["attendees"]]) for turn in now
    ]
    assert ("2026-05-28T00:00:00.000Z", "2026-06-04T00:00:00.000Z") == (now[0]["start_time"], now[0]["end_time"])
    assert first["event_attendees"] == now[0]["event_attendees"]
    assert {"id", "attendee_id", "attendee_type", "position"} == set(now[0]["attendees"][0])
    clock.now += 7 * DAY
    assert [people[0]] == [line.get(f"/teams/{team['id']}/current_oncall").json[0]["attendees"][0]["attendee_id"]]


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ({}, ["start can't be blank", "end can't be blank"]),
        ({"start": "2026-01-01 00:00:00"}, ["end can't be blank"]),
        ({"start": "now", "end": "2026-01-01 00:00:00"}, ["start is invalid"]),
        ({"start": "2026-01-01 00:00:00", "end": "1767225600"}, ["end is invalid"]),
        ({"start": "2026-01-01 00:00:00", "end": "2026-01-01 00:00:00"}, ["end must be after start"]),
    ],
)
def test_a_window_that_is_wrong(line: Line, query: dict[str, str], messages: list[str]) -> None:
    """A window needs a start and a later end, both of them times."""
    path = f"/schedules/{line.first('schedules')['id']}/window_events"
    assert (422, messages) == line.refused("GET", path, **query)


def test_a_window_takes_iso_times(line: Line) -> None:
    """A window's times are UTC as the reference writes them, or with an offset."""
    path = f"/schedules/{line.first('schedules')['id']}/window_events"
    plain = line.get(path, start="2026-01-01 00:00:00", end="2026-02-01 00:00:00").json
    assert 10 == len(plain)
    for start in ("2026-01-01T00:00:00Z", "2026-01-01T09:00:00+09:00", "2026-01-01"):
        assert plain == line.get(path, start=start, end="2026-02-01 00:00:00 UTC").json


def test_nobody_of_a_new_account_is_on_two_layers_at_once() -> None:
    """Within half a year of an account as it is planted, whoever is to be asked second is not who was asked first."""
    with Sandbox(alerts=0, clock=Clock()) as sandbox:
        line = Line(sandbox)
        for schedule in line.ids("/schedules", limit=100):
            turns = [
                (one["start_time"], one["end_time"], one["layer"], {each["attendee_id"] for each in one["attendees"]})
                for one in window(line, schedule, START, START + 180 * DAY)
            ]
            twice = [
                (one, other)
                for place, one in enumerate(turns)
                for other in turns[place + 1 :]
                if one[2] != other[2] and one[0] < other[1] and other[0] < one[1] and one[3] & other[3]
            ]
            assert turns
            assert [] == twice
