"""Changes to single occurrences of an event: another in its place, an exception, an end."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pagertree_async.sandbox.doors import Answer, answered
from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.calls import Call
from pagertree_async.sandbox.v4.casting import Unfit, blank, moment
from pagertree_async.sandbox.v4.checks import attendees, checked
from pagertree_async.sandbox.v4.nested import Owner
from pagertree_async.sandbox.v4.oncall import Turn, on_call, unix
from pagertree_async.sandbox.v4.records import Records, table_of


def override(call: Call) -> Answer:
    """Put an event in the place of one occurrence, or of a part of it; what is left of the occurrence stays as it was."""
    event, records = call.subject("events"), call.records
    if blank(call.body.get("action_time")):
        raise Refusal(422, "action_time can't be blank")
    names = ("start_time", "end_time", "layer", "time_zone", "account_user_ids")
    body = {name: call.body.get(name) for name in names}
    values = checked(records, "events", {}, {**body, "parent_id": event["id"], "schedule_ids": event["schedule_ids"]})
    turn = _occurrence(call, event)
    _leave_out(records, event, turn)
    start, end = unix(values["start_time"]), unix(values["end_time"])
    for begins, ends in ((turn.start, min(start, turn.end)), (max(end, turn.start), turn.end)):
        if begins < ends:
            _piece(records, turn, begins, ends)
    return answered(records.new("events", **values), 201)


def add_exception(call: Call) -> Answer:
    """Leave out one occurrence."""
    event = _repeated(call)
    return answered(_leave_out(call.records, event, _occurrence(call, event)))


def terminate_on(call: Call) -> Answer:
    """Leave out one occurrence and all that come after it."""
    event = _repeated(call)
    turn = _occurrence(call, event)
    # Midnight would stand for the whole day.
    before = datetime.fromisoformat(iso(turn.start)) - timedelta(milliseconds=1)
    return answered(call.records.save("events", {**event, "repeat_end_datetime": iso(before.timestamp())}))


def _repeated(call: Call) -> Object:
    event = call.subject("events")
    if not event["repeat"]:
        raise Refusal(422, "event is not repeating")
    return event


def _occurrence(call: Call, event: Object) -> Turn:
    """The occurrence that the request is about: the one that is on at the action time."""
    given = call.body.get("action_time")
    if blank(given):
        raise Refusal(422, "action_time can't be blank")
    try:
        at = unix(moment(given, ZoneInfo("UTC")))
    except Unfit as error:
        message = f"action_time {error}"
        raise Refusal(422, message) from None
    found = on_call([event], at, at + 1)
    if not found:
        raise Refusal(422, "action_time is not within an occurrence of the event")
    return found[-1]


def _leave_out(records: Records, event: Object, turn: Turn) -> Object:
    at = iso(turn.start)
    exception = {"id": Owner(records, "Event", event["tiny_id"]).id_of("exceptions", at), "start_datetime": at}
    return records.save("events", {**event, "exceptions": [*event["exceptions"], exception]})


def _piece(records: Records, turn: Turn, begins: int, ends: int) -> None:
    """What is left of an occurrence, as an event of its own."""
    owner = Owner(records, "Event", records.store.next_number(table_of("events")))
    event = turn.event
    records.new(
        "events",
        start_time=iso(begins),
        end_time=iso(ends),
        layer=event["layer"],
        time_zone=event["time_zone"],
        parent_id=event["id"],
        schedule_ids=event["schedule_ids"],
        event_attendees=attendees(owner, turn.people),
    )
