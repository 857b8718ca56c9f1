"""What the calls of API v4 take, by keyword.

Where an id is wanted, either of an object's ids will do, or the object itself; where a time zone is wanted, its name as
Rails or as the IANA has it. What is left out is not sent; where None is allowed, it is sent as null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType, field

from pagertree_async.errors import InvalidArgumentError
from pagertree_async.models import Timestamp
from pagertree_async.params import JsonObject, Options, Query, Ref, RefFilter, Taken, converted
from pagertree_async.query import Filter
from pagertree_async.v4.timezones import Zone, shown, zone_info

__all__ = [
    "AccountUserCreate",
    "AccountUserQuery",
    "AccountUserUpdate",
    "AlertCreate",
    "AlertName",
    "AlertQuery",
    "AlertUpdate",
    "BroadcastCreate",
    "BroadcastQuery",
    "BroadcastUpdate",
    "CommentCreate",
    "CommentQuery",
    "EmailAttributes",
    "EscalationPolicyCreate",
    "EscalationPolicyQuery",
    "EscalationPolicyUpdate",
    "EventAction",
    "EventCreate",
    "EventOverride",
    "EventQuery",
    "EventUpdate",
    "EventWindow",
    "IntegrationCreate",
    "IntegrationQuery",
    "IntegrationTypeQuery",
    "IntegrationUpdate",
    "LayerAttributes",
    "ListQuery",
    "LogQuery",
    "MaintenanceWindowCreate",
    "MaintenanceWindowQuery",
    "MaintenanceWindowUpdate",
    "NotificationRuleCreate",
    "NotificationRuleQuery",
    "NotificationRuleUpdate",
    "PhoneAttributes",
    "ResponseOptionAttributes",
    "RouterCreate",
    "RouterQuery",
    "RouterUpdate",
    "ScheduleCreate",
    "ScheduleQuery",
    "ScheduleUpdate",
    "TeamCreate",
    "TeamQuery",
    "TeamUpdate",
    "UserAttributes",
    "UserCreate",
    "UserQuery",
    "UserUpdate",
]

DESTINATIONS = ("destination_team_ids", "destination_router_ids", "destination_account_user_ids")
RECEIVERS = ("default_receiver_account_user_id", "default_receiver_router_id", "default_receiver_team_id")
RESPONSE_OPTIONS = ("response_options", "broadcast_response_options_attributes")


def lacking(given: Options, what: str, *names: str) -> str | None:
    """What is wrong when none of several arguments is there, or is empty; None when one is."""
    if any(getattr(given, name) is not UNSET and getattr(given, name) for name in names):
        return None
    return f"needs one {what} at least: {' or '.join(names)}"


def both(given: Options, names: tuple[str, str]) -> str | None:
    """What is wrong when two arguments are there that say the same; None when one of them is not."""
    if any(getattr(given, name) is UNSET for name in names):
        return None
    return f"takes {' or '.join(names)}, not both"


class LocalTime(Taken):
    """A moment on the clocks of a zone that is given beside it."""

    __slots__ = ()

    @classmethod
    def take(cls, value: object) -> Self:
        """A moment that was given as a ``datetime``, or as ``YYYY-MM-DD HH:mm``.

        Raises:
            InvalidArgumentError: It is neither.
        """
        return cls(_moment(value, "a datetime, or YYYY-MM-DD HH:mm").isoformat())

    def on(self, zone: str) -> str:
        """What the clocks of ``zone`` show at that moment; without an offset, it is what they show."""
        moment = datetime.fromisoformat(self)
        if moment.tzinfo is not None:
            moment = moment.astimezone(zone_info(zone))
        return f"{moment:%Y-%m-%d %H:%M}"


class UTCTime(Taken):
    """A moment as the clocks of UTC show it, without saying so."""

    __slots__ = ()

    @classmethod
    def take(cls, value: object) -> Self:
        """A moment that was given as an aware ``datetime``, or as ``YYYY-MM-DD HH:MM:SS`` in UTC.

        Raises:
            InvalidArgumentError: It is neither.
        """
        moment = _moment(value, "an aware datetime, or YYYY-MM-DD HH:MM:SS in UTC")
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
        elif isinstance(value, datetime):
            message = f"this datetime has no time zone: {shown(value)}"
            raise InvalidArgumentError(message, hint="Say which with tzinfo=, as in datetime.now(UTC)")
        return cls(f"{moment:%Y-%m-%d %H:%M:%S}")


def _moment(value: object, wanted: str) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - caught below
    except (TypeError, ValueError):
        message = f"not {wanted}: {shown(value)}"
        raise InvalidArgumentError(message) from None


if TYPE_CHECKING:
    LocalMoment: TypeAlias = datetime | str
    UTCMoment: TypeAlias = datetime | str
else:
    LocalMoment = LocalTime
    UTCMoment = UTCTime


class Attributes(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An object inside the one that is written: without an id it is made, with one it is changed.

    A mapping may stand in its place, with names as on the wire.
    """

    def __post_init__(self) -> None:
        for part in msgspec.structs.fields(self):
            value = getattr(self, part.name)
            if value is not UNSET:
                setattr(self, part.name, converted(value, part.type, f"{type(self).__name__}.{part.name}"))


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


class LayerAttributes(Attributes, kw_only=True):
    """A step of an escalation policy.

    Args:
        layer: Its number, from 1.
        timeout: How long it has until the next is asked, in units of ``timeout_unit``.
        timeout_unit: The unit, such as ``minutes``.
        color_hex: The colour it is shown in.
        id: The id of the one to change.
        destroy: True removes it.
    """

    layer: int | UnsetType = UNSET
    timeout: int | UnsetType = UNSET
    timeout_unit: str | UnsetType = UNSET
    color_hex: str | UnsetType = UNSET
    id: Ref | UnsetType = UNSET
    destroy: bool | UnsetType = field(name="_destroy", default=UNSET)


class ResponseOptionAttributes(Attributes, kw_only=True):
    """An answer to a broadcast that can be chosen.

    Args:
        value: The text.
        id: The id of the one to change.
        position: Its place among the answers.
        destroy: True removes it.
    """

    value: str | UnsetType = UNSET
    id: Ref | UnsetType = UNSET
    position: int | UnsetType = UNSET
    destroy: bool | UnsetType = field(name="_destroy", default=UNSET)


if TYPE_CHECKING:
    EmailLike: TypeAlias = EmailAttributes | Mapping[str, Any]
    PhoneLike: TypeAlias = PhoneAttributes | Mapping[str, Any]
    LayerLike: TypeAlias = LayerAttributes | Mapping[str, Any]
    ResponseOptionLike: TypeAlias = ResponseOptionAttributes | Mapping[str, Any]
else:
    EmailLike = EmailAttributes
    PhoneLike = PhoneAttributes
    LayerLike = LayerAttributes
    ResponseOptionLike = ResponseOptionAttributes


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


def _with_user(values: dict[str, Any]) -> dict[str, Any]:
    """A plain name and e-mail address in the shape of a user."""
    user: dict[str, Any] = {}
    if "name" in values:
        user["name"] = values.pop("name")
    if "email" in values:
        user["emails_attributes"] = [{"email": values.pop("email")}]
    return values | ({"user_attributes": user} if user else {})


def _with_options(values: dict[str, Any]) -> dict[str, Any]:
    """Plain answers to choose from in the shape of options."""
    if "response_options" in values:
        texts = values.pop("response_options")
        values["broadcast_response_options_attributes"] = [{"value": text} for text in texts]
    return values


def _with_settings(values: dict[str, Any]) -> dict[str, Any]:
    """Settings as keys of their own."""
    settings = values.pop("options", {})
    return values | {f"option_{name.removeprefix('option_')}": value for name, value in settings.items()}


def _unrepeated(event: EventCreate) -> str | None:
    """What is wrong with an event that is to be repeated and does not say how."""
    missing = [name for name in ("frequency", "frequency_unit") if getattr(event, name) in {UNSET, None}]
    return f"repeats and needs {' and '.join(missing)}" if event.repeat is True and missing else None


class ListQuery(Query, kw_only=True):
    """What every list can be ordered, searched and filtered by.

    Every attribute is compared for equality, or as one of ``ne lt lte gt gte begins_with contains between`` says; one
    that holds several values has the value asked for among them.

    Args:
        q: Words to search for, freely: in titles, tags, sources and destinations.
        sort: The attribute to order by; with a leading ``-`` from the last to the first.
        direction: ``asc`` from the first to the last, ``desc`` from the last to the first.
        id: The object's id.
        prefix_id: The object's other id.
        account_id: The account that owns it.
        created_at: When it was made.
        updated_at: When it was last changed.
        tiny_id: The number people call it by.
    """

    q: str | UnsetType = UNSET
    sort: str | UnsetType = UNSET
    direction: Literal["asc", "desc"] | UnsetType = UNSET
    id: RefFilter = UNSET
    prefix_id: RefFilter = UNSET
    account_id: RefFilter = UNSET
    created_at: Filter[Timestamp] = UNSET
    updated_at: Filter[Timestamp] = UNSET
    tiny_id: Filter[int] = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        if self.sort is not UNSET and self.sort.startswith("-") and self.direction is not UNSET:
            return "takes a direction, or a sort with a leading '-', not both"
        return None

    def query(self) -> dict[str, Any]:
        """The arguments as query values."""
        values = super().query()
        if str(values.get("sort", "")).startswith("-"):
            values |= {"sort": values["sort"][1:], "direction": "desc"}
        return values


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
        return both(self, ("name", "user_attributes"))

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_user(values)


class AlertCreate(Options, kw_only=True):
    """What an alert is made of; it needs one destination at least.

    Args:
        title: What has happened, in a line.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        destination_team_ids: The teams it goes to.
        destination_router_ids: The routers it goes to.
        destination_account_user_ids: The account users it goes to.
        description: What there is to know about it.
        tags: Words to find it by.
        thirdparty_id: What the system that sends it calls it.
        dedup_keys: The keys by which further events are taken as about this alert.
        source_id: What it comes from; by default the caller.
        source_type: What kind of object that is.
        meta: Free-form data.
    """

    title: str
    urgency: str
    destination_team_ids: Sequence[Ref] | UnsetType = UNSET
    destination_router_ids: Sequence[Ref] | UnsetType = UNSET
    destination_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    thirdparty_id: str | UnsetType = UNSET
    dedup_keys: Sequence[str] | UnsetType = UNSET
    source_id: Ref | UnsetType = UNSET
    source_type: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "destination", *DESTINATIONS)


class AlertUpdate(Options, kw_only=True):
    """What an alert is changed to; its status is changed by acknowledging it and so on.

    Args:
        title: What has happened, in a line.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        destination_team_ids: The teams it goes to.
        destination_router_ids: The routers it goes to.
        destination_account_user_ids: The account users it goes to.
        description: What there is to know about it.
        tags: Words to find it by.
        thirdparty_id: What the system that sends it calls it.
        dedup_keys: The keys by which further events are taken as about this alert.
        source_id: What it comes from; by default the caller.
        source_type: What kind of object that is.
        meta: Free-form data.
    """

    title: str | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    destination_team_ids: Sequence[Ref] | UnsetType = UNSET
    destination_router_ids: Sequence[Ref] | UnsetType = UNSET
    destination_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    thirdparty_id: str | None | UnsetType = UNSET
    dedup_keys: Sequence[str] | UnsetType = UNSET
    source_id: Ref | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class BroadcastCreate(Options, kw_only=True):
    """What a broadcast is made of; it needs one destination at least.

    Args:
        title: What it is about, in a line.
        destination_team_ids: The teams it goes to.
        destination_account_user_ids: The account users it goes to.
        description: What there is to know about it.
        tags: Words to find it by.
        response_requested: Whether those it goes to are asked to answer.
        response_requested_by: Until when.
        response_options: The answers to choose from, as plain texts.
        broadcast_response_options_attributes: The answers to choose from, in the API's own shape.
        select_specific_channels: Whether it is sent over the channels chosen here, not over everybody's own.
        notify_push: Whether over push notifications.
        notify_email: Whether over e-mail.
        notify_sms: Whether over text messages.
        notify_slack: Whether over Slack.
        notify_whatsapp: Whether over WhatsApp.
        meta: Free-form data.
    """

    title: str
    destination_team_ids: Sequence[Ref] | UnsetType = UNSET
    destination_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    response_requested_by: Timestamp | UnsetType = UNSET
    response_options: Sequence[str] | UnsetType = UNSET
    broadcast_response_options_attributes: Sequence[ResponseOptionLike] | UnsetType = UNSET
    select_specific_channels: bool | UnsetType = UNSET
    notify_push: bool | UnsetType = UNSET
    notify_email: bool | UnsetType = UNSET
    notify_sms: bool | UnsetType = UNSET
    notify_slack: bool | UnsetType = UNSET
    notify_whatsapp: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        if self.response_requested is True and lacking(self, "", *RESPONSE_OPTIONS):
            return "requests a response and needs one to choose at least: response_options"
        return both(self, RESPONSE_OPTIONS) or lacking(
            self, "destination", "destination_team_ids", "destination_account_user_ids"
        )

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_options(values)


class BroadcastUpdate(Options, kw_only=True):
    """What a broadcast is changed to.

    Args:
        title: What it is about, in a line.
        destination_team_ids: The teams it goes to.
        destination_account_user_ids: The account users it goes to.
        description: What there is to know about it.
        tags: Words to find it by.
        response_requested: Whether those it goes to are asked to answer.
        response_requested_by: Until when.
        response_options: The answers to choose from, as plain texts.
        broadcast_response_options_attributes: The answers to choose from, in the API's own shape.
        select_specific_channels: Whether it is sent over the channels chosen here, not over everybody's own.
        notify_push: Whether over push notifications.
        notify_email: Whether over e-mail.
        notify_sms: Whether over text messages.
        notify_slack: Whether over Slack.
        notify_whatsapp: Whether over WhatsApp.
        meta: Free-form data.
    """

    title: str | UnsetType = UNSET
    destination_team_ids: Sequence[Ref] | UnsetType = UNSET
    destination_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    response_requested_by: Timestamp | None | UnsetType = UNSET
    response_options: Sequence[str] | UnsetType = UNSET
    broadcast_response_options_attributes: Sequence[ResponseOptionLike] | UnsetType = UNSET
    select_specific_channels: bool | UnsetType = UNSET
    notify_push: bool | UnsetType = UNSET
    notify_email: bool | UnsetType = UNSET
    notify_sms: bool | UnsetType = UNSET
    notify_slack: bool | UnsetType = UNSET
    notify_whatsapp: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return both(self, RESPONSE_OPTIONS)

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_options(values)


class CommentCreate(Options, kw_only=True):
    """What a comment is made of.

    Args:
        body: The text.
        meta: Free-form data.
    """

    body: str
    meta: Mapping[str, Any] | UnsetType = UNSET


class EscalationPolicyCreate(Options, kw_only=True):
    """What an escalation policy is made of.

    Args:
        name: What people call it.
        repeat: How often the layers are gone through again before an alert is dropped.
        reassign_team_ids: The teams that get an alert when the last layer is through.
        reassign_account_user_ids: The account users who get an alert when the last layer is through.
        team_ids: The teams.
        escalation_layers_attributes: The steps; one with an id is changed, or removed with ``destroy``.
        meta: Free-form data.
    """

    name: str
    repeat: int | UnsetType = UNSET
    reassign_team_ids: Sequence[Ref] | UnsetType = UNSET
    reassign_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    team_ids: Sequence[Ref] | UnsetType = UNSET
    escalation_layers_attributes: Sequence[LayerLike] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class EscalationPolicyUpdate(Options, kw_only=True):
    """What an escalation policy is changed to.

    Args:
        name: What people call it.
        repeat: How often the layers are gone through again before an alert is dropped.
        reassign_team_ids: The teams that get an alert when the last layer is through.
        reassign_account_user_ids: The account users who get an alert when the last layer is through.
        team_ids: The teams.
        escalation_layers_attributes: The steps; one with an id is changed, or removed with ``destroy``.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    repeat: int | UnsetType = UNSET
    reassign_team_ids: Sequence[Ref] | UnsetType = UNSET
    reassign_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    team_ids: Sequence[Ref] | UnsetType = UNSET
    escalation_layers_attributes: Sequence[LayerLike] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class EventCreate(Options, kw_only=True):
    """What an event is made of.

    Args:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer, from 1.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        account_user_ids: The account users.
        schedule_ids: The schedules it belongs to.
        repeat: Whether it occurs again and again; then ``frequency`` and ``frequency_unit`` are needed.
        frequency: How many units of ``frequency_unit`` lie between two occurrences.
        frequency_unit: ``hourly``, ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        days_of_week: The days it occurs on, 0 being Sunday and 6 Saturday.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the account users take turns.
        parent_id: The event that it replaces an occurrence of.
        meta: Free-form data.
    """

    start_time: Timestamp
    end_time: Timestamp
    layer: int
    time_zone: Zone
    account_user_ids: Sequence[Ref]
    schedule_ids: Sequence[Ref] | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    frequency: int | UnsetType = UNSET
    frequency_unit: str | UnsetType = UNSET
    days_of_week: Sequence[int] | UnsetType = UNSET
    repeat_end_datetime: Timestamp | UnsetType = UNSET
    rotation: bool | UnsetType = UNSET
    parent_id: Ref | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "account user", "account_user_ids") or _unrepeated(self)


class EventUpdate(Options, kw_only=True):
    """What an event is changed to.

    Args:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer, from 1.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        account_user_ids: The account users.
        schedule_ids: The schedules it belongs to.
        repeat: Whether it occurs again and again; then ``frequency`` and ``frequency_unit`` are needed.
        frequency: How many units of ``frequency_unit`` lie between two occurrences.
        frequency_unit: ``hourly``, ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        days_of_week: The days it occurs on, 0 being Sunday and 6 Saturday.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the account users take turns.
        parent_id: The event that it replaces an occurrence of.
        meta: Free-form data.
    """

    start_time: Timestamp | UnsetType = UNSET
    end_time: Timestamp | UnsetType = UNSET
    layer: int | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    account_user_ids: Sequence[Ref] | UnsetType = UNSET
    schedule_ids: Sequence[Ref] | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    frequency: int | None | UnsetType = UNSET
    frequency_unit: str | None | UnsetType = UNSET
    days_of_week: Sequence[int] | None | UnsetType = UNSET
    repeat_end_datetime: Timestamp | None | UnsetType = UNSET
    rotation: bool | UnsetType = UNSET
    parent_id: Ref | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class EventAction(Options, kw_only=True):
    """Which occurrence of an event is meant.

    Args:
        action_time: When the occurrence begins that this is about.
    """

    action_time: Timestamp


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


class MaintenanceWindowCreate(Options, kw_only=True):
    """What a maintenance window is made of.

    Args:
        name: What people call it.
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        integration_ids: The integrations that are quiet.
        description: What there is to know about it.
        meta: Free-form data.
    """

    name: str
    start_datetime: Timestamp
    end_datetime: Timestamp
    time_zone: Zone
    integration_ids: Sequence[Ref]
    description: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "integration", "integration_ids")


class MaintenanceWindowUpdate(Options, kw_only=True):
    """What a maintenance window is changed to.

    Args:
        name: What people call it.
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        integration_ids: The integrations that are quiet.
        description: What there is to know about it.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    start_datetime: Timestamp | UnsetType = UNSET
    end_datetime: Timestamp | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    integration_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class NotificationRuleCreate(Options, kw_only=True):
    """What a notification rule is made of.

    Args:
        name: What people call it.
        enabled: Whether it is in use.
        rules: The rules, in YAML.
        meta: Free-form data.
    """

    name: str
    enabled: bool | UnsetType = UNSET
    rules: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class NotificationRuleUpdate(Options, kw_only=True):
    """What a notification rule is changed to.

    Args:
        name: What people call it.
        enabled: Whether it is in use.
        rules: The rules, in YAML.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    rules: str | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


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


class ScheduleCreate(Options, kw_only=True):
    """What a schedule is made of.

    Args:
        name: What people call it.
        meta: Free-form data.
    """

    name: str
    meta: Mapping[str, Any] | UnsetType = UNSET


class ScheduleUpdate(Options, kw_only=True):
    """What a schedule is changed to.

    Args:
        name: What people call it.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


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


class AccountUserQuery(ListQuery, kw_only=True):
    """What account users can be listed by.

    Args:
        notification_rule_id: The rule by which they are notified.
        member_team_ids: One of their teams.
    """

    notification_rule_id: RefFilter = UNSET
    member_team_ids: RefFilter = UNSET


class AlertQuery(ListQuery, kw_only=True):
    """What alerts can be listed by.

    Args:
        title: Its title.
        description: Its description.
        tag_list: One of its tags.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        status: Where it stands.
        source_id: What it comes from.
        source_type: What kind of object that is.
        source_log_id: The log entry of what it was made from.
        thirdparty_id: What the system that sent it calls it.
        acknowledged_at: When somebody took it.
        resolved_at: When it was dealt with.
        dedup_keys: One of its keys.
        destination_team_ids: One of the teams it went to.
        destination_router_ids: One of the routers it went to.
        destination_account_user_ids: One of the account users it went to.
    """

    title: Filter[str] = UNSET
    description: Filter[str] = UNSET
    tag_list: Filter[str] = UNSET
    urgency: Filter[str] = UNSET
    status: Filter[str] = UNSET
    source_id: RefFilter = UNSET
    source_type: Filter[str] = UNSET
    source_log_id: RefFilter = UNSET
    thirdparty_id: Filter[str] = UNSET
    acknowledged_at: Filter[Timestamp] = UNSET
    resolved_at: Filter[Timestamp] = UNSET
    dedup_keys: Filter[str] = UNSET
    destination_team_ids: RefFilter = UNSET
    destination_router_ids: RefFilter = UNSET
    destination_account_user_ids: RefFilter = UNSET


class BroadcastQuery(ListQuery, kw_only=True):
    """What broadcasts can be listed by.

    Args:
        title: Its title.
        description: Its description.
        tag_list: One of its tags.
        status: Where it stands.
        response_requested: Whether those it goes to are asked to answer.
        response_requested_by: Until when.
        destination_team_ids: One of the teams it went to.
        destination_account_user_ids: One of the account users it went to.
    """

    title: Filter[str] = UNSET
    description: Filter[str] = UNSET
    tag_list: Filter[str] = UNSET
    status: Filter[str] = UNSET
    response_requested: Filter[bool] = UNSET
    response_requested_by: Filter[Timestamp] = UNSET
    destination_team_ids: RefFilter = UNSET
    destination_account_user_ids: RefFilter = UNSET


class CommentQuery(ListQuery, kw_only=True):
    """What comments can be listed by.

    Args:
        body: The text.
    """

    body: Filter[str] = UNSET


class EscalationPolicyQuery(ListQuery, kw_only=True):
    """What escalation policies can be listed by.

    Args:
        name: Its name.
        repeat: How often the layers are gone through again.
        reassign_team_ids: One of the teams that get an alert in the end.
        reassign_account_user_ids: One of the account users who get an alert in the end.
        team_ids: One of its teams.
    """

    name: Filter[str] = UNSET
    repeat: Filter[int] = UNSET
    reassign_team_ids: RefFilter = UNSET
    reassign_account_user_ids: RefFilter = UNSET
    team_ids: RefFilter = UNSET


class EventQuery(ListQuery, kw_only=True):
    """What events can be listed by.

    Args:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer.
        time_zone: The time zone, by either of its names; only for equality.
        repeat: Whether it occurs again and again.
        frequency: Its frequency.
        frequency_unit: ``hourly``, ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the account users take turns.
        parent_id: The event that it replaces an occurrence of.
        schedule_ids: One of its schedules.
    """

    start_time: Filter[Timestamp] = UNSET
    end_time: Filter[Timestamp] = UNSET
    layer: Filter[int] = UNSET
    time_zone: Zone | UnsetType = UNSET
    repeat: Filter[bool] = UNSET
    frequency: Filter[int] = UNSET
    frequency_unit: Filter[str] = UNSET
    repeat_end_datetime: Filter[Timestamp] = UNSET
    rotation: Filter[bool] = UNSET
    parent_id: RefFilter = UNSET
    schedule_ids: RefFilter = UNSET


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


class IntegrationTypeQuery(ListQuery, kw_only=True):
    """What integration types can be listed by.

    Args:
        name: Its name.
    """

    name: Filter[str] = UNSET


class LogQuery(ListQuery, kw_only=True):
    """What log entries can be listed by.

    Args:
        format: How it is to be read.
        level: How much it matters.
        owner_id: What it belongs to.
        owner_type: What kind of object that is.
    """

    format: Filter[str] = UNSET
    level: Filter[str] = UNSET
    owner_id: RefFilter = UNSET
    owner_type: Filter[str] = UNSET


class MaintenanceWindowQuery(ListQuery, kw_only=True):
    """What maintenance windows can be listed by.

    Args:
        name: Its name.
        description: Its description.
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The time zone, by either of its names; only for equality.
        integration_ids: One of the integrations that are quiet.
    """

    name: Filter[str] = UNSET
    description: Filter[str] = UNSET
    start_datetime: Filter[Timestamp] = UNSET
    end_datetime: Filter[Timestamp] = UNSET
    time_zone: Zone | UnsetType = UNSET
    integration_ids: RefFilter = UNSET


class NotificationRuleQuery(ListQuery, kw_only=True):
    """What notification rules can be listed by.

    Args:
        name: Its name.
        enabled: Whether it is in use.
    """

    name: Filter[str] = UNSET
    enabled: Filter[bool] = UNSET


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


class ScheduleQuery(ListQuery, kw_only=True):
    """What schedules can be listed by.

    Args:
        name: Its name.
    """

    name: Filter[str] = UNSET


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


class AlertName(Options, kw_only=True):
    """What an alert is called by those who made it.

    Args:
        thirdparty_id: What the system that sent it calls it.
    """

    thirdparty_id: str


class EventOverride(Options, kw_only=True):
    """What takes the place of an occurrence of an event.

    Args:
        start_time: When it begins: an aware ``datetime``, or what the clocks of ``time_zone`` show then.
        end_time: When it ends, likewise.
        layer: The escalation layer, from 1.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        account_user_ids: Who is on call.
        action_time: When the occurrence begins that this is about.
    """

    start_time: LocalMoment
    end_time: LocalMoment
    layer: int
    time_zone: Zone
    account_user_ids: Sequence[Ref]
    action_time: Timestamp

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "account user", "account_user_ids")

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        for name in ("start_time", "end_time"):
            values[name] = LocalTime(values[name]).on(values["time_zone"])
        return values


class EventWindow(Options, kw_only=True):
    """The time in which to look who is on call.

    Args:
        start: Its beginning, an aware ``datetime``.
        end: Its end, an aware ``datetime``.
    """

    start: UTCMoment
    end: UTCMoment
