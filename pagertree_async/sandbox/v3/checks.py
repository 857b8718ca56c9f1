"""What a body must be before an object is made or changed by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

from pagertree_async.sandbox.errors import Refusal, bad_request
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import COMMON, GIVEN, RESOURCES, Field, Resource, Shape

LATEST = 250_000_000_000
"""The last unix second that is taken, in the year 9892: calendars end soon after."""


def creation(records: Records, resource: Resource, body: Object) -> Object:
    """The values of a new object.

    Args:
        records: What ids may point to.
        resource: What is to be made.
        body: The request's body.

    Raises:
        Refusal: 400 for what is missing or wrong, 403 for another account's, 409 for an id that is taken.
    """
    missing = min(([name for name in names if _absent(body, name)] for names in resource.required), key=len)
    if missing:
        raise bad_request(*(f"'{name}' is a required parameter" for name in missing))
    values = {name: value for name, value in body.items() if name not in GIVEN | resource.kept and value is not None}
    _checked(records, resource, body, values)
    if body.get("id") is not None:
        values["id"] = _free_id(records, resource, body["id"])
    return values


def update(records: Records, resource: Resource, item: Object, body: Object) -> Object:
    """The values that an update sets.

    Args:
        records: What ids may point to.
        resource: What is to be changed.
        item: The object as it is.
        body: The request's body.

    Raises:
        Refusal: 400 for what is wrong, 403 for another account's.
    """
    needed = {name for names in resource.required if not any(_absent(item, name) for name in names) for name in names}
    emptied = [name for name in body if name in needed and _absent(body, name)]
    if emptied:
        raise bad_request(*(f"'{name}' is a required parameter" for name in emptied))
    if "status" in resource.kept and body.get("status", item["status"]) != item["status"]:
        message = f"'status' cannot be set: the {resource.name} is {item['status']}, and actions move it on"
        raise bad_request(message)
    values = {name: value for name, value in body.items() if name not in GIVEN | resource.kept}
    _checked(records, resource, body, values)
    return values


def _checked(records: Records, resource: Resource, body: Object, values: Object) -> None:
    if body.get("sid", records.account_id) != records.account_id:
        raise Refusal(403, "'sid' names an account that you don't have access to")
    wrong = list(_wrong_shapes(resource, values))
    if not wrong:
        wrong = [*_unknown_ids(records, resource, values), *_EXTRA.get(resource.name, _nothing)(values)]
    if wrong:
        raise bad_request(*wrong)


def _absent(body: Object, name: str) -> bool:
    return body.get(name) in (None, "", [])


def _free_id(records: Records, resource: Resource, wanted: object) -> str:
    if not isinstance(wanted, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", wanted):
        raise bad_request("'id' must be 1 to 64 letters, digits, - or _")
    if records.store.taken(resource.name, wanted):
        message = f"The {resource.name} '{wanted}' exists already"
        raise Refusal(409, message)
    return wanted


def _wrong_shapes(resource: Resource, values: Object) -> Iterator[str]:
    for name, value in values.items():
        known = resource.fields.get(name) or COMMON.get(name)
        if known is None or value is None:
            continue
        fits, wanted = _SHAPES[known.shape]
        if not fits(value):
            yield f"'{name}' must be {wanted}"
        elif known.choices and value not in known.choices:
            yield f"'{name}' must be one of {', '.join(known.choices)}"


def _unknown_ids(records: Records, resource: Resource, values: Object) -> Iterator[str]:
    for name, value in values.items():
        known = resource.fields.get(name)
        if known is not None and known.to and value is not None:
            for wanted in cast("list[str]", value if isinstance(value, list) else [value]):
                if not points(records, known, wanted):
                    yield f"'{name}' names '{wanted}', which does not exist"


def points(records: Records, known: Field, wanted: str) -> bool:
    """Whether an id points to an object that a field may name.

    Args:
        records: Where it may point.
        known: The field.
        wanted: The id.
    """
    names: Iterable[str] = RESOURCES if known.to == ("*",) else known.to
    return any(records.store.has(name, wanted) for name in names)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _unix(value: object) -> bool:
    return _whole(value) and 0 <= cast("int", value) <= LATEST


def _list_of(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    def every(value: object) -> bool:
        return isinstance(value, list) and all(fits(one) for one in cast("list[object]", value))

    return every


def _object(value: object) -> bool:
    return isinstance(value, dict)


_SHAPES: dict[Shape, tuple[Callable[[object], bool], str]] = {
    "text": (_text, "a text"),
    "number": (lambda value: isinstance(value, int | float) and not isinstance(value, bool), "a number"),
    "whole": (_whole, "a whole number"),
    "unix": (_unix, "a time in unix seconds"),
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "time": (_text, "a time"),
    "texts": (_list_of(_text), "an array of texts"),
    "text or texts": (lambda value: _text(value) or _list_of(_text)(value), "a text or an array of texts"),
    "wholes": (_list_of(_whole), "an array of whole numbers"),
    "object": (_object, "an object"),
    "objects": (_list_of(_object), "an array of objects"),
    "any": (lambda _: True, "anything"),
}


def _nothing(_: Object) -> Sequence[str]:
    return ()


def _event(values: Object) -> Iterator[str]:
    for name in ("layer", "frequency"):
        if values.get(name) is not None and values[name] < 1:
            yield f"'{name}' must be 1 or more"
    if not all(0 <= day <= 7 for day in values.get("dow") or ()):
        yield "'dow' must be days of the week, 0 for Sunday to 6 for Saturday"
    zone = values.get("timezone")
    if zone is not None and not _is_zone(zone):
        yield f"'timezone' names '{zone}', which is not an IANA time zone"
    if not _exceptions(values.get("exceptions")):
        yield "'exceptions' must be an array of unix seconds, or of objects with a start in unix seconds"


def _exceptions(value: Any) -> bool:
    return value is None or _list_of(lambda one: _unix(cast("Object", one).get("start") if _object(one) else one))(
        value
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


_EXTRA: dict[str, Callable[[Object], Iterable[str]]] = {"event": _event}
