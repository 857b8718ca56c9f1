"""Events that come in from outside: they open, acknowledge and resolve alerts, and need no API key.

An event goes to an integration, whose id is all that is needed, and carries a key of the caller's own: events with the same
key are about the same alert. So an event can be sent twice without harm, and is tried again whenever no answer comes.

::

    with Events("int_0123456789") as events:
        events.create(dedup_key="disk-7", title="disk full on db7", tags=["disk"])
        ...
        events.resolve(dedup_key="disk-7")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, UnsetType, field

from pagertree_async.auth import AuthHeaders
from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.client import AsyncClient, BlockingClient, Opened, T
from pagertree_async.errors import InvalidIdError
from pagertree_async.http import BlockingTransport, Timeout, Transport
from pagertree_async.pace import RateLimiter
from pagertree_async.params import Options, checked_id
from pagertree_async.retry import RetryPolicy, Safety
from pagertree_async.services import Service, tells
from pagertree_async.telling import Hooks
from pagertree_async.timezones import shown
from pagertree_async.v4.credentials import address
from pagertree_async.v4.resources.integrations import Integration

__all__ = ["AsyncEvents", "Events", "IncomingEvents"]


class Nobody:
    """No credentials: the integration's id is all there is."""

    def headers(self) -> AuthHeaders:
        """No headers."""
        return ()


class EventAbout(Options, kw_only=True):
    """Which alert an event is about.

    Args:
        dedup_key: The caller's own key: events with the same key are about the same alert.
    """

    dedup_key: Annotated[str, Meta(min_length=1)] = field(name="Id")

    event_type: ClassVar[str]

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the integration takes it in."""
        return {"event_type": self.event_type, **values}


class AcknowledgeEvent(EventAbout, kw_only=True):
    """That somebody has taken an alert.

    Args:
        dedup_key: The caller's own key: events with the same key are about the same alert.
    """

    event_type: ClassVar[str] = "acknowledge"


class ResolveEvent(EventAbout, kw_only=True):
    """That an alert is dealt with.

    Args:
        dedup_key: The caller's own key: events with the same key are about the same alert.
    """

    event_type: ClassVar[str] = "resolve"


class CreateEvent(EventAbout, kw_only=True):
    """What has happened.

    Args:
        dedup_key: The caller's own key: events with the same key are about the same alert.
        title: What has happened, in a line.
        description: What there is to know about it.
        tags: Words to find the alert by.
        meta: Free-form data.
    """

    event_type: ClassVar[str] = "create"

    title: str = field(name="Title")
    description: str | UnsetType = field(name="Description", default=UNSET)
    tags: Sequence[str] | UnsetType = field(name="Tags", default=UNSET)
    meta: Mapping[str, Any] | UnsetType = field(name="Meta", default=UNSET)


class IncomingEvents(Service[Mode]):
    """What can be told to an integration."""

    name: str = "events"
    path: str = "/integration"

    @tells(CreateEvent, safety=Safety.STATE)
    def create(self) -> None:
        """Say that something has happened: an alert opens, unless one of that key is open already.

        Source: ``POST /integration/:id`` with ``create``.
        """

    @tells(AcknowledgeEvent, safety=Safety.STATE)
    def acknowledge(self) -> None:
        """Say that somebody has taken the alert of a key.

        Source: ``POST /integration/:id`` with ``acknowledge``.
        """

    @tells(ResolveEvent, safety=Safety.STATE)
    def resolve(self) -> None:
        """Say that the alert of a key is dealt with.

        Source: ``POST /integration/:id`` with ``resolve``.
        """


def integration_id(given: str | Integration) -> str:
    """The id by which events reach an integration.

    Raises:
        InvalidIdError: That is no integration's id, or the other of its two.
    """
    found: object = given.prefix_id if isinstance(given, Integration) else given
    if isinstance(found, str) and found.startswith("int_"):
        return checked_id(found)
    message = f"not the id of an integration that events go to: {shown(found)}"
    raise InvalidIdError(message, hint="It begins with int_ and is the integration's prefix_id")


class Sender(Opened[Mode, T], IncomingEvents[Mode]):
    """A client that sends events to one integration."""

    def __init__(
        self,
        integration: str | Integration,
        *,
        base_url: str | None = None,
        transport: T | str | None = None,
        timeout: float | Timeout = 30.0,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        rate_limiter: RateLimiter | None = None,
        allow_http: bool = False,
        hooks: Hooks | None = None,
    ) -> None:
        """Make a client; it connects when it is first used.

        Args:
            integration: The integration, or its ``prefix_id``, which begins with ``int_``.
            base_url: The root; left out, ``PAGERTREE_BASE_URL`` or the vendor's own.
            transport: What sends requests, or its name; by default httpx does. Closing the client closes it.
            timeout: Seconds for a whole call with all its attempts and waits, or a ``Timeout`` with the parts.
            retry: When calls are tried again.
            proxy: The address of a proxy; by default the usual environment variables decide, never for this machine.
            rate_limiter: When requests may leave; by default only the server's own "wait" holds them.
            allow_http: Allow ``http://`` to another machine.
            hooks: Functions to call when something happens.

        Raises:
            ConfigurationError: A setting is wrong, or contradicts another.
            InvalidIdError: That is no integration's id.
        """
        self.path: str = f"/integration/{integration_id(integration)}"
        super().__init__(
            Nobody(),
            address(base_url),
            transport=transport,
            timeout=timeout,
            retry=retry,
            proxy=proxy,
            rate_limiter=rate_limiter,
            allow_http=allow_http,
            hooks=hooks,
        )


class AsyncEvents(Sender[Async, Transport], AsyncClient):
    """Events for one integration, awaited; usable as ``async with``, and from many tasks at once."""


class Events(Sender[Blocking, BlockingTransport], BlockingClient):
    """Events for one integration, called and blocking; usable as ``with``, in threads, inside a running loop, after a fork."""
