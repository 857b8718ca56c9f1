"""What single resources can do beside being created, retrieved, updated, deleted and listed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pagertree_async.sandbox.doors import NOTHING, Answer, answered
from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.v4 import alerts, teams
from pagertree_async.sandbox.v4.calls import Call, Operation
from pagertree_async.sandbox.v4.casting import Unfit, moment
from pagertree_async.sandbox.v4.checks import checked
from pagertree_async.sandbox.v4.lists import listed
from pagertree_async.sandbox.v4.oncall import current, events_of, on_call, unix
from pagertree_async.sandbox.v4.zones import ZONES


def act(action: str) -> Operation:
    """The operation that moves an alert on.

    Args:
        action: Acknowledge, reject or resolve.
    """

    def operation(call: Call) -> Answer:
        return answered(alerts.move(call.records, call.caller_id, call.subject("alerts"), action))

    return operation


def comments_on(name: str) -> Operation:
    """The operation that lists what is said about an object.

    Args:
        name: The resource's name.
    """

    def operation(call: Call) -> Answer:
        parent_id = call.subject(name)["id"]
        return listed(
            call, "comments", "id IN (SELECT id FROM v4_replies WHERE json_extract(body, '$.parent_id') = ?)", parent_id
        )

    return operation


def comment_on(name: str) -> Operation:
    """The operation that says something about an object.

    Args:
        name: The resource's name.
    """

    def operation(call: Call) -> Answer:
        parent_id = call.subject(name)["id"]
        records = call.records
        comment = records.draft("comments", checked(records, "comments", {}, call.body))
        # First what it is about: a list worked out in between must not miss it.
        row = {"id": comment["id"], "created_at": comment["created_at"], "parent_id": parent_id}
        records.store.insert("v4_replies", [(comment["tiny_id"], row)])
        return answered(records.add("comments", comment), 201)

    return operation


def alerts_of_team(call: Call) -> Answer:
    """The alerts that go to a team."""
    team_id = call.subject("teams")["id"]
    where = "EXISTS (SELECT 1 FROM json_each(body, '$.destination_team_ids') WHERE value = ?)"
    return listed(call, "alerts", where, team_id)


def events_of_schedule(call: Call) -> Answer:
    """The events of a schedule as they are stored."""
    schedule_id = call.subject("schedules")["id"]
    where = "EXISTS (SELECT 1 FROM json_each(body, '$.schedule_ids') WHERE value = ?)"
    return listed(call, "events", where, schedule_id)


def schedule_now(call: Call) -> Answer:
    """Who is on call on a schedule now."""
    return answered([turn.shown() for turn in current(call.records, call.subject("schedules")["id"])])


def team_now(call: Call) -> Answer:
    """Who is on call on the schedule of a team now."""
    return answered([turn.shown() for turn in current(call.records, call.subject("teams")["schedule_id"])])


def schedule_window(call: Call) -> Answer:
    """Who is on call on a schedule within a stretch of time."""
    schedule = call.subject("schedules")
    wrong = [f"{name} can't be blank" for name in ("start", "end") if not call.query.get(name)]
    if wrong:
        raise Refusal(422, *wrong)
    start, end = _asked(call, "start"), _asked(call, "end")
    if start >= end:
        raise Refusal(422, "end must be after start")
    return answered([turn.shown() for turn in on_call(events_of(call.records, schedule["id"]), start, end)])


def _asked(call: Call, name: str) -> int:
    try:
        return unix(moment(call.query[name], ZoneInfo("UTC")))
    except Unfit as error:
        message = f"{name} {error}"
        raise Refusal(422, message) from None


def schedule_flush(call: Call) -> Answer:
    """Take all events off a schedule."""
    teams.flush(call.records, call.subject("schedules"))
    return NOTHING


def time_zones(call: Call) -> Answer:
    """The names of the time zones."""
    del call
    return answered(list(ZONES))
