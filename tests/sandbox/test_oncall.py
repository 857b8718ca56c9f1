"""Who is on call, held against the recurrence library asked directly."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, MO, MONTHLY, WEEKLY, YEARLY, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.sandbox.oncall import occurrences, shifts

ZONES = ("America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo", "UTC", "America/Sao_Paulo")
LIBRARY = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY, "yearly": YEARLY}
HOUR, DAY = 3600, 86_400
YEAR = (
    datetime(2025, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp(),
    datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp(),
)


def expected(event: dict, start: float, end: float) -> list[tuple[int, int]]:
    """The occurrences, by walking the library's rule from its very beginning and reading each wall-clock time."""
    zone = ZoneInfo(event["timezone"])
    begins = datetime.fromtimestamp(event["start"], zone).replace(tzinfo=None)
    length = datetime.fromtimestamp(event["end"], zone).replace(tzinfo=None) - begins
    if not event["repeat"]:
        walls = [begins]
    else:
        days = [{0: 6, 1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6}[day] for day in event["dow"]]
        rule = rrule(
            LIBRARY[event["frequency_unit"]],
            interval=event["frequency"],
            dtstart=begins,
            wkst=MO,
            byweekday=days or None,
            until=datetime.fromtimestamp(end) + timedelta(days=3),
        )
        walls = list(rule)
    skipped = [entry["start"] if isinstance(entry, dict) else entry for entry in event["exceptions"]]
    found = []
    for wall in walls:
        first = int(wall.replace(tzinfo=zone).timestamp()) if wall != begins else event["start"]
        last = int((wall + length).replace(tzinfo=zone).timestamp()) if wall != begins else event["end"]
        too_late = event.get("repeatend") is not None and first > event["repeatend"]
        if first < end and last > start and first < last and first not in skipped and not too_late:
            found.append((first, last))
    return found


def generated(number: int) -> dict:
    """A schedule's event, different for every number."""
    rng = random.Random(number)
    zone = ZoneInfo(rng.choice(ZONES))
    wall = datetime(rng.choice((2019, 2023, 2024, 2025)), rng.randint(1, 12), rng.randint(1, 28)) + timedelta(
        days=rng.randint(0, 3), minutes=15 * rng.randint(0, 95)
    )
    start = int(wall.replace(tzinfo=zone).timestamp())
    unit = rng.choice(("daily", "daily", "weekly", "weekly", "monthly", "yearly"))
    event = {
        "id": f"evt_{number}",
        "timezone": zone.key,
        "start": start,
        "end": start + rng.choice((HOUR // 2, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 45 * DAY)),
        "repeat": rng.random() < 0.9,
        "frequency": rng.choice((1, 1, 2, 3, 5)),
        "frequency_unit": unit,
        "dow": rng.choice(([], [], [1, 2, 3, 4, 5], [0, 6], [7], [3])),
        "exceptions": [],
    }
    if rng.random() < 0.3:
        event["repeatend"] = int(YEAR[0]) + rng.randint(0, 365) * DAY
    plain = expected(event, *YEAR)
    for one, _ in rng.sample(plain, min(len(plain), rng.randint(0, 3))):
        event["exceptions"].append(rng.choice((one, {"start": one, "event_id": None})))
    return event


@pytest.mark.parametrize("number", range(200))
def test_generated_schedules_equal_the_library_over_a_year(number: int) -> None:
    """Over a year with two clock changes an event takes place exactly when the recurrence library says."""
    event = generated(number)
    assert expected(event, *YEAR) == list(occurrences(event, *YEAR))


@pytest.mark.parametrize("number", range(0, 200, 4))
def test_a_window_gives_what_the_whole_gives_there(number: int) -> None:
    """Looking at a stretch far off or near gives what the rule walked from its beginning gives there."""
    event, rng = generated(number), random.Random(-number)
    for _ in range(5):
        start = rng.randint(1_700_000_000, 2_200_000_000)
        end = start + rng.choice((1, DAY, 40 * DAY))
        assert expected(event, start, end) == list(occurrences(event, start, end))


def test_the_generated_schedules_cover_what_they_should() -> None:
    """The generated events include every unit, days of the week, ends, exceptions and hundreds of occurrences."""
    events = [generated(number) for number in range(200)]
    assert {"daily", "weekly", "monthly", "yearly"} == {event["frequency_unit"] for event in events}
    assert set(ZONES) == {event["timezone"] for event in events}
    assert all(any(event.get(name) for event in events) for name in ("dow", "repeatend", "exceptions"))
    assert 10_000 < sum(len(expected(event, *YEAR)) for event in events)


def test_a_night_shift_keeps_its_hours_when_the_clocks_change() -> None:
    """From 20:00 to 08:00 is eleven hours in the night the clocks go forward, and thirteen when they go back."""
    start = int(datetime(2025, 3, 1, 20, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
    event = {"start": start, "end": start + 12 * HOUR, "repeat": True, "timezone": "Europe/Berlin"}
    lengths = [end - begin for begin, end in occurrences(event, start, start + 300 * DAY)]
    assert 1 == lengths.count(11 * HOUR)
    assert 1 == lengths.count(13 * HOUR)
    assert len(lengths) - 2 == lengths.count(12 * HOUR)


def test_days_of_2018_and_weeks_of_2019_mean_the_same() -> None:
    """A frequency of fourteen days on two days of the week is every second week on those days."""
    start = int(datetime(2025, 1, 6, 9, tzinfo=ZoneInfo("UTC")).timestamp())
    old = {"start": start, "end": start + HOUR, "repeat": True, "frequency": 14, "dow": [1, 2]}
    new = {**old, "frequency": 2, "frequency_unit": "weekly"}
    assert 6 == len(list(occurrences(old, start, start + 40 * DAY)))
    assert list(occurrences(new, *YEAR)) == list(occurrences(old, *YEAR))


def test_an_hour_that_comes_twice_is_kept_to_the_second() -> None:
    """An event that begins in the second run of a repeated hour begins there, not an hour before."""
    start = int(datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
    event = {"start": start, "end": start + HOUR, "repeat": True, "timezone": "Europe/Berlin"}
    assert (start, start + HOUR) == next(occurrences(event, start, start + DAY))


def test_an_occurrence_that_the_clock_change_swallows_is_left_out() -> None:
    """From 02:30 to 03:00 does not exist in the night the clocks go forward."""
    start = int(datetime(2025, 3, 28, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
    event = {"start": start, "end": start + HOUR // 2, "repeat": True, "timezone": "Europe/Berlin"}
    days = [
        datetime.fromtimestamp(begin, ZoneInfo("Europe/Berlin")).day
        for begin, _ in occurrences(event, start, start + 5 * DAY - 2 * HOUR)
    ]
    assert [28, 29, 31, 1] == days


def test_a_changed_occurrence_stands_in_for_the_excepted_one() -> None:
    """The parent leaves the night out, and the event that names it as parent takes its place."""
    parent = {
        "id": "evt_p",
        "start": 0,
        "end": HOUR,
        "repeat": True,
        "exceptions": [{"start": DAY, "event_id": "evt_c"}],
    }
    child = {"id": "evt_c", "start": DAY + HOUR, "end": DAY + 3 * HOUR, "p_event_id": "evt_p", "attendees": ["usr_2"]}
    found = shifts([parent, child], 0, 3 * DAY)
    assert [(0, "evt_p"), (DAY + HOUR, "evt_c"), (2 * DAY, "evt_p")] == [(one.start, one.event["id"]) for one in found]


def test_shifts_are_in_order_of_start_then_layer() -> None:
    """At the same moment the first layer comes first; an event without a layer is in the first."""
    events = [
        {"id": "b", "start": 5, "end": 9, "layer": 2},
        {"id": "c", "start": 5, "end": 9},
        {"id": "a", "start": 4, "end": 9, "layer": 3},
    ]
    assert ["a", "c", "b"] == [one.event["id"] for one in shifts(events, 0, 10)]


def test_who_is_on_call_comes_from_attendees_or_the_user() -> None:
    """An event of 2019 has attendees, one of 2018 a user; one with neither has nobody."""
    events = [
        {"id": "a", "start": 1, "end": 9, "attendees": ["usr_1", "usr_2"], "user_id": "usr_9"},
        {"id": "b", "start": 2, "end": 9, "user_id": "usr_3"},
        {"id": "c", "start": 3, "end": 9},
    ]
    assert [["usr_1", "usr_2"], ["usr_3"], []] == [one.user_ids for one in shifts(events, 0, 10)]


@pytest.mark.parametrize("unit", ["daily", "weekly", "monthly", "yearly"])
def test_a_window_in_a_far_century_costs_no_more_than_a_near_one(unit: str) -> None:
    """A rule that began in 1990 is asked about the year 9000 in a moment."""
    event = {"start": 640_000_000, "end": 640_000_000 + HOUR, "repeat": True, "frequency_unit": unit, "timezone": "UTC"}
    far = int(datetime(9000, 6, 1, tzinfo=ZoneInfo("UTC")).timestamp())
    begin = time.perf_counter()
    found = list(occurrences(event, far, far + 400 * DAY))
    assert 0.2 > time.perf_counter() - begin
    assert {"daily": 400, "weekly": 57, "monthly": 13, "yearly": 1}[unit] == len(found)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 199), st.integers(1_735_689_600, 1_767_225_600), st.integers(1, 90 * DAY))
def test_two_halves_of_a_window_hold_what_the_whole_holds(number: int, start: int, length: int) -> None:
    """Cutting a window in two loses nothing and adds nothing."""
    event, middle, end = generated(number), start + length // 2, start + length
    halves = [*occurrences(event, start, middle), *occurrences(event, middle, end)]
    assert sorted(set(halves)) == list(occurrences(event, start, end))
