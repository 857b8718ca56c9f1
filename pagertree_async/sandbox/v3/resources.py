"""The resources of API v3 as data: fields, what a creation needs, what an id may point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pagertree_async.sandbox.conditions import Kind
from pagertree_async.sandbox.store import Table

Shape = Literal[
    "text", "number", "whole", "unix", "bool", "time", "texts", "text or texts", "wholes", "object", "objects", "any"
]
"""What a field's value may be; `unix` is whole seconds, the plural ones are arrays."""

_KINDS: dict[Shape, Kind] = {
    "text": "text",
    "number": "number",
    "whole": "number",
    "unix": "number",
    "bool": "bool",
    "time": "time",
    "texts": "list",
    "text or texts": "list",
    "wholes": "any",
    "object": "any",
    "objects": "any",
    "any": "any",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of an object.

    Args:
        shape: What its value may be.
        to: The resources that its ids may belong to; none when it holds no ids that are checked.
        choices: The only texts it may be; none for any.
    """

    shape: Shape
    to: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the API.

    Args:
        name: Its name, which is also its path and its table.
        prefix: What its ids begin with.
        verbs: What can be done: C create, R retrieve, U update, D delete, L list.
        fields: Its own attributes, beside those of every object.
        required: What a creation needs: one complete set of names, the newest first.
        defaults: What a new object has where the creation says nothing.
        kept: Attributes that only the server sets.
        lookups: Attributes by which it is looked up often.
        views: Parts of the resource that have a name of their own.
    """

    name: str
    prefix: str
    verbs: str
    fields: Mapping[str, Field]
    required: tuple[tuple[str, ...], ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    kept: frozenset[str] = frozenset()
    lookups: tuple[str, ...] = ()
    views: tuple[tuple[str, str], ...] = ()

    @property
    def kinds(self) -> dict[str, Kind]:
        """How each attribute compares in a list's filters."""
        return {name: _KINDS[one.shape] for name, one in {**COMMON, **self.fields}.items()}

    @property
    def table(self) -> Table:
        """Where its objects are kept."""
        return Table(self.name, self.lookups, self.views)


TEXT, NUMBER, WHOLE, UNIX, BOOL = Field("text"), Field("number"), Field("whole"), Field("unix"), Field("bool")
TEXTS, OBJECT, OBJECTS = Field("texts"), Field("object"), Field("objects")
USER, USERS = Field("text", ("user",)), Field("texts", ("user",))
TEAM, SCHEDULE, ROUTER = Field("text", ("team",)), Field("text", ("schedule",)), Field("text", ("router",))
STAKEHOLDERS = Field("texts", ("stakeholder",))
URGENCY = Field("text", choices=("silent", "low", "medium", "high", "critical"))

COMMON: dict[str, Field] = {
    "sid": TEXT,
    "id": TEXT,
    "createdAt": Field("time"),
    "updatedAt": Field("time"),
    "meta": OBJECT,
    "tinyId": NUMBER,
}
"""The attributes of every object."""

GIVEN = frozenset(COMMON) - {"meta"}
"""The attributes of every object that an update leaves as they are."""

_ALERT_FIELDS: dict[str, Field] = {
    "parent_id": Field("text", ("alert",)),
    "thirdparty_id": TEXT,
    "destination_ids": Field("texts", ("user", "team", "schedule", "router")),
    "title": TEXT,
    "description": TEXT,
    "type": TEXT,
    "subtype": Field("text", choices=("alert", "broadcast", "page")),
    "status": TEXT,
    "urgency": URGENCY,
    "d_team_id": TEAM,
    "d_user_id": USER,
    "s_log_id": Field("text", ("log",)),
    "created": UNIX,
    "acknowledged": UNIX,
    "acknowledgedby": TEXT,
    "rejected": UNIX,
    "rejectedby": TEXT,
    "resolved": UNIX,
    "resolvedby": TEXT,
    "archived": UNIX,
    "archivedby": TEXT,
    "livecall": Field("any"),
    "source_id": TEXT,
    "response_requested": BOOL,
    "responses": TEXTS,
    "responses_recorded": OBJECT,
    "tags": TEXTS,
    "additional_data": OBJECTS,
    "stakeholder_ids": STAKEHOLDERS,
    "handoffs": OBJECTS,
    "bridge_id": TEXT,
    "user_id": USER,
    "channels": TEXTS,
    "template": TEXT,
    "data": TEXTS,
    "lastlogin": UNIX,
    "workflows": OBJECTS,
}

_MOVED = frozenset(
    {
        "status",
        "created",
        "acknowledged",
        "acknowledgedby",
        "rejected",
        "rejectedby",
        "resolved",
        "resolvedby",
        "archived",
        "archivedby",
        "handoffs",
        "workflows",
        "s_log_id",
    }
)

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        Resource(
            "account",
            "acc",
            "RUD",
            {
                "active": BOOL,
                "name": TEXT,
                "token_id": Field("text", ("token",)),
                "hippanotifications": BOOL,
                "setup_complete": UNIX,
                "stripe_customer_id": TEXT,
                "stripe_customer": OBJECT,
                "stripe_subscription": OBJECT,
                "stripe": OBJECT,
                "sso": OBJECT,
                "notification_templates": OBJECT,
            },
        ),
        Resource(
            "alert",
            "alt",
            "CRUDL",
            _ALERT_FIELDS,
            (("title", "destination_ids"),),
            {"type": "alert", "subtype": "alert", "tags": [], "additional_data": [], "stakeholder_ids": []},
            kept=_MOVED,
            lookups=("thirdparty_id",),
            views=(("incident", "$.meta.incident"),),
        ),
        Resource(
            "automation",
            "atm",
            "CRUDL",
            {"name": TEXT, "enabled": BOOL, "settings": TEXT},
            (("name", "settings"),),
            {"enabled": True},
        ),
        Resource(
            "broadcast",
            "brd",
            "CRDL",
            {
                **_ALERT_FIELDS,
                "message": TEXT,
                "user_ids": USERS,
                "destination_ids": Field("texts", ("user", "team")),
            },
            (("title", "destination_ids"), ("message", "source_id", "user_ids")),
            {"type": "broadcast", "subtype": "broadcast", "tags": [], "responses": [], "response_requested": False},
            kept=_MOVED,
        ),
        Resource(
            "event",
            "evt",
            "CRUDL",
            {
                "schedule_id": Field("text or texts", ("schedule",)),
                "attendees": USERS,
                "user_id": USER,
                "router_id": ROUTER,
                "layer": WHOLE,
                "start": UNIX,
                "end": UNIX,
                "repeat": BOOL,
                "repeatend": UNIX,
                "timezone": TEXT,
                "dow": Field("wholes"),
                "frequency": WHOLE,
                "frequency_unit": Field("text", choices=("daily", "weekly", "monthly", "yearly")),
                "p_event_id": Field("text", ("event",)),
                "exceptions": Field("any"),
                "next": OBJECT,
            },
            (("schedule_id", "attendees", "layer", "start", "end"), ("schedule_id", "user_id", "start", "end")),
            {"layer": 1, "repeat": False, "timezone": "UTC", "exceptions": []},
        ),
        Resource(
            "integration",
            "int",
            "CRUDL",
            {
                "name": TEXT,
                "type": TEXT,
                "enabled": BOOL,
                "urgency": URGENCY,
                "destination_ids": Field("texts", ("team", "router", "user", "schedule")),
                "options": OBJECT,
            },
            (("name", "type", "destination_ids"),),
            {"enabled": True, "urgency": "high", "options": {}},
        ),
        Resource(
            "log",
            "log",
            "CRL",
            {
                "owner_id": Field("text", ("*",)),
                "source_id": TEXT,
                "content": Field("any"),
                "data": Field("any"),
                "type": TEXT,
                "subtype": Field("text", choices=("INCOMING", "OUTGOING")),
                "level": NUMBER,
            },
            (("owner_id", "content"),),
            {"type": "log", "subtype": "INCOMING", "level": 1},
            lookups=("owner_id",),
        ),
        Resource(
            "notification",
            "ntf",
            "RL",
            {
                "subject": TEXT,
                "message": TEXT,
                "channel": Field("text", choices=("push", "email", "sms", "voice", "slack")),
                "status": TEXT,
                "alert_id": TEXT,
                "user_id": TEXT,
                "from": TEXT,
                "to": TEXT,
                "sent": UNIX,
                "delivered": UNIX,
                "thirdparty_id": TEXT,
                "repeated": BOOL,
                "source_id": TEXT,
                "group_id": TEXT,
                "workflow_id": TEXT,
                "stakeholder_id": TEXT,
                "provider": TEXT,
                "template": TEXT,
                "direction": TEXT,
                "cost": NUMBER,
                "provider_status": TEXT,
                "err": TEXTS,
            },
            lookups=("alert_id",),
        ),
        Resource(
            "router",
            "rtr",
            "CRUDL",
            {
                "name": TEXT,
                "enabled": BOOL,
                "type": Field("text", choices=("router", "notification")),
                "default_receiver": Field("text", ("team", "user", "schedule", "router")),
                "settings": TEXT,
            },
            (("name", "settings", "type", "default_receiver"),),
            {"enabled": True},
        ),
        Resource(
            "schedule",
            "skd",
            "CRUDL",
            {
                "name": TEXT,
                "type": TEXT,
                "repeat": WHOLE,
                "rules": OBJECTS,
                "reassign": Field("texts", ("user", "team")),
                "enabled": BOOL,
            },
            (("name",),),
            {"type": "schedule", "repeat": 0, "rules": [{"layer": 1, "timeout": 15}], "reassign": [], "enabled": True},
        ),
        Resource(
            "stakeholder",
            "stk",
            "CRUDL",
            {"name": TEXT, "enabled": BOOL, "user_ids": USERS, "emails": TEXTS, "events": OBJECT},
            (("name", "user_ids"),),
            {"enabled": True, "emails": [], "events": {}},
        ),
        Resource(
            "team",
            "tem",
            "CRUDL",
            {
                "name": TEXT,
                "description": TEXT,
                "member_user_ids": USERS,
                "admin_ids": USERS,
                "schedule_id": SCHEDULE,
                "router_id": ROUTER,
                "stakeholder_ids": STAKEHOLDERS,
            },
            (("name",),),
            {"description": "", "member_user_ids": [], "admin_ids": [], "stakeholder_ids": []},
        ),
        Resource("token", "tkn", "R", {"resource_id": TEXT, "sequence": TEXT}, lookups=("resource_id",)),
        Resource(
            "user",
            "usr",
            "CRUDL",
            {
                "name": TEXT,
                "email": TEXT,
                "email_verfied": UNIX,
                "email_blocked": BOOL,
                "phone": TEXT,
                "phone_verified": UNIX,
                "phone_blocked": BOOL,
                "lastlogin": UNIX,
                "preferences": OBJECT,
                "roles": OBJECT,
                "avatar": TEXT,
                "emails": OBJECTS,
                "phones": OBJECTS,
                "router_id": ROUTER,
                "slack": OBJECT,
                "password": TEXT,
                "verificationcode": TEXT,
            },
            (("name", "emails"), ("name", "email")),
            {
                "email_blocked": False,
                "phone_blocked": False,
                "preferences": {"alert_push": True, "alert_email": True, "timezone": "UTC", "locale": "en"},
                "roles": {"broadcast": False, "admin": False, "admin_billing": False},
                "phones": [],
            },
            kept=frozenset({"verificationcode"}),
        ),
    )
}
"""Every resource that has a table of its own, by name."""

INCIDENT = Resource(
    "incident",
    "inc",
    "CRUDL",
    _ALERT_FIELDS,
    (("title", "destination_ids"), ("title", "description", "d_team_id")),
    RESOURCES["alert"].defaults,
    kept=_MOVED,
)
"""The alerts flagged as incidents, under the path of their own."""
