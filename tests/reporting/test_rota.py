"""Who was on call, worked out from exported events, held against what a server works out itself."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async import PagerTree as V3
from pagertree_async import oncall
from pagertree_async.export import export
from pagertree_async.oncall import Gap, Person, Shift
from pagertree_async.reporting.clock import Period
from pagertree_async.reporting.database import Database
from pagertree_async.reporting.folder import Folder
from pagertree_async.reporting.names import ids_of, names_of
from pagertree_async.reporting.recurrence import Event, occurrences
from pagertree_async.reporting.rota import COLUMNS, Rota, on_call, rota
from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.oncall import turns
from pagertree_async.transports.asgi import ASGITransport
from pagertree_async.v4 import PagerTree as V4
from tests.reporting.made import written

HOUR, DAY = 3600, 86_400
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo", "UTC", "America/Sao_Paulo")
YEAR = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
WEEK = Period(since=datetime(2026, 1, 5, tzinfo=UTC), until=datetime(2026, 1, 12, tzinfo=UTC), zone=ZoneInfo("UTC"))


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """An event in the words of API v3, and of the sandbox's own recurrence."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    zone = ZoneInfo(rng.choice(ZONES))
    wall = datetime(rng.choice((2019, 2023, 2024, 2025)), rng.randint(1, 12), rng.randint(1, 28)) + timedelta(
        days=rng.randint(0, 3), minutes=15 * rng.randint(0, 95)
    )
    start = int(wall.replace(tzinfo=zone).timestamp())
    event: dict[str, Any] = {
        "timezone": zone.key,
        "start": start,
        "end": start + rng.choice((-HOUR, HOUR // 2, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 45 * DAY)),
        "repeat": rng.random() < 0.9,
        "frequency": rng.choice((1, 1, 2, 3, 5, 14)),
        "frequency_unit": rng.choice(("hourly", "daily", "daily", "weekly", "weekly", "monthly", "yearly")),
        "dow": rng.choice(([], [], [1, 2, 3, 4, 5], [0, 6], [7], [3])),
        "exceptions": [],
        "rotation": True,
    }
    if rng.random() < 0.3:
        event["repeatend"] = int(YEAR[0].timestamp()) + rng.randint(0, 365) * DAY
    plain = list(turns(event, *(one.timestamp() for one in YEAR)))
    event["exceptions"] = [one[1] for one in rng.sample(plain, min(len(plain), rng.randint(0, 3)))]
    return event


@settings(max_examples=150, deadline=None)
@given(event=events())
def test_repeats_are_those_of_a_server(event: dict[str, Any]) -> None:
    """Over a year with two clock changes, an event takes place when the sandbox says, and as the same turn."""
    mine = Event(
        start=datetime.fromtimestamp(event["start"], UTC),
        end=datetime.fromtimestamp(event["end"], UTC),
        zone=ZoneInfo(event["timezone"]),
        unit=event["frequency_unit"] if event["repeat"] else None,
        every=event["frequency"],
        weekdays=tuple(event["dow"]),
        last=datetime.fromtimestamp(event["repeatend"], UTC) if "repeatend" in event else None,
        exceptions=frozenset(datetime.fromtimestamp(one, UTC) for one in event["exceptions"]),
    )
    found = [(number, *(int(one.timestamp()) for one in times)) for number, *times in occurrences(mine, *YEAR)]
    assert list(turns(event, *(one.timestamp() for one in YEAR))) == found


@pytest.fixture(scope="module", params=["v3", "v4"])
def account(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client of an account whose schedules were changed here and there, and an export of it."""
    with Sandbox(size=200) as sandbox:
        kind, auth = (V3, sandbox.token()) if request.param == "v3" else (V4, sandbox.v4_api_key)
        with kind(auth, base_url="https://api.test", transport=ASGITransport(sandbox.app)) as client:
            if request.param == "v4":
                event = next(iter(client.events.list()))
                client.events.add_exception(event.id, action_time=datetime(2025, 12, 2, 12, tzinfo=UTC))
                client.events.terminate_on(event.id, action_time=datetime(2025, 12, 16, 12, tzinfo=UTC))
            folder = tmp_path_factory.mktemp(request.param)
            for format in ("ndjson", "csv", "sqlite"):
                export(client, folder / format, format=format)
            yield client, folder


@pytest.mark.parametrize("format", ["ndjson", "csv", "sqlite"])
def test_an_exported_account(account: Any, format: str) -> None:
    """Each schedule's shifts and gaps are those that the API answers."""
    client, folder = account
    since, until = datetime(2025, 10, 20, 5, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    source = Folder(folder / format)
    with Database() as database:
        rows = database.rows(source.find("events"), COLUMNS)
        names = names_of(database, source, "users", "account_users")
        schedules = ids_of(database, source, "schedules")
    found = rota(rows, names, schedules, Period(since=since, until=until, zone=ZoneInfo("UTC")))
    assert ({}, 4) == (found.strange, len(schedules))
    for schedule in schedules:
        asked = oncall.entries(client, schedule, since, until)
        assert sorted(map(_plain, asked)) == sorted(_plain(one) for one in found.shifts if one.schedule == schedule)
        assert oncall.gaps(client, schedule, since, until) == found.gaps[schedule]
        assert asked


def _plain(one: Shift) -> Any:
    return one.start, one.end, one.user.id, one.user.name, one.layer


def planned(**event: Any) -> Rota:
    """Who is on call in a week because of one event; every value as text, as a file has it."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in event.items()}
    row = dict.fromkeys(COLUMNS) | {"id": "e1"} | texts
    return rota([row], {"u1": "Ada"}, ["s1"], WEEK)


ONCE: dict[str, Any] = {"start": 1767693600, "end": 1767697200, "schedule_id": "s1", "user_id": "u1"}
BEGIN = datetime(2026, 1, 6, 10, tzinfo=UTC)
ADA = Shift(start=BEGIN, end=BEGIN + timedelta(hours=1), user=Person(id="u1", name="Ada"), layer=1, schedule="s1")


@pytest.mark.parametrize(
    "event",
    [
        ONCE,
        {**ONCE, "schedule_id": ["s1"], "attendees": ["u1"]},
        {**ONCE, "schedule_id": '"s1"', "layer": "1.0", "repeat": False},
        {**ONCE, "start": "2026-01-06T11:00:00+01:00", "end": "1767697200.0", "exceptions": []},
        {**ONCE, "repeat": True, "frequency": 1, "repeatend": 1767693600, "event_attendees": [1]},
        {**ONCE, "repeat": "1", "frequency_unit": "weekly", "dow": [2, 3], "exceptions": [1767780000]},
        {**ONCE, "repeat": True, "exceptions": [{"start": 1767780000 + DAY * n} for n in range(6)]},
        {
            "start_time": "2026-01-06T10:00:00.000Z",
            "end_time": "2026-01-06T11:00:00.000Z",
            "time_zone": "Pacific Time (US & Canada)",
            "schedule_ids": ["s1"],
            "repeat": True,
            "repeat_end_datetime": "2026-01-06T08:00:00.000Z",
            "event_attendees": [{"attendee_id": "u2", "position": 2}, {"attendee_id": "u1", "position": 1}],
            "rotation": True,
        },
        {
            "start_time": "2026-01-06T10:00:00.000Z",
            "end_time": "2026-01-06T11:00:00.000Z",
            "schedule_ids": ["s1"],
            "repeat": True,
            "repeat_end_datetime": "2026-01-06T10:30:00.000Z",
            "event_attendees": [{"attendee_id": "u1"}, {"attendee_id": None}],
        },
    ],
)
def test_an_event_in_all_its_forms(event: dict[str, Any]) -> None:
    """The same hour is on call, however either API or a format of files puts it."""
    found = planned(**event)
    assert ({}, (ADA,)) == (found.strange, found.shifts)
    assert [Gap(WEEK.since, ADA.start), Gap(ADA.end, WEEK.until)] == found.gaps["s1"]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"start": None, "end": 5}, "it does not say when it is"),
        ({**ONCE, "start": "soon"}, "the API sent 'soon' as a moment"),
        ({**ONCE, "repeat": True, "frequency_unit": "monthly-ish"}, "it repeats by 'monthly-ish'"),
        ({**ONCE, "timezone": "Mars/Phobos"}, "not a time zone that this system knows: 'Mars/Phobos'"),
        ({**ONCE, "exceptions": "[broken"}, "JSON is malformed"),
        ({**ONCE, "layer": "first"}, "could not convert string to float: 'first'"),
        ({**ONCE, "event_attendees": [{"position": 1}, {"position": "last"}]}, "'<' not supported"),
    ],
)
def test_an_event_that_cannot_be_read(event: dict[str, Any], why: str) -> None:
    """It is left out and told, and nothing else is."""
    found = planned(**{key: value for key, value in event.items() if value is not None})
    assert ((), ["e1"]) == (found.shifts, [*found.strange])
    assert found.strange["e1"].startswith(why), found.strange


def test_nobody_in_an_event() -> None:
    """An event without attendees has nobody on call, a rotation of them neither."""
    for event in (
        {"start": ONCE["start"], "end": ONCE["end"], "schedule_id": "s1"},
        {**ONCE, "user_id": "", "rotation": True},
    ):
        assert ((), {}) == (planned(**event).shifts, planned(**event).strange)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_hours_on_call_count_once(spans: list[tuple[int, int]]) -> None:
    """What overlaps is counted once: as many hours as there are in the union."""
    at = lambda hour: BEGIN + timedelta(hours=hour)  # noqa: E731
    shifts = [Shift(start=at(a), end=at(a + length), user=ADA.user) for a, length in spans]
    hours = {hour for a, length in spans for hour in range(a, a + length)}
    assert timedelta(hours=len(hours)) == on_call(shifts)


def test_names_that_two_have(tmp_path: Path) -> None:
    """What shares its name with another of its kind has its id with it, across kinds the name alone."""
    users = [{"id": "u1", "name": "Ada"}, {"id": "u2", "name": "Ada"}, {"id": "u3", "name": "Bob"}, {"id": "u4"}]
    accounts = [{"id": "a1", "user": {"name": "Bob"}}, {"id": "a2", "user": "{"}, {"id": "a3", "user": [1]}]
    folder = Folder(written(tmp_path, "ndjson", alerts=[], users=users, account_users=accounts))
    with Database() as database:
        assert {"u1": "Ada (u1)", "u2": "Ada (u2)", "u3": "Bob", "a1": "Bob"} == names_of(
            database, folder, "users", "account_users", "teams"
        )
