"""What happens to an alert: who is asked to see to it, and what moves it from state to state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pagertree_async.sandbox.errors import Refusal, bad_request
from pagertree_async.sandbox.oncall import Shift, shifts
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3.notices import channels, notify, workflow, write_log
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import RESOURCES, Resource

MOVES: dict[str, tuple[str, ...]] = {
    "acknowledge": ("open", "dropped"),
    "reject": ("open",),
    "resolve": ("acknowledged",),
    "archive": ("resolved", "dropped"),
    "handoff": ("acknowledged",),
}
"""The states from which each action is possible."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who is asked to see to an alert.

    Args:
        user_id: Who.
        layer: At which escalation layer.
        team_id: For which team, if for one.
    """

    user_id: str
    layer: int
    team_id: str | None


def current(records: Records, schedule_id: str) -> list[Shift]:
    """The shifts of a schedule that are on now.

    Args:
        records: Where the events are.
        schedule_id: The schedule.
    """
    return shifts(events_of(records, schedule_id), records.now, records.now + 1)


def events_of(records: Records, schedule_id: str) -> list[Object]:
    """The events of a schedule.

    Args:
        records: Where they are.
        schedule_id: The schedule; an event names one or several.
    """
    return [event for event in records.store.all("event") if schedule_id in ids_of(event["schedule_id"])]


def ids_of(value: str | list[str]) -> list[str]:
    """The ids of an attribute that holds one, as in 2018, or several, as in 2019.

    Args:
        value: The attribute's value.
    """
    return [value] if isinstance(value, str) else value


def responders(records: Records, destination_ids: list[str], above: int = 0) -> list[Responder]:
    """Who is to be asked, each once.

    Users are asked at layer 1; of a schedule, or a team's schedule, those of the lowest layer that somebody is on call in.

    Args:
        records: Where to look.
        destination_ids: The users, teams, schedules and routers that an alert goes to.
        above: The layer that has been asked already; 0 for none.
    """
    found: dict[str, Responder] = {}
    for one in _followed(records, destination_ids, None, above, set()):
        found.setdefault(one.user_id, one)
    return list(found.values())


def _followed(records: Records, ids: list[str], team_id: str | None, above: int, seen: set[str]) -> Iterator[Responder]:
    for wanted in ids:
        if wanted in seen:
            continue
        seen.add(wanted)
        if records.store.has("user", wanted):
            if above == 0:
                yield Responder(wanted, 1, team_id)
        elif (team := records.store.get("team", wanted)) is not None:
            schedule_id = team.get("schedule_id")
            yield from _followed(records, [schedule_id] if schedule_id else [], wanted, above, seen)
        elif (router := records.store.get("router", wanted)) is not None:
            yield from _followed(records, [router["default_receiver"]], team_id, above, seen)
        elif (schedule := records.store.get("schedule", wanted)) is not None and schedule.get("enabled") is not False:
            yield from _on_call(current(records, wanted), team_id, above)


def _on_call(now: list[Shift], team_id: str | None, above: int) -> Iterator[Responder]:
    lowest = min((shift.layer for shift in now if shift.layer > above), default=None)
    for shift in now:
        if shift.layer == lowest:
            for user_id in shift.user_ids:
                yield Responder(user_id, shift.layer, team_id)


def create(records: Records, resource: Resource, caller_id: str, values: Object) -> Object:
    """Make an alert and send it on its way: to those on call, or dropped when there is nobody.

    Args:
        records: Where.
        resource: The alert or the incident.
        caller_id: The user who makes it.
        values: Its attributes, checked.

    Raises:
        Refusal: 409, when there is an alert with the same thirdparty_id.
    """
    claim(records, values.get("thirdparty_id"))
    source_id = values.setdefault("source_id", caller_id)
    source = records.store.get("integration", source_id) or {}
    values.setdefault("urgency", source.get("urgency") or "high")
    if not values.get("destination_ids"):
        values["destination_ids"] = [values["d_team_id"]]
    alert = records.draft(
        resource, {**values, "status": "queued", "created": records.now, "handoffs": [], "workflows": []}
    )
    alert["s_log_id"] = write_log(records, alert["id"], "Alert created", source_id)["id"]
    asked = responders(records, alert["destination_ids"])
    if asked:
        alert["status"] = "open"
        alert.setdefault("d_team_id", asked[0].team_id)
        alert.setdefault("d_user_id", asked[0].user_id)
    else:
        alert["status"] = "dropped"
    records.add(RESOURCES["alert"], alert)
    _settle(records, alert, asked)
    records.store.replace("alert", alert)
    return alert


def claim(records: Records, thirdparty_id: str | None) -> None:
    """Make sure that no alert has a thirdparty_id yet.

    Args:
        records: Where the alerts are.
        thirdparty_id: The id; None is always free.

    Raises:
        Refusal: 409, when an alert has it.
    """
    if thirdparty_id is not None and records.store.find("alert", "thirdparty_id", thirdparty_id):
        message = f"An alert with the thirdparty_id '{thirdparty_id}' exists already"
        raise Refusal(409, message)


def _settle(records: Records, alert: Object, asked: list[Responder]) -> None:
    """Ask those who are to be asked, and write down what became of the alert."""
    if asked:
        _ask(records, alert, asked)
        names = ", ".join(one.user_id for one in asked)
        write_log(records, alert["id"], f"Alert open: {names} asked", None, subtype="OUTGOING")
    else:
        write_log(records, alert["id"], "Alert dropped: nobody is on call", None, subtype="OUTGOING")


def _ask(records: Records, alert: Object, asked: list[Responder]) -> None:
    for one in asked:
        opened = workflow(alert["id"], one.user_id, one.layer, len(alert["workflows"]))
        alert["workflows"].append(opened)
        notify(records, alert, [one.user_id], channels(alert["urgency"]), workflow_id=opened["id"])


def move(records: Records, caller_id: str, alert: Object, action: str, body: Object) -> Object:
    """Move an alert on.

    Args:
        records: Where.
        caller_id: The user who does it.
        alert: The alert.
        action: One of `MOVES`.
        body: The request's body: a handoff says `to` whom; an integration that resolves names itself as `source_id`.

    Raises:
        Refusal: 400, when it is not possible in the alert's state or not for this caller.
    """
    status = alert["status"]
    by_source = action == "resolve" and status == "open" and _is_its_integration(records, alert, body)
    if status not in MOVES[action] and not by_source:
        message = f"Cannot {action} the alert '{alert['id']}': it is {status}"
        raise bad_request(message)
    _ACTIONS[action](records, body["source_id"] if by_source else caller_id, alert, body)
    return records.save("alert", alert)


def _is_its_integration(records: Records, alert: Object, body: Object) -> bool:
    source_id = body.get("source_id")
    return (
        isinstance(source_id, str)
        and source_id == alert.get("source_id")
        and records.store.has("integration", source_id)
    )


def _acknowledge(records: Records, actor: str, alert: Object, body: Object) -> None:
    del body
    _close_workflows(alert)
    alert.update(d_user_id=actor)
    _mark(records, actor, alert, "acknowledged")


def _resolve(records: Records, actor: str, alert: Object, body: Object) -> None:
    del body
    _close_workflows(alert)
    _mark(records, actor, alert, "resolved")


def _archive(records: Records, actor: str, alert: Object, body: Object) -> None:
    del body
    _mark(records, actor, alert, "archived")


def _mark(records: Records, actor: str, alert: Object, status: str) -> None:
    alert["status"] = status
    alert[status] = records.now
    alert[f"{status}by"] = actor
    write_log(records, alert["id"], f"Alert {status} by {actor}", actor)


def _reject(records: Records, actor: str, alert: Object, body: Object) -> None:
    del body
    mine = [one for one in alert["workflows"] if one["user_id"] == actor and one["status"] == "open"]
    if not mine:
        message = f"Cannot reject the alert '{alert['id']}': you have no open notification workflow for it"
        raise bad_request(message)
    for one in mine:
        one["status"] = "rejected"
    _mark(records, actor, alert, "rejected")
    alert["status"] = "open"
    if any(one["status"] == "open" for one in alert["workflows"]):
        return
    layer = max(one["layer"] for one in mine)
    known = {one["user_id"] for one in alert["workflows"]}
    asked = [one for one in responders(records, alert["destination_ids"], layer) if one.user_id not in known]
    if asked:
        alert["d_user_id"] = asked[0].user_id
    else:
        alert["status"] = "dropped"
    _settle(records, alert, asked)


def _handoff(records: Records, actor: str, alert: Object, body: Object) -> None:
    to = body.get("to")
    if to is None:
        raise bad_request("'to' is a required parameter")
    if not isinstance(to, str):
        raise bad_request("'to' must be a text")
    to_team = records.store.has("team", to)
    if not to_team and not records.store.has("user", to):
        message = f"'to' names '{to}', which is neither a user nor a team"
        raise bad_request(message)
    asked = responders(records, [to])
    alert["handoffs"].append({"from": alert.get("d_user_id"), "to": to, "by": actor, "at": records.now})
    alert.update(status="open", destination_ids=[to], acknowledged=None, acknowledgedby=None)
    alert["d_team_id"] = to if to_team else None
    alert["d_user_id"] = asked[0].user_id if asked else None
    write_log(records, alert["id"], f"Alert handed to {to} by {actor}", actor)
    _ask(records, alert, asked)


def _close_workflows(alert: Object) -> None:
    for one in alert["workflows"]:
        if one["status"] == "open":
            one["status"] = "closed"


_ACTIONS: dict[str, Callable[[Records, str, Object, Object], None]] = {
    "acknowledge": _acknowledge,
    "reject": _reject,
    "resolve": _resolve,
    "archive": _archive,
    "handoff": _handoff,
}
