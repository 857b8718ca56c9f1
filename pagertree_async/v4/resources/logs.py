"""Log entries: the history of every object."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from pagertree_async.models import Part
from pagertree_async.params import Options, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, lists, retrieves
from pagertree_async.v4.resources.common import ListQuery, Resource


class LogDetails(Part, frozen=True):
    """What a log entry tells.

    Attributes:
        sublogs: The parts it is made of, as the API sends them.
    """

    message: str | None = None
    sublogs: Any = None


class Log(Resource, frozen=True):
    """An entry of the history.

    Attributes:
        format: How it is to be read.
        level: How much it matters, as the API sends it.
        owner_id: What it belongs to.
    """

    format: str | None = None
    level: str | int | None = None
    owner_id: str | None = None
    owner_type: str | None = None
    details: LogDetails | None = None


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


class Logs(Service[Mode], name="logs", path="/logs"):
    """The history of every object; it is not rewritten."""

    @lists(LogQuery, Log)
    def list(self) -> None:
        """List log entries.

        Source: ``GET /logs``.
        """

    @retrieves(Options, Log)
    def retrieve(self) -> None:
        """Get a log entry.

        Source: ``GET /logs/:id``.
        """
