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
from pagertree_async.v4.resources.common import READING, ListQuery, Resource, Urgency, lacking
from pagertree_async.v4.resources.integration_types import IntegrationType


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


class IntegrationCreate(Options, kw_only=True):
    """What an integration is made of; it needs one destination at least.

    Args:
        name: What people call it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        integration_type_id: What it connects to.
        account_user_ids: The account users.
        router_ids: The routers.
        team_ids: The teams.
        enabled: Whether it is in use.
        options: Its settings by name; each is sent as ``option_<name>``.
        meta: Free-form data.
    """

    name: str
    urgency: str
    integration_type_id: Ref
    account_user_ids: Sequence[Ref] | UnsetType = UNSET
    router_ids: Sequence[Ref] | UnsetType = UNSET
    team_ids: Sequence[Ref] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    options: Mapping[str, Any] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "destination", "account_user_ids", "router_ids", "team_ids")

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_settings(values)


class IntegrationUpdate(Options, kw_only=True):
    """What an integration is changed to.

    Args:
        name: What people call it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        integration_type_id: What it connects to.
        account_user_ids: The account users.
        router_ids: The routers.
        team_ids: The teams.
        enabled: Whether it is in use.
        options: Its settings by name; each is sent as ``option_<name>``.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    integration_type_id: Ref | UnsetType = UNSET
    account_user_ids: Sequence[Ref] | UnsetType = UNSET
    router_ids: Sequence[Ref] | UnsetType = UNSET
    team_ids: Sequence[Ref] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    options: Mapping[str, Any] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_settings(values)


class IntegrationQuery(ListQuery, kw_only=True):
    """What integrations can be listed by.

    Args:
        name: Its name.
        enabled: Whether it is in use.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        account_user_ids: One of its account users.
        router_ids: One of its routers.
        team_ids: One of its teams.
    """

    name: Filter[str] = UNSET
    enabled: Filter[bool] = UNSET
    urgency: Filter[str] = UNSET
    account_user_ids: RefFilter = UNSET
    router_ids: RefFilter = UNSET
    team_ids: RefFilter = UNSET


def _with_settings(values: dict[str, Any]) -> dict[str, Any]:
    """Settings as keys of their own."""
    settings = values.pop("options", {})
    return values | {f"option_{name.removeprefix('option_')}": value for name, value in settings.items()}


class Integrations(Service[Mode], name="integrations", path="/integrations"):
    """What connects PagerTree to the systems that send alerts."""

    @lists(IntegrationQuery, Integration)
    def list(self) -> None:
        """List integrations.

        Source: ``GET /integrations``.
        """

    @finds(IntegrationQuery, Integration)
    def find(self) -> None:
        """Find the one among the integrations whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /integrations``.
        """

    @creates(IntegrationCreate, Integration)
    def create(self) -> None:
        """Create an integration.

        Source: ``POST /integrations``.
        """

    @ensures(IntegrationQuery, IntegrationCreate, IntegrationUpdate, Integration, reading=READING)
    def ensure(self) -> None:
        """Create an integration, or leave the one that is there, changed where it differs.

        Returns:
            The integration as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /integrations``.
        """

    @retrieves(Options, Integration)
    def retrieve(self) -> None:
        """Get an integration.

        Source: ``GET /integrations/:id``.
        """

    @updates(IntegrationUpdate, Integration)
    def update(self) -> None:
        """Change some attributes of an integration.

        Source: ``PUT /integrations/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an integration.

        Source: ``DELETE /integrations/:id``.
        """
