"""What every resource can do: be created, retrieved, updated, deleted, listed."""

from __future__ import annotations

from collections.abc import Callable

from pagertree_async.sandbox.auth import password_hash
from pagertree_async.sandbox.doors import NOTHING, Answer, answered
from pagertree_async.sandbox.errors import Refusal, bad_request
from pagertree_async.sandbox.listing import answer, listing
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3 import alerts
from pagertree_async.sandbox.v3.broadcasts import send_out
from pagertree_async.sandbox.v3.calls import Call, Operation
from pagertree_async.sandbox.v3.checks import creation, update
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import Resource

_ADMIN_ONLY = frozenset({("delete", "user"), ("delete", "account"), ("update", "account")})


def create(resource: Resource) -> Operation:
    """The operation that makes an object.

    Args:
        resource: What to make.
    """
    make = _MADE.get(resource.name, _make)

    def operation(call: Call) -> Answer:
        values = creation(call.records, resource, call.body)
        return answered(make(call, resource, values), 201)

    return operation


def retrieve(resource: Resource) -> Operation:
    """The operation that gives an object.

    Args:
        resource: What to give.
    """

    def operation(call: Call) -> Answer:
        return answered(call.records.fetch(resource.name, call.id))

    return operation


def change(resource: Resource) -> Operation:
    """The operation that changes some attributes of an object.

    Args:
        resource: What to change.
    """

    def operation(call: Call) -> Answer:
        _guard(call, "update", resource)
        item = call.records.fetch(resource.name, call.id)
        values = update(call.records, resource, item, call.body)
        adjust = _CHANGED.get(resource.name)
        if adjust is not None:
            adjust(call, item, values)
        return answered(call.records.save(resource.name, {**item, **values}))

    return operation


def remove(resource: Resource) -> Operation:
    """The operation that deletes an object.

    Args:
        resource: What to delete.
    """

    def operation(call: Call) -> Answer:
        _guard(call, "delete", resource)
        call.records.fetch(resource.name, call.id)
        call.records.store.delete(resource.name, call.id)
        if resource.name in _LEFT_BEHIND:
            _LEFT_BEHIND[resource.name](call.records, call.id)
        return NOTHING

    return operation


def all_of(resource: Resource) -> Operation:
    """The operation that lists a resource's objects.

    Args:
        resource: What to list.
    """
    kinds = resource.kinds

    def operation(call: Call) -> Answer:
        return Answer(answer(call.records.store, resource.name, listing(call.query, kinds)))

    return operation


def flush(records: Records, schedule_id: str) -> None:
    """Take all events off a schedule; those that belong to no other one are deleted.

    Args:
        records: Where the events are.
        schedule_id: The schedule.
    """
    for event in alerts.events_of(records, schedule_id):
        others = [one for one in alerts.ids_of(event["schedule_id"]) if one != schedule_id]
        if others:
            records.save("event", {**event, "schedule_id": others})
        else:
            records.store.delete("event", event["id"])


def _take_tokens(records: Records, user_id: str) -> None:
    for token in records.store.find("token", "resource_id", user_id):
        records.store.delete("token", token["id"])


# What would be of no use without the deleted object.
_LEFT_BEHIND: dict[str, Callable[[Records, str], None]] = {"schedule": flush, "user": _take_tokens}


def _guard(call: Call, verb: str, resource: Resource) -> None:
    if (verb, resource.name) in _ADMIN_ONLY:
        call.need_admin(f"{verb} {resource.name}s")


def _make(call: Call, resource: Resource, values: Object) -> Object:
    return call.records.add(resource, call.records.draft(resource, values))


def _make_alert(call: Call, resource: Resource, values: Object) -> Object:
    return alerts.create(call.records, resource, call.caller.user_id, values)


def _make_incident(call: Call, resource: Resource, values: Object) -> Object:
    values["meta"] = {**values.get("meta", {}), "incident": True}
    return _make_alert(call, resource, values)


def _make_broadcast(call: Call, resource: Resource, values: Object) -> Object:
    return send_out(call.records, resource, call.caller.user_id, values)


def _make_event(call: Call, resource: Resource, values: Object) -> Object:
    _in_order(values)
    return _make(call, resource, values)


def _make_log(call: Call, resource: Resource, values: Object) -> Object:
    return _make(call, resource, {"source_id": call.caller.user_id, **values})


def _make_user(call: Call, resource: Resource, values: Object) -> Object:
    emails: list[Object] = values.get("emails") or [{"email": values.get("email"), "primary": True}]
    values["emails"] = emails
    if isinstance(first := emails[0].get("email"), str):
        values.setdefault("email", first)
    _user(call, {}, values)
    user = _make(call, resource, values)
    call.records.give_token(user["id"])
    return user


def _in_order(values: Object) -> None:
    if values["start"] >= values["end"]:
        raise bad_request("'end' must be after 'start'")


def _event(call: Call, item: Object, values: Object) -> None:
    del call
    _in_order({**item, **values})


def _alert(call: Call, item: Object, values: Object) -> None:
    if values.get("thirdparty_id") != item.get("thirdparty_id"):
        alerts.claim(call.records, values.get("thirdparty_id"))


def _incident(call: Call, item: Object, values: Object) -> None:
    _alert(call, item, values)
    if isinstance(values.get("meta"), dict):
        values["meta"] = {**values["meta"], "incident": True}


def _user(call: Call, item: Object, values: Object) -> None:
    email = values.get("email")
    if email is not None and email != item.get("email") and call.records.store.find("user", "email", email):
        message = f"A user with the email '{email}' exists already"
        raise Refusal(409, message)
    # Sending back what an answer showed must not hash the hash.
    if values.get("password") is not None and values["password"] != item.get("password"):
        values["password"] = password_hash(values["password"])


_MADE: dict[str, Callable[[Call, Resource, Object], Object]] = {
    "alert": _make_alert,
    "incident": _make_incident,
    "broadcast": _make_broadcast,
    "event": _make_event,
    "log": _make_log,
    "user": _make_user,
}

_CHANGED: dict[str, Callable[[Call, Object, Object], None]] = {
    "alert": _alert,
    "event": _event,
    "incident": _incident,
    "user": _user,
}
