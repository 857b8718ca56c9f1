"""What single resources can do beside the common operations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.wire import Clock, Wire

DAY = 86_400


def shift(wire: Wire, schedule: str, **values: Any) -> dict[str, Any]:
    """A daily event of one hour on a schedule, from the clock's now on."""
    user = wire.ids("/user", limit=1)[0]
    body = {"attendees": [user], "layer": 1, "start": 1_780_000_000, "end": 1_780_003_600, "repeat": True}
    return wire.made("/event", schedule_id=[schedule], **{**body, **values})


@pytest.fixture
def schedule(wire: Wire) -> str:
    """A schedule without events."""
    return wire.made("/schedule", name="s")["id"]


def test_current_events_are_those_on_now(wire: Wire, clock: Clock, schedule: str) -> None:
    """An event shows while one of its occurrences is on, with the times of that occurrence."""
    event = shift(wire, schedule)
    clock.now += 3 * DAY + 10
    wire = Wire(wire.sandbox)
    start = 1_780_000_000 + 3 * DAY
    times = {"start": start, "end": start + 3600}
    assert [{**event, **times, "next": {**times, "started": True}}] == wire.get(
        f"/schedule/{schedule}/currentevents"
    ).json
    clock.now += 3590
    assert [] == wire.get(f"/schedule/{schedule}/currentevents").json


def test_window_events_are_worked_out_and_paginated(wire: Wire, schedule: str) -> None:
    """A window lists every occurrence that overlaps it, in pages; `started` tells those that have begun."""
    event = shift(wire, schedule)
    start, end = 1_780_000_000 + 1800, 1_780_000_000 + 25 * DAY
    found = wire.everything(f"/schedule/{schedule}/window-events", start=start, end=end)
    assert [1_780_000_000 + day * DAY for day in range(25)] == [one["start"] for one in found]
    assert ({event["id"]}, [True] + [False] * 24) == (
        {one["id"] for one in found},
        [one["next"]["started"] for one in found],
    )
    page = wire.get(f"/schedule/{schedule}/window-events", start=start, end=end, page=3).json
    assert (found[20:], False, 25) == (page["data"], page["has_more"], page["total_count"])


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("end=5", "'start' is a required parameter"),
        ("start=5", "'end' is a required parameter"),
        ("start=x&end=5", "'start' must be a time in unix seconds"),
        ("start=1&end=999999999999", "'end' must be a time in unix seconds"),
        ("start=5&end=5", "'end' must be after 'start'"),
        ("start=1&end=5&limit=0", "'limit' must be a whole number between 1 and 100"),
    ],
)
def test_a_window_needs_two_moments(wire: Wire, schedule: str, query: str, message: str) -> None:
    """A window without bounds, or with wrong ones, is refused."""
    reply = wire("GET", f"/schedule/{schedule}/window-events", query=query)
    assert (400, [message]) == (reply.status, reply.messages)


def test_a_changed_occurrence_shows_in_the_place_of_the_excepted_one(wire: Wire, schedule: str) -> None:
    """An exception takes the occurrence out, and the event that stands in for it is listed."""
    parent = shift(wire, schedule)
    start = 1_780_000_000 + DAY
    child = shift(wire, schedule, start=start + 60, end=start + 120, repeat=False, p_event_id=parent["id"])
    wire.put(f"/event/{parent['id']}", {"exceptions": [{"start": start, "event_id": child["id"]}, start + DAY]})
    found = wire.everything(f"/schedule/{schedule}/window-events", start=start - DAY, end=start + 3 * DAY)
    expected = [(parent["id"], start - DAY), (child["id"], start + 60), (parent["id"], start + 2 * DAY)]
    assert expected == [(one["id"], one["start"]) for one in found]


def test_a_window_keeps_the_wall_clock_of_the_events_zone(wire: Wire, schedule: str) -> None:
    """Nine in the morning in Berlin is 08:00 UTC before the clocks change, and 07:00 afterwards."""
    start = 1_774_598_400
    shift(wire, schedule, start=start, end=start + 3600, timezone="Europe/Berlin", frequency=1, frequency_unit="daily")
    found = wire.everything(f"/schedule/{schedule}/window-events", start=start, end=start + 4 * DAY - 3600)
    assert [0, DAY, 2 * DAY - 3600, 3 * DAY - 3600] == [one["start"] - start for one in found]


def test_flushing_takes_the_events_of_one_schedule(wire: Wire, schedule: str) -> None:
    """All events of the schedule go; one that another schedule shares stays there; other schedules keep theirs."""
    other = wire.made("/schedule", name="o")["id"]
    gone, kept = shift(wire, schedule), shift(wire, other)
    shared = wire.made("/event", schedule_id=[schedule, other], attendees=gone["attendees"], layer=1, start=1, end=2)
    old = wire.made("/event", schedule_id=schedule, user_id=gone["attendees"][0], start=1, end=2)
    reply = wire.delete(f"/schedule/{schedule}/flush")
    assert (204, b"") == (reply.status, reply.body)
    assert [404, 200, 200, 404] == [wire.get(f"/event/{one['id']}").status for one in (gone, kept, shared, old)]
    assert [other] == wire.get(f"/event/{shared['id']}").json["schedule_id"]
    assert [] == wire.get(f"/schedule/{schedule}/currentevents").json
    assert 204 == wire.delete(f"/schedule/{other}").status
    assert 404 == wire.get(f"/event/{shared['id']}").status


def test_somebody_is_on_call_on_every_seeded_schedule(wire: Wire, clock: Clock) -> None:
    """At any time, in years to come too, layer one of each seeded team has somebody, who finds the event too."""
    teams = wire.get("/team").json["data"]
    for hours in (0, 5, 11, 17, 30, 100, 24 * 365 * 20):
        clock.now += hours * 3600
        line = Wire(wire.sandbox)
        for team in teams:
            on = line.get(f"/team/{team['id']}/current-oncall").json
            assert on == line.get(f"/team/{team['id']}/currentevents").json
            assert on == line.get(f"/schedule/{team['schedule_id']}/currentevents").json
            first = [one for one in on if one["layer"] == 1]
            assert 1 == len(first), (team["name"], clock.now)
            who = first[0].get("attendees") or [first[0]["user_id"]]
            assert first[0] in line.get(f"/user/{who[0]}/currentevents").json


def test_a_team_without_a_schedule_has_nobody_on_call(wire: Wire) -> None:
    """Nobody is an empty array."""
    team = wire.made("/team", name="t")["id"]
    assert [] == wire.get(f"/team/{team}/current-oncall").json


def test_members_of_a_team_are_a_list_of_users(wire: Wire) -> None:
    """A team's members are users, paginated and filtered like all lists."""
    team = wire.get("/team").json["data"][1]
    members = wire.everything(f"/team/{team['id']}/members")
    assert sorted(team["member_user_ids"]) == sorted(one["id"] for one in members)
    page = wire.get(f"/team/{team['id']}/members", limit=3, page=2).json
    assert (members[3:], False, 4) == (page["data"], page["has_more"], page["total_count"])
    assert [members[1]] == wire.everything(f"/team/{team['id']}/members", email=members[1]["email"])
    assert [{"name": members[0]["name"]}] == wire.get(f"/team/{team['id']}/members", select="name", limit=1).json[
        "data"
    ]
    wire.put(f"/team/{team['id']}", {"member_user_ids": None})
    assert [] == wire.everything(f"/team/{team['id']}/members")


def test_a_user_is_added_to_teams_once(wire: Wire) -> None:
    """Adding makes a user a member, changes nothing where it is one, and answers the user."""
    user = wire.get("/user").json["data"][0]
    teams = wire.ids("/team")
    wire.put(f"/team/{teams[1]}", {"member_user_ids": None})
    for _ in range(2):
        reply = wire.post(f"/user/{user['id']}/add-to-teams", {"team_ids": teams})
        assert (200, user) == (reply.status, reply.json)
        assert [1] * 4 == [wire.get(f"/team/{one}").json["member_user_ids"].count(user["id"]) for one in teams]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "'team_ids' is a required parameter"),
        ({"team_ids": "x"}, "'team_ids' must be an array of texts"),
        ({"team_ids": ["x"]}, "'team_ids' names 'x', which does not exist"),
    ],
)
def test_adding_to_teams_needs_teams(wire: Wire, body: dict[str, Any], message: str) -> None:
    """Teams that are missing, or do not exist, are refused."""
    reply = wire.post(f"/user/{wire.ids('/user')[0]}/add-to-teams", body)
    assert (400, [message]) == (reply.status, reply.messages)


def test_running_an_automation_logs_it(wire: Wire) -> None:
    """A run answers the log of it, which names the URL of the settings where there is one."""
    settings = "url: https://x.example/hook\nmethod: POST\n"
    automation = wire.made("/automation", name="n", settings=settings)
    reply = wire.post(f"/automation/{automation['id']}/run")
    expected = (200, automation["id"], "Automation run: https://x.example/hook", "OUTGOING")
    assert expected == (reply.status, reply.json["owner_id"], reply.json["content"], reply.json["subtype"])
    assert reply.json == wire.get(f"/log/{reply.json['id']}").json
    wire.put(f"/automation/{automation['id']}", {"settings": "{}"})
    assert "Automation run: no url in its settings" == wire.post(f"/automation/{automation['id']}/run").json["content"]
    wire.put(f"/automation/{automation['id']}", {"enabled": False})
    reply = wire.post(f"/automation/{automation['id']}/run")
    assert (400, [f"Cannot run the automation '{automation['id']}': it is not enabled"]) == (
        reply.status,
        reply.messages,
    )


@pytest.mark.parametrize("kind", ["router", "notification"])
def test_default_templates_are_texts(wire: Wire, kind: str) -> None:
    """The default template of each type of router is a JSON string, of which a router can be made."""
    text = wire.get(f"/router/default-template/{kind}").json
    assert isinstance(text, str)
    assert text.startswith("#")
    user = wire.ids("/user")[0]
    assert text == wire.made("/router", name="n", type=kind, default_receiver=user, settings=text)["settings"]


def test_an_unknown_default_template_is_not_found(wire: Wire) -> None:
    """There are templates for the two types only."""
    assert (404, ["The router type 'x' does not exist"]) == (
        (reply := wire.get("/router/default-template/x")).status,
        reply.messages,
    )


def test_a_broadcast_reaches_every_member_once(wire: Wire, clock: Clock) -> None:
    """A broadcast notifies all members of its teams, on call or not, and its users."""
    teams, users = wire.get("/team").json["data"], wire.ids("/user", limit=100)
    both = [teams[0]["id"], teams[1]["id"], users[0]]
    broadcast = wire.made("/broadcast", title="t", destination_ids=both)
    notices = wire.everything("/notification", source_id=broadcast["id"])
    wanted = {*teams[0]["member_user_ids"], *teams[1]["member_user_ids"], users[0]}
    assert (len(wanted), wanted) == (len(notices), {one["user_id"] for one in notices})
    assert ("open", int(clock.now)) == (broadcast["status"], broadcast["created"])


def test_a_broadcast_of_2018_reaches_its_users(wire: Wire) -> None:
    """Message, source and users are enough; channels are those that are asked for."""
    users = wire.ids("/user", limit=2)
    values = {"message": "m", "source_id": users[0], "user_ids": users, "channels": ["email", "sms"]}
    broadcast = wire.made("/broadcast", **values)
    assert ("m", users) == (broadcast["title"], broadcast["destination_ids"])
    found = [(one["user_id"], one["channel"]) for one in wire.everything("/notification", source_id=broadcast["id"])]
    assert [(user, channel) for user in users for channel in ("email", "sms")] == found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/alert/x/acknowledge"),
        ("POST", "/alert/x/handoff"),
        ("GET", "/alert/x/notifications"),
        ("POST", "/automation/x/run"),
        ("GET", "/incident/x/logs"),
        ("GET", "/schedule/x/currentevents"),
        ("GET", "/schedule/x/window-events?start=1&end=2"),
        ("DELETE", "/schedule/x/flush"),
        ("GET", "/team/x/current-oncall"),
        ("GET", "/team/x/currentevents"),
        ("GET", "/team/x/members"),
        ("GET", "/user/x/currentevents"),
        ("POST", "/user/x/add-to-teams"),
    ],
)
def test_actions_on_what_does_not_exist(wire: Wire, method: str, path: str) -> None:
    """An action on an unknown id is a 404 that names it."""
    path, _, query = path.partition("?")
    reply = wire(method, path, query=query)
    assert (404, [f"The {path.split('/')[1]} 'x' does not exist"]) == (reply.status, reply.messages)
