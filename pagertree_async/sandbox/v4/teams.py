"""Teams with the schedule and the escalation policy that belong to them."""

from __future__ import annotations

from collections.abc import Callable

from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.nested import LAYERS, Owner
from pagertree_async.sandbox.v4.oncall import events_of
from pagertree_async.sandbox.v4.records import Records, table_of


def create(records: Records, values: Object) -> Object:
    """Make a team, and a schedule and an escalation policy for it where none is named.

    Args:
        records: Where.
        values: Its attributes, checked.
    """
    if values.get("schedule_id") is None:
        values["schedule_id"] = records.new("schedules", name=f"{values['name']} Schedule")["id"]
    if values.get("escalation_policy_id") is None:
        values["escalation_policy_id"] = default_policy(records, values["name"])["id"]
    team = records.new("teams", **values)
    count_in(records)
    return team


def default_policy(records: Records, name: str) -> Object:
    """An escalation policy as a new team gets it: three layers of five minutes, gone through once more.

    Args:
        records: Where.
        name: The team's name.
    """
    owner = Owner(records, "EscalationPolicy", records.store.next_number(table_of("escalation_policies")))
    layers = [
        {"account_id": records.account_id, **owner.part(LAYERS, layer, {"layer": layer, "color_hex": color})}
        for layer, color in enumerate(("#4e73df", "#1cc88a", "#f6c23e"), 1)
    ]
    return records.new("escalation_policies", name=f"{name} Escalation Policy", repeat=1, escalation_layers=layers)


def count_in(records: Records) -> None:
    """Let every escalation policy know its teams.

    Args:
        records: Where they are.
    """
    users: dict[str, list[str]] = {}
    for team in records.all("teams"):
        users.setdefault(team["escalation_policy_id"], []).append(team["id"])
    for policy in records.all("escalation_policies"):
        team_ids = users.get(policy["id"], [])
        if policy["team_ids"] != team_ids:
            records.save("escalation_policies", {**policy, "team_ids": team_ids})


def flush(records: Records, schedule: Object) -> None:
    """Take all events off a schedule; those that belong to no other one are deleted.

    Args:
        records: Where the events are.
        schedule: The schedule.
    """
    for event in events_of(records, schedule["id"]):
        others = [one for one in event["schedule_ids"] if one != schedule["id"]]
        if others:
            records.save("events", {**event, "schedule_ids": others})
        else:
            records.delete("events", event["id"])


def _left_schedule(records: Records, schedule: Object) -> None:
    flush(records, schedule)
    _unname(records, "schedule_id", schedule)


def _left_policy(records: Records, policy: Object) -> None:
    _unname(records, "escalation_policy_id", policy)


def _unname(records: Records, attribute: str, gone: Object) -> None:
    for team in records.all("teams"):
        if team[attribute] == gone["id"]:
            records.save("teams", {**team, attribute: None})


def _left_team(records: Records, team: Object) -> None:
    del team
    count_in(records)


# What would be of no use without the deleted object, or name it.
LEFT_BEHIND: dict[str, Callable[[Records, Object], None]] = {
    "schedules": _left_schedule,
    "escalation_policies": _left_policy,
    "teams": _left_team,
}
"""What goes with an object that is deleted."""
