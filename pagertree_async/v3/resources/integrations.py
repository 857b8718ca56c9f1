"""Integrations: what connects PagerTree to the systems that send alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import Json
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v3.resources.common import ListQuery, Resource, Urgency


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


class Integrations(Service[Mode], name="integrations", path="/integration"):
    """What connects PagerTree to the systems that send alerts."""

    @lists(IntegrationQuery, Integration)
    def list(self) -> None:
        """List integrations.

        Source: ``GET /integration``.
        """

    @finds(IntegrationQuery, Integration)
    def find(self) -> None:
        """Find the one among the integrations whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /integration``.
        """

    @ensures(IntegrationQuery, IntegrationCreate, IntegrationUpdate, Integration)
    def ensure(self) -> None:
        """Have an integration there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The integration, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /integration``, then ``POST /integration`` or ``PUT /integration/:id``.
        """

    @creates(IntegrationCreate, Integration)
    def create(self) -> None:
        """Create an integration.

        Source: ``POST /integration``.
        """

    @retrieves(Options, Integration)
    def retrieve(self) -> None:
        """Get an integration.

        Source: ``GET /integration/:id``.
        """

    @updates(IntegrationUpdate, Integration)
    def update(self) -> None:
        """Change some attributes of an integration.

        Source: ``PUT /integration/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an integration; systems that still send alerts through it are refused from then on.

        Source: ``DELETE /integration/:id``.
        """
