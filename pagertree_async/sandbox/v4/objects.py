"""What every resource can do: be created, retrieved, updated, deleted, listed."""

from __future__ import annotations

from collections.abc import Callable

from pagertree_async.sandbox.doors import NOTHING, Answer, answered
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4 import alerts, teams
from pagertree_async.sandbox.v4.broadcasts import send_out
from pagertree_async.sandbox.v4.calls import Call, Operation
from pagertree_async.sandbox.v4.checks import checked
from pagertree_async.sandbox.v4.lists import listed
from pagertree_async.sandbox.v4.people import join_teams, save_user, shown


def create(name: str) -> Operation:
    """The operation that makes an object.

    Args:
        name: The resource's name.
    """
    make = _MADE.get(name, _make)

    def operation(call: Call) -> Answer:
        return answered(make(call, name, checked(call.records, name, {}, call.body)), 201)

    return operation


def retrieve(name: str) -> Operation:
    """The operation that gives an object.

    Args:
        name: The resource's name.
    """

    def operation(call: Call) -> Answer:
        return answered(call.subject(name))

    return operation


def change(name: str) -> Operation:
    """The operation that changes some attributes of an object.

    Args:
        name: The resource's name.
    """
    adjust = _CHANGED.get(name, _change)

    def operation(call: Call) -> Answer:
        item = call.subject(name)
        return answered(adjust(call, name, item, checked(call.records, name, item, call.body)))

    return operation


def remove(name: str) -> Operation:
    """The operation that deletes an object.

    Args:
        name: The resource's name.
    """

    def operation(call: Call) -> Answer:
        item = call.subject(name)
        call.records.delete(name, item["id"])
        if name in teams.LEFT_BEHIND:
            teams.LEFT_BEHIND[name](call.records, item)
        return NOTHING

    return operation


def all_of(name: str) -> Operation:
    """The operation that lists a resource's objects.

    Args:
        name: The resource's name.
    """

    def operation(call: Call) -> Answer:
        return listed(call, name)

    return operation


def _make(call: Call, name: str, values: Object) -> Object:
    return call.records.new(name, **values)


def _change(call: Call, name: str, item: Object, values: Object) -> Object:
    return call.records.save(name, {**item, **values})


def _make_alert(call: Call, name: str, values: Object) -> Object:
    del name
    return alerts.create(call.records, call.caller_id, values)


def _make_broadcast(call: Call, name: str, values: Object) -> Object:
    del name
    return send_out(call.records, values)


def _make_person(call: Call, name: str, values: Object) -> Object:
    team_ids = values.pop("member_team_ids", None)
    if "id" not in values["user"]:
        values["user"] = shown(call.records.new("users", **values["user"]))
    person = call.records.new(name, **values)
    join_teams(call.records, person["id"], team_ids or [])
    return person


def _change_person(call: Call, name: str, item: Object, values: Object) -> Object:
    team_ids, user = values.pop("member_team_ids", None), values.pop("user", None)
    if user is not None:
        values["user"] = shown(save_user(call.records, user))
    if team_ids is not None:
        join_teams(call.records, item["id"], team_ids)
    return _change(call, name, item, values)


def _change_user(call: Call, name: str, item: Object, values: Object) -> Object:
    del name
    return save_user(call.records, {**item, **values})


def _make_team(call: Call, name: str, values: Object) -> Object:
    del name
    return teams.create(call.records, values)


def _change_team(call: Call, name: str, item: Object, values: Object) -> Object:
    team = _change(call, name, item, values)
    teams.count_in(call.records)
    return team


_MADE: dict[str, Callable[[Call, str, Object], Object]] = {
    "account_users": _make_person,
    "alerts": _make_alert,
    "broadcasts": _make_broadcast,
    "teams": _make_team,
}

_CHANGED: dict[str, Callable[[Call, str, Object, Object], Object]] = {
    "account_users": _change_person,
    "teams": _change_team,
    "users": _change_user,
}
