"""Alerts: what somebody has to see to."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import Json, OpenEnum, UnixTime
from pagertree_async.params import JsonObject, Options, Ref, RefFilter, UnixSeconds
from pagertree_async.query import Filter
from pagertree_async.retry import Safety
from pagertree_async.services import (
    Mode,
    Service,
    acts,
    creates,
    deletes,
    does,
    finds,
    lists,
    lists_under,
    retrieves,
    updates,
)
from pagertree_async.v3.resources.common import ListQuery, Resource, Urgency
from pagertree_async.v3.resources.notifications import Notification, NotificationQuery


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


def _mass_safety(action: AlertMassAction) -> Safety:
    return Safety.CREATE if action.type == "reject" else Safety.STATE


class Alerts(Service[Mode], name="alerts", path="/alert"):
    """What somebody has to see to."""

    @lists(AlertQuery, Alert)
    def list(self) -> None:
        """List alerts.

        Source: ``GET /alert``.
        """

    @finds(AlertQuery, Alert)
    def find(self) -> None:
        """Find the one among the alerts whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /alert``.
        """

    @ensures(AlertQuery, AlertCreate, AlertUpdate, Alert)
    def ensure(self) -> None:
        """Have an alert there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The alert, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /alert``, then ``POST /alert`` or ``PUT /alert/:id``.
        """

    @creates(AlertCreate, Alert)
    def create(self) -> None:
        """Create an alert.

        Source: ``POST /alert``.
        """

    @retrieves(Options, Alert)
    def retrieve(self) -> None:
        """Get an alert.

        Source: ``GET /alert/:id``.
        """

    @updates(AlertUpdate, Alert)
    def update(self) -> None:
        """Change some attributes of an alert.

        Source: ``PUT /alert/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an alert.

        Source: ``DELETE /alert/:id``.
        """

    @acts("acknowledge", Options, Alert, reaches=("acknowledged",))
    def acknowledge(self) -> None:
        """Take an alert that is open or dropped: the caller sees to it now.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/acknowledge``.
        """

    @acts("reject", Options, Alert, safety=Safety.CREATE)
    def reject(self) -> None:
        """Decline an open alert that the caller was asked to see to: the next in line is asked.

        Raises:
            BadRequestError: The alert is in another state, or the caller was not asked.

        Source: ``POST /alert/:id/reject``.
        """

    @acts("resolve", Options, Alert, reaches=("resolved", "archived"))
    def resolve(self) -> None:
        """Say that an acknowledged alert is dealt with.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/resolve``.
        """

    @acts("archive", Options, Alert, reaches=("archived",))
    def archive(self) -> None:
        """Put away an alert that is resolved or dropped.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/archive``.
        """

    @acts("handoff", AlertHandoff, Alert, safety=Safety.CREATE)
    def handoff(self) -> None:
        """Hand an acknowledged alert to another user or team, who are notified.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/handoff``.
        """

    @does("mass-action", AlertMassAction, builtins.list[Alert], safety=_mass_safety)
    def mass_action(self) -> None:
        """Acknowledge, reject, resolve, archive or delete several alerts at once.

        Returns:
            The alerts.

        Source: ``POST /alert/mass-action``.
        """

    @lists_under("notifications", NotificationQuery, Notification)
    def notifications(self) -> None:
        """List the notifications that an alert has caused.

        Source: ``GET /alert/:id/notifications``.
        """
