"""What several resources of API v4 have in common.

Attributes that the API did not send are None. Moments are aware datetimes; enums take values that were not known when this
was written. Every object answers to two ids: ``id``, and ``prefix_id`` which tells what it is.

Of what calls take: where an id is wanted, either of an object's ids will do, or the object itself; where a time zone is
wanted, its name as Rails or as the IANA has it. What is left out is not sent; where None is allowed, it is sent as null.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from pagertree_async.alike import Reading
from pagertree_async.models import Json, Model, OpenEnum, Timestamp
from pagertree_async.params import Options, Query, RefFilter, converted
from pagertree_async.query import Filter


class Urgency(OpenEnum):
    """How urgent an alert is."""

    SILENT = "silent"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Resource(Model, frozen=True):
    """What every object of the API has.

    Attributes:
        prefix_id: The other id it answers to, which begins with what it is: ``alt_…``.
        account_id: The account that owns it.
        tiny_id: A number for people to call it by.
        created_at: When it was made.
        updated_at: When it was last changed.
        meta: Free-form data.
    """

    prefix_id: str | None = None
    account_id: str | None = None
    tiny_id: int | None = None
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    meta: Json | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id this object answers to."""
        return (self.id,) if self.prefix_id is None else (self.id, self.prefix_id)


class Attributes(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An object inside the one that is written: without an id it is made, with one it is changed.

    A mapping may stand in its place, with names as on the wire.
    """

    def __post_init__(self) -> None:
        for part in msgspec.structs.fields(self):
            value = getattr(self, part.name)
            if value is not UNSET:
                setattr(self, part.name, converted(value, part.type, f"{type(self).__name__}.{part.name}"))


READING = Reading(
    {
        f"{name}_id": f"/{name}s"
        for name in (
            "account_user",
            "integration",
            "integration_type",
            "notification_rule",
            "router",
            "schedule",
            "team",
        )
    }
    | {"escalation_policy_id": "/escalation_policies"},
    Resource,
)
"""What the ids of attributes refer to: an object may be named by either of its ids, and is shown with the one."""


class ListQuery(Query, kw_only=True):
    """What every list can be ordered, searched and filtered by.

    Every attribute is compared for equality, or as one of ``ne lt lte gt gte begins_with contains between`` says; one
    that holds several values has the value asked for among them.

    Args:
        q: Words to search for, freely: in titles, tags, sources and destinations.
        sort: The attribute to order by; with a leading ``-`` from the last to the first.
        direction: ``asc`` from the first to the last, ``desc`` from the last to the first.
        id: The object's id.
        prefix_id: The object's other id.
        account_id: The account that owns it.
        created_at: When it was made.
        updated_at: When it was last changed.
        tiny_id: The number people call it by.
    """

    q: str | UnsetType = UNSET
    sort: str | UnsetType = UNSET
    direction: Literal["asc", "desc"] | UnsetType = UNSET
    id: RefFilter = UNSET
    prefix_id: RefFilter = UNSET
    account_id: RefFilter = UNSET
    created_at: Filter[Timestamp] = UNSET
    updated_at: Filter[Timestamp] = UNSET
    tiny_id: Filter[int] = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        if self.sort is not UNSET and self.sort.startswith("-") and self.direction is not UNSET:
            return "takes a direction, or a sort with a leading '-', not both"
        return None

    def query(self) -> dict[str, Any]:
        """The arguments as query values."""
        values = super().query()
        if str(values.get("sort", "")).startswith("-"):
            values |= {"sort": values["sort"][1:], "direction": "desc"}
        return values


def lacking(given: Options, what: str, *names: str) -> str | None:
    """What is wrong when none of several arguments is there, or is empty; None when one is."""
    if any(getattr(given, name) is not UNSET and getattr(given, name) for name in names):
        return None
    return f"needs one {what} at least: {' or '.join(names)}"


def not_both(given: Options, names: tuple[str, str]) -> str | None:
    """What is wrong when two arguments are there that say the same; None when one of them is not."""
    if any(getattr(given, name) is UNSET for name in names):
        return None
    return f"takes {' or '.join(names)}, not both"
