"""The sandbox of PagerDuty, where a careful client never goes: it refuses as PagerDuty does."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from pagertree_async.pagerduty import PagerDuty, Region
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.sandbox.pagerduty.duty import Piece, final
from pagertree_async.sandbox.pagerduty.seed import EPOCH
from pagertree_async.transports.asgi import ASGITransport
from tests.pagerduty.helpers import daily
from tests.sandbox.wire import Clock, Reply, drive


class Line:
    """Raw requests to a sandbox with its key."""

    def __init__(self, sandbox: PagerDutySandbox, **headers: str) -> None:
        self.sandbox = sandbox
        self.headers = {
            "authorization": f"Token token={sandbox.api_key}",
            "from": sandbox.username,
            "host": "pd.test",
        } | headers

    def __call__(self, method: str, path: str, body: bytes = b"", query: str = "") -> Reply:
        return drive(self.sandbox.app, method, path, body, query.encode(), self.headers)

    def first(self, plural: str) -> Any:
        """The first object of a list."""
        return self("GET", f"/{plural}").json[plural][0]


@pytest.fixture
def line(sandbox: PagerDutySandbox) -> Line:
    """A line to the account."""
    return Line(sandbox)


def test_whoever_cannot_prove_it_is_refused(sandbox: PagerDutySandbox) -> None:
    """No key, a wrong one, and a token that was never given."""
    for authorization in ("", "Token token=wrong", "Bearer wrong", sandbox.api_key):
        reply = Line(sandbox, authorization=authorization)("GET", "/users")
        assert (401, 2006) == (reply.status, reply.json["error"]["code"])
    for authorization in ("", "Basic ???", "Basic /w==", "Bearer x"):
        reply = Line(sandbox, authorization=authorization)("GET", "/api/v1/schedules/P1/entries")
        assert (400, 2006) == (reply.status, reply.json["error"]["code"])


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "said"),
    [
        ("GET", "/users", b"", "limit=0", "limit must be"),
        ("GET", "/users", b"", "limit=abc", "limit must be"),
        ("GET", "/users", b"", "limit=100&offset=9901", "10000"),
        ("GET", "/incidents", b"", "since=soon", "since is not a date"),
        ("GET", "/audit/records", b"", "cursor=mine", "cursor is invalid"),
        ("GET", "/users/me", b"", "", "account-level"),
        ("POST", "/users", b"[]", "", "not a JSON object"),
        ("POST", "/users", b"{}", "", "user is missing"),
        ("POST", "/users", b'{"user": 7}', "", "not one"),
        ("POST", "/users", b'{"user": {"name": "x"}}', "", "email cannot be empty"),
        ("POST", "/users", b'{"user": {"name": "x", "email": "ada@northwind.example"}}', "", "already been taken"),
        (
            "POST",
            "/users",
            b'{"user": {"name": "x", "email": "x@y", "teams": [{"id": "PNONE"}]}}',
            "",
            "team does not exist",
        ),
        ("POST", "/users", b'{"user": {"name": "x", "email": "x@y", "teams": [7]}}', "", "users cannot be so"),
        ("POST", "/schedules", b'{"schedule": {"name": "x"}}', "", "schedule_layers cannot be empty"),
        ("POST", "/schedules", b'{"schedule": {"schedule_layers": [{"users": []}]}}', "", "schedules cannot be so"),
        (
            "POST",
            "/schedules",
            b'{"schedule": {"schedule_layers": [7], "time_zone": "Mars/Base"}}',
            "",
            "schedules cannot be so",
        ),
        ("POST", "/incidents", b'{"incident": {"title": "x"}}', "", "service cannot be empty"),
        (
            "POST",
            "/incidents",
            b'{"incident": {"title": "x", "service": {"id": "PNONE"}}}',
            "",
            "service does not exist",
        ),
    ],
)
def test_what_is_wrong_is_a_400(line: Line, method: str, path: str, body: bytes, query: str, said: str) -> None:
    """The error names what is wrong, with PagerDuty's code."""
    reply = line(method, path, body, query)
    assert (400, 2001) == (reply.status, reply.json["error"]["code"])
    assert said in " ".join(reply.json["error"]["errors"])


def test_layers_are_checked(line: Line) -> None:
    """A layer without users, or with turns of less than an hour, is refused."""
    users = [line.first("users")]
    import json

    assert 400 == line("POST", "/schedules", json.dumps({"schedule": daily([])}).encode()).status
    short = daily(users)
    short["schedule_layers"][0]["rotation_turn_length_seconds"] = 60
    assert 400 == line("POST", "/schedules", json.dumps({"schedule": short}).encode()).status
    assert 201 == line("POST", "/schedules", json.dumps({"schedule": daily(users)}).encode()).status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PATCH", "/users", 405),
        ("GET", "/users/PNOBODY", 404),
        ("DELETE", "/users/PNOBODY", 404),
        ("GET", "/incidents/PNONE/notes", 404),
        ("DELETE", "/schedules/P1/overrides/PNONE", 404),
    ],
)
def test_paths_and_methods(line: Line, method: str, path: str, status: int) -> None:
    """What does not exist is a 404, and a method that leads nowhere a 405."""
    assert status == line(method, path).status


def test_incidents_have_a_life(line: Line) -> None:
    """One is made for a service by a user, acknowledged, resolved, and cannot be opened again."""
    service = line.first("services")["id"]
    made = line("POST", "/incidents", b'{"incident": {"title": "x", "service": {"id": "%s"}}}' % service.encode())
    assert (201, "triggered") == (made.status, made.json["incident"]["status"])
    path = f"/incidents/{made.json['incident']['id']}"
    assert 400 == line("PUT", path, b'{"incident": {"status": "gone"}}').status
    assert "low" == line("PUT", path, b'{"incident": {"urgency": "low"}}').json["incident"]["urgency"]
    assert "resolved" == line("PUT", path, b'{"incident": {"status": "resolved"}}').json["incident"]["status"]
    reply = line("PUT", path, b'{"incident": {"status": "triggered"}}')
    assert ["Incident Already Resolved"] == reply.json["error"]["errors"]
    entries = line("GET", f"{path}/log_entries").json["log_entries"]
    assert ["resolve_log_entry", "trigger_log_entry"] == [one["type"] for one in entries]
    assert entries[0]["self"].startswith("http://pd.test/log_entries/")
    assert 400 == line("POST", f"{path}/notes", b'{"note": {}}').status
    assert 400 == line("POST", f"{path}/status_updates", b"{}").status


def test_a_write_needs_somebody_who_makes_it(sandbox: PagerDutySandbox) -> None:
    """Without From, or with nobody's address, an incident is not changed."""
    path = f"/incidents/{Line(sandbox).first('incidents')['id']}"
    for who in ("", "nobody@x.example"):
        assert 400 == Line(sandbox, **{"from": who})("PUT", path, b'{"incident": {}}').status


def test_incidents_can_be_sorted_and_the_newest_come_first(line: Line) -> None:
    """The order is that of creation, or its reverse."""
    first = [one["id"] for one in line("GET", "/incidents", query="limit=100").json["incidents"]]
    assert first[::-1] == [
        one["id"] for one in line("GET", "/incidents", query="limit=100&sort_by=created_at:desc").json["incidents"]
    ]


def test_teams_take_members(line: Line) -> None:
    """Joining again changes nothing."""
    team, user = line.first("teams")["id"], line("GET", "/users").json["users"][1]["id"]
    before = len(line("GET", f"/teams/{team}/members").json["members"])
    for _ in range(2):
        assert 204 == line("PUT", f"/teams/{team}/users/{user}").status
    assert before + 1 == len(line("GET", f"/teams/{team}/members").json["members"])


def test_small_lists(line: Line) -> None:
    """Abilities, contact methods, and the users of a schedule now."""
    assert "teams" in line("GET", "/abilities").json["abilities"]
    user, schedule = line.first("users"), line.first("schedules")
    assert user["email"] == line("GET", f"/users/{user['id']}/contact_methods").json["contact_methods"][0]["address"]
    assert 1 == len(line("GET", f"/schedules/{schedule['id']}/users").json["users"])
    assert "final_schedule" not in line("GET", f"/schedules/{schedule['id']}").json["schedule"]
    assert 400 == line("GET", f"/schedules/{schedule['id']}", query="since=2026-01-02&until=2026-01-01").status
    assert 2 == len(
        line(
            "GET", "/oncalls", query=f"schedule_ids[]={schedule['id']}&since=2026-06-01T07:00Z&until=2026-06-01T09:00Z"
        ).json["oncalls"]
    )
    assert [] == line("GET", "/oncalls", query="user_ids[]=PNOBODY").json["oncalls"]
    cut = line("GET", f"/schedules/{schedule['id']}", query="since=2026-06-01T07:00Z&until=2026-06-01T09:00Z").json[
        "schedule"
    ]
    entries = cut["final_schedule"]["rendered_schedule_entries"]
    assert ("2026-06-01T08:00:00+01:00", "2026-06-01T10:00:00+01:00") == (entries[0]["start"], entries[-1]["end"])


def test_too_many_requests() -> None:
    """A limit answers 429, and says in its headers when the next may come."""
    with PagerDutySandbox(rate=1, burst=1, clock=Clock()) as sandbox:
        line = Line(sandbox)
        assert 200 == line("GET", "/users").status
        reply = line("GET", "/users")
        assert (429, "1") == (reply.status, reply.headers["ratelimit-reset"])
        assert 429 == line("GET", "/nowhere").status


def test_an_account_in_a_file_is_served_again(tmp_path: Path) -> None:
    """What was made stays, and the keys are the same; what is no database is refused."""
    path = str(tmp_path / "account.db")
    with PagerDutySandbox(path, seed=7) as sandbox:
        key = sandbox.api_key
        Line(sandbox)("POST", "/teams", b'{"team": {"name": "New"}}')
    with PagerDutySandbox(path, seed=9) as sandbox:
        assert key == sandbox.api_key
        assert 3 == sandbox.count("teams")
        with pytest.raises(KeyError):
            sandbox.count("nothing")
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(sqlite3.DatabaseError):
        PagerDutySandbox(str(broken))
    with pytest.raises(ValueError, match="negative"):
        PagerDutySandbox(incidents=-1)


def test_a_broken_account_closes_its_database(tmp_path: Path) -> None:
    """When a new account cannot be made, nothing is left open."""
    path = str(tmp_path / "account.db")
    with PagerDutySandbox(path):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE setting SET value = 'x' WHERE name = 'seed'")
    connection.close()
    with pytest.raises(ValueError, match="'x'"):
        PagerDutySandbox(path)


HOUR, DAY = 3600, 86_400


def layered(*layers: dict[str, Any]) -> dict[str, Any]:
    """A schedule in UTC whose layers begin with the account's present."""
    start = "2026-05-25T00:00:00Z"
    common = {"start": start, "end": None, "rotation_virtual_start": start, "restrictions": []}
    return {
        "time_zone": "UTC",
        "schedule_layers": [
            {**common, **layer, "users": [{"user": {"id": one}} for one in layer["users"]]} for layer in layers
        ],
    }


MONDAY = 1_779_667_200


def pieces(schedule: dict[str, Any], since: float, until: float) -> list[tuple[float, float, str]]:
    """Who is on call, in hours after the Monday."""
    found = final(schedule, [], MONDAY + since * HOUR, MONDAY + until * HOUR)
    return [((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR, one.user_id) for one in found]


def test_turns_that_are_no_whole_days() -> None:
    """Three people in turns of eight hours, and two in turns of five, come round in order."""
    assert [(0, 8, "A"), (8, 16, "B"), (16, 24, "C"), (24, 32, "A")] == pieces(
        layered({"users": "ABC", "rotation_turn_length_seconds": 8 * HOUR}), 0, 25
    )
    expected = [(5.0 * number, 5.0 * number + 5, "AB"[number % 2]) for number in range(20)]
    assert expected == pieces(layered({"users": "AB", "rotation_turn_length_seconds": 5 * HOUR}), 0, 100)


def test_a_later_layer_goes_over_an_earlier_one() -> None:
    """Weekdays from nine to five are another's, and what is left below are pieces of their own."""
    weekly = [
        {
            "type": "weekly_restriction",
            "start_day_of_week": day,
            "start_time_of_day": "09:00:00",
            "duration_seconds": 8 * HOUR,
        }
        for day in (1, 2)
    ]
    schedule = layered(
        {"users": "A", "rotation_turn_length_seconds": 7 * DAY},
        {"users": "B", "rotation_turn_length_seconds": 7 * DAY, "restrictions": weekly},
    )
    assert [(0, 9, "A"), (9, 17, "B"), (17, 33, "A"), (33, 41, "B"), (41, 168, "A")] == pieces(schedule, 0, 168)
    assert [] == pieces(schedule, -10, 0)
    assert [] == final({"time_zone": "UTC", "schedule_layers": []}, [], 0, DAY)
    assert Piece(0, 1, "A") < Piece(0, 2, "A")
    assert EPOCH > MONDAY


def test_an_override_goes_over_all_layers() -> None:
    """What is left of a turn under it are pieces of their own; it is nobody's beyond its end."""
    schedule = layered({"users": "A", "rotation_turn_length_seconds": DAY})
    over = {"start": "2026-05-25T06:00:00Z", "end": "2026-05-25T09:00:00Z", "user": {"id": "B"}}
    found = final(schedule, [over], MONDAY, MONDAY + DAY)
    assert [(0, 6, "A"), (6, 9, "B"), (9, 24, "A")] == [
        ((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR, one.user_id) for one in found
    ]


def test_a_layer_that_ends() -> None:
    """Its last turn is cut there, and then nobody is on call."""
    ended = layered({"users": "AB", "rotation_turn_length_seconds": DAY, "end": "2026-05-26T12:00:00Z"})
    assert [(0, 24, "A"), (24, 36, "B")] == pieces(ended, 0, 100)


def test_below_a_path_of_another_application(sandbox: PagerDutySandbox) -> None:
    """Mounted below a path, it gives addresses there, and a client whose region is there takes them."""
    below = Starlette(routes=[Mount("/pagerduty", app=sandbox.app)])
    region = Region.at("https://host.test/pagerduty")
    with PagerDuty(sandbox.api_key, region=region, transport=ASGITransport(below)) as client:
        user = client.list_all("users")[0]
        assert f"https://host.test/pagerduty/users/{user['id']}" == user["self"]
        assert user == client.rget(user)
