"""Integration types: what an integration can connect to."""

from __future__ import annotations

from msgspec import UNSET

from pagertree_async.params import Options
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, finds, lists, retrieves
from pagertree_async.v4.resources.common import ListQuery, Resource


class IntegrationType(Resource, frozen=True):
    """What an integration can connect to."""

    name: str | None = None


class IntegrationTypeQuery(ListQuery, kw_only=True):
    """What integration types can be listed by.

    Args:
        name: Its name.
    """

    name: Filter[str] = UNSET


class IntegrationTypes(Service[Mode], name="integration_types", path="/integration_types"):
    """What an integration can connect to."""

    @lists(IntegrationTypeQuery, IntegrationType)
    def list(self) -> None:
        """List integration types.

        Source: ``GET /integration_types``.
        """

    @finds(IntegrationTypeQuery, IntegrationType)
    def find(self) -> None:
        """Find the one among the integration types whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /integration_types``.
        """

    @retrieves(Options, IntegrationType)
    def retrieve(self) -> None:
        """Get an integration type.

        Source: ``GET /integration_types/:id``.
        """
