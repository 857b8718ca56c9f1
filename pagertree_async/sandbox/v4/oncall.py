"""Who is on call when: the events of API v4 in the words of the recurrence, with the attendees whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.oncall import turns
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.records import Records
from pagertree_async.sandbox.v4.zones import zone_of


@dataclass(frozen=True, slots=True)
class Turn:
    """One occurrence of an event.

    Args:
        start: When it begins, in unix seconds.
        end: When it ends, in unix seconds; this second is no longer part of it.
        event: The event it belongs to.
        attendees: Who is on call.
    """

    start: int
    end: int
    event: Object
    attendees: list[Object]

    @property
    def people(self) -> list[str]:
        """The ids of those who are on call."""
        return [one["attendee_id"] for one in self.attendees]

    def shown(self) -> Object:
        """The event with the times of this occurrence and those who are on call in it."""
        times = {"start_time": iso(self.start), "end_time": iso(self.end)}
        return {**self.event, **times, "attendees": self.attendees}


def unix(moment: str) -> int:
    """A moment in unix seconds.

    Args:
        moment: As the API writes it.
    """
    return int(datetime.fromisoformat(moment).timestamp())


def plain(event: Object) -> Object:
    """An event in the words of the recurrence.

    Args:
        event: The event.
    """
    return {
        "id": event["id"],
        "start": unix(event["start_time"]),
        "end": unix(event["end_time"]),
        "timezone": zone_of(event["time_zone"]).key,
        "repeat": event["repeat"],
        "frequency": event["frequency"],
        "frequency_unit": event["frequency_unit"],
        "dow": event["days_of_week"],
        "repeatend": _last(event),
        "exceptions": [unix(one["start_datetime"]) for one in event["exceptions"]],
        "rotation": event["rotation"],
    }


def _last(event: Object) -> int | None:
    """The last moment at which an occurrence may begin; midnight stands for the whole of its day."""
    if event["repeat_end_datetime"] is None:
        return None
    zone = zone_of(event["time_zone"])
    moment = datetime.fromisoformat(event["repeat_end_datetime"]).astimezone(zone)
    if moment.time() != time():
        return int(moment.timestamp())
    return int(datetime.combine(moment.date() + timedelta(days=1), time(), zone).timestamp()) - 1


def on_call(events: Iterable[Object], start: float, end: float) -> list[Turn]:
    """The occurrences of events that overlap a stretch of time, by start, then layer, then event.

    Args:
        events: The events.
        start: Where the stretch begins, in unix seconds.
        end: Where it ends, in unix seconds, itself not included.
    """
    found = [
        Turn(begins, ends, event, _whose(event, number))
        for event in events
        for number, begins, ends in turns(plain(event), start, end)
    ]
    found.sort(key=lambda turn: (turn.start, turn.event["layer"], turn.event["id"]))
    return found


def _whose(event: Object, number: int) -> list[Object]:
    attendees: list[Object] = event["event_attendees"]
    if event["rotation"] and attendees:
        return [attendees[number % len(attendees)]]
    return attendees


def events_of(records: Records, schedule_id: str) -> list[Object]:
    """The events of a schedule.

    Args:
        records: Where they are.
        schedule_id: The schedule.
    """
    return [event for event in records.all("events") if schedule_id in event["schedule_ids"]]


def current(records: Records, schedule_id: str | None) -> list[Turn]:
    """Who is on call on a schedule now.

    Args:
        records: Where the events are.
        schedule_id: The schedule, or None for none.
    """
    if schedule_id is None:
        return []
    now = int(records.clock())
    return on_call(events_of(records, schedule_id), now, now + 1)
