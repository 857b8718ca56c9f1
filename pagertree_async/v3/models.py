"""The objects of API v3, in both of their forms: the fields of 2018, and what 2019 added.

Attributes that the API did not send are None. Moments are aware datetimes, whether they come as ISO 8601 or as seconds
since 1970; enums take values that were not known when this was written. Where an attribute's name is not the wire's
(``created_at``, ``updated_at``, ``tiny_id``, ``from_``), ``to_json`` and ``to_dict`` speak the wire's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from msgspec import field

from pagertree_async.models import Json, Model, OpenEnum, Part, Timestamp, UnixTime, as_datetime

__all__ = [
    "SSO",
    "Account",
    "Alert",
    "AlertStatus",
    "AlertSubtype",
    "Automation",
    "Broadcast",
    "Channel",
    "Direction",
    "Event",
    "EventException",
    "FrequencyUnit",
    "Incident",
    "Integration",
    "Log",
    "NextOccurrence",
    "Notification",
    "NotificationTemplate",
    "Preferences",
    "Resource",
    "Roles",
    "Router",
    "RouterType",
    "Schedule",
    "ScheduleRule",
    "Severity",
    "Stakeholder",
    "StakeholderEvents",
    "Team",
    "Token",
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
    """Where an alert stands: queued, open, acknowledged, resolved, archived, or dropped because nobody took it."""

    QUEUED = "queued"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    RESOLVED = "resolved"
    DROPPED = "dropped"
    ARCHIVED = "archived"


class AlertSubtype(OpenEnum):
    """What kind of alert it is."""

    ALERT = "alert"
    BROADCAST = "broadcast"
    PAGE = "page"


class Severity(OpenEnum):
    """How severe an incident is, 1 being the worst."""

    SEV_1 = "SEV-1"
    SEV_2 = "SEV-2"
    SEV_3 = "SEV-3"
    SEV_4 = "SEV-4"
    SEV_5 = "SEV-5"


class Channel(OpenEnum):
    """How a notification reaches somebody."""

    PUSH = "push"
    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    SLACK = "slack"


class Direction(OpenEnum):
    """Whether something came in to PagerTree or went out from it."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"


class RouterType(OpenEnum):
    """What a router decides: where alerts go, or how somebody is notified."""

    ROUTER = "router"
    NOTIFICATION = "notification"


class FrequencyUnit(OpenEnum):
    """What the frequency of a repeated event counts."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


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


class SSO(Part, frozen=True):
    """How people sign in to an account through their own identity provider."""

    enabled: bool | None = None
    type: str | None = None
    saml_url: str | None = None
    issuer_url: str | None = None
    saml_x509: str | None = None
    tenant_id: str | None = None


class NotificationTemplate(Part, frozen=True):
    """What notifications of one kind say, on each channel."""

    push: str | Json | None = None
    email: str | Json | None = None
    sms: str | Json | None = None
    voice: str | Json | None = None


class Account(Resource, frozen=True):
    """An organization that uses PagerTree.

    Attributes:
        token_id: The token that its API calls are made with.
        hippanotifications: Whether notifications leave out what health privacy rules protect.
        setup_complete: When it was set up.
        notification_templates: The templates by ``type_subtype``, such as ``alert_page``.

    Source: the account object.
    """

    active: bool | None = None
    name: str | None = None
    token_id: str | None = None
    hippanotifications: bool | None = None
    setup_complete: UnixTime | None = None
    stripe_customer_id: str | None = None
    stripe_customer: Json | None = None
    stripe_subscription: Json | None = None
    stripe: Json | None = None
    sso: SSO | None = None
    notification_templates: dict[str, NotificationTemplate] | None = None


class AlertBase(Resource, frozen=True):
    """What alerts, incidents and broadcasts have in common.

    Attributes:
        parent_id: The alert that this one comes from.
        thirdparty_id: What the system that sent it calls it; unique among alerts.
        destination_ids: Whom it was sent to: users, teams, schedules, routers.
        d_team_id: The team it is with.
        d_user_id: The user it is with.
        s_log_id: The log entry of what it was made from.
        created: When it began.
        acknowledged: When somebody took it.
        acknowledgedby: Who took it.
        acknowledgeby: The same as ``acknowledgedby``, in the spelling that some answers have.
        resolvedby: Who resolved it.
        archivedby: Who archived it.
        source_id: The integration or user it comes from.
        response_requested: Whether those it was sent to are asked to answer.
        responses: The answers to choose from.
        responses_recorded: What was answered.
        stakeholder_ids: The stakeholders who are kept informed.
        handoffs: Who handed it to whom.
        bridge_id: The conference bridge on which it is talked about.
    """

    parent_id: str | None = None
    thirdparty_id: str | None = None
    destination_ids: list[str] | None = None
    title: str | None = None
    description: str | None = None
    type: str | None = None
    subtype: AlertSubtype | None = None
    status: AlertStatus | None = None
    urgency: Urgency | None = None
    d_team_id: str | None = None
    d_user_id: str | None = None
    s_log_id: str | None = None
    created: UnixTime | None = None
    acknowledged: UnixTime | None = None
    acknowledgedby: str | None = None
    acknowledgeby: str | None = None
    resolved: UnixTime | None = None
    resolvedby: str | None = None
    archived: UnixTime | None = None
    archivedby: str | None = None
    livecall: Any = None
    source_id: str | None = None
    response_requested: bool | None = None
    responses: list[str] | None = None
    responses_recorded: Json | None = None
    tags: list[str] | None = None
    additional_data: list[Json] | None = None
    stakeholder_ids: list[str] | None = None
    handoffs: list[Json] | None = None
    bridge_id: str | None = None

    @property
    def acknowledged_by(self) -> str | None:
        """Who took it, however the answer spells the attribute."""
        return self.acknowledgedby or self.acknowledgeby


class Alert(AlertBase, frozen=True):
    """Something that somebody has to see to.

    Attributes:
        user_id: The user it was sent to, in the form of 2018, when an alert was a message to one user.
        channels: How that user was notified, in the form of 2018.
        template: The template of that message.
        data: The values of that template.

    Source: the alert object, of 2019 and of 2018.
    """

    user_id: str | None = None
    channels: list[str] | None = None
    template: str | None = None
    data: list[str] | None = None

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


class Incident(Alert, frozen=True):
    """An alert that is flagged as an incident, as the incident paths answer with it.

    Attributes:
        lastlogin: As the API sends it; it does not say whose.
        workflows: Whom it has been escalated to so far.

    Source: the incident object.
    """

    lastlogin: UnixTime | None = None
    workflows: list[Json] | None = None


class Automation(Resource, frozen=True):
    """A request that is sent to another system when it is run.

    Attributes:
        settings: YAML with ``url`` and ``method``, and if need be ``headers``, ``params``, ``data`` and ``auth``.

    Source: the automation object.
    """

    name: str | None = None
    enabled: bool | None = None
    settings: str | None = None


class Broadcast(AlertBase, frozen=True):
    """A message to many, who may be asked to answer.

    Attributes:
        message: The text, in the form of 2018; since 2019 it is ``title`` and ``description``.
        user_ids: Whom it was sent to, in the form of 2018; since 2019 ``destination_ids``.

    Source: the broadcast object, of 2019 and of 2018.
    """

    message: str | None = None
    user_ids: list[str] | None = None


class EventException(Part, frozen=True):
    """An occurrence that a repeated event leaves out.

    Attributes:
        start: When it would have begun.
        event_id: The event that takes its place, None when nothing does.
    """

    start: UnixTime | None = None
    event_id: str | None = None


class NextOccurrence(Part, frozen=True):
    """The occurrence of an event that is on, or comes next.

    Attributes:
        started: Whether it is on, or since when, as the API sends it.
    """

    start: UnixTime | None = None
    end: UnixTime | None = None
    started: bool | int | float | None = None


class Event(Resource, frozen=True):
    """A stretch of time in which somebody is on call, perhaps repeated.

    Attributes:
        schedule_id: The schedule, in the form of 2018; since 2019 a list of schedules. See ``schedule_ids``.
        attendees: The users who are on call.
        user_id: The user who is on call, in the form of 2018.
        layer: The escalation layer, from 1.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: Days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions; days, where there is no ``frequency_unit``.
        p_event_id: The repeated event that this one is a changed occurrence of.
        exceptions: Occurrences left out: seconds since 1970, or since 2019 objects. See ``exception_times``.
        next: The occurrence that is on or comes next.

    Source: the event object, of 2019 and of 2018.
    """

    schedule_id: str | list[str] | None = None
    attendees: list[str] | None = None
    user_id: str | None = None
    router_id: str | None = None
    layer: int | None = None
    start: UnixTime | None = None
    end: UnixTime | None = None
    repeat: bool | None = None
    repeatend: UnixTime | None = None
    timezone: str | None = None
    dow: list[int] | None = None
    frequency: int | None = None
    frequency_unit: FrequencyUnit | None = None
    p_event_id: str | None = None
    exceptions: list[int | float | EventException] | None = None
    next: NextOccurrence | None = None

    @property
    def schedule_ids(self) -> list[str]:
        """The schedules it belongs to, in whichever form they were sent."""
        if self.schedule_id is None:
            return []
        return [self.schedule_id] if isinstance(self.schedule_id, str) else self.schedule_id

    @property
    def row_key(self) -> object:
        """The id and the times: within a window, a repeated event has a row for each occurrence."""
        return self.id, self.start, self.end

    @property
    def exception_times(self) -> list[datetime]:
        """When the occurrences that are left out would have begun, in whichever form they were sent."""
        given = (one.start if isinstance(one, EventException) else as_datetime(one) for one in self.exceptions or [])
        return [moment for moment in given if moment is not None]


class Integration(Resource, frozen=True):
    """What connects PagerTree to another system, which sends alerts through it.

    Attributes:
        type: The kind of system: ``email``, ``webhook`` and so on.
        urgency: How urgent its alerts are unless they say otherwise.
        destination_ids: Where its alerts go: teams, routers, users, schedules.
        options: What depends on the type.

    Source: the integration object.
    """

    name: str | None = None
    type: str | None = None
    enabled: bool | None = None
    urgency: Urgency | None = None
    destination_ids: list[str] | None = None
    options: Json | None = None


class Log(Resource, frozen=True):
    """A line in the history of an object.

    Attributes:
        owner_id: The object whose history it is in.
        source_id: What or who caused it.
        content: What happened.
        data: The same as ``content``, where an answer calls it so.
        level: How important it is.

    Source: the log object.
    """

    owner_id: str | None = None
    source_id: str | None = None
    content: Any = None
    data: Any = None
    type: str | None = None
    subtype: Direction | None = None
    level: int | float | None = None


class Notification(Resource, frozen=True):
    """A message that was sent to somebody about an alert.

    Attributes:
        alert_id: The alert it is about.
        from_: The address or number it came from; ``from`` on the wire.
        to: The address or number it went to.
        thirdparty_id: What the provider calls it.
        group_id: What it was sent together with.
        workflow_id: The escalation it belongs to.
        provider: The company that delivers it.
        cost: What it cost, in the unit of the provider.
        provider_status: What the provider says became of it.
        err: What went wrong.

    Source: the notification object, of 2019 and of 2018.
    """

    subject: str | None = None
    message: str | None = None
    channel: Channel | None = None
    status: str | None = None
    alert_id: str | None = None
    user_id: str | None = None
    from_: str | None = field(name="from", default=None)
    to: str | None = None
    sent: UnixTime | None = None
    delivered: UnixTime | None = None
    thirdparty_id: str | None = None
    repeated: bool | None = None
    source_id: str | None = None
    group_id: str | None = None
    workflow_id: str | None = None
    stakeholder_id: str | None = None
    provider: str | None = None
    template: str | None = None
    direction: Direction | None = None
    cost: int | float | None = None
    provider_status: str | None = None
    err: list[str] | None = None


class Router(Resource, frozen=True):
    """Rules by which alerts find their destination, or notifications their channel.

    Attributes:
        default_receiver: Where that goes which no rule applies to.
        settings: The rules, in YAML.

    Source: the router object.
    """

    name: str | None = None
    enabled: bool | None = None
    type: RouterType | None = None
    default_receiver: str | None = None
    settings: str | None = None


class ScheduleRule(Part, frozen=True):
    """How long one layer of a schedule has until an alert escalates.

    Attributes:
        layer: The escalation layer, from 1.
        timeout: Minutes until the next layer is asked.
    """

    layer: int | None = None
    timeout: int | float | None = None


class Schedule(Resource, frozen=True):
    """Who is on call when, and how alerts escalate.

    Attributes:
        repeat: How often all layers are gone through before an alert is dropped.
        reassign: Where alerts go that nobody took.

    Source: the schedule object.
    """

    name: str | None = None
    type: str | None = None
    repeat: int | None = None
    rules: list[ScheduleRule] | None = None
    reassign: list[str] | None = None
    enabled: bool | None = None


class StakeholderEvents(Part, frozen=True):
    """What stakeholders are told of."""

    alert_assigned: bool | None = None
    alert_acknowledged: bool | None = None
    alert_resolved: bool | None = None
    alert_dropped: bool | None = None


class Stakeholder(Resource, frozen=True):
    """People who are kept informed about alerts and do not answer them.

    Attributes:
        emails: Addresses of people who are not users.
        events: What they are told of.

    Source: the stakeholder object.
    """

    name: str | None = None
    enabled: bool | None = None
    user_ids: list[str] | None = None
    emails: list[str] | None = None
    events: StakeholderEvents | None = None


class Team(Resource, frozen=True):
    """People who answer alerts together.

    Attributes:
        schedule_id: The schedule that says who of them is on call.

    Source: the team object.
    """

    name: str | None = None
    description: str | None = None
    member_user_ids: list[str] | None = None
    admin_ids: list[str] | None = None
    schedule_id: str | None = None
    router_id: str | None = None
    stakeholder_ids: list[str] | None = None


class Token(Resource, frozen=True):
    """What belongs to somebody's access to the API; not the secret itself.

    Attributes:
        resource_id: The account or user it belongs to.
        sequence: A UUID that changes when what was issued before becomes invalid.

    Source: the token object.
    """

    resource_id: str | None = None
    sequence: str | None = None


class Preferences(Part, frozen=True):
    """What a user has chosen.

    Attributes:
        ui_calendar_firstday: The first day of the week in calendars, 0 for Sunday.
    """

    alert_push: bool | None = None
    alert_email: bool | None = None
    alert_sms: bool | None = None
    alert_voice: bool | None = None
    alert_slack: bool | None = None
    report_performance: bool | None = None
    report_oncall: bool | None = None
    advanced_mode: bool | None = None
    debug_mode: bool | None = None
    timezone: str | None = None
    locale: str | None = None
    moment_format: str | None = None
    ui_calendar_firstday: int | None = None


class Roles(Part, frozen=True):
    """What a user may do."""

    broadcast: bool | None = None
    admin: bool | None = None
    admin_billing: bool | None = None


class User(Resource, frozen=True):
    """Somebody who uses PagerTree.

    Attributes:
        email_verfied: When the address was verified; the spelling is the API's.
        email_blocked: Whether the address refuses messages.
        phone_blocked: Whether the number refuses messages.
        emails: Addresses, each an object; since 2019.
        phones: Numbers, each an object; since 2019.
        router_id: The router that decides how the user is notified.
        password: A hash, which the API may send: hidden in ``repr``, and left out of exports.
        verificationcode: A secret like ``password``.

    Source: the user object, of 2019 and of 2018.
    """

    name: str | None = None
    email: str | None = None
    email_verfied: UnixTime | None = None
    email_blocked: bool | None = None
    phone: str | None = None
    phone_verified: UnixTime | None = None
    phone_blocked: bool | None = None
    lastlogin: UnixTime | None = None
    preferences: Preferences | None = None
    roles: Roles | None = None
    avatar: str | None = None
    emails: list[Json] | None = None
    phones: list[Json] | None = None
    router_id: str | None = None
    slack: Json | None = None
    password: str | None = None
    verificationcode: int | str | None = None

    secret_fields: ClassVar[frozenset[str]] = frozenset({"password", "verificationcode"})
