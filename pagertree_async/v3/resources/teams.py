"""Teams: people who answer alerts together."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import (
    Mode,
    Service,
    creates,
    deletes,
    fetches_under,
    finds,
    lists,
    lists_under,
    retrieves,
    updates,
)
from pagertree_async.v3.resources.common import ListQuery, Resource
from pagertree_async.v3.resources.events import Event
from pagertree_async.v3.resources.users import User, UserQuery


class Team(Resource, frozen=True):
    """People who answer alerts together.

    Attributes:
        schedule_id: The schedule that says who of them is on call.

    Source: the team object.
    """

    name: str | None = None
    description: str | None = None
    member_user_ids: list[str] | None = None
    admin_ids: list[str] | None = None
    schedule_id: str | None = None
    router_id: str | None = None
    stakeholder_ids: list[str] | None = None


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


class Teams(Service[Mode], name="teams", path="/team"):
    """People who answer alerts together."""

    @lists(TeamQuery, Team)
    def list(self) -> None:
        """List teams.

        Source: ``GET /team``.
        """

    @finds(TeamQuery, Team)
    def find(self) -> None:
        """Find the one among the teams whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /team``.
        """

    @ensures(TeamQuery, TeamCreate, TeamUpdate, Team)
    def ensure(self) -> None:
        """Have a team there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The team, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /team``, then ``POST /team`` or ``PUT /team/:id``.
        """

    @creates(TeamCreate, Team)
    def create(self) -> None:
        """Create a team.

        Source: ``POST /team``.
        """

    @retrieves(Options, Team)
    def retrieve(self) -> None:
        """Get a team.

        Source: ``GET /team/:id``.
        """

    @updates(TeamUpdate, Team)
    def update(self) -> None:
        """Change some attributes of a team.

        Source: ``PUT /team/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a team.

        Source: ``DELETE /team/:id``.
        """

    @fetches_under("current-oncall", Options, builtins.list[Event])
    def current_oncall(self) -> None:
        """Get the events that say who of a team is on call now.

        Source: ``GET /team/:id/current-oncall``.
        """

    @fetches_under("currentevents", Options, builtins.list[Event])
    def current_events(self) -> None:
        """Get the same as ``current_oncall``, under the path of 2018.

        Source: ``GET /team/:id/currentevents``.
        """

    @lists_under("members", UserQuery, User)
    def members(self) -> None:
        """List the users who are members of a team.

        Source: ``GET /team/:id/members``.
        """
