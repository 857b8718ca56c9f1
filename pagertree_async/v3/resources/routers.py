"""Routers: rules by which alerts and notifications find their way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import OpenEnum
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, picks, retrieves, updates
from pagertree_async.v3.resources.common import ListQuery, Resource


class RouterType(OpenEnum):
    """What a router decides: where alerts go, or how somebody is notified."""

    ROUTER = "router"
    NOTIFICATION = "notification"


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


_ROUTER_TYPES: tuple[Literal["router", "notification"] | RouterType, ...] = ("router", "notification")


class Routers(Service[Mode], name="routers", path="/router"):
    """Rules by which alerts and notifications find their way."""

    @lists(RouterQuery, Router)
    def list(self) -> None:
        """List routers.

        Source: ``GET /router``.
        """

    @finds(RouterQuery, Router)
    def find(self) -> None:
        """Find the one among the routers whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /router``.
        """

    @ensures(RouterQuery, RouterCreate, RouterUpdate, Router)
    def ensure(self) -> None:
        """Have a router there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The router, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /router``, then ``POST /router`` or ``PUT /router/:id``.
        """

    @creates(RouterCreate, Router)
    def create(self) -> None:
        """Create a router.

        Source: ``POST /router``.
        """

    @retrieves(Options, Router)
    def retrieve(self) -> None:
        """Get a router.

        Source: ``GET /router/:id``.
        """

    @updates(RouterUpdate, Router)
    def update(self) -> None:
        """Change some attributes of a router.

        Source: ``PUT /router/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a router.

        Source: ``DELETE /router/:id``.
        """

    @picks("default-template", _ROUTER_TYPES, Options, str)
    def default_template(self) -> None:
        """Get the rules that a new router of a type begins with.

        Returns:
            The rules, in YAML.

        Source: ``GET /router/default-template/:type``.
        """
