"""What the ``pagerduty`` commands do."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Any

from pagertree_async.cli import clients, options
from pagertree_async.cli.duty import routed
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.output import note
from pagertree_async.cli.wires import NotSentError


def trigger(*, description: str, source: str | None, severity: str, dedup_key: str | None, **given: Any) -> None:
    """Open an alert."""
    if not description.strip():
        message = "--description is empty: nobody who is woken would know why"
        raise CommandError(message, hint="Say in a line what has happened")
    where = source or socket.gethostname()
    _told(given, lambda events: events.trigger(description, where, severity=severity, dedup_key=dedup_key))


def acknowledge(*, dedup_key: str, **given: Any) -> None:
    """Acknowledge an alert."""
    _told(given, lambda events: events.acknowledge(dedup_key))


def resolve(*, dedup_key: str, **given: Any) -> None:
    """Resolve an alert."""
    _told(given, lambda events: events.resolve(dedup_key))


def change(*, description: str, source: str | None, **given: Any) -> None:
    """Tell of a change."""
    where = source or socket.gethostname()
    _told(given, lambda events: events.submit(description, where))


def _told(given: dict[str, Any], tell: Callable[[Any], str | None]) -> None:
    """Tell an event, and print the dedup key that it is under, if it is under one."""
    target = options.target(given)
    clients.checked(target)
    with (
        routed(target) as found,
        clients.refusals(found.access),
        found.client(**clients.settings(found.access, target, found.app)) as client,
    ):
        try:
            key = tell(client.events)
        except NotSentError:
            return
    if key is None:
        note("accepted")
    else:
        sys.stdout.write(f"{key}\n")
