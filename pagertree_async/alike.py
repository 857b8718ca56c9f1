"""Whether an object is as it is wanted, however its ids and its parts are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from pagertree_async.errors import NotFoundError
from pagertree_async.models import Model, decoded, reader
from pagertree_async.query import seconds
from pagertree_async.session import Call, Session


class Reading(msgspec.Struct, frozen=True):
    """How the attributes of one API's objects are read.

    Attributes:
        paths: Where the objects are that attributes refer to, by how the attributes' names end: ``{"team_id": "/teams"}``.
            None are looked up where objects have one id only.
        model: What tells the ids of such an object.
    """

    paths: Mapping[str, str] = {}
    model: type[Model] = Model

    def path_of(self, name: str) -> str | None:
        """Where the objects are that an attribute refers to, None where it refers to none."""
        stem = name.removesuffix("s")
        found = [ending for ending in self.paths if stem == ending or stem.endswith(f"_{ending}")]
        return self.paths[max(found, key=len)] if found else None


class Lookup:
    """Tells by which ids an object is known, and asks once for each.

    Args:
        session: What makes the calls.
        reading: How attributes are read.
        options: What the calls are made with: ``timeout`` and ``retry``.
    """

    def __init__(self, session: Session[Any], reading: Reading, options: Mapping[str, Any]) -> None:
        self._session = session
        self._reading = reading
        self._options = options
        self._known: dict[str, tuple[str, ...]] = {}

    async def same_ids(self, name: str, has: object, wants: object) -> bool:
        """Whether an attribute has other ids of just the objects that are wanted.

        Args:
            name: The attribute's name.
            has: The id or the ids that it has.
            wants: The objects that are wanted, or their ids.
        """
        path = self._reading.path_of(name)
        held, wanted = _ids(has), _ids(wants)
        if path is None or len(held) != len(wanted):
            return False
        left = set(held)
        for one in wanted:
            ids = one.ids if isinstance(one, Model) else (str(one),)
            if left.isdisjoint(ids):
                if all(("_" in str(other)) == ("_" in ids[0]) for other in left):
                    return False  # ids of one form name other objects
                ids = await self._ids_of(path, ids[0])
            left.difference_update(ids)
        return not left

    async def _ids_of(self, path: str, id: str) -> tuple[str, ...]:
        where = f"{path}/{id}"
        if where not in self._known:
            read: Callable[[bytes], Model] = reader(self._reading.model)
            call = Call(method="GET", path=where, **self._options)
            try:
                found = await self._session.call(call, lambda response: decoded(response.body, read, response.status))
            except NotFoundError:
                self._known[where] = ()  # the write that names it is refused in the server's own words
            else:
                self._known[where] = found.ids
        return self._known[where]


def _ids(value: object) -> Sequence[object]:
    several = isinstance(value, list | tuple)
    return cast("Sequence[object]", value) if several else [] if value is None else [value]


def same(has: object, wants: object) -> bool:
    """Whether an attribute already is as it is wanted.

    Objects are compared by the keys that are wanted, ids without regard to their order, moments to the second.
    """
    if isinstance(has, datetime):
        return seconds(has) == (seconds(wants) if isinstance(wants, datetime) else wants)
    if isinstance(wants, Mapping):
        holds = msgspec.to_builtins(has) if isinstance(has, msgspec.Struct) else has
        keys = cast("Mapping[str, object]", wants)
        parts = cast("Mapping[str, object]", holds)
        return isinstance(holds, Mapping) and all(key in parts and same(parts[key], keys[key]) for key in keys)
    if isinstance(wants, list | tuple) and isinstance(has, list | tuple):
        wanted, held = cast("Sequence[object]", wants), cast("Sequence[object]", has)
        if all(isinstance(item, str) for item in (*wanted, *held)):
            return sorted(map(str, wanted)) == sorted(map(str, held))
        return len(wanted) == len(held) and all(same(*pair) for pair in zip(held, wanted, strict=True))
    return has == (wants.id if isinstance(wants, Model) else wants)


def changes(has: Sequence[msgspec.Struct], wants: Sequence[msgspec.Struct], key: str) -> list[dict[str, Any]]:
    """What has to be written for the parts of an object to be those that are wanted, and no others.

    Args:
        has: The parts, each with its ``id``.
        wants: What they are to be; one without an id is told by ``key``.
        key: The attribute that tells the parts of one object apart.

    Returns:
        What is to be added, changed by its id, or taken away by its id and ``_destroy``; nothing when nothing differs.
    """
    held: list[dict[str, Any]] = [msgspec.to_builtins(part) for part in has]
    written: list[dict[str, Any]] = []
    kept: list[Any] = []
    for wanted in wants:
        part: dict[str, Any] = msgspec.to_builtins(wanted, enc_hook=str)
        by = "id" if "id" in part else key
        one = next((other for other in held if by in part and part[by] in _names(other, by)), None)
        if one is None:
            written += [] if part.get("_destroy") else [part]
        elif not part.get("_destroy"):
            kept.append(one["id"])
            plain = {name: value for name, value in part.items() if name != "id"}
            written += [] if same(one, plain) else [plain | {"id": one["id"]}]
    return [*written, *({"id": other["id"], "_destroy": True} for other in held if other["id"] not in kept)]


def _names(part: Mapping[str, Any], by: str) -> tuple[Any, ...]:
    return (part["id"], part.get("prefix_id")) if by == "id" else (part.get(by),)
