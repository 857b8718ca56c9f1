"""Account users: members of the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from pagertree_async.models import Part
from pagertree_async.params import JsonObject, Options, Ref, RefFilter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.timezones import zone_info
from pagertree_async.v4.resources.common import Attributes, ListQuery, Resource, not_both
from pagertree_async.v4.resources.users import Email, EmailLike, Phone, PhoneLike


class Profile(Part, frozen=True):
    """The person behind an account user.

    Attributes:
        time_zone: The zone's name as the API has it.
    """

    id: str | None = None
    prefix_id: str | None = None
    name: str | None = None
    time_zone: str | None = None
    emails: list[Email] | None = None
    phones: list[Phone] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)


class Roles(Part, frozen=True):
    """What somebody may do in an account."""

    admin: bool | None = None
    billing: bool | None = None
    broadcaster: bool | None = None
    communicator: bool | None = None


class AccountUser(Resource, frozen=True):
    """Somebody as a member of the account: what teams, alerts and events refer to.

    Attributes:
        notification_rule_id: The rule by which they are notified.
        member_team_ids: The teams they are a member of, where the API sends them.
        user: The person.
    """

    roles: Roles | None = None
    notification_rule_id: str | None = None
    member_team_ids: list[str] | None = None
    user: Profile | None = None

    @property
    def name(self) -> str | None:
        """The person's name."""
        return None if self.user is None else self.user.name

    @property
    def email(self) -> str | None:
        """The person's primary e-mail address, or else the first."""
        emails = (self.user.emails if self.user is not None else None) or []
        first = next((email for email in emails if email.primary), emails[0] if emails else None)
        return None if first is None else first.email


class UserAttributes(Attributes, kw_only=True):
    """The person behind an account user.

    Args:
        name: What the person is called.
        id: The id of the one to change.
        notify_push: Whether they are notified over push notifications.
        notify_email: Whether over e-mail.
        notify_sms: Whether over text messages.
        notify_voice: Whether over the telephone.
        emails_attributes: E-mail addresses.
        phones_attributes: Telephones.
    """

    name: str | UnsetType = UNSET
    id: Ref | UnsetType = UNSET
    notify_push: bool | UnsetType = UNSET
    notify_email: bool | UnsetType = UNSET
    notify_sms: bool | UnsetType = UNSET
    notify_voice: bool | UnsetType = UNSET
    emails_attributes: Sequence[EmailLike] | UnsetType = UNSET
    phones_attributes: Sequence[PhoneLike] | UnsetType = UNSET


if TYPE_CHECKING:
    UserLike: TypeAlias = UserAttributes | Mapping[str, Any]
else:
    UserLike = UserAttributes


class AccountUserCreate(Options, kw_only=True):
    """What a member of the account is made of: a name and an e-mail address, or ``user_attributes``.

    Args:
        name: What the person is called.
        email: The e-mail address.
        user_attributes: The person in the API's own shape, in place of ``name`` and ``email``.
        roles: What they may do: ``admin``, ``billing``, ``broadcaster``, ``communicator``, each a boolean.
        notification_rule_id: The rule by which they are notified.
        member_team_ids: The teams they are a member of.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    user_attributes: UserLike | UnsetType = UNSET
    roles: JsonObject | UnsetType = UNSET
    notification_rule_id: Ref | UnsetType = UNSET
    member_team_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("name", "email"), ("user_attributes",))

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        plain = [name for name in ("name", "email") if getattr(self, name) is not UNSET]
        return (
            "takes name and email, or user_attributes, not both"
            if plain and self.user_attributes is not UNSET
            else None
        )

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_user(values)


class AccountUserUpdate(Options, kw_only=True):
    """What a member of the account is changed to.

    Args:
        name: What the person is called.
        user_attributes: The person in the API's own shape, in place of ``name`` and ``email``.
        roles: What they may do: ``admin``, ``billing``, ``broadcaster``, ``communicator``, each a boolean.
        notification_rule_id: The rule by which they are notified.
        member_team_ids: The teams they are a member of.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    user_attributes: UserLike | UnsetType = UNSET
    roles: JsonObject | UnsetType = UNSET
    notification_rule_id: Ref | None | UnsetType = UNSET
    member_team_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return not_both(self, ("name", "user_attributes"))

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_user(values)


class AccountUserQuery(ListQuery, kw_only=True):
    """What account users can be listed by.

    Args:
        notification_rule_id: The rule by which they are notified.
        member_team_ids: One of their teams.
    """

    notification_rule_id: RefFilter = UNSET
    member_team_ids: RefFilter = UNSET


def _with_user(values: dict[str, Any]) -> dict[str, Any]:
    """A plain name and e-mail address in the shape of a user."""
    user: dict[str, Any] = {}
    if "name" in values:
        user["name"] = values.pop("name")
    if "email" in values:
        user["emails_attributes"] = [{"email": values.pop("email")}]
    return values | ({"user_attributes": user} if user else {})


class AccountUsers(Service[Mode], name="account_users", path="/account_users"):
    """Members of the account: what teams, alerts and events refer to."""

    @lists(AccountUserQuery, AccountUser)
    def list(self) -> None:
        """List account users.

        Source: ``GET /account_users``.
        """

    @finds(AccountUserQuery, AccountUser)
    def find(self) -> None:
        """Find the one among the account users whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /account_users``.
        """

    @creates(AccountUserCreate, AccountUser)
    def create(self) -> None:
        """Create an account user.

        Source: ``POST /account_users``.
        """

    @retrieves(Options, AccountUser)
    def retrieve(self) -> None:
        """Get an account user.

        Source: ``GET /account_users/:id``.
        """

    @updates(AccountUserUpdate, AccountUser)
    def update(self) -> None:
        """Change some attributes of an account user.

        Source: ``PUT /account_users/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an account user.

        Source: ``DELETE /account_users/:id``.
        """
