"""Stakeholders: people who are kept informed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import Part
from pagertree_async.params import JsonObject, Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v3.resources.common import ListQuery, Resource


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


class Stakeholders(Service[Mode], name="stakeholders", path="/stakeholder"):
    """People who are kept informed."""

    @lists(StakeholderQuery, Stakeholder)
    def list(self) -> None:
        """List groups of stakeholders.

        Source: ``GET /stakeholder``.
        """

    @finds(StakeholderQuery, Stakeholder)
    def find(self) -> None:
        """Find the one among the groups of stakeholders whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /stakeholder``.
        """

    @ensures(StakeholderQuery, StakeholderCreate, StakeholderUpdate, Stakeholder)
    def ensure(self) -> None:
        """Have a stakeholder there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The stakeholder, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /stakeholder``, then ``POST /stakeholder`` or ``PUT /stakeholder/:id``.
        """

    @creates(StakeholderCreate, Stakeholder)
    def create(self) -> None:
        """Create a group of stakeholders.

        Source: ``POST /stakeholder``.
        """

    @retrieves(Options, Stakeholder)
    def retrieve(self) -> None:
        """Get a group of stakeholders.

        Source: ``GET /stakeholder/:id``.
        """

    @updates(StakeholderUpdate, Stakeholder)
    def update(self) -> None:
        """Change some attributes of a group of stakeholders.

        Source: ``PUT /stakeholder/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a group of stakeholders.

        Source: ``DELETE /stakeholder/:id``.
        """
