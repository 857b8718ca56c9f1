"""Notifications: what was sent to somebody about an alert."""

from __future__ import annotations

from msgspec import UNSET, field

from pagertree_async.models import OpenEnum, UnixTime
from pagertree_async.params import Options, RefFilter, UnixSeconds
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, finds, lists, retrieves
from pagertree_async.v3.resources.common import Direction, ListQuery, Resource


class Channel(OpenEnum):
    """How a notification reaches somebody."""

    PUSH = "push"
    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    SLACK = "slack"


class Notification(Resource, frozen=True):
    """A message that was sent to somebody about an alert.

    Attributes:
        alert_id: The alert it is about.
        from_: The address or number it came from; ``from`` on the wire.
        to: The address or number it went to.
        thirdparty_id: What the provider calls it.
        group_id: What it was sent together with.
        workflow_id: The escalation it belongs to.
        provider: The company that delivers it.
        cost: What it cost, in the unit of the provider.
        provider_status: What the provider says became of it.
        err: What went wrong.

    Source: the notification object, of 2019 and of 2018.
    """

    subject: str | None = None
    message: str | None = None
    channel: Channel | None = None
    status: str | None = None
    alert_id: str | None = None
    user_id: str | None = None
    from_: str | None = field(name="from", default=None)
    to: str | None = None
    sent: UnixTime | None = None
    delivered: UnixTime | None = None
    thirdparty_id: str | None = None
    repeated: bool | None = None
    source_id: str | None = None
    group_id: str | None = None
    workflow_id: str | None = None
    stakeholder_id: str | None = None
    provider: str | None = None
    template: str | None = None
    direction: Direction | None = None
    cost: int | float | None = None
    provider_status: str | None = None
    err: list[str] | None = None


class NotificationQuery(ListQuery, kw_only=True):
    """What notifications can be listed by.

    Args:
        subject: Its subject.
        message: Its text.
        channel: ``push``, ``email``, ``sms``, ``voice`` or ``slack``.
        status: What became of it.
        alert_id: The alert it is about.
        user_id: The user it was sent to.
        from_: The address or number it came from; ``from`` on the wire.
        to: The address or number it went to.
        sent: When it was sent.
        delivered: When it arrived.
        thirdparty_id: What the provider calls it.
        repeated: Whether it was sent again.
        source_id: What it was sent for.
        group_id: What it was sent together with.
        workflow_id: The escalation it belongs to.
        stakeholder_id: The stakeholder it was sent to.
        provider: The company that delivers it.
        template: Its template.
        direction: ``INCOMING`` or ``OUTGOING``.
        cost: What it cost.
        provider_status: What the provider says became of it.
        err: One of its errors.
    """

    subject: Filter[str] = UNSET
    message: Filter[str] = UNSET
    channel: Filter[str] = UNSET
    status: Filter[str] = UNSET
    alert_id: RefFilter = UNSET
    user_id: RefFilter = UNSET
    from_: Filter[str] = field(name="from", default=UNSET)
    to: Filter[str] = UNSET
    sent: Filter[UnixSeconds] = UNSET
    delivered: Filter[UnixSeconds] = UNSET
    thirdparty_id: Filter[str] = UNSET
    repeated: Filter[bool] = UNSET
    source_id: RefFilter = UNSET
    group_id: Filter[str] = UNSET
    workflow_id: Filter[str] = UNSET
    stakeholder_id: RefFilter = UNSET
    provider: Filter[str] = UNSET
    template: Filter[str] = UNSET
    direction: Filter[str] = UNSET
    cost: Filter[int | float] = UNSET
    provider_status: Filter[str] = UNSET
    err: Filter[str] = UNSET


class Notifications(Service[Mode], name="notifications", path="/notification"):
    """What was sent to somebody about an alert."""

    @lists(NotificationQuery, Notification)
    def list(self) -> None:
        """List notifications.

        Source: ``GET /notification``.
        """

    @finds(NotificationQuery, Notification)
    def find(self) -> None:
        """Find the one among the notifications whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /notification``.
        """

    @retrieves(Options, Notification)
    def retrieve(self) -> None:
        """Get a notification.

        Source: ``GET /notification/:id``.
        """
