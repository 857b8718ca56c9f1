"""What the calls of API v3 take, by keyword.

Where an id is wanted, the object may be given. What is left out is not sent; where None is allowed, it is sent as null.
Moments are aware datetimes, or seconds since 1970 where the API counts those. Where the reference of 2018 and that of 2019
need different arguments, either set will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from msgspec import UNSET, UnsetType, field

from pagertree_async.models import Timestamp
from pagertree_async.params import JsonObject, Options, Query, Ref, RefFilter, Refs, UnixSeconds, mapped
from pagertree_async.query import Filter

__all__ = [
    "AccountUpdate",
    "AlertBaseQuery",
    "AlertCreate",
    "AlertHandoff",
    "AlertMassAction",
    "AlertQuery",
    "AlertUpdate",
    "AutomationCreate",
    "AutomationQuery",
    "AutomationUpdate",
    "BroadcastCreate",
    "BroadcastQuery",
    "EventCreate",
    "EventQuery",
    "EventUpdate",
    "EventWindow",
    "IncidentCreate",
    "IncidentQuery",
    "IncidentUpdate",
    "IntegrationCreate",
    "IntegrationQuery",
    "IntegrationUpdate",
    "ListQuery",
    "LogCreate",
    "LogQuery",
    "NotificationQuery",
    "RouterCreate",
    "RouterQuery",
    "RouterUpdate",
    "ScheduleCreate",
    "ScheduleQuery",
    "ScheduleUpdate",
    "StakeholderCreate",
    "StakeholderQuery",
    "StakeholderUpdate",
    "TeamCreate",
    "TeamQuery",
    "TeamUpdate",
    "UserCreate",
    "UserQuery",
    "UserTeams",
    "UserUpdate",
]


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


class AccountUpdate(Options, kw_only=True):
    """What an account is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        active: Whether it is in use.
        token_id: The token that its API calls are made with.
        hippanotifications: Whether notifications leave out what health privacy rules protect.
        setup_complete: When it was set up.
        sso: How people sign in through their own identity provider.
        notification_templates: The templates by ``type_subtype``, each with ``push``, ``email``, ``sms`` and ``voice``.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    token_id: Ref | None | UnsetType = UNSET
    hippanotifications: bool | UnsetType = UNSET
    setup_complete: UnixSeconds | None | UnsetType = UNSET
    sso: JsonObject | None | UnsetType = UNSET
    notification_templates: Mapping[str, Any] | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class AlertCreate(Options, kw_only=True):
    """What an alert is made of.

    Args:
        title: What has happened, in a line.
        destination_ids: Who is to see to it: users, teams or schedules.
        description: What there is to know about it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        type: What type of alert it is.
        subtype: ``alert``, ``broadcast`` or ``page``.
        parent_id: The alert that it comes from.
        thirdparty_id: What the system that sends it calls it; another alert with the same is refused with 409.
        source_id: The integration or user it comes from; by default the caller.
        response_requested: Whether those it goes to are asked to answer.
        responses: The answers to choose from.
        tags: Words to find it by.
        additional_data: More about it, each a JSON object.
        stakeholder_ids: The stakeholders who are kept informed.
        bridge_id: The conference bridge on which it is talked about.
        meta: Free-form data.
    """

    title: str
    destination_ids: Sequence[Ref]
    description: str | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    subtype: str | UnsetType = UNSET
    parent_id: Ref | UnsetType = UNSET
    thirdparty_id: str | UnsetType = UNSET
    source_id: Ref | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    responses: Sequence[str] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    additional_data: Sequence[JsonObject] | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    bridge_id: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class AlertUpdate(Options, kw_only=True):
    """What an alert is changed to, None clearing an attribute; its status changes by acknowledging it and so on.

    Args:
        title: What has happened, in a line.
        destination_ids: Who is to see to it: users, teams or schedules.
        description: What there is to know about it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        type: What type of alert it is.
        subtype: ``alert``, ``broadcast`` or ``page``.
        parent_id: The alert that it comes from.
        thirdparty_id: What the system that sends it calls it; another alert with the same is refused with 409.
        source_id: The integration or user it comes from; by default the caller.
        response_requested: Whether those it goes to are asked to answer.
        responses: The answers to choose from.
        tags: Words to find it by.
        additional_data: More about it, each a JSON object.
        stakeholder_ids: The stakeholders who are kept informed.
        bridge_id: The conference bridge on which it is talked about.
        meta: Free-form data.
    """

    title: str | UnsetType = UNSET
    destination_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    urgency: str | None | UnsetType = UNSET
    type: str | None | UnsetType = UNSET
    subtype: str | None | UnsetType = UNSET
    parent_id: Ref | None | UnsetType = UNSET
    thirdparty_id: str | None | UnsetType = UNSET
    source_id: Ref | None | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    responses: Sequence[str] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    additional_data: Sequence[JsonObject] | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    bridge_id: str | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class AlertBaseQuery(ListQuery, kw_only=True):
    """What alerts, incidents and broadcasts can be listed by.

    Args:
        title: Its title.
        destination_ids: One of the destinations it was sent to.
        description: Its description.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        type: Its type.
        subtype: ``alert``, ``broadcast`` or ``page``.
        status: ``queued``, ``open``, ``acknowledged``, ``rejected``, ``resolved``, ``dropped`` or ``archived``.
        parent_id: The alert that it comes from.
        thirdparty_id: What the system that sent it calls it.
        source_id: The integration or user it comes from.
        d_team_id: The team it is with.
        d_user_id: The user it is with.
        s_log_id: The log entry of what it was made from.
        created: When it began.
        acknowledged: When somebody took it.
        acknowledgedby: Who took it.
        resolved: When it was resolved.
        resolvedby: Who resolved it.
        archived: When it was archived.
        archivedby: Who archived it.
        response_requested: Whether those it goes to are asked to answer.
        responses: One of the answers to choose from.
        tags: One of its tags.
        stakeholder_ids: One of the stakeholders who are kept informed.
        bridge_id: The conference bridge on which it is talked about.
    """

    title: Filter[str] = UNSET
    destination_ids: RefFilter = UNSET
    description: Filter[str] = UNSET
    urgency: Filter[str] = UNSET
    type: Filter[str] = UNSET
    subtype: Filter[str] = UNSET
    status: Filter[str] = UNSET
    parent_id: RefFilter = UNSET
    thirdparty_id: Filter[str] = UNSET
    source_id: RefFilter = UNSET
    d_team_id: RefFilter = UNSET
    d_user_id: RefFilter = UNSET
    s_log_id: RefFilter = UNSET
    created: Filter[UnixSeconds] = UNSET
    acknowledged: Filter[UnixSeconds] = UNSET
    acknowledgedby: RefFilter = UNSET
    resolved: Filter[UnixSeconds] = UNSET
    resolvedby: RefFilter = UNSET
    archived: Filter[UnixSeconds] = UNSET
    archivedby: RefFilter = UNSET
    response_requested: Filter[bool] = UNSET
    responses: Filter[str] = UNSET
    tags: Filter[str] = UNSET
    stakeholder_ids: RefFilter = UNSET
    bridge_id: Filter[str] = UNSET


class AlertQuery(AlertBaseQuery, kw_only=True):
    """What alerts can be listed by.

    Args:
        user_id: The user it was sent to, in the form of 2018.
        channels: How that user was notified, in the form of 2018.
        template: The template of that message.
        data: One of the values of that template.
    """

    user_id: RefFilter = UNSET
    channels: Filter[str] = UNSET
    template: Filter[str] = UNSET
    data: Filter[str] = UNSET


class AlertHandoff(Options, kw_only=True):
    """To whom an alert is handed.

    Args:
        to: A user or a team.
    """

    to: Ref


class AlertMassAction(Options, kw_only=True):
    """What is done with several alerts at once.

    Args:
        type: ``acknowledge``, ``reject``, ``resolve``, ``archive`` or ``delete``.
        alert_ids: The alerts.
    """

    type: Literal["acknowledge", "reject", "resolve", "archive", "delete"]
    alert_ids: Sequence[Ref]


class AutomationCreate(Options, kw_only=True):
    """What an automation is made of.

    Args:
        name: What people call it.
        settings: YAML with ``url`` and ``method``, and if need be ``headers``, ``params``, ``data`` and ``auth``.
        enabled: Whether it can be run; by default it can.
        meta: Free-form data.
    """

    name: str
    settings: str
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class AutomationUpdate(Options, kw_only=True):
    """What an automation is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        settings: YAML with ``url`` and ``method``, and if need be ``headers``, ``params``, ``data`` and ``auth``.
        enabled: Whether it can be run; by default it can.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    settings: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class AutomationQuery(ListQuery, kw_only=True):
    """What automations can be listed by.

    Args:
        name: Its name.
        settings: Its YAML.
        enabled: Whether it can be run.
    """

    name: Filter[str] = UNSET
    settings: Filter[str] = UNSET
    enabled: Filter[bool] = UNSET


class BroadcastCreate(Options, kw_only=True):
    """What a broadcast is made of: ``title`` and ``destination_ids``, or the form of 2018.

    Args:
        title: What has happened, in a line.
        destination_ids: Who is to be told: users or teams.
        description: What there is to know about it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        type: What type of alert it is.
        subtype: ``alert``, ``broadcast`` or ``page``.
        parent_id: The alert that it comes from.
        thirdparty_id: What the system that sends it calls it; another alert with the same is refused with 409.
        source_id: The integration or user it comes from; by default the caller. The form of 2018 needs it.
        response_requested: Whether those it goes to are asked to answer.
        responses: The answers to choose from.
        tags: Words to find it by.
        additional_data: More about it, each a JSON object.
        stakeholder_ids: The stakeholders who are kept informed.
        bridge_id: The conference bridge on which it is talked about.
        message: The text, in the form of 2018.
        user_ids: Who is to be told, in the form of 2018.
        meta: Free-form data.
    """

    title: str | UnsetType = UNSET
    destination_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    subtype: str | UnsetType = UNSET
    parent_id: Ref | UnsetType = UNSET
    thirdparty_id: str | UnsetType = UNSET
    source_id: Ref | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    responses: Sequence[str] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    additional_data: Sequence[JsonObject] | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    bridge_id: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    user_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("title", "destination_ids"),
        ("message", "source_id", "user_ids"),
    )


class BroadcastQuery(AlertBaseQuery, kw_only=True):
    """What broadcasts can be listed by.

    Args:
        message: The text, in the form of 2018.
        user_ids: One of those who were told, in the form of 2018.
    """

    message: Filter[str] = UNSET
    user_ids: RefFilter = UNSET


class EventCreate(Options, kw_only=True):
    """What an event is made of: with ``attendees`` and ``layer``, or with the ``user_id`` of 2018.

    Args:
        schedule_id: The schedules it belongs to, or the one it belongs to.
        start: When it begins.
        end: When it ends.
        attendees: The users who are on call; with ``layer``.
        layer: The escalation layer, from 1.
        user_id: The user who is on call, in the form of 2018, instead of ``attendees`` and ``layer``.
        router_id: A router that decides more.
        repeat: Whether it is repeated.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: Days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions.
        frequency_unit: ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        p_event_id: The repeated event that this is a changed occurrence of.
        exceptions: Occurrences to leave out: their starts in seconds since 1970, or objects with ``start`` and
            ``event_id``.
        meta: Free-form data.
    """

    schedule_id: Refs
    start: UnixSeconds
    end: UnixSeconds
    attendees: Sequence[Ref] | UnsetType = UNSET
    layer: int | UnsetType = UNSET
    user_id: Ref | UnsetType = UNSET
    router_id: Ref | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    repeatend: UnixSeconds | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    dow: Sequence[int] | UnsetType = UNSET
    frequency: int | UnsetType = UNSET
    frequency_unit: str | UnsetType = UNSET
    p_event_id: Ref | UnsetType = UNSET
    exceptions: Sequence[int | Mapping[str, Any]] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("attendees", "layer"), ("user_id",))


class EventUpdate(Options, kw_only=True):
    """What an event is changed to, None clearing an attribute.

    Args:
        schedule_id: The schedules it belongs to, or the one it belongs to.
        start: When it begins.
        end: When it ends.
        attendees: The users who are on call; with ``layer``.
        layer: The escalation layer, from 1.
        user_id: The user who is on call, in the form of 2018, instead of ``attendees`` and ``layer``.
        router_id: A router that decides more.
        repeat: Whether it is repeated.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: Days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions.
        frequency_unit: ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        p_event_id: The repeated event that this is a changed occurrence of.
        exceptions: Occurrences to leave out: their starts in seconds since 1970, or objects with ``start`` and
            ``event_id``.
        meta: Free-form data.
    """

    schedule_id: Refs | UnsetType = UNSET
    start: UnixSeconds | UnsetType = UNSET
    end: UnixSeconds | UnsetType = UNSET
    attendees: Sequence[Ref] | UnsetType = UNSET
    layer: int | UnsetType = UNSET
    user_id: Ref | None | UnsetType = UNSET
    router_id: Ref | None | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    repeatend: UnixSeconds | None | UnsetType = UNSET
    timezone: str | None | UnsetType = UNSET
    dow: Sequence[int] | UnsetType = UNSET
    frequency: int | UnsetType = UNSET
    frequency_unit: str | None | UnsetType = UNSET
    p_event_id: Ref | None | UnsetType = UNSET
    exceptions: Sequence[int | Mapping[str, Any]] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class EventQuery(ListQuery, kw_only=True):
    """What events can be listed by.

    Args:
        schedule_id: One of the schedules it belongs to.
        start: When it begins.
        end: When it ends.
        attendees: One of the users who are on call.
        layer: The escalation layer, from 1.
        user_id: The user who is on call, in the form of 2018.
        router_id: Its router.
        repeat: Whether it is repeated.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: One of its days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions.
        frequency_unit: ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        p_event_id: The repeated event that this is a changed occurrence of.
    """

    schedule_id: RefFilter = UNSET
    start: Filter[UnixSeconds] = UNSET
    end: Filter[UnixSeconds] = UNSET
    attendees: RefFilter = UNSET
    layer: Filter[int] = UNSET
    user_id: RefFilter = UNSET
    router_id: RefFilter = UNSET
    repeat: Filter[bool] = UNSET
    repeatend: Filter[UnixSeconds] = UNSET
    timezone: Filter[str] = UNSET
    dow: Filter[int] = UNSET
    frequency: Filter[int] = UNSET
    frequency_unit: Filter[str] = UNSET
    p_event_id: RefFilter = UNSET


class EventWindow(Query, kw_only=True):
    """The stretch of time in which events are looked for.

    Args:
        start: Where it begins.
        end: Where it ends.
    """

    start: UnixSeconds
    end: UnixSeconds


class IncidentCreate(Options, kw_only=True):
    """What an incident is made of: with ``destination_ids``, or with the ``description`` and ``d_team_id`` of 2018.

    Args:
        title: What has happened, in a line.
        destination_ids: Who is to see to it: users, teams or schedules.
        description: What there is to know about it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        type: What type of alert it is.
        subtype: ``alert``, ``broadcast`` or ``page``.
        parent_id: The alert that it comes from.
        thirdparty_id: What the system that sends it calls it; another alert with the same is refused with 409.
        source_id: The integration or user it comes from; by default the caller.
        d_team_id: The team it goes to, in the form of 2018, with ``description``.
        response_requested: Whether those it goes to are asked to answer.
        responses: The answers to choose from.
        tags: Words to find it by.
        additional_data: More about it, each a JSON object.
        stakeholder_ids: The stakeholders who are kept informed.
        bridge_id: The conference bridge on which it is talked about.
        meta: Free-form data.
    """

    title: str
    destination_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    subtype: str | UnsetType = UNSET
    parent_id: Ref | UnsetType = UNSET
    thirdparty_id: str | UnsetType = UNSET
    source_id: Ref | UnsetType = UNSET
    d_team_id: Ref | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    responses: Sequence[str] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    additional_data: Sequence[JsonObject] | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    bridge_id: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("destination_ids",), ("description", "d_team_id"))


class IncidentUpdate(Options, kw_only=True):
    """What an incident is changed to, None clearing an attribute; its status changes by acknowledging it and so on.

    Args:
        title: What has happened, in a line.
        destination_ids: Who is to see to it: users, teams or schedules.
        description: What there is to know about it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        type: What type of alert it is.
        subtype: ``alert``, ``broadcast`` or ``page``.
        parent_id: The alert that it comes from.
        thirdparty_id: What the system that sends it calls it; another alert with the same is refused with 409.
        source_id: The integration or user it comes from; by default the caller.
        d_team_id: The team it goes to, in the form of 2018, with ``description``.
        response_requested: Whether those it goes to are asked to answer.
        responses: The answers to choose from.
        tags: Words to find it by.
        additional_data: More about it, each a JSON object.
        stakeholder_ids: The stakeholders who are kept informed.
        bridge_id: The conference bridge on which it is talked about.
        meta: Free-form data.
    """

    title: str | UnsetType = UNSET
    destination_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    urgency: str | None | UnsetType = UNSET
    type: str | None | UnsetType = UNSET
    subtype: str | None | UnsetType = UNSET
    parent_id: Ref | None | UnsetType = UNSET
    thirdparty_id: str | None | UnsetType = UNSET
    source_id: Ref | None | UnsetType = UNSET
    d_team_id: Ref | None | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    responses: Sequence[str] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    additional_data: Sequence[JsonObject] | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    bridge_id: str | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class IncidentQuery(AlertQuery, kw_only=True):
    """What incidents can be listed by.

    Args:
        lastlogin: As the API sends it; it does not say whose.
    """

    lastlogin: Filter[UnixSeconds] = UNSET


class IntegrationCreate(Options, kw_only=True):
    """What an integration is made of.

    Args:
        name: What people call it.
        type: The kind of system: ``email``, ``webhook`` and so on.
        destination_ids: Where its alerts go: teams, routers, users or schedules.
        enabled: Whether it sends alerts.
        urgency: How urgent its alerts are unless they say otherwise: ``silent``, ``low``, ``medium``, ``high`` or
            ``critical``.
        options: What depends on the type.
        meta: Free-form data.
    """

    name: str
    type: str
    destination_ids: Sequence[Ref]
    enabled: bool | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    options: Mapping[str, Any] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class IntegrationUpdate(Options, kw_only=True):
    """What an integration is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        type: The kind of system: ``email``, ``webhook`` and so on.
        destination_ids: Where its alerts go: teams, routers, users or schedules.
        enabled: Whether it sends alerts.
        urgency: How urgent its alerts are unless they say otherwise: ``silent``, ``low``, ``medium``, ``high`` or
            ``critical``.
        options: What depends on the type.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    destination_ids: Sequence[Ref] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    urgency: str | None | UnsetType = UNSET
    options: Mapping[str, Any] | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class IntegrationQuery(ListQuery, kw_only=True):
    """What integrations can be listed by.

    Args:
        name: Its name.
        type: The kind of system: ``email``, ``webhook`` and so on.
        destination_ids: One of the places its alerts go to.
        enabled: Whether it sends alerts.
        urgency: How urgent its alerts are unless they say otherwise: ``silent``, ``low``, ``medium``, ``high`` or
            ``critical``.
    """

    name: Filter[str] = UNSET
    type: Filter[str] = UNSET
    destination_ids: RefFilter = UNSET
    enabled: Filter[bool] = UNSET
    urgency: Filter[str] = UNSET


class LogCreate(Options, kw_only=True):
    """What a log entry is made of.

    Args:
        owner_id: The object in whose history it is to be.
        content: What happened.
        source_id: What or who caused it.
        type: What type of entry it is.
        subtype: ``INCOMING`` or ``OUTGOING``.
        level: How important it is.
        meta: Free-form data.
    """

    owner_id: Ref
    content: str
    source_id: Ref | UnsetType = UNSET
    type: str | UnsetType = UNSET
    subtype: str | UnsetType = UNSET
    level: int | float | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class LogQuery(ListQuery, kw_only=True):
    """What log entries can be listed by.

    Args:
        owner_id: The object in whose history it is.
        content: What happened.
        source_id: What or who caused it.
        type: What type of entry it is.
        subtype: ``INCOMING`` or ``OUTGOING``.
        level: How important it is.
        data: The content, where the API calls it so.
    """

    owner_id: RefFilter = UNSET
    content: Filter[str] = UNSET
    source_id: RefFilter = UNSET
    type: Filter[str] = UNSET
    subtype: Filter[str] = UNSET
    level: Filter[int | float] = UNSET
    data: Filter[str] = UNSET


class NotificationQuery(ListQuery, kw_only=True):
    """What notifications can be listed by.

    Args:
        subject: Its subject.
        message: Its text.
        channel: ``push``, ``email``, ``sms``, ``voice`` or ``slack``.
        status: What became of it.
        alert_id: The alert it is about.
        user_id: The user it was sent to.
        from_: The address or number it came from; ``from`` on the wire.
        to: The address or number it went to.
        sent: When it was sent.
        delivered: When it arrived.
        thirdparty_id: What the provider calls it.
        repeated: Whether it was sent again.
        source_id: What it was sent for.
        group_id: What it was sent together with.
        workflow_id: The escalation it belongs to.
        stakeholder_id: The stakeholder it was sent to.
        provider: The company that delivers it.
        template: Its template.
        direction: ``INCOMING`` or ``OUTGOING``.
        cost: What it cost.
        provider_status: What the provider says became of it.
        err: One of its errors.
    """

    subject: Filter[str] = UNSET
    message: Filter[str] = UNSET
    channel: Filter[str] = UNSET
    status: Filter[str] = UNSET
    alert_id: RefFilter = UNSET
    user_id: RefFilter = UNSET
    from_: Filter[str] = field(name="from", default=UNSET)
    to: Filter[str] = UNSET
    sent: Filter[UnixSeconds] = UNSET
    delivered: Filter[UnixSeconds] = UNSET
    thirdparty_id: Filter[str] = UNSET
    repeated: Filter[bool] = UNSET
    source_id: RefFilter = UNSET
    group_id: Filter[str] = UNSET
    workflow_id: Filter[str] = UNSET
    stakeholder_id: RefFilter = UNSET
    provider: Filter[str] = UNSET
    template: Filter[str] = UNSET
    direction: Filter[str] = UNSET
    cost: Filter[int | float] = UNSET
    provider_status: Filter[str] = UNSET
    err: Filter[str] = UNSET


class RouterCreate(Options, kw_only=True):
    """What a router is made of.

    Args:
        name: What people call it.
        settings: The rules, in YAML.
        type: ``router`` or ``notification``.
        default_receiver: Where that goes which no rule applies to.
        enabled: Whether it decides anything.
        meta: Free-form data.
    """

    name: str
    settings: str
    type: str
    default_receiver: Ref
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class RouterUpdate(Options, kw_only=True):
    """What a router is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        settings: The rules, in YAML.
        type: ``router`` or ``notification``.
        default_receiver: Where that goes which no rule applies to.
        enabled: Whether it decides anything.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    settings: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    default_receiver: Ref | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class RouterQuery(ListQuery, kw_only=True):
    """What routers can be listed by.

    Args:
        name: Its name.
        settings: The rules, in YAML.
        type: ``router`` or ``notification``.
        default_receiver: Where that goes which no rule applies to.
        enabled: Whether it decides anything.
    """

    name: Filter[str] = UNSET
    settings: Filter[str] = UNSET
    type: Filter[str] = UNSET
    default_receiver: RefFilter = UNSET
    enabled: Filter[bool] = UNSET


class ScheduleCreate(Options, kw_only=True):
    """What a schedule is made of.

    Args:
        name: What people call it.
        type: What type of schedule it is.
        repeat: How often all layers are gone through before an alert is dropped.
        rules: How many minutes each layer has: ``[{"layer": 1, "timeout": 15}]``.
        reassign: Where alerts go that nobody took.
        enabled: Whether it is in use.
        meta: Free-form data.
    """

    name: str
    type: str | UnsetType = UNSET
    repeat: int | UnsetType = UNSET
    rules: Sequence[JsonObject] | UnsetType = UNSET
    reassign: Sequence[Ref] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class ScheduleUpdate(Options, kw_only=True):
    """What a schedule is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        type: What type of schedule it is.
        repeat: How often all layers are gone through before an alert is dropped.
        rules: How many minutes each layer has: ``[{"layer": 1, "timeout": 15}]``.
        reassign: Where alerts go that nobody took.
        enabled: Whether it is in use.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    type: str | None | UnsetType = UNSET
    repeat: int | UnsetType = UNSET
    rules: Sequence[JsonObject] | UnsetType = UNSET
    reassign: Sequence[Ref] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class ScheduleQuery(ListQuery, kw_only=True):
    """What schedules can be listed by.

    Args:
        name: Its name.
        type: What type of schedule it is.
        repeat: How often all layers are gone through before an alert is dropped.
        reassign: One of the places where alerts go that nobody took.
        enabled: Whether it is in use.
    """

    name: Filter[str] = UNSET
    type: Filter[str] = UNSET
    repeat: Filter[int] = UNSET
    reassign: RefFilter = UNSET
    enabled: Filter[bool] = UNSET


class StakeholderCreate(Options, kw_only=True):
    """What a group of stakeholders is made of.

    Args:
        name: What people call them.
        user_ids: The users who are kept informed.
        emails: Addresses of people who are not users.
        events: What they are told of: ``alert_assigned``, ``alert_acknowledged``, ``alert_resolved``,
            ``alert_dropped``, each true or false.
        enabled: Whether they are told anything.
        meta: Free-form data.
    """

    name: str
    user_ids: Sequence[Ref]
    emails: Sequence[str] | UnsetType = UNSET
    events: JsonObject | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class StakeholderUpdate(Options, kw_only=True):
    """What a group of stakeholders is changed to, None clearing an attribute.

    Args:
        name: What people call them.
        user_ids: The users who are kept informed.
        emails: Addresses of people who are not users.
        events: What they are told of: ``alert_assigned``, ``alert_acknowledged``, ``alert_resolved``,
            ``alert_dropped``, each true or false.
        enabled: Whether they are told anything.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    user_ids: Sequence[Ref] | UnsetType = UNSET
    emails: Sequence[str] | UnsetType = UNSET
    events: JsonObject | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class StakeholderQuery(ListQuery, kw_only=True):
    """What stakeholders can be listed by.

    Args:
        name: Its name.
        user_ids: One of the users who are kept informed.
        emails: One of the addresses of people who are not users.
        enabled: Whether they are told anything.
    """

    name: Filter[str] = UNSET
    user_ids: RefFilter = UNSET
    emails: Filter[str] = UNSET
    enabled: Filter[bool] = UNSET


class TeamCreate(Options, kw_only=True):
    """What a team is made of.

    Args:
        name: What people call it.
        description: What it is there for.
        member_user_ids: Its members.
        admin_ids: Those of them who manage it.
        schedule_id: The schedule that says who of them is on call.
        router_id: The router that decides where its alerts go.
        stakeholder_ids: The stakeholders who are kept informed of its alerts.
        meta: Free-form data.
    """

    name: str
    description: str | UnsetType = UNSET
    member_user_ids: Sequence[Ref] | UnsetType = UNSET
    admin_ids: Sequence[Ref] | UnsetType = UNSET
    schedule_id: Ref | UnsetType = UNSET
    router_id: Ref | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class TeamUpdate(Options, kw_only=True):
    """What a team is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        description: What it is there for.
        member_user_ids: Its members.
        admin_ids: Those of them who manage it.
        schedule_id: The schedule that says who of them is on call.
        router_id: The router that decides where its alerts go.
        stakeholder_ids: The stakeholders who are kept informed of its alerts.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    member_user_ids: Sequence[Ref] | UnsetType = UNSET
    admin_ids: Sequence[Ref] | UnsetType = UNSET
    schedule_id: Ref | None | UnsetType = UNSET
    router_id: Ref | None | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class TeamQuery(ListQuery, kw_only=True):
    """What teams can be listed by.

    Args:
        name: Its name.
        description: What it is there for.
        member_user_ids: One of its members.
        admin_ids: One of those who manage it.
        schedule_id: The schedule that says who of them is on call.
        router_id: The router that decides where its alerts go.
        stakeholder_ids: One of the stakeholders who are kept informed of its alerts.
    """

    name: Filter[str] = UNSET
    description: Filter[str] = UNSET
    member_user_ids: RefFilter = UNSET
    admin_ids: RefFilter = UNSET
    schedule_id: RefFilter = UNSET
    router_id: RefFilter = UNSET
    stakeholder_ids: RefFilter = UNSET


class UserCreate(Options, kw_only=True):
    """What a user is made of: with ``emails``, or with the ``email`` of 2018.

    Args:
        name: Their name.
        emails: Their addresses, each an object.
        email: Their address, in the form of 2018, instead of ``emails``.
        phone: Their number, in the form of 2018.
        phones: Their numbers, each an object.
        avatar: The address of their picture.
        router_id: The router that decides how they are notified.
        slack: Their account in Slack.
        preferences: What they have chosen: ``alert_push``, ``timezone`` and so on.
        roles: What they may do: ``broadcast``, ``admin``, ``admin_billing``, each true or false.
        meta: Free-form data.
    """

    name: str
    emails: Sequence[JsonObject] | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    phones: Sequence[JsonObject] | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    router_id: Ref | UnsetType = UNSET
    slack: Mapping[str, Any] | UnsetType = UNSET
    preferences: JsonObject | UnsetType = UNSET
    roles: JsonObject | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("emails",), ("email",))


class UserUpdate(Options, kw_only=True):
    """What a user is changed to, None clearing an attribute.

    Args:
        name: Their name.
        emails: Their addresses, each an object.
        email: Their address, in the form of 2018, instead of ``emails``.
        phone: Their number, in the form of 2018.
        phones: Their numbers, each an object.
        avatar: The address of their picture.
        router_id: The router that decides how they are notified.
        slack: Their account in Slack.
        preferences: What they have chosen: ``alert_push``, ``timezone`` and so on.
        roles: What they may do: ``broadcast``, ``admin``, ``admin_billing``, each true or false.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    emails: Sequence[JsonObject] | UnsetType = UNSET
    email: str | None | UnsetType = UNSET
    phone: str | None | UnsetType = UNSET
    phones: Sequence[JsonObject] | UnsetType = UNSET
    avatar: str | None | UnsetType = UNSET
    router_id: Ref | None | UnsetType = UNSET
    slack: Mapping[str, Any] | None | UnsetType = UNSET
    preferences: JsonObject | None | UnsetType = UNSET
    roles: JsonObject | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class UserQuery(ListQuery, kw_only=True):
    """What users can be listed by; not by their secrets, which would stand in addresses and logs.

    Args:
        name: Their name.
        email: Their address.
        email_verfied: When the address was verified; the spelling is the API's.
        email_blocked: Whether the address refuses messages.
        phone: Their number.
        phone_verified: When the number was verified.
        phone_blocked: Whether the number refuses messages.
        lastlogin: When they last logged in.
        avatar: The address of their picture.
        router_id: The router that decides how they are notified.
    """

    name: Filter[str] = UNSET
    email: Filter[str] = UNSET
    email_verfied: Filter[UnixSeconds] = UNSET
    email_blocked: Filter[bool] = UNSET
    phone: Filter[str] = UNSET
    phone_verified: Filter[UnixSeconds] = UNSET
    phone_blocked: Filter[bool] = UNSET
    lastlogin: Filter[UnixSeconds] = UNSET
    avatar: Filter[str] = UNSET
    router_id: RefFilter = UNSET


class UserTeams(Options, kw_only=True):
    """The teams that a user is made a member of.

    Args:
        team_ids: The teams.
    """

    team_ids: Sequence[Ref]
