"""Every client of every API takes the same settings, tells of its work, and documents what it takes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

from pagertree_async import AsyncPagerTree as AsyncPagerTree3
from pagertree_async import Event, Hooks, Pace
from pagertree_async import PagerTree as PagerTree3
from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Request, Response
from pagertree_async.pagerduty import AsyncOAuthClient, AsyncPagerDuty, OAuthClient, PagerDuty
from pagertree_async.v4 import AsyncEvents, AsyncPagerTree, Events, PagerTree
from tests.core.mini import Script, answer, transport
from tests.modes import Mode, got

KEY = "a-key-of-the-tests"
PAIRS: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "v3": (AsyncPagerTree3, PagerTree3, (KEY,)),
    "v4": (AsyncPagerTree, PagerTree, (KEY,)),
    "v4 events": (AsyncEvents, Events, ("int_1",)),
    "pagerduty": (AsyncPagerDuty, PagerDuty, (KEY,)),
    "pagerduty events": (AsyncPagerDuty, PagerDuty, (KEY,)),
    "pagerduty oauth": (AsyncOAuthClient, OAuthClient, ("an-id", "a-long-secret")),
}
THING = {"id": "alt_1", "dedup_key": "k", "access_token": "an-access-token", "expires_in": 9, "user": {"id": "U"}}
CALLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "v3": ("/alert/alt_1", lambda client: client.alerts.retrieve("alt_1")),
    "v4": ("/alerts/alt_1", lambda client: client.alerts.retrieve("alt_1")),
    "v4 events": ("/integration/int_1", lambda client: client.resolve(dedup_key="k")),
    "pagerduty": ("/users/U", lambda client: client.rget("users/U")),
    "pagerduty events": ("/v2/enqueue", lambda client: client.events.resolve("k", routing_key="a-routing-key")),
    "pagerduty oauth": ("/oauth/token", lambda client: client.app_token("incidents.read")),
}
EVERY = [
    kind for awaited, called, _ in {id(pair[0]): pair for pair in PAIRS.values()}.values() for kind in (awaited, called)
]


def made(mode: Mode, name: str, handler: Any, **settings: Any) -> Any:
    """A client of the mode."""
    awaited, called, given = PAIRS[name]
    return (called if mode.blocking else awaited)(*given, transport=transport(mode, handler), **settings)


@pytest.mark.parametrize("name", PAIRS)
def test_every_client_tells_of_its_work(mode: Mode, name: str) -> None:
    """Functions are called and the client's numbers count, whatever the API, and nothing secret is told."""
    told: list[Event] = []
    script = Script(answer(503), answer(202 if "events" in name else 200, THING))

    async def scenario() -> Any:
        client = made(mode, name, script, hooks=Hooks(on_request=told.append, on_retry=told.append))
        await got(CALLS[name][1](client))
        await mode.close(client)
        return client.stats

    stats = mode.run(scenario)
    assert (1, 2, {"503": 1}) == (stats.calls, stats.attempts, stats.retries)
    assert ["request", "retry", "request"] == [event.kind for event in told]
    assert {CALLS[name][0]} == {event.path for event in told}
    assert not any(secret in repr(told) for secret in (KEY, "a-long-secret", "a-routing-key"))


@pytest.mark.parametrize("name", PAIRS)
def test_a_function_that_must_be_awaited(name: str) -> None:
    """A blocking client of any API refuses it when it is made."""

    async def note(event: Event) -> None:
        raise AssertionError

    with pytest.raises(ConfigurationError, match="on_request is 'async def'; a blocking client calls plain functions"):
        made(Mode("blocking"), name, Script(answer()), hooks=Hooks(on_request=note))


@pytest.mark.parametrize("name", sorted(PAIRS.keys() - {"pagerduty oauth"}))
def test_what_is_no_pace(mode: Mode, name: str) -> None:
    """It is refused when the client is made, whatever the API."""
    with pytest.raises(ConfigurationError, match="rate_limiter must be a Pace or another RateLimiter, not int"):
        made(mode, name, Script(answer()), rate_limiter=5)


@pytest.mark.parametrize("name", PAIRS)
def test_every_client_takes_a_transport_by_name(mode: Mode, name: str) -> None:
    """The names are the same for all of them."""
    pytest.importorskip("aiohttp")
    awaited, called, given = PAIRS[name]

    async def scenario() -> str:
        client = (called if mode.blocking else awaited)(*given, transport="aiohttp")
        await mode.close(client)
        return type(client._transport).__name__

    assert ("AiohttpTransport" if mode.blocking else "AsyncAiohttpTransport") == mode.run(scenario)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_setting_is_documented(kind: Any) -> None:
    """``help()`` of a client has a line for each argument, in their order, and no other."""
    taken = [name for name in inspect.signature(kind).parameters if name != "self"]
    section = inspect.cleandoc(kind.__init__.__doc__).partition("Args:\n")[2].partition("\n\n")[0]
    assert taken == re.findall(r"^    (\w+): ", section, re.MULTILINE)
    assert inspect.cleandoc(kind.__doc__).split("\n")[0].endswith(".")


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_settings_that_all_have(kind: Any) -> None:
    """They have the same names and defaults everywhere."""
    taken = inspect.signature(kind).parameters
    shared = {"transport": None, "timeout": 30.0, "retry": None, "proxy": None, "allow_http": False, "hooks": None}
    assert shared == {name: taken[name].default for name in shared}


def test_a_pace_of_the_rest_api_does_not_hold_events(mode: Mode) -> None:
    """PagerDuty's other origins have paces of their own."""
    seen: list[str] = []

    def answers(request: Request) -> Response:
        seen.append(request.url)
        return answer(202, THING)

    async def scenario() -> None:
        pace = Pace(1)
        pace.hold(60)
        client = made(mode, "pagerduty", answers, rate_limiter=pace)
        await got(client.events.resolve("k", routing_key="a-routing-key", timeout=5))

    mode.run(scenario)
    assert ["https://events.pagerduty.com/v2/enqueue"] == seen
