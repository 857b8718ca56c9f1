"""What ``-v`` tells on standard error: a line for each attempt, each retry and each wait; ``-vv``, for each event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pagertree_async.cli.failures import printable
from pagertree_async.cli.output import note
from pagertree_async.telling import Event, Hooks

CAUSES = {
    "retry": "before it is tried again",
    "hold": "as the API asked all to wait",
    "pace": "for its turn, at the pace in force",
    "login": "for another call's login",
}
"""What is waited for, by the event's cause."""


def say(text: str) -> None:
    """Say something, and when it was."""
    now = f"{datetime.now(UTC):%H:%M:%S.%f}"[:-3]
    note(f"{now}Z {printable(text)}")


def hooks(level: int) -> Hooks | None:
    """What a client is to call so that it is told what it does; None when nothing is to be told.

    Args:
        level: How much: 1 for what became of each attempt and why it waits, 2 for every event with its headers.
    """
    if level == 0:
        return None
    if level > 1:
        return Hooks(**dict.fromkeys(Hooks.__struct_fields__, _whole))
    return Hooks(
        on_response=_plain(_answered), on_failure=_plain(_failed), on_retry=_plain(_again), on_wait=_plain(_waits)
    )


def _whole(event: Event) -> None:
    say(event.line())


def _plain(wording: Callable[[Event], str]) -> Callable[[Event], None]:
    def told(event: Event) -> None:
        say(f"{event.method} {event.path} {wording(event)}")

    return told


def _answered(event: Event) -> str:
    return f"attempt {event.attempt}: {event.status} after {_seconds(event)}, {event.bytes} bytes"


def _failed(event: Event) -> str:
    return f"attempt {event.attempt}: no answer after {_seconds(event)}, {event.cause}"


def _again(event: Event) -> str:
    return f"attempt {event.attempt} failed with {event.cause}: it is tried again"


def _waits(event: Event) -> str:
    cause = str(event.cause)
    return f"waits{'' if event.seconds is None else f' {_seconds(event)}'} {CAUSES.get(cause, cause)} ({cause})"


def _seconds(event: Event) -> str:
    return f"{event.seconds or 0.0:.3f} s"
