"""The states of an alert and what moves it between them."""

from __future__ import annotations

from typing import Any

import pytest

from pagertree_async.sandbox import Sandbox
from tests.sandbox.wire import Clock, Wire

STATES = ("queued", "open", "acknowledged", "resolved", "dropped", "archived")
ALLOWED = {
    ("open", "acknowledge"): "acknowledged",
    ("dropped", "acknowledge"): "acknowledged",
    ("open", "reject"): "dropped",
    ("acknowledged", "resolve"): "resolved",
    ("resolved", "archive"): "archived",
    ("dropped", "archive"): "archived",
    ("acknowledged", "handoff"): "open",
}
MARKS = {"acknowledge": "acknowledged", "reject": "rejected", "resolve": "resolved", "archive": "archived"}


def admin(wire: Wire) -> str:
    """The id of the user whose token the wire has."""
    return wire.get("/user", email=wire.sandbox.username).json["data"][0]["id"]


def alert_in(wire: Wire, state: str, path: str = "/alert", **values: Any) -> dict[str, Any]:
    """An alert to the administrator, brought into a state by the actions that lead there."""
    if state == "queued":
        return next(alert for alert in wire.everything("/alert") if alert["status"] == "queued")
    if state == "dropped":
        nobody = wire.made("/schedule", name="nobody's")
        return wire.made(path, title="disk full", destination_ids=[nobody["id"]], **values)
    alert = wire.made(path, title="disk full", destination_ids=[admin(wire)], **values)
    for action in {"open": "", "acknowledged": "acknowledge", "resolved": "acknowledge resolve"}.get(
        state, "acknowledge resolve archive"
    ).split():
        alert = wire.post(f"/alert/{alert['id']}/{action}").json
    assert state == alert["status"]
    return alert


@pytest.mark.parametrize("action", ["acknowledge", "reject", "resolve", "archive", "handoff"])
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(wire: Wire, state: str, action: str) -> None:
    """An action moves an alert as the reference says, and anywhere else is a 400 that names the state."""
    alert = alert_in(wire, state)
    reply = wire.post(f"/alert/{alert['id']}/{action}", {"to": admin(wire)} if action == "handoff" else None)
    if (state, action) in ALLOWED:
        assert (200, ALLOWED[state, action]) == (reply.status, reply.json["status"])
    else:
        assert (400, [f"Cannot {action} the alert '{alert['id']}': it is {state}"]) == (reply.status, reply.messages)
        assert alert == wire.get(f"/alert/{alert['id']}").json


@pytest.mark.parametrize(("state", "action"), [pair for pair in ALLOWED if pair[1] in MARKS])
def test_the_caller_becomes_who_did_it(wire: Wire, clock: Clock, state: str, action: str) -> None:
    """An action notes its time and its caller, and counts as an update."""
    alert = alert_in(wire, state)
    clock.now += 90
    moved = wire.post(f"/alert/{alert['id']}/{action}").json
    mark = MARKS[action]
    assert (int(clock.now), admin(wire)) == (moved[mark], moved[f"{mark}by"])
    assert alert["createdAt"] < moved["updatedAt"]
    assert moved == wire.get(f"/alert/{alert['id']}").json


@pytest.mark.parametrize("action", ["acknowledge", "reject", "resolve"])
def test_incidents_are_moved_by_their_own_paths(wire: Wire, action: str) -> None:
    """An incident's actions do what an alert's do."""
    state = "acknowledged" if action == "resolve" else "open"
    incident = alert_in(wire, state, "/incident")
    reply = wire.post(f"/incident/{incident['id']}/{action}")
    assert (200, ALLOWED[state, action]) == (reply.status, reply.json["status"])


def test_an_alert_that_is_no_incident_is_not_found_among_them(wire: Wire) -> None:
    """The incidents' paths know only what is flagged."""
    alert = alert_in(wire, "open")
    assert 404 == wire.post(f"/incident/{alert['id']}/acknowledge").status
    assert 404 == wire.get(f"/incident/{alert['id']}").status


def test_rejecting_needs_an_open_workflow(wire: Wire) -> None:
    """Somebody who was not asked cannot reject, nor can somebody who has done so already."""
    users = wire.ids("/user", limit=3)
    alert = wire.made("/alert", title="t", destination_ids=users[1:])
    reply = wire.post(f"/alert/{alert['id']}/reject")
    assert (400, True) == (reply.status, "no open notification workflow" in reply.messages[0])
    other = wire.as_user(users[1])
    assert "open" == other.post(f"/alert/{alert['id']}/reject").json["status"]
    assert 400 == other.post(f"/alert/{alert['id']}/reject").status
    assert "dropped" == wire.as_user(users[2]).post(f"/alert/{alert['id']}/reject").json["status"]


def test_rejecting_escalates_to_the_next_layer(wire: Wire, clock: Clock) -> None:
    """When everybody of a layer has rejected, those of the next are asked; after the last one the alert is dropped."""
    users = wire.ids("/user", limit=2)
    schedule = wire.made("/schedule", name="s")["id"]
    for layer, user in enumerate(users, 1):
        times = {"start": int(clock.now) - 10, "end": int(clock.now) + 10}
        wire.made("/event", schedule_id=[schedule], attendees=[user], layer=layer, **times)
    alert = wire.made("/alert", title="t", destination_ids=[schedule])
    assert [users[0]] == [one["user_id"] for one in alert["workflows"]]
    alert = wire.post(f"/alert/{alert['id']}/reject").json
    assert ("open", users[1]) == (alert["status"], alert["d_user_id"])
    assert [(users[0], "rejected"), (users[1], "open")] == [
        (one["user_id"], one["status"]) for one in alert["workflows"]
    ]
    assert "dropped" == wire.as_user(users[1]).post(f"/alert/{alert['id']}/reject").json["status"]


def test_an_integration_may_resolve_its_own_open_alert(wire: Wire) -> None:
    """An alert that came from an integration can be resolved by it while it is open, by no other."""
    mine, other = (one["id"] for one in wire.get("/integration", limit=2).json["data"])
    alert = alert_in(wire, "open", source_id=mine)
    assert 400 == wire.post(f"/alert/{alert['id']}/resolve", {"source_id": other}).status
    assert 400 == wire.post(f"/alert/{alert['id']}/resolve", {"source_id": 3}).status
    resolved = wire.post(f"/alert/{alert['id']}/resolve", {"source_id": mine}).json
    assert ("resolved", mine) == (resolved["status"], resolved["resolvedby"])
    assert {"closed"} == {one["status"] for one in resolved["workflows"]}


@pytest.mark.parametrize("to", ["user", "team"])
def test_handing_off_asks_somebody_else(wire: Wire, clock: Clock, to: str) -> None:
    """A handoff opens the alert again for its new destination, and is recorded."""
    alert = alert_in(wire, "acknowledged")
    receiver = wire.ids(f"/{to}", limit=2)[1]
    moved = wire.post(f"/alert/{alert['id']}/handoff", {"to": receiver}).json
    record = {"from": admin(wire), "to": receiver, "by": admin(wire), "at": int(clock.now)}
    assert ("open", [receiver], [record]) == (moved["status"], moved["destination_ids"], moved["handoffs"])
    assert (None, None) == (moved["acknowledged"], moved["acknowledgedby"])
    assert (receiver if to == "team" else None) == moved["d_team_id"]
    if to == "user":
        assert receiver == moved["d_user_id"]
        assert "dropped" == wire.as_user(receiver).post(f"/alert/{alert['id']}/reject").json["status"]


def test_handing_to_a_team_with_nobody_on_call_opens_all_the_same(wire: Wire) -> None:
    """The alert waits open for a team that has no schedule."""
    team = wire.made("/team", name="new")["id"]
    alert = alert_in(wire, "acknowledged")
    moved = wire.post(f"/alert/{alert['id']}/handoff", {"to": team}).json
    assert ("open", team, None) == (moved["status"], moved["d_team_id"], moved["d_user_id"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "'to' is a required parameter"),
        ({"to": 1}, "'to' must be a text"),
        ({"to": "usr_nobody"}, "'to' names 'usr_nobody', which is neither a user nor a team"),
    ],
)
def test_a_handoff_needs_somebody(wire: Wire, body: dict[str, Any], message: str) -> None:
    """A handoff to nobody changes nothing."""
    alert = alert_in(wire, "acknowledged")
    reply = wire.post(f"/alert/{alert['id']}/handoff", body)
    assert (400, [message]) == (reply.status, reply.messages)
    assert alert == wire.get(f"/alert/{alert['id']}").json


@pytest.mark.parametrize(
    ("action", "state"),
    [("acknowledge", "open"), ("reject", "open"), ("resolve", "acknowledged"), ("archive", "resolved")],
)
def test_mass_action_does_it_to_all(wire: Wire, action: str, state: str) -> None:
    """A mass action moves every alert it names and answers them in that order."""
    ids = [alert_in(wire, state)["id"] for _ in range(3)]
    reply = wire.post("/alert/mass-action", {"type": action, "alert_ids": ids})
    assert (200, ids) == (reply.status, [alert["id"] for alert in reply.json])
    assert {ALLOWED[state, action]} == {alert["status"] for alert in reply.json}
    assert reply.json == [wire.get(f"/alert/{one}").json for one in ids]


def test_mass_action_deletes(wire: Wire) -> None:
    """A mass deletion answers the alerts as they were."""
    alerts = [alert_in(wire, "open") for _ in range(2)]
    reply = wire.post("/alert/mass-action", {"type": "delete", "alert_ids": [alert["id"] for alert in alerts]})
    assert (200, alerts) == (reply.status, reply.json)
    assert {404} == {wire.get(f"/alert/{alert['id']}").status for alert in alerts}


def test_mass_action_is_all_or_nothing(wire: Wire) -> None:
    """When one alert refuses, none is moved, nothing is logged, and lists read before are read right again."""
    good, bad = alert_in(wire, "open"), alert_in(wire, "resolved")
    before = wire.get("/alert", status="acknowledged").json["total_count"], wire.sandbox.count("log")
    reply = wire.post("/alert/mass-action", {"type": "acknowledge", "alert_ids": [good["id"], bad["id"]]})
    assert 400 == reply.status
    assert good == wire.get(f"/alert/{good['id']}").json
    assert before == (wire.get("/alert", status="acknowledged").json["total_count"], wire.sandbox.count("log"))


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({}, ["'type' is a required parameter", "'alert_ids' is a required parameter"]),
        ({"type": "acknowledge", "alert_ids": []}, ["'alert_ids' is a required parameter"]),
        (
            {"type": "handoff", "alert_ids": ["x"]},
            ["'type' must be one of acknowledge, reject, resolve, delete, archive"],
        ),
        ({"type": "resolve", "alert_ids": "x"}, ["'alert_ids' must be an array of texts"]),
        ({"type": "resolve", "alert_ids": [1]}, ["'alert_ids' must be an array of texts"]),
    ],
)
def test_mass_action_says_what_is_wrong(wire: Wire, body: dict[str, Any], messages: list[str]) -> None:
    """A mass action needs a type and ids."""
    reply = wire.post("/alert/mass-action", body)
    assert (400, messages) == (reply.status, reply.messages)


def test_an_alert_to_a_team_asks_its_first_layer_on_call(wire: Wire, clock: Clock) -> None:
    """Who is on call in layer one of the team's schedule hears of it, on the channels of its urgency."""
    team = wire.get("/team").json["data"][0]
    first = next(one for one in wire.get(f"/team/{team['id']}/current-oncall").json if one["layer"] == 1)
    alert = wire.made("/alert", title="t", destination_ids=[team["id"]], urgency="critical")
    assert ("open", team["id"], first["attendees"][0]) == (alert["status"], alert["d_team_id"], alert["d_user_id"])
    notices = wire.get(f"/alert/{alert['id']}/notifications").json
    assert (3, False) == (notices["total_count"], notices["has_more"])
    assert [("push", int(clock.now)), ("sms", int(clock.now)), ("voice", int(clock.now))] == [
        (one["channel"], one["sent"]) for one in notices["data"]
    ]
    assert {(alert["id"], first["attendees"][0], alert["workflows"][0]["id"])} == {
        (one["alert_id"], one["user_id"], one["workflow_id"]) for one in notices["data"]
    }


def test_an_alert_follows_routers_and_asks_each_person_once(wire: Wire) -> None:
    """A router sends an alert to its default receiver; who is reached twice is asked once; loops end."""
    user = admin(wire)
    router = wire.made("/router", name="r", settings="rules: []", type="router", default_receiver=user)["id"]
    assert 200 == wire.put(f"/router/{router}", {"default_receiver": router}).status
    assert "dropped" == wire.made("/alert", title="t", destination_ids=[router])["status"]
    wire.put(f"/router/{router}", {"default_receiver": user})
    alert = wire.made("/alert", title="t", destination_ids=[router, user])
    assert [user] == [one["user_id"] for one in alert["workflows"]]


def test_nobody_is_asked_by_a_schedule_that_is_off_or_gone(wire: Wire) -> None:
    """A disabled schedule, a deleted one and a team without one have nobody on call: the alert is dropped."""
    team = wire.get("/team").json["data"][0]
    wire.put(f"/schedule/{team['schedule_id']}", {"enabled": False})
    assert "dropped" == wire.made("/alert", title="t", destination_ids=[team["id"]])["status"]
    assert 204 == wire.delete(f"/schedule/{team['schedule_id']}").status
    assert "dropped" == wire.made("/alert", title="t", destination_ids=[team["id"]])["status"]
    wire.put(f"/team/{team['id']}", {"schedule_id": None})
    dropped = wire.made("/alert", title="t", destination_ids=[team["id"]])
    assert ("dropped", []) == (dropped["status"], dropped["workflows"])
    assert 0 == wire.get(f"/alert/{dropped['id']}/notifications").json["total_count"]


def test_an_alert_takes_the_urgency_of_its_integration(wire: Wire) -> None:
    """Without an urgency of its own an alert has its source's, and high when the source has none."""
    low = wire.made("/integration", name="i", type="email", destination_ids=[admin(wire)], urgency="low")["id"]
    body: dict[str, Any] = {"title": "t", "destination_ids": [admin(wire)]}
    assert "low" == wire.made("/alert", **body, source_id=low)["urgency"]
    assert "silent" == wire.made("/alert", **body, source_id=low, urgency="silent")["urgency"]
    assert "high" == wire.made("/alert", **body)["urgency"]


def test_what_happens_to_an_incident_is_logged(wire: Wire) -> None:
    """Each step in an incident's life has a log whose owner it is, the first of which the incident names."""
    incident = alert_in(wire, "archived", "/incident")
    logs = wire.everything(f"/incident/{incident['id']}/logs")
    user = admin(wire)
    assert [
        "Alert created",
        f"Alert open: {user} asked",
        f"Alert acknowledged by {user}",
        f"Alert resolved by {user}",
        f"Alert archived by {user}",
    ] == [log["content"] for log in logs]
    assert (incident["s_log_id"], {incident["id"]}) == (logs[0]["id"], {log["owner_id"] for log in logs})
    assert [logs[4]] == wire.everything(f"/incident/{incident['id']}/logs", content="archived", ops="content:contains")


def test_an_incident_is_the_same_object_as_its_alert(wire: Wire) -> None:
    """An incident is found among the alerts, and an alert becomes one by its flag."""
    incident = alert_in(wire, "open", "/incident", meta={"incident_severity": "SEV-2"})
    assert {"incident": True, "incident_severity": "SEV-2"} == incident["meta"]
    assert incident == wire.get(f"/alert/{incident['id']}").json
    alert = alert_in(wire, "open")
    total = wire.get("/incident").json["total_count"]
    wire.put(f"/alert/{alert['id']}", {"meta": {"incident": True}})
    assert total + 1 == wire.get("/incident").json["total_count"] == wire.sandbox.count("incident")
    assert True is wire.put(f"/incident/{alert['id']}", {"meta": {"x": 1}}).json["meta"]["incident"]
    assert "new" == wire.put(f"/incident/{alert['id']}", {"title": "new"}).json["title"]
    assert 204 == wire.delete(f"/incident/{alert['id']}").status
    assert 404 == wire.get(f"/alert/{alert['id']}").status


def test_an_alerts_id_cannot_be_an_incidents_too(wire: Wire) -> None:
    """An id that an alert has is taken for incidents as well."""
    alert = alert_in(wire, "open")
    reply = wire.post("/incident", {"title": "t", "destination_ids": [admin(wire)], "id": alert["id"]})
    assert 409 == reply.status


def test_an_incident_of_2018_goes_to_its_team(wire: Wire) -> None:
    """Title, description and a team are enough."""
    team = wire.ids("/team", limit=1)[0]
    incident = wire.made("/incident", title="t", description="d", d_team_id=team)
    assert ([team], True) == (incident["destination_ids"], incident["meta"]["incident"])


def test_the_state_cannot_be_set_by_hand(wire: Wire) -> None:
    """An update refuses another status; what it sends of the rest that only actions set is passed over."""
    alert = alert_in(wire, "open")
    reply = wire.put(f"/alert/{alert['id']}", {"status": "archived"})
    assert (400, ["'status' cannot be set: the alert is open, and actions move it on"]) == (
        reply.status,
        reply.messages,
    )
    same = wire.put(f"/alert/{alert['id']}", {**alert, "acknowledgedby": "me", "title": "T"}).json
    assert ("open", "T", False) == (same["status"], same["title"], "acknowledgedby" in same)


def test_an_alert_has_a_thirdparty_id_of_its_own(wire: Wire) -> None:
    """A second alert with the same thirdparty_id is a conflict."""
    alert_in(wire, "open", thirdparty_id="x-1")
    reply = wire.post("/alert", {"title": "t", "destination_ids": [admin(wire)], "thirdparty_id": "x-1"})
    assert (409, ["An alert with the thirdparty_id 'x-1' exists already"]) == (reply.status, reply.messages)
    other = alert_in(wire, "open", "/incident", thirdparty_id="x-2")
    for path in ("alert", "incident"):
        assert 409 == wire.put(f"/{path}/{other['id']}", {"thirdparty_id": "x-1"}).status
        assert 200 == wire.put(f"/{path}/{other['id']}", {"thirdparty_id": "x-2"}).status


def test_seeded_alerts_can_be_moved_like_new_ones() -> None:
    """The seeded open alerts include one that whoever it was sent to can reject."""
    with Sandbox() as sandbox:
        wire = Wire(sandbox)
        alert = wire.get("/alert", status="open").json["data"][0]
        assert 200 == wire.as_user(alert["d_user_id"]).post(f"/alert/{alert['id']}/reject").status
