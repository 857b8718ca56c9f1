"""Routers: rules by which alerts find their way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v4.resources.common import READING, ListQuery, Resource, lacking


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


RECEIVERS = ("default_receiver_account_user_id", "default_receiver_router_id", "default_receiver_team_id")


class RouterCreate(Options, kw_only=True):
    """What a router is made of; it needs one default receiver.

    Args:
        name: What people call it.
        default_receiver_account_user_id: The account user who gets what no rule is for.
        default_receiver_router_id: The router that gets what no rule is for.
        default_receiver_team_id: The team that gets what no rule is for.
        rules: The rules, in YAML.
        enabled: Whether it is in use.
        meta: Free-form data.
    """

    name: str
    default_receiver_account_user_id: Ref | UnsetType = UNSET
    default_receiver_router_id: Ref | UnsetType = UNSET
    default_receiver_team_id: Ref | UnsetType = UNSET
    rules: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "default receiver", *RECEIVERS)


class RouterUpdate(Options, kw_only=True):
    """What a router is changed to.

    Args:
        name: What people call it.
        default_receiver_account_user_id: The account user who gets what no rule is for.
        default_receiver_router_id: The router that gets what no rule is for.
        default_receiver_team_id: The team that gets what no rule is for.
        rules: The rules, in YAML.
        enabled: Whether it is in use.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    default_receiver_account_user_id: Ref | None | UnsetType = UNSET
    default_receiver_router_id: Ref | None | UnsetType = UNSET
    default_receiver_team_id: Ref | None | UnsetType = UNSET
    rules: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class RouterQuery(ListQuery, kw_only=True):
    """What routers can be listed by.

    Args:
        name: Its name.
        enabled: Whether it is in use.
        default_receiver_account_user_id: The account user who gets what no rule is for.
        default_receiver_router_id: The router that gets what no rule is for.
        default_receiver_team_id: The team that gets what no rule is for.
    """

    name: Filter[str] = UNSET
    enabled: Filter[bool] = UNSET
    default_receiver_account_user_id: RefFilter = UNSET
    default_receiver_router_id: RefFilter = UNSET
    default_receiver_team_id: RefFilter = UNSET


class Routers(Service[Mode], name="routers", path="/routers"):
    """Rules by which alerts find their way."""

    @lists(RouterQuery, Router)
    def list(self) -> None:
        """List routers.

        Source: ``GET /routers``.
        """

    @finds(RouterQuery, Router)
    def find(self) -> None:
        """Find the one among the routers whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /routers``.
        """

    @creates(RouterCreate, Router)
    def create(self) -> None:
        """Create a router.

        Source: ``POST /routers``.
        """

    @ensures(RouterQuery, RouterCreate, RouterUpdate, Router, reading=READING)
    def ensure(self) -> None:
        """Create a router, or leave the one that is there, changed where it differs.

        Returns:
            The router as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /routers``.
        """

    @retrieves(Options, Router)
    def retrieve(self) -> None:
        """Get a router.

        Source: ``GET /routers/:id``.
        """

    @updates(RouterUpdate, Router)
    def update(self) -> None:
        """Change some attributes of a router.

        Source: ``PUT /routers/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a router.

        Source: ``DELETE /routers/:id``.
        """
