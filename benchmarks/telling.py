"""What telling adds to one call, in µs of CPU: with nobody listening, and with each of those who may listen."""

from __future__ import annotations

import json
import logging
import sys
from importlib.util import find_spec
from unittest.mock import patch

from benchmarks.measure import Goal, Ratio, cpu
from benchmarks.server import alert
from pagertree_async import Event, Hooks, PagerTree, Request, Response
from pagertree_async.telling import Telling, log
from pagertree_async.tracing import traced

CALLS = 5_000
ROUNDS = 7
ID = str(alert(1)["id"])
BODY = json.dumps(alert(1)).encode()


class Memory:
    """A transport that answers at once."""

    def send(self, request: Request) -> Response:
        """Give the same answer to everything."""
        return Response(status=200, body=BODY)


def unheard() -> list[float]:
    """What a session does for telling in a call that nobody listens to, above doing nothing."""
    telling, calls = Telling(), 10 * CALLS

    def tells() -> None:
        for _ in range(calls):
            traced()
            telling.stats.left(0, 1)
            telling.heard  # noqa: B018 - what it costs to ask is the question
            telling.stats.came(len(BODY))

    def nothing() -> None:
        for _ in range(calls):
            pass

    tells(), nothing()
    return [(cpu(tells) - cpu(nothing)) / calls * 1e6 for _ in range(ROUNDS)]


def a_call(hooks: Hooks | None = None) -> float:
    """What a call takes."""
    with PagerTree("token", base_url="https://api.test", transport=Memory(), hooks=hooks) as client:

        def work() -> None:
            for _ in range(CALLS):
                client.alerts.retrieve(ID)

        return cpu(work) / CALLS * 1e6


def hooked() -> list[float]:
    """A function that is called after each answer."""

    def ignored(event: Event) -> None:
        pass

    return [-a_call() + a_call(Hooks(on_response=ignored)) for _ in range(ROUNDS)]


def logged() -> list[float]:
    """A log of everything, written nowhere."""
    handler = logging.NullHandler()
    log.addHandler(handler)
    try:
        found: list[float] = []
        for _ in range(ROUNDS):
            plain = a_call()
            log.setLevel(logging.DEBUG)
            found.append(a_call() - plain)
            log.setLevel(logging.NOTSET)
        return found
    finally:
        log.removeHandler(handler)


def spanned() -> list[float]:
    """A span that OpenTelemetry records, given to nobody."""
    plain = [a_call() for _ in range(ROUNDS)]
    with patch.dict(sys.modules):
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider

        trace.set_tracer_provider(TracerProvider())
        return [a_call() - before for before in plain]


def measured() -> list[Ratio]:
    """All of them."""
    a_call()
    found = [
        Ratio.of("telling a call, nobody listening, µs", unheard(), Goal(most=1)),
        Ratio.of("telling a call, to a function, µs", hooked()),
        Ratio.of("telling a call, to a log of everything, µs", logged()),
    ]
    if find_spec("opentelemetry") and find_spec("opentelemetry.sdk"):
        found.append(Ratio.of("telling a call, to a span that is recorded, µs", spanned()))
    return found


if __name__ == "__main__":
    for ratio in measured():
        print(ratio.row())
