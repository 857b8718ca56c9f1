"""Changes to single occurrences of an event, the flushing of schedules, and the names of time zones."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import pytest

from pagertree_async.sandbox.v4.zones import ZONES
from tests.sandbox.v4.wires import Line

NIGHTS = {"repeat": True, "frequency": 1, "frequency_unit": "daily", "time_zone": "Berlin"}


@pytest.fixture
def schedule(line: Line) -> str:
    """A schedule without events."""
    return line.made("/schedules", name="s")["id"]


@pytest.fixture
def people(line: Line) -> list[str]:
    """Three account users."""
    return line.ids("/account_users", limit=3)


@pytest.fixture
def nights(line: Line, schedule: str, people: list[str]) -> dict[str, Any]:
    """Nights in Berlin, in turns."""
    return line.event(schedule, people, "2026-06-01 20:00", "2026-06-02 08:00", rotation=True, **NIGHTS)


def seen(line: Line, schedule: str, people: list[str]) -> list[tuple[str, str, int]]:
    """Who is on call on the first nights of June: from when to when, and the number of the person."""
    turns = line.get(f"/schedules/{schedule}/window_events", start="2026-06-01", end="2026-06-04 10:00").json
    return [
        (turn["start_time"][8:16], turn["end_time"][8:16], people.index(turn["attendees"][0]["attendee_id"]))
        for turn in turns
    ]


WHOLE = [("01T18:00", "02T06:00", 0), ("02T18:00", "03T06:00", 1), ("03T18:00", "04T06:00", 2)]


def override(line: Line, event: dict[str, Any], person: str, start: str, end: str, at: str, **values: Any) -> Any:
    """Put somebody in the place of a part of an occurrence."""
    body = {"start_time": start, "end_time": end, "layer": 1, "time_zone": "Berlin", "account_user_ids": [person]}
    return line.post(f"/events/{event['prefix_id']}/override", {**body, "action_time": at, **values})


def test_an_exception_leaves_one_occurrence_out(line: Line, schedule: str, people: list[str], nights: Any) -> None:
    """The occurrence that is on at the action time does not take place; turns go on as if it had."""
    assert WHOLE == seen(line, schedule, people)
    reply = line.post(f"/events/{nights['id']}/add_exception", {"action_time": "2026-06-03T03:00:00Z"})
    expected = ["2026-06-02T18:00:00.000Z"]
    assert (200, expected) == (reply.status, [one["start_datetime"] for one in reply.json["exceptions"]])
    assert {"id", "start_datetime"} == set(reply.json["exceptions"][0])
    assert reply.json == line.get(f"/events/{nights['id']}").json
    assert [WHOLE[0], WHOLE[2]] == seen(line, schedule, people)
    again = line.refused("POST", f"/events/{nights['id']}/add_exception", {"action_time": "2026-06-03T03:00:00Z"})
    assert (422, ["action_time is not within an occurrence of the event"]) == again


def test_terminating_leaves_out_what_follows(line: Line, schedule: str, people: list[str], nights: Any) -> None:
    """The occurrence at the action time is the first that does not take place."""
    reply = line.post(f"/events/{nights['id']}/terminate_on", {"action_time": "2026-06-02T18:00:00Z"})
    assert (200, "2026-06-02T17:59:59.999Z") == (reply.status, reply.json["repeat_end_datetime"])
    assert WHOLE[:1] == seen(line, schedule, people)


def test_terminating_on_an_occurrence_at_midnight(line: Line, schedule: str, people: list[str]) -> None:
    """The day before is kept whole, the day that begins at midnight is not."""
    values = {**NIGHTS, "frequency": 6, "frequency_unit": "hourly", "time_zone": "UTC"}
    event = line.event(schedule, people[:1], "2026-06-01", "2026-06-01 06:00", **values)
    line.post(f"/events/{event['id']}/terminate_on", {"action_time": "2026-06-02T00:00:00Z"})
    assert ["01T00:00", "01T06:00", "01T12:00", "01T18:00"] == [one[0] for one in seen(line, schedule, people)]


@pytest.mark.parametrize(
    ("start", "end", "instead"),
    [
        ("2026-06-02 20:00", "2026-06-03 08:00", [("02T18:00", "03T06:00", 0)]),
        ("2026-06-02 22:00", "2026-06-03 00:00", [("02T18:00", "02T20:00", 1), ("02T20:00", "02T22:00", 0),
                                                  ("02T22:00", "03T06:00", 1)]),
        ("2026-06-02 18:00", "2026-06-02 22:00", [("02T16:00", "02T20:00", 0), ("02T20:00", "03T06:00", 1)]),
        ("2026-06-03 02:00", "2026-06-03 10:00", [("02T18:00", "03T00:00", 1), ("03T00:00", "03T08:00", 0)]),
        ("2026-06-02 10:00", "2026-06-02 12:00", [("02T08:00", "02T10:00", 0), ("02T18:00", "03T06:00", 1)]),
    ],
)  # fmt: skip
def test_an_override_stands_in(
    line: Line, schedule: str, people: list[str], nights: Any, start: str, end: str, instead: Any
) -> None:
    """Somebody else is on call for the time given, the rest of the occurrence and all others stay as they were."""
    reply = override(line, nights, people[0], start, end, "2026-06-02T18:00:00Z")
    assert (201, nights["id"], False) == (reply.status, reply.json["parent_id"], reply.json["repeat"])
    assert ([schedule], [people[0]]) == (
        reply.json["schedule_ids"],
        [one["attendee_id"] for one in reply.json["event_attendees"]],
    )
    assert reply.json == line.get(f"/events/{reply.json['id']}").json
    assert [WHOLE[0], *instead, WHOLE[2]] == seen(line, schedule, people)
    assert {nights["id"]} == {event["parent_id"] for event in line.everything("/events", parent_id=nights["prefix_id"])}


def test_an_event_that_does_not_repeat_is_overridden_too(line: Line, schedule: str, people: list[str]) -> None:
    """What is left of a single event stays with those who attended it."""
    event = line.event(schedule, people[1:2], "2026-06-02 08:00", "2026-06-02 20:00", time_zone="UTC")
    reply = override(
        line, event, people[2], "2026-06-02 12:00", "2026-06-02 13:00", "2026-06-02T08:00:00Z", time_zone="UTC"
    )
    assert 201 == reply.status
    assert [("02T08:00", "02T12:00", 1), ("02T12:00", "02T13:00", 2), ("02T13:00", "02T20:00", 1)] == seen(
        line, schedule, people
    )


@pytest.mark.parametrize("action", ["add_exception", "terminate_on"])
def test_an_event_that_does_not_repeat_has_no_other_occurrences(
    line: Line, schedule: str, people: Any, action: str
) -> None:
    """Leaving out and ending are for events that repeat."""
    event = line.event(schedule, people, "2026-06-02 08:00", "2026-06-02 20:00")
    body = {"action_time": "2026-06-02T08:00:00Z"}
    assert (422, ["event is not repeating"]) == line.refused("POST", f"/events/{event['id']}/{action}", body)


@pytest.mark.parametrize("action", ["add_exception", "terminate_on", "override"])
@pytest.mark.parametrize(
    ("at", "message"),
    [
        (None, "action_time can't be blank"),
        ("", "action_time can't be blank"),
        ("tonight", "action_time is invalid"),
        ("2026-06-02T17:59:59Z", "action_time is not within an occurrence of the event"),
        ("2026-05-31T18:00:00Z", "action_time is not within an occurrence of the event"),
    ],
)
def test_an_action_time_that_is_wrong(line: Line, nights: Any, people: Any, action: str, at: Any, message: str) -> None:
    """The action time says which occurrence is meant; nothing happens when there is none."""
    body = {"start_time": "2026-06-02 20:00", "end_time": "2026-06-03 08:00", "layer": 1, "time_zone": "Berlin",
            "account_user_ids": people[:1], "action_time": at}  # fmt: skip
    before = line.everything("/events")
    assert (422, [message]) == line.refused("POST", f"/events/{nights['id']}/{action}", body)
    assert before == line.everything("/events")


def test_an_override_is_checked_like_an_event(line: Line, nights: Any) -> None:
    """What an override lacks is told as an event's would be."""
    messages = ["account_user_ids can't be blank", "start_time can't be blank", "end_time can't be blank"]
    messages += ["layer can't be blank", "time_zone can't be blank"]
    body = {"action_time": "2026-06-02T18:00:00Z"}
    assert (422, messages) == line.refused("POST", f"/events/{nights['id']}/override", body)
    assert [] == line.get(f"/events/{nights['id']}").json["exceptions"]


def test_flushing_a_schedule(line: Line, schedule: str, people: list[str], nights: Any) -> None:
    """Its own events go, those of other schedules as well stay on the others."""
    other = line.made("/schedules", name="other")["id"]
    both = line.event(schedule, people, "2026-06-02 08:00", "2026-06-02 20:00", schedule_ids=[schedule, other])
    reply = line.delete(f"/schedules/{schedule}/flush")
    assert (204, b"") == (reply.status, reply.body)
    assert [] == line.ids(f"/schedules/{schedule}/events")
    assert ([both["id"]], 404) == (line.ids(f"/schedules/{other}/events"), line.get(f"/events/{nights['id']}").status)
    assert 200 == line.get(f"/schedules/{schedule}").status


def test_time_zones_have_the_names_of_rails(line: Line) -> None:
    """The names are an array, each of a zone that there is; events take each of them."""
    names = line.get("/events/time_zones").json
    assert (151, list(ZONES)) == (len(names), names)
    assert {"Pacific Time (US & Canada)", "Arizona", "UTC", "Nuku'alofa", "St. Petersburg", "Cape Verde Is."} < set(
        names
    )
    assert set(ZONES.values()) <= available_timezones()
    user = line.first("users")
    for name in names:
        assert name == line.put(f"/users/{user['id']}", {"time_zone": name}).json["time_zone"]
