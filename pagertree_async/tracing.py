"""Spans of OpenTelemetry: one a call, with an event for each attempt, by HTTP's semantic conventions.

Where the program has not loaded OpenTelemetry nothing of it is imported, and nothing is done.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from pagertree_async._version import __version__
from pagertree_async.errors import APIError
from pagertree_async.telling import Event

METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
"""The methods that a span names; of others it says that they are none of these."""


class Span:
    """A span of OpenTelemetry around one call, by HTTP's semantic conventions; each attempt is an event of it.

    Args:
        span: OpenTelemetry's own.
    """

    def __init__(self, span: Any) -> None:
        self._span = span
        self._last: Event | None = None

    def attempt(self, event: Event) -> None:
        """Take in what became of an attempt."""
        self._last = event
        known = {
            "http.request.resend_count": event.attempt - 1,
            "http.response.status_code": event.status,
            "error.type": event.cause or (str(event.status) if event.status and event.status >= 400 else None),
        }
        self._span.add_event("attempt", {name: value for name, value in known.items() if value is not None})

    def close(self, error: BaseException | None, failed: Any) -> None:
        """Take in what became of the call: of the last attempt, and of the call as a whole."""
        last = self._last
        if last is not None and last.attempt > 1:
            self._span.set_attribute("http.request.resend_count", last.attempt - 1)
        if last is not None and last.status is not None:
            self._span.set_attribute("http.response.status_code", last.status)
        if error is not None:
            kind = str(error.status) if isinstance(error, APIError) else type(error).__name__
            self._span.set_attribute("error.type", kind)
            self._span.set_status(failed)


def traced() -> bool:
    """Whether the program has loaded OpenTelemetry: without that nothing could take a span."""
    return "opentelemetry.trace" in sys.modules


@contextmanager
def span(method: str, url: str) -> Generator[Span | None]:
    """A span around a call, where OpenTelemetry is loaded; None where nothing records it.

    Args:
        method: The HTTP method.
        url: Where the call goes; its query is left out.
    """
    trace: Any = sys.modules["opentelemetry.trace"]
    parts = urlsplit(url)
    known: dict[str, str | int] = {
        "http.request.method": method if method in METHODS else "_OTHER",
        "server.address": parts.hostname or "",
        "server.port": parts.port or (443 if parts.scheme == "https" else 80),
        "url.full": url.partition("?")[0],
    }
    if method not in METHODS:
        known["http.request.method_original"] = method
    name = method if method in METHODS else "HTTP"
    tracer = trace.get_tracer("pagertree_async", __version__)
    with tracer.start_as_current_span(
        name, kind=trace.SpanKind.CLIENT, attributes=known, record_exception=False, set_status_on_exception=False
    ) as current:
        made = Span(current) if current.is_recording() else None
        try:
            yield made
        except BaseException as error:
            if made is not None:
                made.close(error, trace.Status(trace.StatusCode.ERROR))
            raise
        if made is not None:
            made.close(None, None)
