"""What single resources can do beside being created, retrieved, updated, deleted and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

from pagertree_async.sandbox.doors import NOTHING, Answer, answered
from pagertree_async.sandbox.errors import bad_request, not_found
from pagertree_async.sandbox.listing import Listing, answer, listing, page_of, window
from pagertree_async.sandbox.oncall import Shift, shifts
from pagertree_async.sandbox.store import Object, Question
from pagertree_async.sandbox.v3 import alerts, objects
from pagertree_async.sandbox.v3.calls import Call, Operation
from pagertree_async.sandbox.v3.checks import LATEST
from pagertree_async.sandbox.v3.notices import write_log
from pagertree_async.sandbox.v3.resources import RESOURCES
from pagertree_async.sandbox.v3.templates import TEMPLATES

_MASS = ("acknowledge", "reject", "resolve", "delete", "archive")


def act(resource: str, action: str) -> Operation:
    """The operation that moves an alert on.

    Args:
        resource: Alert or incident.
        action: One of the moves.
    """

    def operation(call: Call) -> Answer:
        alert = call.records.fetch(resource, call.id)
        return answered(alerts.move(call.records, call.caller.user_id, alert, action, call.body))

    return operation


def mass_action(call: Call) -> Answer:
    """Do the same to several alerts: to all of them, or to none when one refuses."""
    action, ids = call.body.get("type"), call.body.get("alert_ids")
    missing = [name for name, value in (("type", action), ("alert_ids", ids)) if value in (None, "", [])]
    if missing:
        raise bad_request(*(f"'{name}' is a required parameter" for name in missing))
    if action not in _MASS:
        message = f"'type' must be one of {', '.join(_MASS)}"
        raise bad_request(message)
    return answered([_one_of_mass(call, action, alert_id) for alert_id in _texts("alert_ids", ids)])


def _one_of_mass(call: Call, action: str, alert_id: str) -> Object:
    alert = call.records.fetch("alert", alert_id)
    if action != "delete":
        return alerts.move(call.records, call.caller.user_id, alert, action, {})
    call.records.store.delete("alert", alert_id)
    return alert


def _texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in cast("list[object]", value)):
        message = f"'{name}' must be an array of texts"
        raise bad_request(message)
    return cast("list[str]", value)


def _under(owner: str, name: str, attribute: str) -> Operation:
    kinds = RESOURCES[name].kinds

    def operation(call: Call) -> Answer:
        call.records.fetch(owner, call.id)
        asked = listing(call.query, kinds)
        return Answer(
            answer(call.records.store, name, _narrowed(asked, f"json_extract(body, '$.{attribute}')", [call.id]))
        )

    return operation


def _narrowed(asked: Listing, column: str, values: Sequence[str]) -> Listing:
    """A listing of which only the rows are left whose column is one of some values."""
    marks = ",".join("?" * len(values))
    where = " AND ".join(filter(None, (f"{column} IN ({marks})", asked.question.where)))
    question = Question(where, asked.question.order, (*values, *asked.question.values))
    return Listing(question, asked.window, asked.select)


notifications_of_alert: Operation = _under("alert", "notification", "alert_id")
logs_of_incident: Operation = _under("incident", "log", "owner_id")


def members(call: Call) -> Answer:
    """The users who are members of a team."""
    team = call.records.fetch("team", call.id)
    asked = listing(call.query, RESOURCES["user"].kinds)
    return Answer(answer(call.records.store, "user", _narrowed(asked, "id", team.get("member_user_ids") or [])))


def run_automation(call: Call) -> Answer:
    """Run an automation, as far as a sandbox can: it sends nothing, and logs that it was run."""
    automation = call.records.fetch("automation", call.id)
    if automation.get("enabled") is False:
        message = f"Cannot run the automation '{call.id}': it is not enabled"
        raise bad_request(message)
    url = re.search(r"^\s*url:\s*(\S+)", automation["settings"], re.MULTILINE)
    content = f"Automation run: {url[1] if url else 'no url in its settings'}"
    return answered(write_log(call.records, call.id, content, call.caller.user_id, subtype="OUTGOING"))


def default_template(call: Call) -> Answer:
    """The rules that a new router of some type begins with."""
    wanted = call.params["type"]
    if wanted not in TEMPLATES:
        message = f"The router type '{wanted}'"
        raise not_found(message)
    return answered(TEMPLATES[wanted])


def schedule_now(call: Call) -> Answer:
    """The events of a schedule that are on now."""
    call.records.fetch("schedule", call.id)
    return _now(call, alerts.current(call.records, call.id))


def schedule_window(call: Call) -> Answer:
    """What takes place on a schedule within a stretch of time."""
    call.records.fetch("schedule", call.id)
    start, end = _moment(call, "start"), _moment(call, "end")
    if start >= end:
        raise bad_request("'end' must be after 'start'")
    found = shifts(alerts.events_of(call.records, call.id), start, end)
    return Answer(page_of(_worked_out(call, found), window(call.query)))


def _moment(call: Call, name: str) -> int:
    text = call.query.get(name)
    if text is None:
        message = f"'{name}' is a required parameter"
        raise bad_request(message)
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > LATEST:
        message = f"'{name}' must be a time in unix seconds"
        raise bad_request(message)
    return int(text)


def schedule_flush(call: Call) -> Answer:
    """Take all events off a schedule."""
    call.records.fetch("schedule", call.id)
    objects.flush(call.records, call.id)
    return NOTHING


def team_now(call: Call) -> Answer:
    """The events that are on now on the schedule of a team."""
    team = call.records.fetch("team", call.id)
    schedule_id = team.get("schedule_id")
    return _now(call, alerts.current(call.records, schedule_id) if schedule_id else [])


def user_now(call: Call) -> Answer:
    """The events on which a user is on call now."""
    call.records.fetch("user", call.id)
    now = call.records.now
    return _now(
        call, [shift for shift in shifts(call.records.store.all("event"), now, now + 1) if call.id in shift.user_ids]
    )


def _now(call: Call, found: Iterable[Shift]) -> Answer:
    return answered(_worked_out(call, found))


def _worked_out(call: Call, found: Iterable[Shift]) -> list[Object]:
    """Events with the times of one occurrence in the place of those of the first."""
    now = call.records.now
    return [
        {
            **shift.event,
            "start": shift.start,
            "end": shift.end,
            "next": {"start": shift.start, "end": shift.end, "started": shift.start <= now},
        }
        for shift in found
    ]


def add_to_teams(call: Call) -> Answer:
    """Make a user a member of teams; where it is one already nothing changes."""
    user = call.records.fetch("user", call.id)
    ids = call.body.get("team_ids")
    if ids is None:
        raise bad_request("'team_ids' is a required parameter")
    teams = [call.records.store.get("team", one) or one for one in _texts("team_ids", ids)]
    unknown = [one for one in teams if isinstance(one, str)]
    if unknown:
        raise bad_request(*(f"'team_ids' names '{one}', which does not exist" for one in unknown))
    for team in cast("list[Object]", teams):
        joined: list[str] = team.get("member_user_ids") or []
        if call.id not in joined:
            call.records.save("team", {**team, "member_user_ids": [*joined, call.id]})
    return answered(user)
