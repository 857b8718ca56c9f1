"""The numbers of a report are those that plain Python counts over the same rows, in every format and of both APIs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pagertree_async import PagerTree as V3
from pagertree_async.export import FORMATS as WRITTEN
from pagertree_async.export import export
from pagertree_async.reporting import counts
from pagertree_async.reporting.alerts import Alerts, prepare
from pagertree_async.reporting.clock import Period
from pagertree_async.reporting.database import Database
from pagertree_async.reporting.folder import Folder
from pagertree_async.sandbox import Sandbox
from pagertree_async.transports.asgi import ASGITransport
from pagertree_async.v4 import PagerTree as V4
from tests.reporting import made, plainly
from tests.reporting.made import FORMATS, Row, written

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")


@contextmanager
def prepared(
    folder: Path, zone: str = "UTC", teams: Sequence[str] = (), since: Any = None, until: Any = None
) -> Iterator[tuple[Database, Alerts]]:
    """The alerts of a folder, ready to be counted."""
    with Database() as database:
        yield database, prepare(database, Folder(folder).alerts, teams, ZoneInfo(zone), since, until)


def near(expected: Any, actual: Any) -> None:
    """Two results are equal, but for the last digits of numbers that were divided."""
    assert _rounded(expected) == _rounded(actual)


def _rounded(value: Any) -> Any:
    plain = msgspec.to_builtins(value)
    return json.loads(json.dumps(plain), parse_float=lambda text: float(f"{float(text):.6f}"))


def all_equal(database: Database, rows: Sequence[Row], zone: str, teams: Sequence[str]) -> None:
    """Every query gives what plain Python counts."""
    where = ZoneInfo(zone)
    for unit in ("day", "week", "month", "year"):
        assert plainly.by_day(rows, where, unit) == counts.by_day(database, unit)
    assert plainly.by_hour(rows, where) == counts.by_hour(database)
    near(plainly.groups(rows, lambda row: [row["urgency"]]), counts.by_urgency(database))
    of = [plainly.teams_of(row, teams) for row in rows]
    near(plainly.groups(rows, lambda row: plainly.teams_of(row, teams) or [None]), counts.by_team(database))
    first = sorted({id for ids in of for id in ids})[:1]
    others = [row for row, ids in zip(rows, of, strict=True) if ids - {*first}]
    near(plainly.group(None, others), counts.of_other_teams(database, first))
    near(
        plainly.groups(rows, lambda row: [row["source_id"]] if row["source_id"] else [])[:2],
        counts.by_source(database, 2),
    )
    near(plainly.groups(rows, plainly.title)[:5], counts.by_title(database, 5))
    assert sum(row["meta"].get("incident") is True for row in rows) == counts.incidents(database)
    for what in ("acknowledged", "resolved"):
        near(plainly.spread(rows, what), counts.spread(database, what))


@pytest.mark.parametrize("api", ["v3", "v4"])
@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_generated_alerts(api: str, format: str, data: st.DataObject) -> None:
    """Whatever the alerts are like, each number is that of plain Python."""
    rows = data.draw(made.alerts(api), label="alerts")
    zone = data.draw(st.sampled_from(ZONES), label="zone")
    teams = made.TEAMS[api] if data.draw(st.booleans(), label="teams") else ()
    with tempfile.TemporaryDirectory() as folder:
        with prepared(written(Path(folder), format, alerts=rows), zone, teams) as (database, alerts):
            assert (len(rows), 0, len(rows)) == (alerts.sent, alerts.undated, alerts.count)
            all_equal(database, rows, zone, teams)


@pytest.fixture(scope="module", params=["v3", "v4"])
def account(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """A made-up account in every format of an export, and its alerts."""
    folder = tmp_path_factory.mktemp(request.param)
    with Sandbox(size=300) as sandbox:
        kind, auth = (V3, sandbox.token()) if request.param == "v3" else (V4, sandbox.v4_api_key)
        client: Any = kind(auth, base_url="https://api.test", transport=ASGITransport(sandbox.app))
        with client:
            for format in WRITTEN:
                export(client, folder / format, format=format)
    lines = (folder / "ndjson" / "alerts.ndjson").read_bytes().splitlines()
    return folder, [json.loads(line) for line in lines]


@pytest.mark.parametrize("format", WRITTEN)
def test_an_exported_account(account: tuple[Path, list[Row]], format: str) -> None:
    """Of an export as it is, every number is that of plain Python, whatever the format."""
    folder, rows = account
    teams = [json.loads(line)["id"] for line in (folder / "ndjson" / "teams.ndjson").read_bytes().splitlines()]
    with prepared(folder / format, "America/New_York", teams) as (database, alerts):
        assert len(rows) == alerts.count > 30
        all_equal(database, rows, "America/New_York", teams)


def v4(id: str, created: str, **more: Any) -> Row:
    return {"id": id, "created_at": created, "urgency": "low", "title": "t", **more}


def test_only_the_period_counts(tmp_path: Path) -> None:
    """What was made before ``since`` or at ``until`` is left out."""
    rows = [v4(str(n), f"2026-01-0{n}T00:00:00Z") for n in range(1, 8)]
    since, until = datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)
    with prepared(written(tmp_path, "ndjson", alerts=rows), since=since, until=until) as (database, alerts):
        assert (7, 3) == (alerts.sent, alerts.count)
        assert Period(since=since, until=until, zone=ZoneInfo("UTC")) == alerts.period
        assert [3, 4, 5] == [day.day for day in counts.by_day(database, "day")]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, ("2026-01-01", "2026-01-08")),
        ("2026-01-03T05:00+00:00", None, ("2026-01-03T05:00", "2026-01-08")),
        (None, "2026-01-05T12:00+00:00", ("2026-01-01", "2026-01-05T12:00")),
        ("2026-03-01T01:00+00:00", None, ("2026-03-01T01:00", "2026-03-02")),
        (None, "2025-12-24T00:00+00:00", ("2025-12-23", "2025-12-24")),
    ],
)
def test_the_period_by_default(tmp_path: Path, since: Any, until: Any, expected: tuple[str, str]) -> None:
    """It is whole days from the first alert to the last, and at least the day of the bound that was given."""
    rows = [v4(str(n), f"2026-01-0{n}T10:00:00Z") for n in range(1, 8)]
    bounds = {name: one and datetime.fromisoformat(one) for name, one in (("since", since), ("until", until))}
    with prepared(written(tmp_path, "ndjson", alerts=rows), **bounds) as (_, alerts):
        begin, end = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in expected)
        assert Period(since=begin, until=end, zone=ZoneInfo("UTC")) == alerts.period


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00"),
        ("2026-01-01T12:00:00.123456789Z", "2026-01-01T12:00:00.123456"),
        ("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00"),
        ("2026-01-01T12:00:00-0730", "2026-01-01T19:30:00"),
        ("2026-01-01 12:00:00", "2026-01-01T12:00:00"),
        ("2026-01-01", "2026-01-01T00:00:00"),
        (1767225600, "2026-01-01T00:00:00"),
        (1767225600.25, "2026-01-01T00:00:00.250000"),
        ("1767225600", "2026-01-01T00:00:00"),
        (0, None),
        (-5, None),
        (99999999999, None),
        ("2026-02-30T00:00:00Z", None),
        ("infinity", None),
        ("epoch", None),
        ("yesterday", None),
        ("", None),
        (True, None),
        ({"at": 1}, None),
        (None, None),
    ],
)
def test_moments(tmp_path: Path, sent: Any, expected: str | None) -> None:
    """Seconds since 1970 and ISO 8601 are moments, in UTC where there is no offset; all else is none and is counted."""
    rows = [{"id": "1", "created_at": sent}]
    with prepared(written(tmp_path, "ndjson", alerts=rows)) as (database, alerts):
        found = [
            (datetime(1970, 1, 1) + timedelta(microseconds=m)).isoformat()
            for (m,) in database.run("SELECT made FROM dated WHERE made IS NOT NULL")
        ]
        assert ([] if expected is None else [expected], expected is None) == (found, bool(alerts.undated))


def test_whole_seconds_are_not_before_their_fractions(tmp_path: Path) -> None:
    """An alert acknowledged in the second it was made in, by a clock of whole seconds, took no time at all."""
    rows = [
        {"id": "1", "createdAt": "2026-01-01T00:00:00.900Z", "acknowledged": 1767225600},
        {"id": "2", "createdAt": "2026-01-01T00:00:02.000Z", "acknowledged": 1767225600},
    ]
    with prepared(written(tmp_path, "ndjson", alerts=rows)) as (database, _):
        found = counts.spread(database, "acknowledged")
        assert (1, 0, 1, ()) == (found.count, found.longest, found.odd, found.never)


def test_more_alerts_than_there_are_destinations(tmp_path: Path) -> None:
    """Destinations that are no list, or no JSON, are one id, or none."""
    rows = [
        v4("1", "2026-01-01T00:00:00Z", destination_team_ids="01T1"),
        v4("2", "2026-01-01T00:00:00Z", destination_team_ids="[broken"),
        v4("3", "2026-01-01T00:00:00Z", destination_team_ids=["01T1", "01T1", None]),
    ]
    with prepared(written(tmp_path, "ndjson", alerts=rows)) as (database, _):
        assert [("01T1", 2), (None, 1)] == [(one.name, one.count) for one in counts.by_team(database)]
