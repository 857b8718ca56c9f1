"""What an object must be before it is made or changed, and what a body's parameters become in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.casting import blanks, read
from pagertree_async.sandbox.v4.nested import LAYERS, OPTIONS, Owner
from pagertree_async.sandbox.v4.people import owner_of, roles, shown, user_values
from pagertree_async.sandbox.v4.records import Records, table_of
from pagertree_async.sandbox.v4.resources import RESOURCES, Resource
from pagertree_async.sandbox.v4.zones import ZONES


def checked(records: Records, name: str, item: Object, body: Object) -> Object:
    """The values that a body sets, read and found right.

    Args:
        records: What ids may point to.
        name: What is made or changed.
        item: The object as it is; empty when it is to be made.
        body: The request's body.

    Raises:
        Refusal: 422 for what is missing or wrong; 404 for a part that is to be changed and is not there.
    """
    resource = RESOURCES[name]
    if name == "users":
        values, wrong = user_values(records, item, body)
        return _right(values, wrong)
    values, wrong = read(resource, item, body)
    for one, value in values.items():
        if value is None and resource.defaults.get(one) is not None:
            values[one] = resource.defaults[one]
    values["meta"] = values.get("meta") or item.get("meta") or {}
    wrong += _pointed(records, resource, item, values)
    whole = {**dict.fromkeys(resource.fields), **resource.defaults, **item, **values}
    rule = _RULES.get(name)
    if rule is not None:
        wrong += rule(_Case(records, item, values, whole, body))
    whole.update(values)
    return _right(values, [*wrong, *blanks(resource, whole)])


def _right(values: Object, wrong: list[str]) -> Object:
    if not wrong:
        return values
    # What could not be read need not be called blank as well.
    unread = {message.partition(" ")[0] for message in wrong if not message.endswith(_BLANK)}
    messages = (message for message in wrong if message.partition(" ")[0] not in unread or not message.endswith(_BLANK))
    raise Refusal(422, *dict.fromkeys(messages))


_BLANK = "can't be blank"


def _pointed(records: Records, resource: Resource, item: Object, values: Object) -> Iterator[str]:
    """Put the ids that objects have in the place of those by which they were named."""
    for name, known in resource.permitted.items():
        # What is sent back as it was shown is taken, though what it names may be gone by now.
        if not known.to or not values.get(name) or values[name] == item.get(name):
            continue
        if known.shape == "text":
            found = records.which(known.to, values[name])
            if found is None:
                yield f"{name.removesuffix('_id')} must exist"
            else:
                values[name] = found[1]
                if name == "source_id":
                    values["source_type"] = RESOURCES[found[0]].model
            continue
        ids: list[str] = []
        for one in cast("list[str]", values[name]):
            found = records.which(known.to, one)
            if found is None:
                yield f"{name} is invalid: {one} does not exist"
            elif found[1] not in ids:
                ids.append(found[1])
        values[name] = ids


class _Case:
    """What a rule looks at, and what it changes.

    Args:
        records: Where other objects are.
        item: The object as it is; empty when it is to be made.
        values: What is set.
        whole: The object as it would be.
        body: The request's body.
    """

    def __init__(self, records: Records, item: Object, values: Object, whole: Object, body: Object) -> None:
        self.records = records
        self.item = item
        self.values = values
        self.whole = whole
        self.body = body

    def owner(self, name: str) -> Owner:
        """Whose parts are written."""
        number = self.item.get("tiny_id") or self.records.store.next_number(table_of(name))
        return Owner(self.records, RESOURCES[name].model, number)

    def zone(self) -> Iterator[str]:
        """The time zone is one that there is."""
        zone = self.whole["time_zone"]
        if zone and zone not in ZONES:
            yield "time_zone is not included in the list"

    def destinations(self, *names: str) -> Iterator[str]:
        """There is a destination."""
        if not any(self.whole[name] for name in names):
            yield "destinations can't be blank"

    def tags(self) -> None:
        """Tags are a list without blanks."""
        tags = self.values.pop("tags", None)
        if tags is not None or "tags" in self.body:
            self.values["tag_list"] = list(dict.fromkeys(tag.strip() for tag in tags or () if tag.strip()))


def _alert(case: _Case) -> Iterator[str]:
    case.tags()
    key = case.whole["thirdparty_id"]
    if not case.item and key and not case.whole["dedup_keys"]:
        case.values["dedup_keys"] = [key]
    yield from case.destinations("destination_team_ids", "destination_router_ids", "destination_account_user_ids")


def _broadcast(case: _Case) -> Iterator[str]:
    case.tags()
    given: list[Object] = case.values.pop("broadcast_response_options_attributes", None) or []
    kept = case.whole["broadcast_response_options"]
    options, wrong = case.owner("broadcasts").written(OPTIONS, kept, given)
    case.values["broadcast_response_options"] = [{**one, "position": place} for place, one in enumerate(options, 1)]
    yield from wrong
    if case.whole["response_requested"] and not options:
        yield "broadcast_response_options can't be blank"
    yield from case.destinations("destination_team_ids", "destination_account_user_ids")


def _escalation_policy(case: _Case) -> Iterator[str]:
    given: list[Object] = case.values.pop("escalation_layers_attributes", None) or []
    layers, wrong = case.owner("escalation_policies").written(LAYERS, case.whole["escalation_layers"], given)
    yield from wrong
    layers.sort(key=lambda one: one["layer"] or 0)
    case.values["escalation_layers"] = [{"account_id": case.records.account_id, **one} for one in layers]


def _event(case: _Case) -> Iterator[str]:
    people = case.values.pop("account_user_ids", None)
    if people is not None:
        case.values["event_attendees"] = attendees(case.owner("events"), people)
    if not case.values.get("event_attendees", case.whole["event_attendees"]):
        yield "account_user_ids can't be blank"
    yield from case.zone()
    yield from _in_order(case.whole, "start_time", "end_time")
    if not all(0 <= day <= 6 for day in case.whole["days_of_week"]):
        yield "days_of_week is not included in the list"
    if case.whole["repeat"]:
        yield from (f"{name} can't be blank" for name in ("frequency", "frequency_unit") if not case.whole[name])


def attendees(owner: Owner, people: list[str]) -> list[Object]:
    """Those who attend an event.

    Args:
        owner: The event.
        people: The account users, in the order in which they take turns.
    """
    return [
        {
            "id": owner.id_of("event_attendees", person),
            "attendee_id": person,
            "attendee_type": "AccountUser",
            "position": place,
        }
        for place, person in enumerate(people, 1)
    ]


def _in_order(whole: Object, start: str, end: str) -> Iterator[str]:
    if whole[start] and whole[end] and whole[start] >= whole[end]:
        yield f"{end} must be after {start}"


def _integration(case: _Case) -> Iterator[str]:
    type_id = case.values.pop("integration_type_id", None)
    kind = case.records.get("integration_types", type_id)
    if kind is not None:
        case.values["integration_type"] = kind
    elif case.whole["integration_type"] is None and type_id is None:
        yield "integration_type must exist"
    given = {name.removeprefix("option_"): value for name, value in case.body.items() if name.startswith("option_")}
    case.values["options"] = {**case.whole["options"], **given}
    yield from case.destinations("account_user_ids", "router_ids", "team_ids")


def _maintenance_window(case: _Case) -> Iterator[str]:
    yield from case.zone()
    yield from _in_order(case.whole, "start_datetime", "end_datetime")


def _router(case: _Case) -> Iterator[str]:
    names = [name for name in RESOURCES["routers"].fields if name.startswith("default_receiver_")]
    given = [name for name in names if case.values.get(name)]
    if len(given) > 1:
        yield "default_receiver must be one account user, router or team"
    elif given:
        case.values.update({name: None for name in names if name not in given})
    elif not any(case.whole[name] for name in names):
        yield "default_receiver must exist"


def _account_user(case: _Case) -> Iterator[str]:
    values, records = case.values, case.records
    values["roles"], wrong = roles(case.item.get("roles"), values.get("roles"))
    yield from wrong
    given = values.pop("user_attributes", None)
    if not given:
        if not case.item:
            yield "user must exist"
        return
    known = None if case.item else _invited(records, given)
    if known is not None:
        if any(one["user"]["id"] == known["id"] for one in records.all("account_users")):
            yield "user has already been taken"
        values["user"] = shown(known)
        return
    user = records.get("users", case.item["user"]["id"]) if case.item else None
    made, wrong = user_values(records, user or {}, given)
    yield from (f"user.{message}" for message in wrong)
    case.values["user"] = {**(user or {}), **made}


def _invited(records: Records, given: Object) -> Object | None:
    """The user who has one of the e-mail addresses, and is only to join the account."""
    emails: Any = given.get("emails_attributes")
    found: list[Any] = cast("list[Any]", emails) if isinstance(emails, list) else []
    addresses = [cast("Object", one).get("email") for one in found if isinstance(one, dict)]
    addresses.append(given.get("email"))
    users = (owner_of(records, one) for one in addresses if isinstance(one, str))
    return next((user for user in users if user is not None), None)


_RULES: dict[str, Callable[[_Case], Iterator[str]]] = {
    "account_users": _account_user,
    "alerts": _alert,
    "broadcasts": _broadcast,
    "escalation_policies": _escalation_policy,
    "events": _event,
    "integrations": _integration,
    "maintenance_windows": _maintenance_window,
    "routers": _router,
}
