"""Users: people who use PagerTree, in whichever accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType, field

from pagertree_async.models import Part, Timestamp
from pagertree_async.params import Options, Ref
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, finds, lists, retrieves, updates
from pagertree_async.timezones import Zone, zone_info
from pagertree_async.v4.resources.common import Attributes, ListQuery, Resource


class Email(Part, frozen=True):
    """An e-mail address of a user."""

    id: str | None = None
    email: str | None = None
    primary: bool | None = None


class Phone(Part, frozen=True):
    """A telephone of a user.

    Attributes:
        phone: The number as E.164 has it: ``+15551234567``.
        country: The country in two letters, as ISO 3166 has it.
        blocked: Whether nothing is sent to it.
    """

    id: str | None = None
    prefix_id: str | None = None
    phone: str | None = None
    primary: bool | None = None
    country: str | None = None
    blocked: bool | None = None


class User(Resource, frozen=True):
    """A person who uses PagerTree, in whichever accounts.

    Attributes:
        time_zone: The zone's name as the API has it.
        preferred_language: The language in two letters.
    """

    name: str | None = None
    time_zone: str | None = None
    preferred_language: str | None = None
    last_sign_in_at: Timestamp | None = None
    emails: list[Email] | None = None
    phones: list[Phone] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)


class EmailAttributes(Attributes, kw_only=True):
    """An e-mail address of a user.

    Args:
        email: The address.
        id: The id of the one to change.
        primary: Whether it is the one to write to.
        destroy: True removes it.
    """

    email: str | UnsetType = UNSET
    id: Ref | UnsetType = UNSET
    primary: bool | UnsetType = UNSET
    destroy: bool | UnsetType = field(name="_destroy", default=UNSET)


class PhoneAttributes(Attributes, kw_only=True):
    """A telephone of a user.

    Args:
        phone: The number as E.164 has it: ``+15551234567``.
        id: The id of the one to change.
        confirmation_method: How it is confirmed that the number is theirs.
        primary: Whether it is the one to call.
        destroy: True removes it.
    """

    phone: str | UnsetType = UNSET
    id: Ref | UnsetType = UNSET
    confirmation_method: str | UnsetType = UNSET
    primary: bool | UnsetType = UNSET
    destroy: bool | UnsetType = field(name="_destroy", default=UNSET)


if TYPE_CHECKING:
    EmailLike: TypeAlias = EmailAttributes | Mapping[str, Any]
    PhoneLike: TypeAlias = PhoneAttributes | Mapping[str, Any]
else:
    EmailLike = EmailAttributes
    PhoneLike = PhoneAttributes


class UserCreate(Options, kw_only=True):
    """What a user is made of.

    Args:
        name: What the person is called.
        email: The e-mail address.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        preferred_language: The language in two letters.
        notify_push: Whether over push notifications.
        notify_email: Whether over e-mail.
        notify_sms: Whether over text messages.
        notify_voice: Whether over the telephone.
        emails_attributes: E-mail addresses; one with an id is changed, or removed with ``destroy``.
        phones_attributes: Telephones; one with an id is changed, or removed with ``destroy``.
        meta: Free-form data.
    """

    name: str
    email: str
    time_zone: Zone | UnsetType = UNSET
    preferred_language: str | UnsetType = UNSET
    notify_push: bool | UnsetType = UNSET
    notify_email: bool | UnsetType = UNSET
    notify_sms: bool | UnsetType = UNSET
    notify_voice: bool | UnsetType = UNSET
    emails_attributes: Sequence[EmailLike] | UnsetType = UNSET
    phones_attributes: Sequence[PhoneLike] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class UserUpdate(Options, kw_only=True):
    """What a user is changed to.

    Args:
        name: What the person is called.
        email: The e-mail address.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        preferred_language: The language in two letters.
        notify_push: Whether over push notifications.
        notify_email: Whether over e-mail.
        notify_sms: Whether over text messages.
        notify_voice: Whether over the telephone.
        emails_attributes: E-mail addresses; one with an id is changed, or removed with ``destroy``.
        phones_attributes: Telephones; one with an id is changed, or removed with ``destroy``.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    preferred_language: str | None | UnsetType = UNSET
    notify_push: bool | UnsetType = UNSET
    notify_email: bool | UnsetType = UNSET
    notify_sms: bool | UnsetType = UNSET
    notify_voice: bool | UnsetType = UNSET
    emails_attributes: Sequence[EmailLike] | UnsetType = UNSET
    phones_attributes: Sequence[PhoneLike] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class UserQuery(ListQuery, kw_only=True):
    """What users can be listed by.

    Args:
        name: Its name.
        time_zone: The time zone, by either of its names; only for equality.
        preferred_language: The language in two letters.
        last_sign_in_at: When they last signed in.
    """

    name: Filter[str] = UNSET
    time_zone: Zone | UnsetType = UNSET
    preferred_language: Filter[str] = UNSET
    last_sign_in_at: Filter[Timestamp] = UNSET


class Users(Service[Mode], name="users", path="/users"):
    """People who use PagerTree, in whichever accounts."""

    @lists(UserQuery, User)
    def list(self) -> None:
        """List users.

        Source: ``GET /users``.
        """

    @finds(UserQuery, User)
    def find(self) -> None:
        """Find the one among the users whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /users``.
        """

    @creates(UserCreate, User)
    def create(self) -> None:
        """Create a user.

        Source: ``POST /users``.
        """

    @retrieves(Options, User)
    def retrieve(self) -> None:
        """Get a user.

        Source: ``GET /users/:id``.
        """

    @updates(UserUpdate, User)
    def update(self) -> None:
        """Change some attributes of a user.

        Source: ``PUT /users/:id``.
        """
