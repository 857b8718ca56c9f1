"""Broadcasts: messages to many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec import UNSET, UnsetType

from pagertree_async.params import JsonObject, Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves
from pagertree_async.v3.resources.alerts import AlertBase, AlertBaseQuery


class Broadcast(AlertBase, frozen=True):
    """A message to many, who may be asked to answer.

    Attributes:
        message: The text, in the form of 2018; since 2019 it is ``title`` and ``description``.
        user_ids: Whom it was sent to, in the form of 2018; since 2019 ``destination_ids``.

    Source: the broadcast object, of 2019 and of 2018.
    """

    message: str | None = None
    user_ids: list[str] | None = None


class BroadcastCreate(Options, kw_only=True):
    """What a broadcast is made of: ``title`` and ``destination_ids``, or the form of 2018.

    Args:
        title: What has happened, in a line.
        destination_ids: Who is to be told: users or teams.
        description: What there is to know about it.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        type: What type of alert it is.
        subtype: ``alert``, ``broadcast`` or ``page``.
        parent_id: The alert that it comes from.
        thirdparty_id: What the system that sends it calls it; another alert with the same is refused with 409.
        source_id: The integration or user it comes from; by default the caller. The form of 2018 needs it.
        response_requested: Whether those it goes to are asked to answer.
        responses: The answers to choose from.
        tags: Words to find it by.
        additional_data: More about it, each a JSON object.
        stakeholder_ids: The stakeholders who are kept informed.
        bridge_id: The conference bridge on which it is talked about.
        message: The text, in the form of 2018.
        user_ids: Who is to be told, in the form of 2018.
        meta: Free-form data.
    """

    title: str | UnsetType = UNSET
    destination_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    subtype: str | UnsetType = UNSET
    parent_id: Ref | UnsetType = UNSET
    thirdparty_id: str | UnsetType = UNSET
    source_id: Ref | UnsetType = UNSET
    response_requested: bool | UnsetType = UNSET
    responses: Sequence[str] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    additional_data: Sequence[JsonObject] | UnsetType = UNSET
    stakeholder_ids: Sequence[Ref] | UnsetType = UNSET
    bridge_id: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    user_ids: Sequence[Ref] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("title", "destination_ids"),
        ("message", "source_id", "user_ids"),
    )


class BroadcastQuery(AlertBaseQuery, kw_only=True):
    """What broadcasts can be listed by.

    Args:
        message: The text, in the form of 2018.
        user_ids: One of those who were told, in the form of 2018.
    """

    message: Filter[str] = UNSET
    user_ids: RefFilter = UNSET


class Broadcasts(Service[Mode], name="broadcasts", path="/broadcast"):
    """Messages to many; what was sent cannot be changed."""

    @lists(BroadcastQuery, Broadcast)
    def list(self) -> None:
        """List broadcasts.

        Source: ``GET /broadcast``.
        """

    @finds(BroadcastQuery, Broadcast)
    def find(self) -> None:
        """Find the one among the broadcasts whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /broadcast``.
        """

    @creates(BroadcastCreate, Broadcast)
    def create(self) -> None:
        """Send a broadcast.

        Source: ``POST /broadcast``.
        """

    @retrieves(Options, Broadcast)
    def retrieve(self) -> None:
        """Get a broadcast.

        Source: ``GET /broadcast/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a broadcast.

        Source: ``DELETE /broadcast/:id``.
        """
