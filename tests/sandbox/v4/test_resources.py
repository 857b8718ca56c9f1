"""Objects of API v4: made, changed and deleted, and what becomes of what is written."""

from __future__ import annotations

from typing import Any

import pytest

from pagertree_async.sandbox.v4.resources import RESOURCES
from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Clock

MAKING = sorted(name for name, resource in RESOURCES.items() if "C" in resource.verbs)
DELETING = sorted(name for name, resource in RESOURCES.items() if "D" in resource.verbs)
CHANGING = sorted(name for name, resource in RESOURCES.items() if "U" in resource.verbs)


def body_for(line: Line, name: str, id: str = "id") -> dict[str, Any]:
    """The least that a creation needs, with ids of the kind asked for."""
    person, team = line.first("account_users")[id], line.first("teams")[id]
    times = {"time_zone": "Berlin"}
    return {
        "account_users": {"user_attributes": {"name": "New", "emails_attributes": [{"email": "new@x.example"}]}},
        "alerts": {"title": "t", "urgency": "low", "destination_team_ids": [team]},
        "broadcasts": {"title": "t", "destination_account_user_ids": [person]},
        "comments": {"body": "b"},
        "escalation_policies": {"name": "n"},
        "events": {
            "start_time": "2026-01-01T09:00:00Z",
            "end_time": "2026-01-01T17:00:00Z",
            "layer": 1,
            "account_user_ids": [person],
            **times,
        },
        "integrations": {
            "name": "n",
            "urgency": "high",
            "integration_type_id": line.first("integration_types")[id],
            "team_ids": [team],
        },
        "maintenance_windows": {
            "name": "n",
            "start_datetime": "2026-01-01T09:00:00Z",
            "end_datetime": "2026-01-01T17:00:00Z",
            "integration_ids": [line.first("integrations")[id]],
            **times,
        },
        "notification_rules": {"name": "n"},
        "routers": {"name": "n", "default_receiver_team_id": team},
        "schedules": {"name": "n"},
        "teams": {"name": "n", "member_account_user_ids": [person], "admin_account_user_ids": [person]},
        "users": {"name": "New", "email": "new@x.example"},
    }[name]


@pytest.mark.parametrize("name", MAKING)
@pytest.mark.parametrize("id", ["id", "prefix_id"])
def test_an_object_is_made_of_what_the_reference_requires(line: Line, clock: Clock, name: str, id: str) -> None:
    """What is required suffices, ids of either kind become ULIDs, and the object is found, listed and counted."""
    before = line.sandbox.count(f"v4.{name}")
    body = body_for(line, name, id)
    item = line.made(f"/{name}", **body)
    plain = body_for(line, name)
    assert {one: value for one, value in plain.items() if one in item and "time" not in one} == {
        one: item[one] for one in plain if one in item and "time" not in one
    }
    assert item == line.get(f"/{name}/{item['id']}").json == line.get(f"/{name}", id=item["id"]).json["data"][0]
    assert (before + 1, before + 1) == (line.sandbox.count(f"v4.{name}"), item["tiny_id"])
    assert item["created_at"] == item["updated_at"] == "2026-05-28T20:26:40.000Z"
    assert set(line.first(name)) == set(item)


@pytest.mark.parametrize("name", CHANGING)
def test_an_object_is_changed(line: Line, clock: Clock, name: str) -> None:
    """An update sets what it names and leaves the rest; the object as it was answered may be sent back."""
    item = line.made(f"/{name}", **body_for(line, name))
    clock.now += 60
    changed = line.put(f"/{name}/{item['prefix_id']}", {"meta": {"key": "value"}, "tiny_id": 99, "nothing": 1})
    assert (200, {**item, "meta": {"key": "value"}, "updated_at": "2026-05-28T20:27:40.000Z"}) == (
        changed.status,
        changed.json,
    )
    assert (
        changed.json == line.put(f"/{name}/{item['id']}", changed.json).json == line.get(f"/{name}/{item['id']}").json
    )
    attribute = "title" if "title" in item else "name" if "name" in item else None
    if attribute is not None:
        assert "other" == line.put(f"/{name}/{item['id']}", {attribute: "other"}).json[attribute]


@pytest.mark.parametrize("name", DELETING)
def test_an_object_is_deleted(line: Line, name: str) -> None:
    """Deleting answers nothing, and the object is gone; its number is not given again."""
    item = line.made(f"/{name}", **body_for(line, name))
    reply = line.delete(f"/{name}/{item['prefix_id']}")
    assert (204, b"") == (reply.status, reply.body)
    assert {404} == {line.delete(f"/{name}/{item['id']}").status, line.get(f"/{name}/{item['id']}").status}
    body = body_for(line, name)
    if name == "account_users":
        body["user_attributes"]["emails_attributes"] = [{"email": "newer@x.example"}]
    assert item["tiny_id"] + 1 == line.made(f"/{name}", **body)["tiny_id"]


def test_an_alert_has_what_was_written(line: Line) -> None:
    """Tags become a list without blanks and repetitions, a thirdparty_id a dedup key, and the caller the source."""
    alert = line.alert(tags=["a", " b ", "", "a"], thirdparty_id="k", description="d", meta={"incident": True})
    assert (["a", "b"], ["k"], {"incident": True}) == (alert["tag_list"], alert["dedup_keys"], alert["meta"])
    assert (line.me, "AccountUser") == (alert["source_id"], alert["source_type"])
    assert alert["id"] == line.get(f"/logs/{alert['source_log_id']}").json["owner_id"]
    assert [] == line.put(f"/alerts/{alert['id']}", {"tags": []}).json["tag_list"]
    assert ["c"] == line.put(f"/alerts/{alert['id']}", {"tags": ["c"]}).json["tag_list"]
    assert ["c"] == line.put(f"/alerts/{alert['id']}", {"title": "other"}).json["tag_list"]
    assert [] == line.put(f"/alerts/{alert['id']}", {"tags": None}).json["tag_list"]
    assert ["x", "y"] == line.alert(dedup_keys=["x", "y"], thirdparty_id="k")["dedup_keys"]


def test_what_names_something_deleted_may_be_sent_back(line: Line) -> None:
    """An object may be sent back as it was shown when what it names is gone, but nothing new may name that."""
    team = line.made("/teams", **body_for(line, "teams"))
    alert = line.alert(destination_team_ids=[team["id"]], source_id=line.first("integrations")["id"])
    line.delete(f"/teams/{team['id']}")
    line.delete(f"/integrations/{alert['source_id']}")
    assert (200, alert) == (line.put(f"/alerts/{alert['id']}", alert).status, line.get(f"/alerts/{alert['id']}").json)
    status, messages = line.refused("POST", "/alerts", alert)
    gone = f"destination_team_ids is invalid: {team['id']} does not exist"
    assert (422, ["source must exist", gone]) == (status, messages)


def test_an_alert_can_come_from_an_integration(line: Line) -> None:
    """A source is named by either id, and its kind is told."""
    mine = line.first("integrations")
    alert = line.alert(source_id=mine["prefix_id"])
    assert (mine["id"], "Integration") == (alert["source_id"], alert["source_type"])


def test_what_only_the_server_sets_is_left_as_it_is(line: Line) -> None:
    """An update that sends back state, times and ids changes none of them."""
    alert = line.alert()
    given = {
        "status": "resolved",
        "resolved_at": "2026-01-01T00:00:00Z",
        "id": "x",
        "account_id": "y",
        "tag_list": ["z"],
    }
    assert alert == line.put(f"/alerts/{alert['id']}", given).json
    policy = line.first("escalation_policies")
    changed = line.put(f"/escalation_policies/{policy['id']}", {"team_ids": [], "escalation_layers": []}).json
    assert (policy["team_ids"], policy["escalation_layers"]) == (changed["team_ids"], changed["escalation_layers"])


def test_values_are_read_as_rails_reads_them(line: Line) -> None:
    """Numbers and truths may come as texts, texts as numbers; null is nothing, or the default."""
    event = line.first("events")
    changed = line.put(
        f"/events/{event['id']}", {"layer": "2", "rotation": "0", "repeat": "TRUE", "days_of_week": ["3"]}
    )
    assert (2, False, True, [3]) == tuple(
        changed.json[name] for name in ("layer", "rotation", "repeat", "days_of_week")
    )
    rule = line.made("/notification_rules", name=7, enabled=None, rules=True)
    assert ("7", True, "true") == (rule["name"], rule["enabled"], rule["rules"])
    alert = line.alert(description=None, tags=None, meta=None, destination_team_ids=None)
    assert (None, [], {}, []) == tuple(
        alert[name] for name in ("description", "tag_list", "meta", "destination_team_ids")
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-07-01T09:00:00Z", "2026-07-01T09:00:00.000Z"),
        ("2026-07-01T09:00:00.123+02:00", "2026-07-01T07:00:00.123Z"),
        ("2026-07-01 09:00", "2026-07-01T16:00:00.000Z"),
        ("2026-01-01 09:00:00", "2026-01-01T17:00:00.000Z"),
        ("2026-07-01 09:00:00 UTC", "2026-07-01T09:00:00.000Z"),
        ("2026-07-01", "2026-07-01T07:00:00.000Z"),
    ],
)
def test_a_time_without_an_offset_is_wall_clock_time(line: Line, given: str, expected: str) -> None:
    """Where no offset is given, a time is what the clocks of the object's zone show."""
    values = {"time_zone": "Pacific Time (US & Canada)", "end_datetime": "2030-01-01"}
    body = {**body_for(line, "maintenance_windows"), **values, "start_datetime": given}
    window = line.made("/maintenance_windows", **body)
    assert (expected, "2030-01-01T08:00:00.000Z") == (window["start_datetime"], window["end_datetime"])
    changed = line.put(f"/maintenance_windows/{window['id']}", {"end_datetime": "2030-07-01 00:00"}).json
    assert "2030-07-01T07:00:00.000Z" == changed["end_datetime"]


def test_an_event_takes_the_names_of_maintenance_windows_for_its_times(line: Line) -> None:
    """Clients that say start_datetime and end_datetime are understood."""
    body = body_for(line, "events")
    body["start_datetime"], body["end_datetime"] = body.pop("start_time"), body.pop("end_time")
    event = line.made("/events", **body)
    assert ("2026-01-01T09:00:00.000Z", "2026-01-01T17:00:00.000Z") == (event["start_time"], event["end_time"])


def test_the_attendees_of_an_event(line: Line) -> None:
    """Account users become attendees in their order, once each, and are replaced as a whole."""
    people = line.ids("/account_users", limit=3)
    event = line.made("/events", **{**body_for(line, "events"), "account_user_ids": [*people[:2], people[0]]})
    assert [(people[0], 1), (people[1], 2)] == [
        (one["attendee_id"], one["position"]) for one in event["event_attendees"]
    ]
    assert {"AccountUser"} == {one["attendee_type"] for one in event["event_attendees"]}
    changed = line.put(f"/events/{event['id']}", {"account_user_ids": [people[2]]}).json
    assert [people[2]] == [one["attendee_id"] for one in changed["event_attendees"]]


def test_options_of_an_integration(line: Line) -> None:
    """Keys that begin with option_ become options, beside those there are; the type is shown whole."""
    kinds = line.everything("/integration_types")
    body = {**body_for(line, "integrations"), "option_token": "t", "option_capture": True}
    made = line.made("/integrations", **body)
    assert ({"token": "t", "capture": True}, kinds[0]) == (made["options"], made["integration_type"])
    values = {"option_token": None, "option_list": [1], "options": {}, "integration_type_id": kinds[2]["prefix_id"]}
    changed = line.put(f"/integrations/{made['id']}", values).json
    assert ({"token": None, "capture": True, "list": [1]}, kinds[2]) == (
        changed["options"],
        changed["integration_type"],
    )
    assert kinds[2] == line.put(f"/integrations/{made['id']}", {"integration_type_id": None}).json["integration_type"]


def test_the_default_receiver_of_a_router(line: Line) -> None:
    """A router has one default receiver: naming another takes the first one's place."""
    router = line.made("/routers", **body_for(line, "routers"))
    changed = line.put(f"/routers/{router['id']}", {"default_receiver_account_user_id": line.me}).json
    names = ("default_receiver_account_user_id", "default_receiver_router_id", "default_receiver_team_id")
    assert (line.me, None, None) == tuple(changed[name] for name in names)


def test_layers_of_an_escalation_policy(line: Line) -> None:
    """Layers are added, changed by either id, and taken away; they stand in order."""
    layers = [{"layer": 2, "timeout": 10}, {"layer": "1", "timeout_unit": "hours"}, {"layer": 3, "_destroy": True}]
    policy = line.made("/escalation_policies", name="n", repeat=2, escalation_layers_attributes=layers)
    first, second = policy["escalation_layers"]
    assert [(1, 5, "hours"), (2, 10, "minutes")] == [
        (one["layer"], one["timeout"], one["timeout_unit"]) for one in (first, second)
    ]
    assert {"account_id", "id", "prefix_id", "layer", "timeout", "timeout_unit", "color_hex"} == set(first)
    given = [{"id": first["prefix_id"], "layer": 4}, {"id": second["id"], "_destroy": "1"}, {"layer": 9}]
    changed = line.put(f"/escalation_policies/{policy['id']}", {"escalation_layers_attributes": given}).json
    assert [(first["id"], 4), True] == [
        (changed["escalation_layers"][0]["id"], changed["escalation_layers"][0]["layer"]),
        changed["escalation_layers"][1]["id"] not in (first["id"], second["id"]),
    ]


def test_options_of_a_broadcast(line: Line) -> None:
    """Response options get positions, and are changed and taken away by their ids."""
    options = [{"value": "yes"}, {"value": "no"}, {"value": "maybe"}]
    body = {**body_for(line, "broadcasts"), "response_requested": True, "tags": ["t"]}
    made = line.made("/broadcasts", **body, broadcast_response_options_attributes=options)
    assert (["t"], "open", []) == (made["tag_list"], made["status"], made["broadcast_responses"])
    first, second, _ = made["broadcast_response_options"]
    assert {"id", "value", "position", "broadcast_responses_count"} == set(first)
    given = [{"id": first["id"], "_destroy": True}, {"id": second["id"], "value": "never"}]
    changed = line.put(f"/broadcasts/{made['id']}", {"broadcast_response_options_attributes": given}).json
    assert [("never", 1), ("maybe", 2)] == [
        (one["value"], one["position"]) for one in changed["broadcast_response_options"]
    ]
    assert "closed" == line.put(f"/broadcasts/{made['id']}", {"status": "closed"}).json["status"]


def test_a_broadcast_goes_to_everybody_of_its_teams(line: Line) -> None:
    """Members of the teams and the account users hear of it, each once, and a log says so."""
    team = line.first("teams")
    people = [team["member_account_user_ids"][0], line.first("account_users", 11)["id"]]
    values = {"destination_team_ids": [team["id"]], "destination_account_user_ids": people}
    made = line.made("/broadcasts", title="t", **values)
    assert ["Broadcast sent to 4 account users"] == line.logged(made)


def test_parts_that_are_not_there(line: Line) -> None:
    """A part that is to be changed and is not there is a 404."""
    policy = line.first("escalation_policies")
    reply = line.refused(
        "PUT", f"/escalation_policies/{policy['id']}", {"escalation_layers_attributes": [{"id": "x", "layer": 1}]}
    )
    assert (404, ["Couldn't find EscalationLayer with ID=x for EscalationPolicy"]) == reply


def test_a_new_team_gets_a_schedule_and_an_escalation_policy(line: Line) -> None:
    """Both are made with the team and named after it, the policy with layers; those that are named are taken instead."""
    body = body_for(line, "teams")
    team = line.made("/teams", **body)
    schedule = line.get(f"/schedules/{team['schedule_id']}").json
    policy = line.get(f"/escalation_policies/{team['escalation_policy_id']}").json
    assert ("n Schedule", "n Escalation Policy") == (schedule["name"], policy["name"])
    assert ([team["id"]], [1, 2, 3]) == (policy["team_ids"], [one["layer"] for one in policy["escalation_layers"]])
    assert ("team_admins", "none", []) == tuple(
        team[name] for name in ("drop_notifications", "handoff_notifications", "attachments")
    )
    values = {"schedule_id": schedule["prefix_id"], "escalation_policy_id": policy["prefix_id"]}
    other = line.made("/teams", **body, **values)
    assert (schedule["id"], policy["id"]) == (other["schedule_id"], other["escalation_policy_id"])
    path = f"/escalation_policies/{policy['id']}"
    assert [team["id"], other["id"]] == line.get(path).json["team_ids"]
    line.put(f"/teams/{team['id']}", {"escalation_policy_id": line.first("escalation_policies")["id"]})
    assert [other["id"]] == line.get(path).json["team_ids"]
    line.delete(f"/teams/{other['id']}")
    assert [] == line.get(path).json["team_ids"]


def test_what_a_team_loses(line: Line) -> None:
    """A schedule or policy that is deleted is no longer a team's, and events of that schedule alone go with it."""
    team = line.first("teams")
    other = line.made("/schedules", name="other")["id"]
    mine = line.ids(f"/schedules/{team['schedule_id']}/events")
    line.put(f"/events/{mine[0]}", {"schedule_ids": [team["schedule_id"], other]})
    assert 204 == line.delete(f"/schedules/{team['schedule_id']}").status
    assert 204 == line.delete(f"/escalation_policies/{team['escalation_policy_id']}").status
    left = line.get(f"/teams/{team['id']}").json
    assert (None, None) == (left["schedule_id"], left["escalation_policy_id"])
    assert [] == line.get(f"/teams/{team['id']}/current_oncall").json
    assert ([other], {404}) == (
        line.get(f"/events/{mine[0]}").json["schedule_ids"],
        {line.get(f"/events/{event}").status for event in mine[1:]},
    )


@pytest.mark.parametrize("name", ["alerts", "broadcasts", "comments"])
def test_comments_on_things(line: Line, name: str) -> None:
    """What is said about an object is listed with it, in order, with filters, and among all comments; nowhere else."""
    item, other = (line.made(f"/{name}", **body_for(line, name)) for _ in range(2))
    path = f"/{name}/{item['prefix_id']}/comments"
    assert {"data": [], "has_more": False, "total_count": 0} == line.get(path).json
    made = [line.made(path, body=f"comment {number}") for number in range(3)]
    assert made == line.get(path).json["data"]
    assert made[1:2] == line.get(path, body="1", ops="body:contains").json["data"]
    assert made[2:] == line.get(path, limit=1, page=3).json["data"]
    assert 0 == line.get(f"/{name}/{other['id']}/comments").json["total_count"]
    assert [one["id"] for one in made] == line.ids("/comments", body="comment", ops="body:beginsWith")
    assert (422, ["body can't be blank"]) == line.refused("POST", path, {"body": " "})
    assert 3 == line.get(path).json["total_count"]


def test_an_account_user_is_a_user(line: Line) -> None:
    """An account user is made with its user, with roles and teams; both show the same, whichever is changed."""
    teams = line.ids("/teams")
    attributes = {
        "name": "Ada",
        "time_zone": "Tokyo",
        "notify_sms": False,
        "emails_attributes": [{"email": "a@x.example"}, {"email": "b@x.example", "primary": True}],
        "phones_attributes": [{"phone": "+442079460000"}],
    }
    values = {"roles": {"broadcaster": True, "pilot": True}, "member_team_ids": teams[:2], "team_ids": []}
    person = line.made("/account_users", user_attributes=attributes, **values)
    shown, user = person["user"], line.get(f"/users/{person['user']['prefix_id']}").json
    assert {"id", "prefix_id", "name", "time_zone", "emails", "phones"} == set(shown)
    assert {name: user[name] for name in shown} == shown
    assert [False, True] == [one["primary"] for one in user["emails"]]
    assert {"id", "prefix_id", "phone", "primary", "country", "blocked"} == set(user["phones"][0])
    assert (True, "GB", False) == tuple(user["phones"][0][name] for name in ("primary", "country", "blocked"))
    assert {"admin": False, "billing": False, "broadcaster": True, "communicator": False} == person["roles"]
    assert teams[:2] == line.ids("/teams", member_account_user_ids=person["id"])
    path = f"/account_users/{person['id']}"
    changed = line.put(path, {"user_attributes": {"name": "Ada L."}, "member_team_ids": teams[1:3]}).json
    assert ("Ada L.", user["emails"]) == (changed["user"]["name"], changed["user"]["emails"])
    assert "Ada L." == line.get(f"/users/{user['id']}").json["name"]
    assert teams[1:3] == line.ids("/teams", member_account_user_ids=person["id"])
    line.put(f"/users/{user['id']}", {"time_zone": "Berlin"})
    assert "Berlin" == line.get(path).json["user"]["time_zone"]
    assert {**person["roles"], "admin": True} == line.put(path, {"roles": {"admin": "1"}}).json["roles"]


def test_a_user_who_exists_joins_the_account(line: Line) -> None:
    """An account user made with a known e-mail address is that user; but nobody joins twice."""
    user = line.made("/users", name="Ada", email="ada@x.example")
    assert 0 == line.get("/account_users", **{"user.id": user["id"]}).json["total_count"]
    given = {"user_attributes": {"name": "A.", "emails_attributes": [{"email": "ADA@x.example"}]}}
    person = line.made("/account_users", **given)
    assert (user["id"], "Ada", 13) == (person["user"]["id"], person["user"]["name"], line.sandbox.count("v4.users"))
    assert (422, ["user has already been taken"]) == line.refused("POST", "/account_users", given)
    again = {"user_attributes": {"email": "ada@x.example"}}
    assert (422, ["user has already been taken"]) == line.refused("POST", "/account_users", again)


def test_addresses_and_phones_of_a_user(line: Line) -> None:
    """Addresses and phones are added, changed, made primary, and taken away."""
    user = line.made("/users", name="Ada", email="a@x.example")
    path, first = f"/users/{user['id']}", user["emails"][0]
    assert first["primary"]
    user = line.put(path, {"emails_attributes": [{"email": "b@x.example", "primary": True}]}).json
    assert [("a@x.example", False), ("b@x.example", True)] == [(one["email"], one["primary"]) for one in user["emails"]]
    user = line.put(path, {"email": "c@x.example"}).json
    assert [("a@x.example", False), ("c@x.example", True)] == [(one["email"], one["primary"]) for one in user["emails"]]
    user = line.put(path, {"emails_attributes": [{"id": first["id"], "email": "d@x.example"}]}).json
    assert ["d@x.example", "c@x.example"] == [one["email"] for one in user["emails"]]
    user = line.put(path, {"emails_attributes": [{"id": user["emails"][1]["id"], "_destroy": True}]}).json
    assert [("d@x.example", True)] == [(one["email"], one["primary"]) for one in user["emails"]]
    phones = [{"phone": "+14155550100"}, {"phone": "+8005550100", "primary": True, "confirmation_method": "sms"}]
    user = line.put(path, {"phones_attributes": phones}).json
    assert [("US", False), (None, True)] == [(one["country"], one["primary"]) for one in user["phones"]]
    user = line.put(path, {"phones_attributes": [{"id": user["phones"][1]["prefix_id"], "_destroy": True}]}).json
    assert [("+14155550100", True)] == [(one["phone"], one["primary"]) for one in user["phones"]]
    same = {"emails_attributes": [{"id": first["id"], "email": "d@x.example", "_destroy": False}]}
    assert 200 == line.put(path, same).status
    unknown = line.refused("PUT", path, {"phones_attributes": [{"id": "x"}]})
    assert (404, ["Couldn't find Phone with ID=x for User"]) == unknown
