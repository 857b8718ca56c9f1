"""One filter of a list, as an SQL condition over the stored JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from pagertree_async.sandbox.errors import bad_request
from pagertree_async.sandbox.identity import iso

Kind = Literal["text", "number", "bool", "time", "list", "any"]
"""How an attribute compares: as text, number, true or false, ISO time, by its elements, or by what is stored."""

Value = str | int | float

_COMPARED: dict[str, str] = {"equals": "=", "ne": "IS NOT", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
OPERATIONS = (*_COMPARED, "beginsWith", "contains")
"""The operations that a filter can have."""

BETWEEN = "between"
"""The operation that is two of them: from one value to another, both included."""


def path_of(attribute: str) -> str:
    """The JSON path of an attribute.

    Args:
        attribute: Its name, with dots between the names of nested ones.

    Raises:
        Refusal: 400, when it cannot be the name of an attribute.
    """
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", attribute):
        message = f"'{attribute}' is not an attribute"
        raise bad_request(message)
    return "$" + "".join(f'."{name}"' for name in attribute.split("."))


def condition(attribute: str, kind: Kind, operation: str, value: str) -> tuple[str, tuple[Value, ...]]:
    """One filter as an SQL condition.

    An object that lacks the attribute, or has null there, passes `ne` and nothing else.

    Args:
        attribute: The attribute's name.
        kind: How it compares.
        operation: One of `OPERATIONS`.
        value: What to compare with, as the query has it.

    Returns:
        The condition and the values of its placeholders.

    Raises:
        Refusal: 400, when the value does not fit the kind.
    """
    path = path_of(attribute)
    if kind == "list":
        return _element(path, operation, value)
    if operation in ("beginsWith", "contains"):
        return _part(_TEXT, operation, (path, path, value))
    if kind == "any":
        return _any(path, operation, value)
    bound = _READ[kind](attribute, value)
    return f"json_extract(body, ?) {_COMPARED[operation]} ?", (path, bound)


# SQLite reads true as 1; a query says true.
_TEXT = (
    "CASE json_type(body, ?) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
    "ELSE CAST(json_extract(body, ?) AS TEXT) END"
)


def _part(text: str, operation: str, values: tuple[Value, ...]) -> tuple[str, tuple[Value, ...]]:
    found = f"instr({text}, ?)"
    return (f"{found} = 1" if operation == "beginsWith" else f"{found} > 0"), values


def _element(path: str, operation: str, value: str) -> tuple[str, tuple[Value, ...]]:
    if operation == "ne":
        return "NOT EXISTS (SELECT 1 FROM json_each(body, ?) WHERE value = ?)", (path, value)
    if operation == "beginsWith":
        return "EXISTS (SELECT 1 FROM json_each(body, ?) WHERE instr(value, ?) = 1)", (path, value)
    compared = "=" if operation == "contains" else _COMPARED[operation]
    return f"EXISTS (SELECT 1 FROM json_each(body, ?) WHERE value {compared} ?)", (path, value)  # noqa: S608 - the operation is one of ours


def _any(path: str, operation: str, value: str) -> tuple[str, tuple[Value, ...]]:
    compared = _COMPARED[operation]
    as_text = f"{_TEXT} {compared} ?"
    number = _as_number(value)
    if number is None:
        return as_text, (path, path, value)
    return (
        f"CASE WHEN json_type(body, ?) IN ('integer', 'real') THEN json_extract(body, ?) {compared} ? ELSE {as_text} END",
        (path, path, number, path, path, value),
    )


def _text(_: str, value: str) -> str:
    return value


def _as_number(value: str) -> int | float | None:
    if re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", value) and math.isfinite(float(value)):
        return float(value)
    return None


def _number(attribute: str, value: str) -> int | float:
    number = _as_number(value)
    if number is None:
        message = f"'{attribute}' must be compared with a number"
        raise bad_request(message)
    return number


def _bool(attribute: str, value: str) -> int:
    if value not in ("true", "false"):
        message = f"'{attribute}' must be compared with true or false"
        raise bad_request(message)
    return int(value == "true")


def _time(attribute: str, value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
        return iso((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        message = f"'{attribute}' must be compared with an ISO 8601 time"
        raise bad_request(message) from None


_READ: dict[Kind, Callable[[str, str], Value]] = {"text": _text, "number": _number, "bool": _bool, "time": _time}
