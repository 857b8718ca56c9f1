"""The account's objects: what kinds there are, and how one is made, found, changed and shown."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.pagerduty.refusals import unknown, wrong
from pagertree_async.sandbox.store import Object, Store, Table


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object.

    Args:
        plural: Its name in paths and around lists.
        singular: Its name around one object.
        required: What has to be given to make one.
        defaults: What it has when nothing else is given.
        searched: The attributes that `query` looks into.
        size: How many characters an id has, 7 or 14 or more.
        letter: What an id begins with.
    """

    plural: str
    singular: str
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    searched: tuple[str, ...] = ("name",)
    size: int = 7
    letter: str = "P"


KINDS = {
    kind.plural: kind
    for kind in (
        Kind(
            "users",
            "user",
            ("name", "email"),
            {
                "role": "user",
                "time_zone": "UTC",
                "color": "purple",
                "teams": [],
                "job_title": None,
                "invitation_sent": False,
            },
            ("name", "email"),
        ),
        Kind("teams", "team", ("name",), {"description": None, "default_role": "manager"}),
        Kind("services", "service", ("name",), {"status": "active", "description": "", "teams": []}),
        Kind("schedules", "schedule", ("schedule_layers",), {"time_zone": "UTC", "description": "", "teams": []}),
        Kind("escalation_policies", "escalation_policy", ("name", "escalation_rules"), {"num_loops": 0, "teams": []}),
        Kind(
            "incidents",
            "incident",
            ("title", "service"),
            {"status": "triggered", "urgency": "high", "assignments": [], "teams": [], "incident_key": None},
            ("title",),
            14,
            "Q",
        ),
        Kind("business_services", "business_service", ("name",), {"description": None}),
        Kind("log_entries", "log_entry", size=26, letter="R"),
        Kind("notes", "note", size=10),
        Kind("overrides", "override", size=14, letter="Q"),
        Kind("change_events", "change_event", size=26, letter="R"),
        Kind("records", "record", size=26, letter="A"),
    )
}
"""Every kind of object by its name in paths."""

SUBDOMAIN = "acme"
"""The account's own name at PagerDuty."""

TABLES = [Table(name, ("incident_key",) if name == "incidents" else ()) for name in KINDS]

_SHOWN = (
    "users",
    "teams",
    "services",
    "schedules",
    "escalation_policies",
    "incidents",
    "log_entries",
    "business_services",
)
_PATHS = {KINDS[name].singular: name for name in _SHOWN}


@dataclass(frozen=True, slots=True)
class Account:
    """The objects of one account.

    Args:
        store: Where they are kept.
        clock: Gives the time in unix seconds.
        salt: What ids depend on, beside the number of the object.
    """

    store: Store
    clock: Callable[[], float]
    salt: str

    def draft(self, plural: str, number: int, values: Mapping[str, Any], at: float) -> Object:
        """An object that is not stored yet.

        Args:
            plural: What it is.
            number: Its number in its table.
            values: Its attributes.
            at: When it was made, in unix seconds.
        """
        kind = KINDS[plural]
        digest = hashlib.blake2b(f"{self.salt}/{plural}/{number}".encode(), digest_size=20).digest()
        item_id = kind.letter + base64.b32encode(digest).decode()[: kind.size - 1]
        made = iso(at)
        summary = values.get("name") or values.get("title")
        named = {"summary": summary} if summary else {}
        return {
            "id": item_id,
            "type": kind.singular,
            "createdAt": made,
            "created_at": made,
            **dict(kind.defaults),
            **named,
            **values,
        }

    def new(self, plural: str, values: Mapping[str, Any]) -> Object:
        """Make an object and store it.

        Args:
            plural: What it is.
            values: Its attributes.
        """
        number = self.store.next_number(plural)
        item = self.draft(plural, number, values, self.clock())
        self.store.insert(plural, [(number, item)])
        return item

    def fetch(self, plural: str, item_id: str) -> Object:
        """An object.

        Args:
            plural: What it is.
            item_id: Its id.

        Raises:
            Refused: 404, when there is none.
        """
        item = self.store.get(plural, item_id)
        if item is None:
            raise unknown(KINDS[plural].singular.replace("_", " ").capitalize())
        return item

    def reference(self, plural: str, given: object) -> Object:
        """A reference to an object, from whatever names it in a request.

        Args:
            plural: What it is.
            given: An object with an id.

        Raises:
            Refused: 400, when there is no such object.
        """
        item = self.store.get(plural, str(given.get("id"))) if isinstance(given, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        if item is None:
            message = f"{KINDS[plural].singular} does not exist"
            raise wrong(message)
        return reference(item)

    def save(self, plural: str, item: Object) -> Object:
        """Store an object that has changed.

        Args:
            plural: What it is.
            item: The object as it is now.
        """
        self.store.replace(plural, item)
        return item

    def log(self, incident: Object, kind: str, agent: Object | None, **values: Any) -> Object:
        """Write an entry into an incident's log.

        Args:
            incident: The incident.
            kind: What happened, such as `acknowledge_log_entry`.
            agent: A reference to whoever did it.
            values: More of the entry.
        """
        return self.new("log_entries", self.logged(incident, kind, agent, **values))

    def logged(self, incident: Object, kind: str, agent: Object | None, **values: Any) -> Object:
        """The attributes of a log entry.

        Args:
            incident: The incident.
            kind: What happened.
            agent: A reference to whoever did it.
            values: More of the entry.
        """
        return {
            "type": kind,
            "summary": kind.replace("_", " "),
            "incident": reference(incident),
            "agent": agent,
            "teams": incident["teams"],
            **values,
        }


def reference(item: Object) -> Object:
    """A reference to an object.

    Args:
        item: The object, or a reference to it.
    """
    kind = item["type"].removesuffix("_reference")
    return {"id": item["id"], "type": f"{kind}_reference", "summary": item.get("summary")}


def shown(value: Any, base: str) -> Any:
    """A stored value as PagerDuty shows it: whatever is an object of the account says where it is.

    Args:
        value: An object, a list of some, or anything within.
        base: The root of the API, as the request came to it.
    """
    if isinstance(value, list):
        return [shown(one, base) for one in value]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(value, dict):
        return value
    found: Object = {name: shown(one, base) for name, one in value.items() if name != "createdAt"}  # pyright: ignore[reportUnknownVariableType]
    plural = _PATHS.get(str(found.get("type", "")).removesuffix("_reference"))
    if plural is not None and "id" in found:
        found["self"] = f"{base}/{plural}/{found['id']}"
        found["html_url"] = f"https://{SUBDOMAIN}.pagerduty.com/{plural}/{found['id']}"
    elif str(found.get("type", "")).endswith("_log_entry"):
        found["self"] = f"{base}/log_entries/{found['id']}"
    return found
