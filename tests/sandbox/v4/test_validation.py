"""What API v4 refuses to make or change, message by message."""

from __future__ import annotations

from typing import Any

import pytest

from pagertree_async.sandbox.v4.resources import RESOURCES
from tests.sandbox.v4.test_resources import MAKING, body_for
from tests.sandbox.v4.wires import Line

LACKING: dict[str, list[str]] = {
    "account_users": ["user must exist"],
    "alerts": ["destinations can't be blank", "title can't be blank", "urgency can't be blank"],
    "broadcasts": ["destinations can't be blank", "title can't be blank"],
    "comments": ["body can't be blank"],
    "escalation_policies": ["name can't be blank"],
    "events": ["account_user_ids can't be blank", "start_time can't be blank", "end_time can't be blank"]
    + ["layer can't be blank", "time_zone can't be blank"],
    "integrations": ["integration_type must exist", "destinations can't be blank", "name can't be blank"]
    + ["urgency can't be blank"],
    "maintenance_windows": ["name can't be blank", "start_datetime can't be blank", "end_datetime can't be blank"]
    + ["time_zone can't be blank", "integration_ids can't be blank"],
    "notification_rules": ["name can't be blank"],
    "routers": ["default_receiver must exist", "name can't be blank"],
    "schedules": ["name can't be blank"],
    "teams": ["name can't be blank", "member_account_user_ids can't be blank", "admin_account_user_ids can't be blank"],
    "users": ["name can't be blank", "email can't be blank"],
}


@pytest.mark.parametrize("name", MAKING)
def test_what_a_creation_lacks(line: Line, name: str) -> None:
    """An empty body, or no body, is told everything that is missing, and nothing is made."""
    before = line.sandbox.count(f"v4.{name}")
    assert (422, LACKING[name]) == line.refused("POST", f"/{name}", {}) == line.refused("POST", f"/{name}")
    assert before == line.sandbox.count(f"v4.{name}")


@pytest.mark.parametrize("blank", [None, "", "  ", []])
@pytest.mark.parametrize("name", [name for name in MAKING if RESOURCES[name].required and name != "comments"])
def test_what_is_required_cannot_be_taken_away(line: Line, name: str, blank: Any) -> None:
    """An update that empties what is required is refused, and changes nothing."""
    item = line.made(f"/{name}", **body_for(line, name))
    for attribute in RESOURCES[name].required:
        status, messages = line.refused("PUT", f"/{name}/{item['id']}", {attribute: blank, "meta": {"a": 1}})
        wrong = [message for message in messages if message.startswith(f"{attribute} ")]
        assert (422, 1) == (status, len(wrong)), messages
    assert item == line.get(f"/{name}/{item['id']}").json


WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("alerts", {"urgency": "loud"}, ["urgency is not included in the list"]),
    ("alerts", {"title": ["t"]}, ["title is invalid"]),
    ("alerts", {"title": {"t": 1}}, ["title is invalid"]),
    ("alerts", {"tags": "a,b"}, ["tags is invalid"]),
    ("alerts", {"tags": [["a"]]}, ["tags is invalid"]),
    ("alerts", {"meta": []}, ["meta is invalid"]),
    ("alerts", {"source_id": "x"}, ["source must exist"]),
    ("alerts", {"destination_team_ids": ["x", "y"]}, [*(f"destination_team_ids is invalid: {one} does not exist"
     for one in "xy"), "destinations can't be blank"]),
    ("alerts", {"destination_team_ids": "x"}, ["destination_team_ids is invalid", "destinations can't be blank"]),
    ("alerts", {"destination_team_ids": []}, ["destinations can't be blank"]),
    ("alerts", {"destination_route_ids": ["x"], "destination_team_ids": []}, ["destinations can't be blank"]),
    ("alerts", {"title": "", "urgency": "x"}, ["urgency is not included in the list", "title can't be blank"]),
    ("broadcasts", {"response_requested": True}, ["broadcast_response_options can't be blank"]),
    ("broadcasts", {"response_requested": "perhaps"}, ["response_requested is invalid"]),
    ("broadcasts", {"response_requested_by": "tomorrow"}, ["response_requested_by is invalid"]),
    ("broadcasts", {"response_requested_by": 5}, ["response_requested_by is invalid"]),
    ("broadcasts", {"status": "sent"}, ["status is not included in the list"]),
    ("broadcasts", {"notify_sms": []}, ["notify_sms is invalid"]),
    (
        "broadcasts",
        {"broadcast_response_options_attributes": [{"value": ""}, {}]},
        ["broadcast_response_options.value can't be blank"],
    ),
    (
        "broadcasts",
        {"broadcast_response_options_attributes": [{"value": []}]},
        ["broadcast_response_options.value is invalid"],
    ),
    ("broadcasts", {"broadcast_response_options_attributes": ["yes"]}, ["broadcast_response_options_attributes is invalid"]),
    ("escalation_policies", {"repeat": -1}, ["repeat must be greater than or equal to 0"]),
    ("escalation_policies", {"repeat": "often"}, ["repeat is not a number"]),
    ("escalation_policies", {"repeat": True}, ["repeat is not a number"]),
    ("escalation_policies", {"repeat": 1.5}, ["repeat is not a number"]),
    (
        "escalation_policies",
        {"escalation_layers_attributes": [{"layer": 0}]},
        ["escalation_layers.layer must be greater than or equal to 1"],
    ),
    (
        "escalation_policies",
        {"escalation_layers_attributes": [{"layer": 1, "_destroy": "perhaps"}]},
        ["escalation_layers._destroy is invalid"],
    ),
    ("escalation_policies", {"reassign_team_ids": ["x"]}, ["reassign_team_ids is invalid: x does not exist"]),
    ("events", {"layer": 0}, ["layer must be greater than or equal to 1"]),
    ("events", {"start_time": "soon"}, ["start_time is invalid"]),
    ("events", {"start_time": 1767225600}, ["start_time is invalid"]),
    ("events", {"start_time": "1969-01-01T00:00:00Z"}, ["start_time is invalid"]),
    ("events", {"start_time": "9999-01-01T00:00:00Z"}, ["start_time is invalid"]),
    ("events", {"end_time": "2026-01-01T09:00:00Z"}, ["end_time must be after start_time"]),
    ("events", {"time_zone": "Mars"}, ["time_zone is not included in the list"]),
    ("events", {"time_zone": "Europe/Berlin"}, ["time_zone is not included in the list"]),
    ("events", {"time_zone": ["Berlin"]}, ["time_zone is invalid"]),
    ("events", {"repeat": True}, ["frequency can't be blank", "frequency_unit can't be blank"]),
    ("events", {"repeat": True, "frequency": 1}, ["frequency_unit can't be blank"]),
    ("events", {"frequency": 0}, ["frequency must be greater than or equal to 1"]),
    ("events", {"frequency_unit": "fortnightly"}, ["frequency_unit is not included in the list"]),
    ("events", {"days_of_week": [1, 7]}, ["days_of_week is not included in the list"]),
    ("events", {"days_of_week": ["Monday"]}, ["days_of_week is not a number"]),
    ("events", {"account_user_ids": []}, ["account_user_ids can't be blank"]),
    ("events", {"account_user_ids": ["x"]}, ["account_user_ids is invalid: x does not exist"]),
    ("events", {"parent_id": "x"}, ["parent must exist"]),
    ("events", {"schedule_ids": ["x"]}, ["schedule_ids is invalid: x does not exist"]),
    ("integrations", {"integration_type_id": "x"}, ["integration_type must exist"]),
    ("integrations", {"team_ids": None}, ["destinations can't be blank"]),
    ("maintenance_windows", {"end_datetime": "2026-01-01T09:00:00Z"}, ["end_datetime must be after start_datetime"]),
    ("maintenance_windows", {"time_zone": "here"}, ["time_zone is not included in the list"]),
    ("maintenance_windows", {"integration_ids": ["x"]}, ["integration_ids is invalid: x does not exist"]),
    ("notification_rules", {"enabled": 2}, ["enabled is invalid"]),
    ("routers", {"default_receiver_team_id": "x"}, ["default_receiver_team must exist"]),
    ("schedules", {"name": {}}, ["name is invalid"]),
    ("teams", {"drop_notifications": "everybody"}, ["drop_notifications is not included in the list"]),
    ("teams", {"schedule_id": "x"}, ["schedule must exist"]),
    ("teams", {"escalation_policy_id": "x"}, ["escalation_policy must exist"]),
    ("teams", {"attachments": [1]}, ["attachments is invalid"]),
    ("users", {"time_zone": "Mars"}, ["time_zone is not included in the list"]),
    ("users", {"email": "nobody"}, ["emails.email is invalid"]),
    ("users", {"email": "alex.rivera@NORTHWIND.example"}, ["emails.email has already been taken"]),
    ("users", {"emails_attributes": [{"email": " "}]}, ["emails.email can't be blank"]),
    ("users", {"phones_attributes": [{"phone": "0800"}]}, ["phones.phone is invalid"]),
    ("users", {"phones_attributes": [{"primary": True}]}, ["phones.phone can't be blank"]),
    ("account_users", {"user_attributes": {"name": "n"}}, ["user.email can't be blank"]),
    ("account_users", {"user_attributes": {"email": "n@x.example"}}, ["user.name can't be blank"]),
    ("account_users", {"user_attributes": {"name": "n", "email": "n"}}, ["user.emails.email is invalid"]),
    ("account_users", {"user_attributes": "n"}, ["user_attributes is invalid", "user must exist"]),
    ("account_users", {"user_attributes": {"name": "n", "emails_attributes": "n"}},
     ["user.emails_attributes is invalid", "user.email can't be blank"]),
    ("account_users", {"user_attributes": {"name": "n", "emails_attributes": [{"email": 3}]}}, ["user.emails.email is invalid"]),
    ("account_users", {"roles": {"admin": "perhaps"}}, ["roles.admin is invalid"]),
    ("account_users", {"roles": ["admin"]}, ["roles is invalid"]),
    ("account_users", {"notification_rule_id": "x"}, ["notification_rule must exist"]),
    ("account_users", {"member_team_ids": ["x"]}, ["member_team_ids is invalid: x does not exist"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "messages"), WRONG, ids=[f"{one[0]}-{number}" for number, one in enumerate(WRONG)]
)
def test_a_creation_that_is_wrong(line: Line, name: str, values: dict[str, Any], messages: list[str]) -> None:
    """What is wrong is a 422 with Rails' words for it, and nothing is made."""
    before = line.sandbox.count(f"v4.{name}")
    assert (422, messages) == line.refused("POST", f"/{name}", {**body_for(line, name), **values})
    assert before == line.sandbox.count(f"v4.{name}")


def test_an_update_that_is_wrong(line: Line) -> None:
    """An update is checked with what the object has already."""
    event = line.made("/events", **body_for(line, "events"))
    path = f"/events/{event['id']}"
    assert (422, ["end_time must be after start_time"]) == line.refused("PUT", path, {"end_time": "2025-12-31"})
    missing = ["frequency can't be blank", "frequency_unit can't be blank"]
    assert (422, missing) == line.refused("PUT", path, {"repeat": True})
    assert event == line.get(path).json
    user = line.first("users", 1)
    taken = line.refused("PUT", f"/users/{user['id']}", {"email": line.first("users")["emails"][0]["email"]})
    assert (422, ["emails.email has already been taken"]) == taken
    given = {"emails_attributes": [{"id": user["emails"][0]["id"], "_destroy": True}]}
    assert (422, ["email can't be blank"]) == line.refused("PUT", f"/users/{user['id']}", given)
    person = line.refused("PUT", f"/account_users/{line.me}", {"user_attributes": {"name": ""}})
    assert (422, ["user.name can't be blank"]) == person
    router = line.first("routers")
    given = {"default_receiver_team_id": line.first("teams")["id"], "default_receiver_account_user_id": line.me}
    several = line.refused("PUT", f"/routers/{router['id']}", given)
    assert (422, ["default_receiver must be one account user, router or team"]) == several
    none = line.refused("PUT", f"/routers/{router['id']}", {"default_receiver_team_id": None})
    assert (422, ["default_receiver must exist"]) == none
