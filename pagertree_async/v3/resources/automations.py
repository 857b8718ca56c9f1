"""Automations: requests that are sent to other systems when they are run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.params import Options
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, does_with, finds, lists, retrieves, updates
from pagertree_async.v3.resources.common import ListQuery, Resource
from pagertree_async.v3.resources.logs import Log


class Automation(Resource, frozen=True):
    """A request that is sent to another system when it is run.

    Attributes:
        settings: YAML with ``url`` and ``method``, and if need be ``headers``, ``params``, ``data`` and ``auth``.

    Source: the automation object.
    """

    name: str | None = None
    enabled: bool | None = None
    settings: str | None = None


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


class Automations(Service[Mode], name="automations", path="/automation"):
    """Requests that are sent to other systems when they are run."""

    @lists(AutomationQuery, Automation)
    def list(self) -> None:
        """List automations.

        Source: ``GET /automation``.
        """

    @finds(AutomationQuery, Automation)
    def find(self) -> None:
        """Find the one among the automations whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /automation``.
        """

    @ensures(AutomationQuery, AutomationCreate, AutomationUpdate, Automation)
    def ensure(self) -> None:
        """Have an automation there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The automation, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /automation``, then ``POST /automation`` or ``PUT /automation/:id``.
        """

    @creates(AutomationCreate, Automation)
    def create(self) -> None:
        """Create an automation.

        Source: ``POST /automation``.
        """

    @retrieves(Options, Automation)
    def retrieve(self) -> None:
        """Get an automation.

        Source: ``GET /automation/:id``.
        """

    @updates(AutomationUpdate, Automation)
    def update(self) -> None:
        """Change some attributes of an automation.

        Source: ``PUT /automation/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an automation.

        Source: ``DELETE /automation/:id``.
        """

    @does_with("run", Options, Log)
    def run(self) -> None:
        """Run an automation.

        Returns:
            The log entry of what was sent and answered.

        Source: ``POST /automation/:id/run``.
        """
