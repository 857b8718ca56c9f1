"""Incidents: alerts that are flagged as such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import Json, UnixTime
from pagertree_async.params import JsonObject, Options, Ref, UnixSeconds
from pagertree_async.query import Filter
from pagertree_async.retry import Safety
from pagertree_async.services import (
    Mode,
    Service,
    acts,
    creates,
    deletes,
    finds,
    lists,
    lists_under,
    retrieves,
    updates,
)
from pagertree_async.v3.resources.alerts import Alert, AlertQuery
from pagertree_async.v3.resources.logs import Log, LogQuery


class Incident(Alert, frozen=True):
    """An alert that is flagged as an incident, as the incident paths answer with it.

    Attributes:
        lastlogin: As the API sends it; it does not say whose.
        workflows: Whom it has been escalated to so far.

    Source: the incident object.
    """

    lastlogin: UnixTime | None = None
    workflows: list[Json] | None = None


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


class Incidents(Service[Mode], name="incidents", path="/incident"):
    """Alerts that are flagged as incidents."""

    @lists(IncidentQuery, Incident)
    def list(self) -> None:
        """List incidents.

        Source: ``GET /incident``.
        """

    @finds(IncidentQuery, Incident)
    def find(self) -> None:
        """Find the one among the incidents whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /incident``.
        """

    @ensures(IncidentQuery, IncidentCreate, IncidentUpdate, Incident)
    def ensure(self) -> None:
        """Have an incident there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The incident, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /incident``, then ``POST /incident`` or ``PUT /incident/:id``.
        """

    @creates(IncidentCreate, Incident)
    def create(self) -> None:
        """Create an incident.

        Source: ``POST /incident``.
        """

    @retrieves(Options, Incident)
    def retrieve(self) -> None:
        """Get an incident.

        Source: ``GET /incident/:id``.
        """

    @updates(IncidentUpdate, Incident)
    def update(self) -> None:
        """Change some attributes of an incident.

        Source: ``PUT /incident/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an incident.

        Source: ``DELETE /incident/:id``.
        """

    @acts("acknowledge", Options, Incident, reaches=("acknowledged",))
    def acknowledge(self) -> None:
        """Take an incident that is open or dropped: the caller sees to it now.

        Raises:
            BadRequestError: The incident is in another state.

        Source: ``POST /incident/:id/acknowledge``.
        """

    @acts("reject", Options, Incident, safety=Safety.CREATE)
    def reject(self) -> None:
        """Decline an open incident that the caller was asked to see to: the next in line is asked.

        Raises:
            BadRequestError: The incident is in another state, or the caller was not asked.

        Source: ``POST /incident/:id/reject``.
        """

    @acts("resolve", Options, Incident, reaches=("resolved", "archived"))
    def resolve(self) -> None:
        """Say that an acknowledged incident is dealt with.

        Raises:
            BadRequestError: The incident is in another state.

        Source: ``POST /incident/:id/resolve``.
        """

    @lists_under("logs", LogQuery, Log)
    def logs(self) -> None:
        """List the history of an incident.

        Source: ``GET /incident/:id/logs``.
        """
