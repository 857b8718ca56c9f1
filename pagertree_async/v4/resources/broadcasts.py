"""Broadcasts: messages to many, who may be asked to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import UNSET, UnsetType, field

from pagertree_async.models import OpenEnum, Part, Timestamp
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import (
    Mode,
    Service,
    creates,
    deletes,
    does_with,
    finds,
    lists,
    lists_under,
    retrieves,
    updates,
)
from pagertree_async.v4.resources.comments import Comment, CommentCreate, CommentQuery
from pagertree_async.v4.resources.common import Attributes, ListQuery, Resource, lacking, not_both


class BroadcastStatus(OpenEnum):
    """Where a broadcast stands."""

    QUEUED = "queued"
    OPEN = "open"
    CLOSED = "closed"
    ERRORED = "errored"


class ResponseOption(Part, frozen=True):
    """An answer to a broadcast that can be chosen.

    Attributes:
        broadcast_responses_count: How many have chosen it.
    """

    id: str | None = None
    value: str | None = None
    position: int | None = None
    broadcast_responses_count: int | None = None


class BroadcastResponse(Part, frozen=True):
    """What somebody answered to a broadcast.

    Attributes:
        channel: How the answer came: ``sms``, ``email`` and so on.
    """

    id: str | None = None
    prefix_id: str | None = None
    account_user_id: str | None = None
    broadcast_response_option_id: str | None = None
    channel: str | None = None
    created_at: Timestamp | None = None


class Broadcast(Resource, frozen=True):
    """A message to many, who may be asked to answer.

    Attributes:
        tag_list: Its tags.
        response_requested: Whether those it goes to are asked to answer.
        response_requested_by: Until when.
        select_specific_channels: Whether it is sent over the channels chosen here, not over everybody's own.
    """

    title: str | None = None
    description: str | None = None
    tag_list: list[str] | None = None
    destination_team_ids: list[str] | None = None
    destination_account_user_ids: list[str] | None = None
    status: BroadcastStatus | None = None
    response_requested: bool | None = None
    response_requested_by: Timestamp | None = None
    broadcast_response_options: list[ResponseOption] | None = None
    broadcast_responses: list[BroadcastResponse] | None = None
    select_specific_channels: bool | None = None
    notify_push: bool | None = None
    notify_email: bool | None = None
    notify_sms: bool | None = None
    notify_slack: bool | None = None
    notify_whatsapp: bool | None = None


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
    ResponseOptionLike: TypeAlias = ResponseOptionAttributes | Mapping[str, Any]
else:
    ResponseOptionLike = ResponseOptionAttributes


RESPONSE_OPTIONS = ("response_options", "broadcast_response_options_attributes")


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
        return not_both(self, RESPONSE_OPTIONS) or lacking(
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
        return not_both(self, RESPONSE_OPTIONS)

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        return _with_options(values)


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


def _with_options(values: dict[str, Any]) -> dict[str, Any]:
    """Plain answers to choose from in the shape of options."""
    if "response_options" in values:
        texts = values.pop("response_options")
        values["broadcast_response_options_attributes"] = [{"value": text} for text in texts]
    return values


class Broadcasts(Service[Mode], name="broadcasts", path="/broadcasts"):
    """Messages to many, who may be asked to answer."""

    @lists(BroadcastQuery, Broadcast)
    def list(self) -> None:
        """List broadcasts.

        Source: ``GET /broadcasts``.
        """

    @finds(BroadcastQuery, Broadcast)
    def find(self) -> None:
        """Find the one among the broadcasts whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /broadcasts``.
        """

    @creates(BroadcastCreate, Broadcast)
    def create(self) -> None:
        """Send a broadcast.

        Source: ``POST /broadcasts``.
        """

    @retrieves(Options, Broadcast)
    def retrieve(self) -> None:
        """Get a broadcast.

        Source: ``GET /broadcasts/:id``.
        """

    @updates(BroadcastUpdate, Broadcast)
    def update(self) -> None:
        """Change some attributes of a broadcast.

        Source: ``PUT /broadcasts/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a broadcast.

        Source: ``DELETE /broadcasts/:id``.
        """

    @lists_under("comments", CommentQuery, Comment)
    def comments(self) -> None:
        """List the comments on a broadcast.

        Source: ``GET /broadcasts/:id/comments``.
        """

    @does_with("comments", CommentCreate, Comment)
    def comment(self) -> None:
        """Write a comment on a broadcast.

        Returns:
            The comment.

        Source: ``POST /broadcasts/:id/comments``.
        """
