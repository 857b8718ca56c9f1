"""Teams: people who answer alerts together."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import OpenEnum
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
from pagertree_async.v4.resources.alerts import Alert, AlertQuery
from pagertree_async.v4.resources.common import READING, ListQuery, Resource, lacking
from pagertree_async.v4.resources.events import OnCall


class Notify(OpenEnum):
    """Whom a team tells that an alert was dropped, or that somebody else is on call now."""

    NONE = "none"
    TEAM_ALL = "team_all"
    TEAM_ADMINS = "team_admins"
    ONCALL_ROTATION = "oncall_rotation"
    SPECIFIC_USERS = "specific_users"


class Team(Resource, frozen=True):
    """People who answer alerts together.

    Attributes:
        notes: What is written about it.
        escalation_policy_id: Who is asked after whom.
        schedule_id: Who is on call when.
        drop_notifications: Whom it tells that an alert was dropped.
        handoff_notifications: Whom it tells that somebody else is on call now.
        attachments: Files, each with a name and an address, as the API sends them.
    """

    name: str | None = None
    notes: str | None = None
    escalation_policy_id: str | None = None
    schedule_id: str | None = None
    member_account_user_ids: list[str] | None = None
    admin_account_user_ids: list[str] | None = None
    drop_notifications: Notify | None = None
    handoff_notifications: Notify | None = None
    drop_notification_account_user_ids: list[str] | None = None
    handoff_notification_account_user_ids: list[str] | None = None
    attachments: Any = None


class TeamCreate(Options, kw_only=True):
    """What a team is made of; it needs one member and one who manages it at least.

    Args:
        name: What people call it.
        member_account_user_ids: The members.
        admin_account_user_ids: Those who manage it.
        notes: What there is to know about it.
        escalation_policy_id: Who is asked after whom.
        schedule_id: Who is on call when.
        drop_notifications: Whom it tells that an alert was dropped: ``none``, ``team_all``, ``team_admins``, ``oncall_rotation`` or
            ``specific_users``.
        handoff_notifications: Whom it tells that somebody else is on call now: the same choice.
        drop_notification_account_user_ids: The specific users who are told of drops.
        handoff_notification_account_user_ids: The specific users who are told of handoffs.
        meta: Free-form data.
    """

    name: str
    member_account_user_ids: Sequence[Ref]
    admin_account_user_ids: Sequence[Ref]
    notes: str | UnsetType = UNSET
    escalation_policy_id: Ref | UnsetType = UNSET
    schedule_id: Ref | UnsetType = UNSET
    drop_notifications: str | UnsetType = UNSET
    handoff_notifications: str | UnsetType = UNSET
    drop_notification_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    handoff_notification_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "member", "member_account_user_ids") or lacking(self, "admin", "admin_account_user_ids")


class TeamUpdate(Options, kw_only=True):
    """What a team is changed to.

    Args:
        name: What people call it.
        member_account_user_ids: The members.
        admin_account_user_ids: Those who manage it.
        notes: What there is to know about it.
        escalation_policy_id: Who is asked after whom.
        schedule_id: Who is on call when.
        drop_notifications: Whom it tells that an alert was dropped: ``none``, ``team_all``, ``team_admins``, ``oncall_rotation`` or
            ``specific_users``.
        handoff_notifications: Whom it tells that somebody else is on call now: the same choice.
        drop_notification_account_user_ids: The specific users who are told of drops.
        handoff_notification_account_user_ids: The specific users who are told of handoffs.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    member_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    admin_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    notes: str | None | UnsetType = UNSET
    escalation_policy_id: Ref | UnsetType = UNSET
    schedule_id: Ref | UnsetType = UNSET
    drop_notifications: str | UnsetType = UNSET
    handoff_notifications: str | UnsetType = UNSET
    drop_notification_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    handoff_notification_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class TeamQuery(ListQuery, kw_only=True):
    """What teams can be listed by.

    Args:
        name: Its name.
        notes: What is written about it.
        escalation_policy_id: Who is asked after whom.
        schedule_id: Who is on call when.
        member_account_user_ids: One of the members.
        admin_account_user_ids: One of those who manage it.
        drop_notifications: Whom it tells that an alert was dropped.
        handoff_notifications: Whom it tells that somebody else is on call now.
    """

    name: Filter[str] = UNSET
    notes: Filter[str] = UNSET
    escalation_policy_id: RefFilter = UNSET
    schedule_id: RefFilter = UNSET
    member_account_user_ids: RefFilter = UNSET
    admin_account_user_ids: RefFilter = UNSET
    drop_notifications: Filter[str] = UNSET
    handoff_notifications: Filter[str] = UNSET


class Teams(Service[Mode], name="teams", path="/teams"):
    """People who answer alerts together."""

    @lists(TeamQuery, Team)
    def list(self) -> None:
        """List teams.

        Source: ``GET /teams``.
        """

    @finds(TeamQuery, Team)
    def find(self) -> None:
        """Find the one among the teams whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /teams``.
        """

    @creates(TeamCreate, Team)
    def create(self) -> None:
        """Create a team.

        Source: ``POST /teams``.
        """

    @ensures(TeamQuery, TeamCreate, TeamUpdate, Team, reading=READING)
    def ensure(self) -> None:
        """Create a team, or leave the one that is there, changed where it differs.

        Returns:
            The team as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /teams``.
        """

    @retrieves(Options, Team)
    def retrieve(self) -> None:
        """Get a team.

        Source: ``GET /teams/:id``.
        """

    @updates(TeamUpdate, Team)
    def update(self) -> None:
        """Change some attributes of a team.

        Source: ``PUT /teams/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a team.

        Source: ``DELETE /teams/:id``.
        """

    @lists_under("alerts", AlertQuery, Alert)
    def alerts(self) -> None:
        """List the alerts that went to a team.

        Source: ``GET /teams/:id/alerts``.
        """

    @fetches_under("current_oncall", Options, builtins.list[OnCall])
    def current_oncall(self) -> None:
        """Who of a team is on call now, repeats and rotations worked out.

        Source: ``GET /teams/:id/current_oncall``.
        """
