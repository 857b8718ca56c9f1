"""The states of an alert of API v4 and what moves it between them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Clock

STATES = ("queued", "open", "acknowledged", "resolved", "dropped", "suppressed")
ALLOWED = {
    ("open", "acknowledge"): "acknowledged",
    ("dropped", "acknowledge"): "acknowledged",
    ("suppressed", "acknowledge"): "acknowledged",
    ("open", "reject"): "dropped",
    ("open", "resolve"): "resolved",
    ("dropped", "resolve"): "resolved",
    ("acknowledged", "resolve"): "resolved",
}


def quiet(line: Line, clock: Clock, integration: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A maintenance window of an integration that is open for a minute before and after now."""
    from pagertree_async.sandbox.identity import iso

    times = {"start_datetime": iso(clock.now - 60), "end_datetime": iso(clock.now + 60), "time_zone": "UTC"}
    return line.made("/maintenance_windows", **{"name": "w", **times, "integration_ids": [integration["id"]], **values})


def alert_in(line: Line, clock: Clock, state: str) -> dict[str, Any]:
    """An alert to the administrator, brought into a state by what leads there."""
    if state == "queued":
        return next(alert for alert in line.everything("/alerts") if alert["status"] == "queued")
    values: dict[str, Any] = {}
    if state == "suppressed":
        integration = line.first("integrations")
        quiet(line, clock, integration)
        values["source_id"] = integration["id"]
    if state == "dropped":
        team = line.made("/teams", name="t", member_account_user_ids=[line.me], admin_account_user_ids=[line.me])
        values = {"destination_account_user_ids": [], "destination_team_ids": [team["id"]]}
    alert = line.alert(**values)
    for action in {"acknowledged": ["acknowledge"], "resolved": ["acknowledge", "resolve"]}.get(state, []):
        alert = line.post(f"/alerts/{alert['id']}/{action}").json
    assert state == alert["status"]
    return alert


@pytest.mark.parametrize("action", ["acknowledge", "reject", "resolve"])
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(line: Line, clock: Clock, state: str, action: str) -> None:
    """An action moves an alert as the reference says, and anywhere else is a 422 that changes nothing."""
    alert = alert_in(line, clock, state)
    path = f"/alerts/{alert['prefix_id']}/{action}"
    if (state, action) in ALLOWED:
        reply = line.post(path)
        assert (200, ALLOWED[state, action]) == (reply.status, reply.json["status"])
        assert reply.json == line.get(f"/alerts/{alert['id']}").json
    else:
        message = f"status {state} does not allow to {action} the alert"
        if action == "reject":
            message = "alert can't be rejected: you have no open workflow for it"
        assert (422, [message]) == line.refused("POST", path)
        assert alert == line.get(f"/alerts/{alert['id']}").json


@pytest.mark.parametrize(("action", "mark"), [("acknowledge", "acknowledged_at"), ("resolve", "resolved_at")])
def test_an_action_notes_its_time(line: Line, clock: Clock, action: str, mark: str) -> None:
    """What is acknowledged or resolved says when, and a log by whom."""
    alert = line.alert()
    assert alert[mark] is None
    clock.now += 90
    moved = line.post(f"/alerts/{alert['id']}/{action}").json
    assert ("2026-05-28T20:28:10.000Z",) * 2 == (moved[mark], moved["updated_at"])
    assert f"Alert {moved['status']} by {line.me}" == line.logged(alert)[-1]


def test_making_an_alert_asks_whom_it_goes_to(line: Line) -> None:
    """Those asked are written down with how they heard of it, by the alert's urgency."""
    people = line.ids("/account_users", limit=2)
    alert = line.alert(destination_account_user_ids=people, urgency="critical")
    expected = [f"Alert open: {person} notified by push, sms and voice at layer 1" for person in people]
    assert ["Alert created", *expected] == line.logged(alert)
    assert "open" == alert["status"]


def test_rejecting_needs_an_open_workflow_of_ones_own(line: Line) -> None:
    """Somebody who was not asked cannot reject, nor can somebody who has done so already; the last one drops it."""
    people = line.ids("/account_users", limit=3)
    alert = line.alert(destination_account_user_ids=people[1:])
    path = f"/alerts/{alert['id']}/reject"
    refused = (422, ["alert can't be rejected: you have no open workflow for it"])
    assert refused == line.refused("POST", path)
    assert "open" == line.with_key_of(people[1]).post(path).json["status"]
    assert refused == line.with_key_of(people[1]).refused("POST", path)
    assert "dropped" == line.with_key_of(people[2]).post(path).json["status"]
    assert ["Alert dropped: nobody is on call"] == line.logged(alert)[-1:]


def test_rejecting_escalates_to_the_next_layer(line: Line) -> None:
    """When everybody of a layer has rejected, those of the next are asked; after the last one the alert is dropped."""
    people = line.ids("/account_users", limit=2)
    team = line.made("/teams", name="t", member_account_user_ids=people, admin_account_user_ids=people)
    for layer, person in enumerate(people, 1):
        line.event(team["schedule_id"], [person], "2026-05-28T20:00", "2026-05-28T21:00", layer=layer)
    values = {"destination_account_user_ids": [], "destination_team_ids": [team["id"]]}
    path = f"/alerts/{line.alert(**values)['id']}/reject"
    assert "open" == line.post(path).json["status"]
    assert "dropped" == line.with_key_of(people[1]).post(path).json["status"]


def test_an_alert_goes_the_way_of_its_destinations(line: Line) -> None:
    """Routers lead on, also in a circle; whoever is reached twice is asked once; what has gone is passed over."""
    team, people = line.first("teams"), line.ids("/account_users", limit=3)
    first = line.made("/routers", name="a", default_receiver_team_id=team["id"])
    second = line.made("/routers", name="b", default_receiver_router_id=first["id"])
    third = line.made("/routers", name="c", default_receiver_account_user_id=people[2])
    on_call = line.get(f"/teams/{team['id']}/current_oncall").json[0]["attendees"][0]["attendee_id"]
    values = {"destination_account_user_ids": [], "destination_router_ids": [second["id"], first["id"], third["id"]]}
    asked = [message.split()[2] for message in line.logged(line.alert(**values)) if "open" in message]
    assert [on_call, people[2]] == asked
    line.put(f"/routers/{first['id']}", {"default_receiver_router_id": second["id"]})
    assert "dropped" == line.alert(**{**values, "destination_router_ids": [first["id"]]})["status"]
    line.delete(f"/routers/{first['id']}")
    line.delete(f"/teams/{team['id']}")
    assert "dropped" == line.alert(**{**values, "destination_router_ids": [second["id"]]})["status"]
    mine = line.made("/integrations", name="i", urgency="low", team_ids=[line.first("teams")["id"]],
                     integration_type_id=line.first("integration_types")["id"])  # fmt: skip
    line.delete(f"/teams/{mine['team_ids'][0]}")
    event = {"event_type": "create", "Id": "1", "Title": "t"}
    assert 200 == line.post(f"//integration/{mine['prefix_id']}", event).status
    assert "dropped" == line.get("/alerts", source_id=mine["id"]).json["data"][0]["status"]


@pytest.mark.parametrize(("shift", "status"), [(-61, "open"), (-60, "suppressed"), (59, "suppressed"), (60, "open")])
def test_a_maintenance_window_suppresses_while_it_is_open(line: Line, clock: Clock, shift: float, status: str) -> None:
    """From its beginning to its end, the alerts of its integrations ask nobody; those of others are as ever."""
    mine, other = line.first("integrations"), line.first("integrations", 1)
    window = quiet(line, clock, mine)
    clock.now += shift
    alert = line.alert(source_id=mine["id"])
    assert status == alert["status"]
    if status == "suppressed":
        assert ["Alert created", f"Alert suppressed by the maintenance window {window['name']}"] == line.logged(alert)
    assert {"open"} == {line.alert(source_id=other["id"])["status"], line.alert()["status"]}
    line.put(f"/maintenance_windows/{window['id']}", {"integration_ids": [other["id"]]})
    assert "open" == line.alert(source_id=mine["id"])["status"]
