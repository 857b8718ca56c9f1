"""What several resources of API v3 have in common.

Attributes that the API did not send are None. Moments are aware datetimes, whether they come as ISO 8601 or as seconds
since 1970; enums take values that were not known when this was written. Where an attribute's name is not the wire's
(``created_at``, ``updated_at``, ``tiny_id``, ``from_``), ``to_json`` and ``to_dict`` speak the wire's.

Of what calls take: where an id is wanted, the object may be given. What is left out is not sent; where None is allowed, it
is sent as null. Moments are aware datetimes, or seconds since 1970 where the API counts those. Where the reference of 2018
and that of 2019 need different arguments, either set will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType, field

from pagertree_async.models import Json, Model, OpenEnum, Timestamp
from pagertree_async.params import Query, RefFilter, mapped
from pagertree_async.query import Filter


class Urgency(OpenEnum):
    """How urgent an alert is."""

    SILENT = "silent"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Direction(OpenEnum):
    """Whether something came in to PagerTree or went out from it."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"


class Resource(Model, frozen=True):
    """What every object of the API has.

    Attributes:
        sid: The security identifier: in practice the id of the account that owns the object.
        created_at: When the object was made.
        updated_at: When it was last changed, None before the first change.
        meta: Free-form data.
        tiny_id: A number for people to call it by.
    """

    sid: str | None = None
    created_at: Timestamp | None = field(name="createdAt", default=None)
    updated_at: Timestamp | None = field(name="updatedAt", default=None)
    meta: Json | None = None
    tiny_id: int | None = field(name="tinyId", default=None)


class ListQuery(Query, kw_only=True):
    """What every list can be ordered, cut and filtered by.

    Every attribute is compared for equality, or as one of ``ne lt lte gt gte begins_with contains`` says; one that holds
    several values has the value asked for among them.

    Args:
        sort: The attribute to order by, or several; with a leading ``-`` from the last to the first.
        select: The attributes to send, the rest staying None; the id and what is filtered by always come.
        id: The object's id.
        sid: The id of the account that owns it.
        created_at: When it was made.
        updated_at: When it was last changed.
        tiny_id: The number people call it by.
    """

    sort: str | Sequence[str] | UnsetType = UNSET
    select: str | Sequence[str] | UnsetType = UNSET
    id: RefFilter = UNSET
    sid: RefFilter = UNSET
    created_at: Filter[Timestamp] = field(name="createdAt", default=UNSET)
    updated_at: Filter[Timestamp] = field(name="updatedAt", default=UNSET)
    tiny_id: Filter[int] = field(name="tinyId", default=UNSET)

    def query(self) -> dict[str, Any]:
        """The arguments as query values, attributes by their names on the wire."""
        values = super().query()
        if self.sort is not UNSET:
            values["sort"] = mapped(_names(self.sort), type(self))
        if self.select is not UNSET:
            filtered = [
                name for name, _ in self.given() if name not in Query.__struct_fields__ and name not in _SHAPING
            ]
            values["select"] = ",".join(
                dict.fromkeys(["id", *filtered, *mapped(_names(self.select), type(self)).split(",")])
            )
        return values


_SHAPING = frozenset({"sort", "select"})


def _names(given: str | Sequence[str]) -> Sequence[str]:
    return given.split(",") if isinstance(given, str) else given
