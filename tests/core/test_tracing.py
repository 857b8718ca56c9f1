"""Spans of OpenTelemetry, taken by OpenTelemetry itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from pagertree_async._version import __version__
from pagertree_async.auth import Login
from pagertree_async.errors import AuthenticationError, ConnectionLostError, NotFoundError, PagerTreeError, Sent
from tests.core.mini import BASE, FINE, TOKEN, Clock, Script, answer, client
from tests.modes import Mode, got

LOST = ConnectionLostError("gone", sent=Sent.MAYBE)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What keeps the spans that are made."""
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield exporter
    provider.shutdown()


def said(span: Any) -> dict[str, Any]:
    """The attributes of a span that are not the same for every call."""
    same = {"http.request.method", "server.address", "server.port", "url.full"}
    return {name: value for name, value in span.attributes.items() if name not in same}


def test_a_span_a_call(mode: Mode, clock: Clock, kept: Any) -> None:
    """Each call is a span of HTTP's conventions, and each attempt an event of it; the last one's end is the call's."""
    steps = (LOST, answer(503), FINE, FINE)

    async def scenario() -> None:
        mini = client(mode, Script(*steps), base_url="https://api.test:8443/below")
        await got(mini.alerts.retrieve("alt_1", extra_query={"private": "a-private-value"}))
        await got(mini.alerts.retrieve("alt_1"))

    mode.run(scenario)
    tried, plain = kept.get_finished_spans()
    assert ("GET", "CLIENT", "UNSET") == (tried.name, tried.kind.name, tried.status.status_code.name)
    assert ("pagertree_async", __version__) == (tried.instrumentation_scope.name, tried.instrumentation_scope.version)
    assert {
        "http.request.method": "GET",
        "server.address": "api.test",
        "server.port": 8443,
        "url.full": "https://api.test:8443/below/alert/alt_1",
        "http.request.resend_count": 2,
        "http.response.status_code": 200,
    } == dict(tried.attributes)
    assert [
        ("attempt", {"http.request.resend_count": 0, "error.type": "ConnectionLostError"}),
        ("attempt", {"http.request.resend_count": 1, "http.response.status_code": 503, "error.type": "503"}),
        ("attempt", {"http.request.resend_count": 2, "http.response.status_code": 200}),
    ] == [(event.name, dict(event.attributes)) for event in tried.events]
    assert {"http.response.status_code": 200} == said(plain)
    assert TOKEN not in "".join(span.to_json() for span in (tried, plain))


@pytest.mark.parametrize(
    ("step", "attributes"),
    [
        (answer(404), {"http.response.status_code": 404, "error.type": "404"}),
        (answer(401), {"http.response.status_code": 401, "error.type": "401"}),
        (answer(200, b"<html>"), {"http.response.status_code": 200, "error.type": "InvalidResponseError"}),
        (answer(407), {"http.response.status_code": 407, "error.type": "ProxyError"}),
        (LOST, {"error.type": "AmbiguousWriteError"}),
    ],
)
def test_how_a_call_failed(mode: Mode, kept: Any, step: Any, attributes: dict[str, Any]) -> None:
    """The span has failed, and says by what: the status, or the class of the error where there is no status to blame."""

    async def scenario() -> None:
        with pytest.raises(PagerTreeError):
            await got(client(mode, Script(step)).alerts.create(title="t"))

    mode.run(scenario)
    (span,) = kept.get_finished_spans()
    assert ("POST", "ERROR", None) == (span.name, span.status.status_code.name, span.status.description)
    assert attributes == said(span)
    assert not any(event.name == "exception" for event in span.events)


def test_an_interrupted_call(kept: Any) -> None:
    """Ctrl-C ends the span of a blocking call, too."""
    with pytest.raises(KeyboardInterrupt):
        client(Mode("blocking"), Script(KeyboardInterrupt())).alerts.retrieve("alt_1")
    (span,) = kept.get_finished_spans()
    assert {"error.type": "KeyboardInterrupt"} == said(span)


def test_a_last_attempt_without_an_answer_has_no_status(mode: Mode, clock: Clock, kept: Any) -> None:
    """The status of an earlier attempt is not taken for the call's."""

    async def scenario() -> None:
        with pytest.raises(ConnectionLostError):
            await got(client(mode, Script(answer(503), LOST)).alerts.retrieve("alt_1"))

    mode.run(scenario)
    (span,) = kept.get_finished_spans()
    assert {"http.request.resend_count": 2, "error.type": "ConnectionLostError"} == said(span)


def test_a_login_is_a_span_within(mode: Mode, kept: Any) -> None:
    """A login that a call needs is a span of its own, below the call's; both fail when it does."""
    password = "a-long-password"  # noqa: S105 - of nobody

    async def scenario() -> None:
        script = Script(answer(200, {"token": "abcd"}), FINE)
        await got(client(mode, script, Login("ada", password)).alerts.retrieve("alt_1"))
        with pytest.raises(AuthenticationError):
            await got(client(mode, Script(answer(401)), Login("ada", password)).alerts.retrieve("alt_1"))

    mode.run(scenario)
    login, call, refused, failed = kept.get_finished_spans()
    assert ["/public/login", "/alert/alt_1"] * 2 == [
        span.attributes["url.full"].removeprefix(BASE) for span in (login, call, refused, failed)
    ]
    assert [call.context.span_id, None] == [login.parent.span_id, call.parent]
    assert ["UNSET", "UNSET", "ERROR", "ERROR"] == [
        span.status.status_code.name for span in (login, call, refused, failed)
    ]
    assert password not in "".join(span.to_json() for span in (login, call, refused, failed))


def test_a_span_is_the_parent_of_what_a_call_does(mode: Mode, kept: Any) -> None:
    """What the transport does while a call is made belongs below the call, and nothing after it does."""
    from opentelemetry import trace

    def sends(request: Any) -> Any:
        with trace.get_tracer("test").start_as_current_span("below"):
            return FINE

    async def scenario() -> None:
        await got(client(mode, sends).alerts.retrieve("alt_1"))
        assert not trace.get_current_span().is_recording()

    mode.run(scenario)
    below, call = kept.get_finished_spans()
    assert ("below", call.context.span_id) == (below.name, below.parent.span_id)


def test_a_method_that_is_none_of_the_known(mode: Mode, kept: Any) -> None:
    """It does not make a name of its own."""

    async def scenario() -> None:
        await got(client(mode, Script(FINE)).request("PURGE", "/x"))

    mode.run(scenario)
    (span,) = kept.get_finished_spans()
    assert ("HTTP", "_OTHER", "PURGE") == (
        span.name,
        span.attributes["http.request.method"],
        span.attributes["http.request.method_original"],
    )


@pytest.mark.parametrize(("base", "port"), [("https://api.test", 443), ("http://127.0.0.1", 80)])
def test_the_port_that_an_address_leaves_out(mode: Mode, kept: Any, base: str, port: int) -> None:
    """It is the scheme's."""

    async def scenario() -> None:
        await got(client(mode, Script(FINE), base_url=base).alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert port == kept.get_finished_spans()[0].attributes["server.port"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_call(backend: str, kept: Any) -> None:
    """Its span ends, too, and the cancellation goes on."""

    class Hangs:
        keeps_deadlines = True

        async def send(self, request: Any) -> Any:
            await anyio.sleep(60)

    async def scenario() -> bool:
        with anyio.move_on_after(0.05) as scope:
            await client(Mode(backend), Hangs()).alerts.retrieve("alt_1")
        return scope.cancelled_caught

    assert anyio.run(scenario, backend=backend)
    (span,) = kept.get_finished_spans()
    assert "Cancelled" in span.attributes["error.type"].replace("CancelledError", "Cancelled")


def test_a_span_that_nobody_takes(mode: Mode, clock: Clock) -> None:
    """OpenTelemetry without anything that records changes nothing."""
    pytest.importorskip("opentelemetry.trace")

    async def scenario() -> str:
        mini = client(mode, Script(answer(503), FINE, answer(404)))
        found = str((await got(mini.alerts.retrieve("alt_1"))).id)
        with pytest.raises(NotFoundError):
            await got(mini.alerts.retrieve("alt_1"))
        return found

    assert "alt_1" == mode.run(scenario)


def test_without_opentelemetry(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program has not loaded it, it is not loaded, and a call with a login is made all the same."""
    monkeypatch.delitem(sys.modules, "opentelemetry.trace", raising=False)

    async def scenario() -> str:
        script = Script(answer(200, {"token": "abcd"}), FINE)
        return str((await got(client(mode, script, Login("ada", "a-long-password")).alerts.retrieve("alt_1"))).id)

    assert "alt_1" == mode.run(scenario)
    assert "opentelemetry.trace" not in sys.modules
