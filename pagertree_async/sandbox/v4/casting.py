"""What a body's values are read as: numbers from texts, moments from wall-clock times, as Rails does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.resources import Field, Resource, Shape
from pagertree_async.sandbox.v4.zones import zone_of

_LATEST = 9800
"""The last year that is taken: calendars end soon after."""


class Unfit(Exception):  # noqa: N818 - a value that is told of, not a fault
    """A value that cannot be read, with what the message says of it."""


def read(resource: Resource, item: Object, body: Object) -> tuple[Object, list[str]]:
    """What a body sets, and what in it cannot be read.

    Args:
        resource: What it is to be.
        item: The object as it is; empty when it is to be made.
        body: The request's body; what is not permitted in it is left out.
    """
    body = {
        resource.aliases.get(name, name): value for name, value in body.items() if name not in resource.permitted
    } | {name: value for name, value in body.items() if name in resource.permitted}
    name = body.get("time_zone", item.get("time_zone"))
    zone = zone_of(name if isinstance(name, str) else None)
    values: Object = {}
    wrong: list[str] = []
    for name, known in resource.permitted.items():
        if name in body:
            try:
                values[name] = None if body[name] is None else fitting(known, body[name], zone)
            except Unfit as error:
                wrong.append(f"{name} {error}")
    return values, wrong


def fitting(known: Field, value: object, zone: ZoneInfo) -> object:
    """A value as a field keeps it.

    Args:
        known: The field.
        value: What came.
        zone: By whose clocks a time without an offset goes.

    Raises:
        Unfit: It cannot be read.
    """
    if known.shape == "time":
        return moment(value, zone)
    found = _CASTS[known.shape](value)
    if known.choices and found not in known.choices and found != "":
        raise Unfit("is not included in the list")
    if known.least is not None and cast("int", found) < known.least:
        message = f"must be greater than or equal to {known.least}"
        raise Unfit(message)
    return found


def moment(value: object, zone: ZoneInfo) -> str:
    """A moment as the API writes it.

    Args:
        value: An ISO 8601 time; without an offset it is what the clocks of the zone show.
        zone: The zone.

    Raises:
        Unfit: It is no time, or out of bounds.
    """
    try:
        found = datetime.fromisoformat(re.sub(r"\s*UTC$", "+00:00", cast("str", value).strip()))
    except (AttributeError, ValueError):
        raise Unfit("is invalid") from None
    if not 1970 < found.year <= _LATEST:
        raise Unfit("is invalid")
    return iso((found if found.tzinfo else found.replace(tzinfo=zone)).timestamp())


def flag(value: object) -> bool:
    """A true or false, which may also be written as a text or a number.

    Args:
        value: What came.

    Raises:
        Unfit: It is neither.
    """
    if isinstance(value, bool):
        return value
    found = {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower())
    if found is None:
        raise Unfit("is invalid")
    return found


def text(value: object) -> str:
    """A text, which may also come as a number or a true or false.

    Args:
        value: What came.

    Raises:
        Unfit: It is an array or an object.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise Unfit("is invalid")
    return str(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,15}", str(value)):
        raise Unfit("is not a number")
    return int(str(value))


def _list_of(cast_one: Callable[[object], Any]) -> Callable[[object], list[Any]]:
    def every(value: object) -> list[Any]:
        if not isinstance(value, list):
            raise Unfit("is invalid")
        return [cast_one(one) for one in cast("list[object]", value)]

    return every


def _object(value: object) -> Object:
    if not isinstance(value, dict):
        raise Unfit("is invalid")
    return cast("Object", value)


_CASTS: dict[Shape, Callable[[object], Any]] = {
    "text": text,
    "whole": _whole,
    "bool": flag,
    "texts": _list_of(text),
    "wholes": _list_of(_whole),
    "object": _object,
    "objects": _list_of(_object),
}


def blank(value: object) -> bool:
    """Whether a value counts as nothing.

    Args:
        value: The value.
    """
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def blanks(resource: Resource, item: Object) -> Iterator[str]:
    """What an object lacks.

    Args:
        resource: What it is.
        item: The object.
    """
    for name in resource.required:
        if blank(item.get(name)):
            yield f"{name} can't be blank"
