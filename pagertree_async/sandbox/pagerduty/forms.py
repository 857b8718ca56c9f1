"""What each kind of object has to look like before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from pagertree_async.sandbox.pagerduty.duty import seconds
from pagertree_async.sandbox.pagerduty.refusals import wrong
from pagertree_async.sandbox.store import Object

T = TypeVar("T")

_DAY = 86_400
_Turn = Annotated[int, msgspec.Meta(ge=3600, le=366 * _DAY)]
_Length = Annotated[int, msgspec.Meta(ge=1, le=7 * _DAY)]
_Text = Annotated[str, msgspec.Meta(max_length=10_000)]
_Zone = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\Z")]
_WeekDay = Annotated[int, msgspec.Meta(ge=1, le=7)]


class _Ref(msgspec.Struct):
    id: str


class _Target(msgspec.Struct):
    id: str
    type: Literal["user", "user_reference", "schedule", "schedule_reference"]


class _Rule(msgspec.Struct):
    targets: Annotated[list[_Target], msgspec.Meta(min_length=1)]


class _Policy(msgspec.Struct):
    name: _Text
    escalation_rules: Annotated[list[_Rule], msgspec.Meta(min_length=1)]
    teams: list[_Ref] | None = None


class _Place(msgspec.Struct):
    user: _Ref


class _Restriction(msgspec.Struct):
    type: Literal["daily_restriction", "weekly_restriction"]
    start_time_of_day: _TimeOfDay
    duration_seconds: _Length
    start_day_of_week: _WeekDay = 1


class _Layer(msgspec.Struct):
    start: str
    rotation_virtual_start: str
    rotation_turn_length_seconds: _Turn
    users: Annotated[list[_Place], msgspec.Meta(min_length=1, max_length=100)]
    end: str | None = None
    restrictions: list[_Restriction] = []


class _Schedule(msgspec.Struct):
    schedule_layers: Annotated[list[_Layer], msgspec.Meta(min_length=1, max_length=100)]
    time_zone: _Zone = "UTC"
    name: _Text = ""


class _User(msgspec.Struct):
    name: _Text
    email: _Text
    teams: list[_Ref] | None = None
    time_zone: _Text = "UTC"
    color: _Text = ""


class _Service(msgspec.Struct):
    name: _Text
    teams: list[_Ref] | None = None


class _Named(msgspec.Struct):
    name: _Text


class _Assignment(msgspec.Struct):
    assignee: _Ref


class _Incident(msgspec.Struct):
    title: _Text
    service: _Ref
    status: Literal["triggered", "acknowledged", "resolved"] = "triggered"
    urgency: Literal["high", "low"] = "high"
    assignments: list[_Assignment] = []
    teams: list[_Ref] = []
    incident_key: _Text | None = None


class _Override(msgspec.Struct):
    start: str
    end: str
    user: _Ref


class _Note(msgspec.Struct):
    content: _Text = ""


class _Subscriber(msgspec.Struct):
    subscriber_id: str
    subscriber_type: str


_FORMS: dict[str, Any] = {
    "users": _User,
    "teams": _Named,
    "services": _Service,
    "business_services": _Named,
    "schedules": _Schedule,
    "escalation_policies": _Policy,
    "incidents": _Incident,
    "overrides": list[_Override],
    "notes": _Note,
    "subscribers": list[_Subscriber],
}


def an_object(given: object) -> Object:
    """What was given, when it is an object.

    Args:
        given: The value of a wrapper.

    Raises:
        Refused: 400, when it is none.
    """
    try:
        return msgspec.convert(given, Object)
    except msgspec.ValidationError:
        raise wrong("The object is not one") from None


def objects(given: object) -> list[Object]:
    """What was given, when it is a list of objects.

    Args:
        given: The value of a wrapper.

    Raises:
        Refused: 400, when it is none.
    """
    try:
        return msgspec.convert(given, list[Object])
    except msgspec.ValidationError:
        raise wrong("The list is not one of objects") from None


def check(kind: str, given: object) -> None:
    """Refuse what cannot be of a kind.

    Args:
        kind: What it is to be, such as `users`.
        given: What it is.

    Raises:
        Refused: 400, when it has something else where it is read.
    """
    try:
        msgspec.convert(given, _FORMS[kind])
    except msgspec.ValidationError as error:
        message = f"{kind} cannot be so: {error}"
        raise wrong(message) from None


def check_moments(given: Mapping[str, Any], *names: str) -> None:
    """Refuse what is no moment, or too far away to be reckoned with.

    Args:
        given: What was given.
        names: The attributes that are moments; those that are missing or null are passed over.

    Raises:
        Refused: 400, when one is none.
    """
    for name in names:
        if given.get(name) is None:
            continue
        try:
            seconds(given[name])
        except ValueError:
            message = f"{name} is not a date, or too far away"
            raise wrong(message) from None


def known_zone(name: str) -> bool:
    """Whether a time zone is one that there is.

    Args:
        name: Its name.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
