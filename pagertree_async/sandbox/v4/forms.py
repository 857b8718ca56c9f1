"""Bodies as forms: the API takes them beside JSON, with brackets for what lies within, as Rails reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import parse_qsl

from pagertree_async.sandbox.doors import Incoming, parsed
from pagertree_async.sandbox.errors import Refusal, bad_request
from pagertree_async.sandbox.store import Object

FORM = "application/x-www-form-urlencoded"
_DEEPEST = 32
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def body_of(incoming: Incoming) -> Object:
    """What a request's body says.

    Args:
        incoming: The request; its content type says whether the body is a form, else it is JSON.

    Raises:
        Refusal: 400, when it is neither.
    """
    if incoming.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return parsed(incoming.body)
    try:
        pairs = parse_qsl(incoming.body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise bad_request("The body is not valid UTF-8") from None
    return nested(pairs)


def nested(pairs: Sequence[tuple[str, str]]) -> Object:
    """What the names and values of a form stand for.

    Args:
        pairs: The names and values.

    Raises:
        Refusal: 400, when one name wants an array or an object where another has put something else.

    >>> nested([("title", "disk full"), ("tags[]", "a"), ("tags[]", "b"), ("meta[incident]", "true")])
    {'title': 'disk full', 'tags': ['a', 'b'], 'meta': {'incident': 'true'}}
    """
    found: Object = {}
    for name, value in pairs:
        named = _NAME.fullmatch(name)
        if named is None:
            found[name] = value
            continue
        parts = [named[1], *_PART.findall(named[2])]
        if len(parts) > _DEEPEST:
            raise bad_request("The body lies within itself too deeply")
        _put(found, parts, value)
    return found


def _put(holder: Object, parts: list[str], value: str) -> None:
    name, *inner = parts
    if not inner:
        holder[name] = value
    elif inner[0]:
        held = holder.setdefault(name, {})
        if not isinstance(held, dict):
            raise _clash("Hash", held, name)
        _put(cast("Object", held), inner, value)
    else:
        held = holder.setdefault(name, [])
        if not isinstance(held, list):
            raise _clash("Array", held, name)
        _add(cast("list[Any]", held), inner[1:], value)


def _add(held: list[Any], inner: list[str], value: str) -> None:
    """Add to an array: a value, or a part of its last object, or of a new one where that has such a part already."""
    if not inner:
        held.append(value)
        return
    last: Any = held[-1] if held else None
    if not isinstance(last, dict) or _has(last, inner):
        last = Object()
        held.append(last)
    _put(cast("Object", last), inner, value)


def _has(item: Any, parts: list[str]) -> bool:
    for part in parts:
        if not part or not isinstance(item, dict) or part not in item:
            return False
        item = cast("Object", item)[part]
    return True


def _clash(wanted: str, held: object, name: str) -> Refusal:
    kind = "String" if isinstance(held, str) else "Array" if isinstance(held, list) else "Hash"
    return bad_request(f"expected {wanted} (got {kind}) for param `{name}'")
