"""The objects of API v4.

Attributes that the API did not send are None. Moments are aware datetimes; enums take values that were not known when this
was written. Every object answers to two ids: ``id``, and ``prefix_id`` which tells what it is.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from pagertree_async.models import Json, Model, OpenEnum, Part, Timestamp, UnixTime
from pagertree_async.v4.timezones import zone_info

__all__ = [
    "AccountUser",
    "Alert",
    "AlertStatus",
    "Broadcast",
    "BroadcastResponse",
    "BroadcastStatus",
    "Comment",
    "Email",
    "EscalationLayer",
    "EscalationPolicy",
    "Event",
    "EventAttendee",
    "EventException",
    "FrequencyUnit",
    "Integration",
    "IntegrationType",
    "Log",
    "LogDetails",
    "MaintenanceWindow",
    "NotificationRule",
    "Notify",
    "OnCall",
    "Phone",
    "Profile",
    "Resource",
    "ResponseOption",
    "Roles",
    "Router",
    "Schedule",
    "Severity",
    "Team",
    "Urgency",
    "User",
]


class Urgency(OpenEnum):
    """How urgent an alert is."""

    SILENT = "silent"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class AlertStatus(OpenEnum):
    """Where an alert stands: queued, open, acknowledged, resolved, dropped because nobody took it, or suppressed."""

    QUEUED = "queued"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    DROPPED = "dropped"
    SUPPRESSED = "suppressed"


class Severity(OpenEnum):
    """How severe an incident is, 1 being the worst."""

    SEV_1 = "SEV-1"
    SEV_2 = "SEV-2"
    SEV_3 = "SEV-3"
    SEV_4 = "SEV-4"
    SEV_5 = "SEV-5"
    UNKNOWN = "SEV-UNKNOWN"


class BroadcastStatus(OpenEnum):
    """Where a broadcast stands."""

    QUEUED = "queued"
    OPEN = "open"
    CLOSED = "closed"
    ERRORED = "errored"


class FrequencyUnit(OpenEnum):
    """What the frequency of a repeated event counts."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Notify(OpenEnum):
    """Whom a team tells that an alert was dropped, or that somebody else is on call now."""

    NONE = "none"
    TEAM_ALL = "team_all"
    TEAM_ADMINS = "team_admins"
    ONCALL_ROTATION = "oncall_rotation"
    SPECIFIC_USERS = "specific_users"


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


class Email(Part, frozen=True):
    """An e-mail address of a user."""

    id: str | None = None
    email: str | None = None
    primary: bool | None = None


class Phone(Part, frozen=True):
    """A telephone of a user.

    Attributes:
        phone: The number as E.164 has it: ``+15551234567``.
        country: The country in two letters, as ISO 3166 has it.
        blocked: Whether nothing is sent to it.
    """

    id: str | None = None
    prefix_id: str | None = None
    phone: str | None = None
    primary: bool | None = None
    country: str | None = None
    blocked: bool | None = None


class Profile(Part, frozen=True):
    """The person behind an account user.

    Attributes:
        time_zone: The zone's name as the API has it.
    """

    id: str | None = None
    prefix_id: str | None = None
    name: str | None = None
    time_zone: str | None = None
    emails: list[Email] | None = None
    phones: list[Phone] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)


class Roles(Part, frozen=True):
    """What somebody may do in an account."""

    admin: bool | None = None
    billing: bool | None = None
    broadcaster: bool | None = None
    communicator: bool | None = None


class AccountUser(Resource, frozen=True):
    """Somebody as a member of the account: what teams, alerts and events refer to.

    Attributes:
        notification_rule_id: The rule by which they are notified.
        member_team_ids: The teams they are a member of, where the API sends them.
        user: The person.
    """

    roles: Roles | None = None
    notification_rule_id: str | None = None
    member_team_ids: list[str] | None = None
    user: Profile | None = None

    @property
    def name(self) -> str | None:
        """The person's name."""
        return None if self.user is None else self.user.name

    @property
    def email(self) -> str | None:
        """The person's primary e-mail address, or else the first."""
        emails = (self.user.emails if self.user is not None else None) or []
        first = next((email for email in emails if email.primary), emails[0] if emails else None)
        return None if first is None else first.email


class Alert(Resource, frozen=True):
    """Something that somebody has to see to.

    Attributes:
        tag_list: Its tags.
        source_id: What it comes from: an integration, or an account user.
        source_log_id: The log entry of what it was made from.
        thirdparty_id: What the system that sent it calls it.
        acknowledged_at: When somebody took it.
        resolved_at: When it was dealt with.
        dedup_keys: The keys by which further events are taken as about this alert.
    """

    title: str | None = None
    description: str | None = None
    tag_list: list[str] | None = None
    urgency: Urgency | None = None
    status: AlertStatus | None = None
    source_id: str | None = None
    source_type: str | None = None
    source_log_id: str | None = None
    thirdparty_id: str | None = None
    acknowledged_at: Timestamp | None = None
    resolved_at: Timestamp | None = None
    dedup_keys: list[str] | None = None
    destination_team_ids: list[str] | None = None
    destination_router_ids: list[str] | None = None
    destination_account_user_ids: list[str] | None = None

    @property
    def is_incident(self) -> bool:
        """Whether the alert is flagged as an incident."""
        return bool((self.meta or {}).get("incident"))

    @property
    def severity(self) -> Severity | None:
        """How severe the incident is, None when it is none or does not say."""
        value: object = (self.meta or {}).get("incident_severity")
        return Severity(value) if isinstance(value, str) else None

    @property
    def incident_message(self) -> str | None:
        """What is told about the incident."""
        value: object = (self.meta or {}).get("incident_message")
        return value if isinstance(value, str) else None


class ResponseOption(Part, frozen=True):
    """An answer to a broadcast that can be chosen.

    Attributes:
        broadcast_responses_count: How many have chosen it.
    """

    id: str | None = None
    value: str | None = None
    position: int | None = None
    broadcast_responses_count: int | None = None


class BroadcastResponse(Part, frozen=True):
    """What somebody answered to a broadcast.

    Attributes:
        channel: How the answer came: ``sms``, ``email`` and so on.
    """

    id: str | None = None
    prefix_id: str | None = None
    account_user_id: str | None = None
    broadcast_response_option_id: str | None = None
    channel: str | None = None
    created_at: Timestamp | None = None


class Broadcast(Resource, frozen=True):
    """A message to many, who may be asked to answer.

    Attributes:
        tag_list: Its tags.
        response_requested: Whether those it goes to are asked to answer.
        response_requested_by: Until when.
        select_specific_channels: Whether it is sent over the channels chosen here, not over everybody's own.
    """

    title: str | None = None
    description: str | None = None
    tag_list: list[str] | None = None
    destination_team_ids: list[str] | None = None
    destination_account_user_ids: list[str] | None = None
    status: BroadcastStatus | None = None
    response_requested: bool | None = None
    response_requested_by: Timestamp | None = None
    broadcast_response_options: list[ResponseOption] | None = None
    broadcast_responses: list[BroadcastResponse] | None = None
    select_specific_channels: bool | None = None
    notify_push: bool | None = None
    notify_email: bool | None = None
    notify_sms: bool | None = None
    notify_slack: bool | None = None
    notify_whatsapp: bool | None = None


class Comment(Resource, frozen=True):
    """What somebody wrote about an alert, a broadcast, or another comment."""

    body: str | None = None


class EscalationLayer(Part, frozen=True):
    """A step of an escalation policy.

    Attributes:
        layer: Its number, from 1.
        timeout: How long it has until the next is asked, in units of ``timeout_unit``.
    """

    account_id: str | None = None
    id: str | None = None
    prefix_id: str | None = None
    layer: int | None = None
    timeout: int | None = None
    timeout_unit: str | None = None
    color_hex: str | None = None


class EscalationPolicy(Resource, frozen=True):
    """Who is asked after whom.

    Attributes:
        repeat: How often the layers are gone through again before an alert is dropped.
        reassign_team_ids: The teams that get the alert after that.
        reassign_account_user_ids: The account users who get the alert after that.
        team_ids: The teams that use it.
    """

    name: str | None = None
    repeat: int | None = None
    reassign_team_ids: list[str] | None = None
    reassign_account_user_ids: list[str] | None = None
    team_ids: list[str] | None = None
    escalation_layers: list[EscalationLayer] | None = None


class EventAttendee(Part, frozen=True):
    """Somebody who is on call in an event."""

    id: str | None = None
    attendee_id: str | None = None
    attendee_type: str | None = None
    position: int | None = None


class EventException(Part, frozen=True):
    """An occurrence that a repeated event leaves out."""

    id: str | None = None
    start_datetime: Timestamp | None = None


class Event(Resource, frozen=True):
    """Who is on call when.

    Attributes:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer, from 1.
        time_zone: The zone's name as the API has it.
        frequency: How many units of ``frequency_unit`` lie between two occurrences.
        days_of_week: 0 is Sunday, 6 is Saturday.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the attendees take turns.
        parent_id: The event that this one replaces an occurrence of.
    """

    start_time: UnixTime | None = None
    end_time: UnixTime | None = None
    layer: int | None = None
    time_zone: str | None = None
    repeat: bool | None = None
    frequency: int | None = None
    frequency_unit: FrequencyUnit | None = None
    days_of_week: list[int] | None = None
    repeat_end_datetime: Timestamp | None = None
    rotation: bool | None = None
    parent_id: str | None = None
    schedule_ids: list[str] | None = None
    event_attendees: list[EventAttendee] | None = None
    exceptions: list[EventException] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)


class OnCall(Event, frozen=True):
    """Who is on call on a layer for some time, repeats and rotations worked out.

    Attributes:
        id: The event's id, empty where the API does not send it.
        attendees: Who is on call.
    """

    id: str = ""
    attendees: list[EventAttendee] | None = None

    @property
    def on_call_ids(self) -> list[str]:
        """The ids of those who are on call, whichever attribute has them."""
        people = self.event_attendees if self.attendees is None else self.attendees
        return [person.attendee_id for person in people or [] if person.attendee_id is not None]


class Integration(Resource, frozen=True):
    """What connects PagerTree to a system that sends alerts, or that is told of them.

    Attributes:
        integration_type: What it connects to.
        options: Its settings, which depend on its type.
    """

    name: str | None = None
    enabled: bool | None = None
    urgency: Urgency | None = None
    integration_type: IntegrationType | None = None
    options: Json | None = None
    account_user_ids: list[str] | None = None
    router_ids: list[str] | None = None
    team_ids: list[str] | None = None

    @property
    def integration_type_id(self) -> str | None:
        """The id of what it connects to."""
        return None if self.integration_type is None else self.integration_type.id


class IntegrationType(Resource, frozen=True):
    """What an integration can connect to."""

    name: str | None = None


class LogDetails(Part, frozen=True):
    """What a log entry tells.

    Attributes:
        sublogs: The parts it is made of, as the API sends them.
    """

    message: str | None = None
    sublogs: Any = None


class Log(Resource, frozen=True):
    """An entry of the history.

    Attributes:
        format: How it is to be read.
        level: How much it matters, as the API sends it.
        owner_id: What it belongs to.
    """

    format: str | None = None
    level: str | int | None = None
    owner_id: str | None = None
    owner_type: str | None = None
    details: LogDetails | None = None


class MaintenanceWindow(Resource, frozen=True):
    """A time in which integrations make no noise.

    Attributes:
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The zone's name as the API has it.
        integration_ids: The integrations that are quiet.
    """

    name: str | None = None
    description: str | None = None
    start_datetime: Timestamp | None = None
    end_datetime: Timestamp | None = None
    time_zone: str | None = None
    integration_ids: list[str] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)


class NotificationRule(Resource, frozen=True):
    """How somebody is notified.

    Attributes:
        rules: The rules, in YAML.
    """

    name: str | None = None
    enabled: bool | None = None
    rules: str | None = None


class Router(Resource, frozen=True):
    """Rules by which alerts find their way.

    Attributes:
        rules: The rules, in YAML.
        default_receiver_account_user_id: Who gets what no rule is for; or a router or a team.
    """

    name: str | None = None
    enabled: bool | None = None
    rules: str | None = None
    default_receiver_account_user_id: str | None = None
    default_receiver_router_id: str | None = None
    default_receiver_team_id: str | None = None


class Schedule(Resource, frozen=True):
    """A calendar of those who are on call."""

    name: str | None = None


class Team(Resource, frozen=True):
    """People who answer alerts together.

    Attributes:
        notes: What is written about it.
        escalation_policy_id: Who is asked after whom.
        schedule_id: Who is on call when.
        drop_notifications: Whom it tells that an alert was dropped.
        handoff_notifications: Whom it tells that somebody else is on call now.
        attachments: Files, each with a name and an address, as the API sends them.
    """

    name: str | None = None
    notes: str | None = None
    escalation_policy_id: str | None = None
    schedule_id: str | None = None
    member_account_user_ids: list[str] | None = None
    admin_account_user_ids: list[str] | None = None
    drop_notifications: Notify | None = None
    handoff_notifications: Notify | None = None
    drop_notification_account_user_ids: list[str] | None = None
    handoff_notification_account_user_ids: list[str] | None = None
    attachments: Any = None


class User(Resource, frozen=True):
    """A person who uses PagerTree, in whichever accounts.

    Attributes:
        time_zone: The zone's name as the API has it.
        preferred_language: The language in two letters.
    """

    name: str | None = None
    time_zone: str | None = None
    preferred_language: str | None = None
    last_sign_in_at: Timestamp | None = None
    emails: list[Email] | None = None
    phones: list[Phone] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)
