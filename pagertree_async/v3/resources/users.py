"""Users: people who use PagerTree."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import Json, Part, UnixTime
from pagertree_async.params import JsonObject, Options, Ref, RefFilter, UnixSeconds
from pagertree_async.query import Filter
from pagertree_async.retry import Safety
from pagertree_async.services import (
    Mode,
    Service,
    acts,
    creates,
    deletes,
    fetches_under,
    finds,
    lists,
    retrieves,
    updates,
)
from pagertree_async.v3.resources.common import ListQuery, Resource
from pagertree_async.v3.resources.events import Event


class Preferences(Part, frozen=True):
    """What a user has chosen.

    Attributes:
        ui_calendar_firstday: The first day of the week in calendars, 0 for Sunday.
    """

    alert_push: bool | None = None
    alert_email: bool | None = None
    alert_sms: bool | None = None
    alert_voice: bool | None = None
    alert_slack: bool | None = None
    report_performance: bool | None = None
    report_oncall: bool | None = None
    advanced_mode: bool | None = None
    debug_mode: bool | None = None
    timezone: str | None = None
    locale: str | None = None
    moment_format: str | None = None
    ui_calendar_firstday: int | None = None


class Roles(Part, frozen=True):
    """What a user may do."""

    broadcast: bool | None = None
    admin: bool | None = None
    admin_billing: bool | None = None


class User(Resource, frozen=True):
    """Somebody who uses PagerTree.

    Attributes:
        email_verfied: When the address was verified; the spelling is the API's.
        email_blocked: Whether the address refuses messages.
        phone_blocked: Whether the number refuses messages.
        emails: Addresses, each an object; since 2019.
        phones: Numbers, each an object; since 2019.
        router_id: The router that decides how the user is notified.
        password: A hash, which the API may send: hidden in ``repr``, and left out of exports.
        verificationcode: A secret like ``password``.

    Source: the user object, of 2019 and of 2018.
    """

    name: str | None = None
    email: str | None = None
    email_verfied: UnixTime | None = None
    email_blocked: bool | None = None
    phone: str | None = None
    phone_verified: UnixTime | None = None
    phone_blocked: bool | None = None
    lastlogin: UnixTime | None = None
    preferences: Preferences | None = None
    roles: Roles | None = None
    avatar: str | None = None
    emails: list[Json] | None = None
    phones: list[Json] | None = None
    router_id: str | None = None
    slack: Json | None = None
    password: str | None = None
    verificationcode: int | str | None = None

    secret_fields: ClassVar[frozenset[str]] = frozenset({"password", "verificationcode"})


class UserCreate(Options, kw_only=True):
    """What a user is made of: with ``emails``, or with the ``email`` of 2018.

    Args:
        name: Their name.
        emails: Their addresses, each an object.
        email: Their address, in the form of 2018, instead of ``emails``.
        phone: Their number, in the form of 2018.
        phones: Their numbers, each an object.
        avatar: The address of their picture.
        router_id: The router that decides how they are notified.
        slack: Their account in Slack.
        preferences: What they have chosen: ``alert_push``, ``timezone`` and so on.
        roles: What they may do: ``broadcast``, ``admin``, ``admin_billing``, each true or false.
        meta: Free-form data.
    """

    name: str
    emails: Sequence[JsonObject] | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    phones: Sequence[JsonObject] | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    router_id: Ref | UnsetType = UNSET
    slack: Mapping[str, Any] | UnsetType = UNSET
    preferences: JsonObject | UnsetType = UNSET
    roles: JsonObject | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("emails",), ("email",))


class UserUpdate(Options, kw_only=True):
    """What a user is changed to, None clearing an attribute.

    Args:
        name: Their name.
        emails: Their addresses, each an object.
        email: Their address, in the form of 2018, instead of ``emails``.
        phone: Their number, in the form of 2018.
        phones: Their numbers, each an object.
        avatar: The address of their picture.
        router_id: The router that decides how they are notified.
        slack: Their account in Slack.
        preferences: What they have chosen: ``alert_push``, ``timezone`` and so on.
        roles: What they may do: ``broadcast``, ``admin``, ``admin_billing``, each true or false.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    emails: Sequence[JsonObject] | UnsetType = UNSET
    email: str | None | UnsetType = UNSET
    phone: str | None | UnsetType = UNSET
    phones: Sequence[JsonObject] | UnsetType = UNSET
    avatar: str | None | UnsetType = UNSET
    router_id: Ref | None | UnsetType = UNSET
    slack: Mapping[str, Any] | None | UnsetType = UNSET
    preferences: JsonObject | None | UnsetType = UNSET
    roles: JsonObject | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class UserQuery(ListQuery, kw_only=True):
    """What users can be listed by; not by their secrets, which would stand in addresses and logs.

    Args:
        name: Their name.
        email: Their address.
        email_verfied: When the address was verified; the spelling is the API's.
        email_blocked: Whether the address refuses messages.
        phone: Their number.
        phone_verified: When the number was verified.
        phone_blocked: Whether the number refuses messages.
        lastlogin: When they last logged in.
        avatar: The address of their picture.
        router_id: The router that decides how they are notified.
    """

    name: Filter[str] = UNSET
    email: Filter[str] = UNSET
    email_verfied: Filter[UnixSeconds] = UNSET
    email_blocked: Filter[bool] = UNSET
    phone: Filter[str] = UNSET
    phone_verified: Filter[UnixSeconds] = UNSET
    phone_blocked: Filter[bool] = UNSET
    lastlogin: Filter[UnixSeconds] = UNSET
    avatar: Filter[str] = UNSET
    router_id: RefFilter = UNSET


class UserTeams(Options, kw_only=True):
    """The teams that a user is made a member of.

    Args:
        team_ids: The teams.
    """

    team_ids: Sequence[Ref]


class Users(Service[Mode], name="users", path="/user"):
    """People who use PagerTree."""

    @lists(UserQuery, User)
    def list(self) -> None:
        """List users.

        Source: ``GET /user``.
        """

    @finds(UserQuery, User)
    def find(self) -> None:
        """Find the one among the users whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /user``.
        """

    @ensures(UserQuery, UserCreate, UserUpdate, User)
    def ensure(self) -> None:
        """Have a user there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The user, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /user``, then ``POST /user`` or ``PUT /user/:id``.
        """

    @creates(UserCreate, User)
    def create(self) -> None:
        """Create a user.

        Source: ``POST /user``.
        """

    @retrieves(Options, User)
    def retrieve(self) -> None:
        """Get a user.

        Source: ``GET /user/:id``.
        """

    @updates(UserUpdate, User)
    def update(self) -> None:
        """Change some attributes of a user.

        Source: ``PUT /user/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a user.

        Source: ``DELETE /user/:id``.
        """

    @fetches_under("currentevents", Options, builtins.list[Event])
    def current_events(self) -> None:
        """Get the events on which a user is on call now.

        Source: ``GET /user/:id/currentevents``.
        """

    @acts("add-to-teams", UserTeams, User, safety=Safety.IDEMPOTENT)
    def add_to_teams(self) -> None:
        """Make a user a member of teams; where they are one already, nothing changes.

        Source: ``POST /user/:id/add-to-teams``.
        """
