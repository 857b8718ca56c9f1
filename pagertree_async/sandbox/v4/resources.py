"""The resources of API v4 as data: fields, what a creation needs, what an id may point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pagertree_async.sandbox.conditions import BETWEEN, OPERATIONS, Kind
from pagertree_async.sandbox.listing import Words
from pagertree_async.sandbox.store import Table

Shape = Literal["text", "whole", "bool", "time", "texts", "wholes", "object", "objects"]
"""What a field's value may be; the plural ones are arrays."""

_KINDS: dict[Shape, Kind] = {
    "text": "text",
    "whole": "number",
    "bool": "bool",
    "time": "time",
    "texts": "list",
    "wholes": "any",
    "object": "any",
    "objects": "any",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of an object.

    Args:
        shape: What its value may be.
        to: The resources that its ids may belong to; none when it holds no ids.
        choices: The only texts it may be; none for any.
        least: The smallest number it may be.
    """

    shape: Shape
    to: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the API.

    Args:
        name: Its name, which is also its path.
        model: What the vendor's messages call one of it.
        prefix: What its prefix ids begin with.
        verbs: What can be done: C create, R retrieve, U update, D delete, L list.
        fields: Its own attributes, beside those of every object.
        writes: What a body may have beside them: what becomes something else.
        required: What must not be blank.
        defaults: What a new object has where the creation says nothing; null otherwise.
        kept: Attributes that only the server sets.
        lookups: Attributes by which it is looked up often.
        searched: Where a free search looks.
        aliases: Attributes that go by another name as well, by that name.
    """

    name: str
    model: str
    prefix: str
    verbs: str
    fields: Mapping[str, Field]
    writes: Mapping[str, Field] = field(default_factory=dict[str, Field])
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    kept: frozenset[str] = frozenset()
    lookups: tuple[str, ...] = ()
    searched: tuple[str, ...] = ("name",)
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def kinds(self) -> dict[str, Kind]:
        """How each attribute compares in a list's filters."""
        return {name: _KINDS[one.shape] for name, one in {**COMMON, **self.fields}.items()}

    @property
    def words(self) -> Words:
        """How a list's query is worded."""
        return Words("direction", frozenset({"q"}), (*OPERATIONS, BETWEEN), self.aliases)

    @property
    def permitted(self) -> dict[str, Field]:
        """What a body may have."""
        own = {name: one for name, one in self.fields.items() if name not in self.kept}
        return {"meta": COMMON["meta"], **own, **self.writes}

    @property
    def table(self) -> Table:
        """Where its objects are kept."""
        return Table(f"v4_{self.name}", ("prefix_id", *self.lookups), created="created_at")


TEXT, WHOLE, BOOL, TIME = Field("text"), Field("whole"), Field("bool"), Field("time")
TEXTS, OBJECT, OBJECTS = Field("texts"), Field("object"), Field("objects")
FROM_ONE = Field("whole", least=1)

PERSON, TEAM, ROUTER = Field("text", ("account_users",)), Field("text", ("teams",)), Field("text", ("routers",))
PEOPLE, TEAMS, ROUTERS = Field("texts", ("account_users",)), Field("texts", ("teams",)), Field("texts", ("routers",))
SCHEDULES, INTEGRATIONS = Field("texts", ("schedules",)), Field("texts", ("integrations",))
URGENCY = Field("text", choices=("silent", "low", "medium", "high", "critical"))
ZONE = Field("text")
TOLD = Field("text", choices=("none", "team_all", "team_admins", "oncall_rotation", "specific_users"))

COMMON: dict[str, Field] = {
    "account_id": TEXT,
    "id": TEXT,
    "prefix_id": TEXT,
    "tiny_id": WHOLE,
    "created_at": TIME,
    "updated_at": TIME,
    "meta": OBJECT,
}
"""The attributes of every object."""

_WAYS = {f"notify_{way}": BOOL for way in ("push", "email", "sms", "voice")}
_PERSON: dict[str, Field] = {**_WAYS, "emails_attributes": OBJECTS, "phones_attributes": OBJECTS}
_BROADCAST_WAYS = {f"notify_{way}": BOOL for way in ("push", "email", "sms", "slack", "whatsapp")}

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        Resource(
            "account_users",
            "AccountUser",
            "acu",
            "CRUDL",
            {"roles": OBJECT, "notification_rule_id": Field("text", ("notification_rules",)), "user": OBJECT},
            {"member_team_ids": TEAMS, "user_attributes": OBJECT},
            kept=frozenset({"user"}),
            searched=("user.name", "user.emails"),
        ),
        Resource(
            "alerts",
            "Alert",
            "alt",
            "CRUDL",
            {
                "title": TEXT,
                "description": TEXT,
                "tag_list": TEXTS,
                "urgency": URGENCY,
                "status": TEXT,
                "source_id": Field("text", ("integrations", "account_users")),
                "source_type": TEXT,
                "source_log_id": TEXT,
                "thirdparty_id": TEXT,
                "acknowledged_at": TIME,
                "resolved_at": TIME,
                "dedup_keys": TEXTS,
                "destination_team_ids": TEAMS,
                "destination_router_ids": ROUTERS,
                "destination_account_user_ids": PEOPLE,
            },
            {"tags": TEXTS},
            ("title", "urgency"),
            {
                "tag_list": [],
                "dedup_keys": [],
                "destination_team_ids": [],
                "destination_router_ids": [],
                "destination_account_user_ids": [],
            },
            frozenset({"tag_list", "status", "source_type", "source_log_id", "acknowledged_at", "resolved_at"}),
            ("thirdparty_id",),
            ("title", "tag_list"),
            {"tags": "tag_list"},
        ),
        Resource(
            "broadcasts",
            "Broadcast",
            "bdc",
            "CRUDL",
            {
                "title": TEXT,
                "description": TEXT,
                "tag_list": TEXTS,
                "destination_team_ids": TEAMS,
                "destination_account_user_ids": PEOPLE,
                "status": Field("text", choices=("queued", "open", "closed", "errored")),
                "response_requested": BOOL,
                "response_requested_by": TIME,
                "broadcast_response_options": OBJECTS,
                "broadcast_responses": OBJECTS,
                "select_specific_channels": BOOL,
                **_BROADCAST_WAYS,
            },
            {"tags": TEXTS, "broadcast_response_options_attributes": OBJECTS},
            ("title",),
            {
                "tag_list": [],
                "destination_team_ids": [],
                "destination_account_user_ids": [],
                "response_requested": False,
                "broadcast_response_options": [],
                "broadcast_responses": [],
                "select_specific_channels": False,
                **dict.fromkeys(_BROADCAST_WAYS, True),
            },
            frozenset({"tag_list", "broadcast_response_options", "broadcast_responses"}),
            searched=("title", "tag_list"),
            aliases={"tags": "tag_list"},
        ),
        Resource("comments", "Comment", "cmt", "CRL", {"body": TEXT}, required=("body",), searched=("body",)),
        Resource(
            "escalation_policies",
            "EscalationPolicy",
            "esp",
            "CRUDL",
            {
                "name": TEXT,
                "repeat": Field("whole", least=0),
                "reassign_team_ids": TEAMS,
                "reassign_account_user_ids": PEOPLE,
                "team_ids": TEAMS,
                "escalation_layers": OBJECTS,
            },
            {"escalation_layers_attributes": OBJECTS},
            ("name",),
            {
                "repeat": 0,
                "reassign_team_ids": [],
                "reassign_account_user_ids": [],
                "team_ids": [],
                "escalation_layers": [],
            },
            frozenset({"team_ids", "escalation_layers"}),
        ),
        Resource(
            "events",
            "Event",
            "evt",
            "CRUDL",
            {
                "start_time": TIME,
                "end_time": TIME,
                "layer": FROM_ONE,
                "time_zone": ZONE,
                "repeat": BOOL,
                "frequency": FROM_ONE,
                "frequency_unit": Field("text", choices=("hourly", "daily", "weekly", "monthly", "yearly")),
                "days_of_week": Field("wholes"),
                "repeat_end_datetime": TIME,
                "rotation": BOOL,
                "parent_id": Field("text", ("events",)),
                "schedule_ids": SCHEDULES,
                "event_attendees": OBJECTS,
                "exceptions": OBJECTS,
            },
            {"account_user_ids": PEOPLE},
            ("start_time", "end_time", "layer", "time_zone"),
            {
                "repeat": False,
                "days_of_week": [],
                "rotation": False,
                "schedule_ids": [],
                "event_attendees": [],
                "exceptions": [],
            },
            frozenset({"event_attendees", "exceptions"}),
            aliases={"start_datetime": "start_time", "end_datetime": "end_time"},
        ),
        Resource(
            "integrations",
            "Integration",
            "int",
            "CRUDL",
            {
                "name": TEXT,
                "enabled": BOOL,
                "urgency": URGENCY,
                "integration_type": OBJECT,
                "options": OBJECT,
                "account_user_ids": PEOPLE,
                "router_ids": ROUTERS,
                "team_ids": TEAMS,
            },
            {"integration_type_id": Field("text", ("integration_types",))},
            ("name", "urgency"),
            {"enabled": True, "options": {}, "account_user_ids": [], "router_ids": [], "team_ids": []},
            frozenset({"integration_type", "options"}),
            aliases={"integration_type_id": "integration_type.id"},
        ),
        Resource("integration_types", "IntegrationType", "itt", "RL", {"name": TEXT}),
        Resource(
            "logs",
            "Log",
            "log",
            "RL",
            {"format": TEXT, "level": TEXT, "owner_id": TEXT, "owner_type": TEXT, "details": OBJECT},
            lookups=("owner_id",),
            searched=("details.message",),
        ),
        Resource(
            "maintenance_windows",
            "MaintenanceWindow",
            "mwd",
            "CRUDL",
            {
                "name": TEXT,
                "description": TEXT,
                "start_datetime": TIME,
                "end_datetime": TIME,
                "time_zone": ZONE,
                "integration_ids": INTEGRATIONS,
            },
            {},
            ("name", "start_datetime", "end_datetime", "time_zone", "integration_ids"),
            searched=("name", "description"),
        ),
        Resource(
            "notification_rules",
            "NotificationRule",
            "nrl",
            "CRUDL",
            {"name": TEXT, "enabled": BOOL, "rules": TEXT},
            {},
            ("name",),
            {"enabled": True},
        ),
        Resource(
            "routers",
            "Router",
            "rtr",
            "CRUDL",
            {
                "name": TEXT,
                "enabled": BOOL,
                "rules": TEXT,
                "default_receiver_account_user_id": PERSON,
                "default_receiver_router_id": ROUTER,
                "default_receiver_team_id": TEAM,
            },
            {},
            ("name",),
            {"enabled": True},
        ),
        Resource("schedules", "Schedule", "sch", "CRUDL", {"name": TEXT}, {}, ("name",)),
        Resource(
            "teams",
            "Team",
            "tem",
            "CRUDL",
            {
                "name": TEXT,
                "notes": TEXT,
                "escalation_policy_id": Field("text", ("escalation_policies",)),
                "schedule_id": Field("text", ("schedules",)),
                "member_account_user_ids": PEOPLE,
                "admin_account_user_ids": PEOPLE,
                "drop_notifications": TOLD,
                "handoff_notifications": TOLD,
                "drop_notification_account_user_ids": PEOPLE,
                "handoff_notification_account_user_ids": PEOPLE,
                "attachments": OBJECTS,
            },
            {},
            ("name", "member_account_user_ids", "admin_account_user_ids"),
            {
                "drop_notifications": "team_admins",
                "handoff_notifications": "none",
                "drop_notification_account_user_ids": [],
                "handoff_notification_account_user_ids": [],
                "attachments": [],
            },
            searched=("name", "notes"),
        ),
        Resource(
            "users",
            "User",
            "usr",
            "CRUL",
            {
                "name": TEXT,
                "time_zone": ZONE,
                "preferred_language": TEXT,
                "last_sign_in_at": TIME,
                "emails": OBJECTS,
                "phones": OBJECTS,
            },
            {"email": TEXT, **_PERSON},
            ("name",),
            {"time_zone": "UTC", "preferred_language": "en", "emails": [], "phones": []},
            frozenset({"last_sign_in_at", "emails", "phones"}),
            searched=("name", "emails"),
        ),
    )
}
"""Every resource of the API, by name."""

INNER = (
    Table("v4_asked", ("alert_id",), created="created_at"),
    Table("v4_replies", ("parent_id",), created="created_at"),
)
"""What the API does not show: who is asked to see to an alert, and what a comment is about."""

TABLES = (*(resource.table for resource in RESOURCES.values()), *INNER)
"""Where everything is kept."""
