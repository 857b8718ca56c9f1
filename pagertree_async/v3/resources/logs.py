"""Log entries: the history of every object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, finds, lists, retrieves
from pagertree_async.v3.resources.common import Direction, ListQuery, Resource


class Log(Resource, frozen=True):
    """A line in the history of an object.

    Attributes:
        owner_id: The object whose history it is in.
        source_id: What or who caused it.
        content: What happened.
        data: The same as ``content``, where an answer calls it so.
        level: How important it is.

    Source: the log object.
    """

    owner_id: str | None = None
    source_id: str | None = None
    content: Any = None
    data: Any = None
    type: str | None = None
    subtype: Direction | None = None
    level: int | float | None = None


class LogCreate(Options, kw_only=True):
    """What a log entry is made of.

    Args:
        owner_id: The object in whose history it is to be.
        content: What happened.
        source_id: What or who caused it.
        type: What type of entry it is.
        subtype: ``INCOMING`` or ``OUTGOING``.
        level: How important it is.
        meta: Free-form data.
    """

    owner_id: Ref
    content: str
    source_id: Ref | UnsetType = UNSET
    type: str | UnsetType = UNSET
    subtype: str | UnsetType = UNSET
    level: int | float | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class LogQuery(ListQuery, kw_only=True):
    """What log entries can be listed by.

    Args:
        owner_id: The object in whose history it is.
        content: What happened.
        source_id: What or who caused it.
        type: What type of entry it is.
        subtype: ``INCOMING`` or ``OUTGOING``.
        level: How important it is.
        data: The content, where the API calls it so.
    """

    owner_id: RefFilter = UNSET
    content: Filter[str] = UNSET
    source_id: RefFilter = UNSET
    type: Filter[str] = UNSET
    subtype: Filter[str] = UNSET
    level: Filter[int | float] = UNSET
    data: Filter[str] = UNSET


class Logs(Service[Mode], name="logs", path="/log"):
    """The history of every object; it is not rewritten."""

    @lists(LogQuery, Log)
    def list(self) -> None:
        """List log entries.

        Source: ``GET /log``.
        """

    @finds(LogQuery, Log)
    def find(self) -> None:
        """Find the one among the log entries whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /log``.
        """

    @creates(LogCreate, Log)
    def create(self) -> None:
        """Write a log entry.

        Source: ``POST /log``.
        """

    @retrieves(Options, Log)
    def retrieve(self) -> None:
        """Get a log entry.

        Source: ``GET /log/:id``.
        """
