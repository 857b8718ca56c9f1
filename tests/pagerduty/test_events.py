"""Events: what is sent, what is checked before that, and what is never sent twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pagertree_async import (
    AmbiguousWriteError,
    BadRequestError,
    ConfigurationError,
    ConnectionLostError,
    InvalidArgumentError,
    InvalidResponseError,
    ResponseMismatchError,
)
from pagertree_async.errors import Sent
from pagertree_async.http import Request, Response
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from tests.modes import Mode, got
from tests.pagerduty.helpers import answered, headers, on, reply


def echoing(request: Request) -> Response:
    """Accepts whatever comes."""
    key = json.loads(request.body).get("dedup_key")
    return reply({"status": "success", "message": "Event processed", "dedup_key": key}, 202)


def test_everything_an_event_may_have(mode: Mode) -> None:
    """The payload, images and links reach the events server, and no credential but the routing key."""
    client, transport = answered(mode, echoing, routing_key="rk-123456")

    async def scenario() -> None:
        key = await got(
            client.events.trigger(
                "Disk full",
                "db-3",
                severity="warning",
                dedup_key="d1",
                timestamp=datetime(2026, 1, 2, tzinfo=UTC),
                component="disk",
                group="db",
                class_="space",
                custom_details={"free": 0},
                payload={"custom_details": {"size": 1, "free": 9}, "component": "sda"},
                images=[{"src": "https://x.example/i.png"}],
                links=[{"href": "https://x.example", "text": "x"}],
                timeout=5,
            )
        )
        assert "d1" == key

    mode.run(scenario)
    (request,) = transport.requests
    assert "https://events.pagerduty.com/v2/enqueue" == request.url
    assert "authorization" not in headers(request)
    expected = {
        "event_action": "trigger",
        "dedup_key": "d1",
        "routing_key": "rk-123456",
        "payload": {
            "summary": "Disk full",
            "source": "db-3",
            "severity": "warning",
            "timestamp": "2026-01-02T00:00:00.000Z",
            "component": "sda",
            "group": "db",
            "class": "space",
            "custom_details": {"size": 1, "free": 0},
        },
        "images": [{"src": "https://x.example/i.png"}],
        "links": [{"href": "https://x.example", "text": "x"}],
    }
    assert expected == json.loads(request.body)


def test_a_change_event(mode: Mode) -> None:
    """A change has its own address, and what was not given is left out."""
    client, transport = answered(mode, echoing, routing_key="rk-123456")

    async def scenario() -> None:
        await got(
            client.events.submit(
                "Build 7", custom_details={"by": "ci"}, timestamp="2026-01-02T00:00:00Z", routing_key="rk-other"
            )
        )

    mode.run(scenario)
    expected = {
        "payload": {"summary": "Build 7", "timestamp": "2026-01-02T00:00:00Z", "custom_details": {"by": "ci"}},
        "routing_key": "rk-other",
    }
    assert expected == json.loads(transport.requests[0].body)
    assert "https://events.pagerduty.com/v2/change/enqueue" == transport.requests[0].url


def test_an_alert_whose_answer_got_lost_is_sent_again_under_the_same_key(mode: Mode) -> None:
    """The key is made before the first attempt, so a repeated event wakes nobody twice."""

    def handler(request: Request) -> Response:
        if len(transport.requests) == 1:
            raise ConnectionLostError("cut", sent=Sent.MAYBE)
        return echoing(request) if len(transport.requests) > 2 else reply({}, 500)

    client, transport = answered(mode, handler, routing_key="rk-123456")

    async def scenario() -> None:
        key = await got(client.events.trigger("Disk full", "db-3"))
        assert [key] * 3 == [json.loads(one.body)["dedup_key"] for one in transport.requests]

    mode.run(scenario)


def test_a_change_whose_answer_got_lost_is_not_sent_again(mode: Mode) -> None:
    """Nothing tells two changes apart, so one that may have arrived stays as it is, and the error says so."""

    def handler(_: Request) -> Response:
        raise ConnectionLostError("cut", sent=Sent.MAYBE)

    client, transport = answered(mode, handler, routing_key="rk-123456")

    async def scenario() -> None:
        with pytest.raises(AmbiguousWriteError) as caught:
            await got(client.events.submit("Build 7"))
        assert caught.value.maybe_applied

    mode.run(scenario)
    assert 1 == len(transport.requests)


@pytest.mark.parametrize(
    ("verb", "args", "more"),
    [
        ("trigger", ("x", "y"), {"severity": "worst"}),
        ("trigger", ("x", "y"), {"payload": {"severity": None}}),
        ("trigger", ("", "y"), {}),
        ("trigger", ("x", "y"), {"payload": {"source": None}}),
        ("trigger", ("x", "y"), {"dedup_key": ""}),
        ("trigger", ("x", "y"), {"timestamp": datetime(2026, 1, 2)}),
        ("acknowledge", ("",), {}),
        ("resolve", ("x" * 256,), {}),
        ("resolve", (None,), {}),
        ("submit", ("",), {}),
    ],
)
def test_what_is_wrong_is_refused_before_it_is_sent(
    mode: Mode, verb: str, args: tuple[Any, ...], more: dict[str, Any]
) -> None:
    """A severity that is none of the four, missing texts, and dedup keys that are none."""
    client, transport = answered(mode, echoing, routing_key="rk-123456")

    async def scenario() -> None:
        with pytest.raises(InvalidArgumentError):
            await got(getattr(client.events, verb)(*args, **more))

    mode.run(scenario)
    assert [] == transport.requests


def test_without_a_routing_key_nothing_is_sent(mode: Mode) -> None:
    """The error says where to get one."""
    client, transport = answered(mode, echoing)

    async def scenario() -> None:
        with pytest.raises(ConfigurationError, match="PAGERDUTY_ROUTING_KEY"):
            await got(client.events.trigger("x", "y"))

    mode.run(scenario)
    assert [] == transport.requests


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": "success"}, InvalidResponseError),
        ({"dedup_key": "other"}, ResponseMismatchError),
        ([], InvalidResponseError),
    ],
)
def test_an_answer_that_is_none(mode: Mode, answer: Any, kind: type[Exception]) -> None:
    """No dedup key, another one, and what is no object are errors."""
    client, _ = answered(mode, lambda _: reply(answer, 202), routing_key="rk-123456")

    async def scenario() -> None:
        with pytest.raises(kind):
            await got(client.events.resolve("d1"))

    mode.run(scenario)


def test_a_routing_key_that_is_repeated_is_hidden(mode: Mode) -> None:
    """A server that repeats the key in its error does not get it into ours."""
    client, _ = answered(mode, lambda request: Response(status=400, body=request.body), routing_key="rk-123456")

    async def scenario() -> None:
        with pytest.raises(BadRequestError) as caught:
            await got(client.events.resolve("d1"))
        assert b"rk-123456" not in caught.value.body
        assert b"d1" in caught.value.body

    mode.run(scenario)


def test_the_sandbox_tells_alerts_apart_by_their_keys(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """The same key adds to the alert that is open; after it is resolved, it opens another."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        before = sandbox.count("incidents")
        for _ in range(3):
            await got(client.events.trigger("x", "y", dedup_key="d"))
        assert before + 1 == sandbox.count("incidents")
        await got(client.events.resolve("d"))
        await got(client.events.acknowledge("d"))
        await got(client.events.trigger("x", "y", dedup_key="d"))
        assert before + 2 == sandbox.count("incidents")

    mode.run(scenario)


def test_the_sandbox_checks_events(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A wrong key, an unknown action, a missing payload or dedup key are a 400; a dedup key is made where there is none."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        with pytest.raises(BadRequestError, match="Invalid routing key"):
            await got(client.events.submit("x", routing_key="wrong"))
        client._session = client.events._session
        good = {"routing_key": sandbox.routing_key, "payload": {"summary": "a", "source": "b", "severity": "info"}}
        for event, said in (
            ({**good, "event_action": "explode"}, "event_action"),
            ({**good, "event_action": "resolve"}, "dedup_key"),
            ({**good, "event_action": "trigger", "payload": None}, "payload.summary"),
            ({**good, "event_action": "trigger", "payload": {"severity": "worst"}}, "is not one of"),
        ):
            response = await got(client.post("/v2/enqueue", json=event))
            assert 400 == response.status
            assert said in str(response.json()["errors"])
        made = await got(client.jpost("/v2/enqueue", json={**good, "event_action": "trigger"}))
        assert 32 == len(made["dedup_key"])

    mode.run(scenario)
