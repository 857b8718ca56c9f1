"""Whatever goes wrong, no credential of any kind shows: in the log, in an error, or in a client."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

from pagertree_async.auth import KeyPair, Login, Token
from pagertree_async.errors import PagerTreeError
from pagertree_async.http import Secret, Timeout
from pagertree_async.pagerduty import ApiToken, AsyncPagerDuty, Basic, OAuth, OAuthToken, PagerDuty, Tokens
from pagertree_async.pagerduty.client import Region
from pagertree_async.retry import RetryPolicy
from pagertree_async.v4 import AsyncPagerTree as AsyncPagerTree4
from pagertree_async.v4 import PagerTree as PagerTree4
from tests.faults import secrets, table
from tests.faults.behaviours import BEHAVIOURS, fine
from tests.faults.case import outcome
from tests.faults.watch import Leaks
from tests.faults.ways import WAYS, Way
from tests.rawserver import RawServer

TERMS: dict[str, Any] = {
    "timeout": Timeout(total=1.0, attempt=0.15, read=0.15),
    "retry": RetryPolicy(attempts=1),
}
FAULTS = sorted(
    {name for fault in table.played() if fault.scenario == "answers" for name in fault.behaviour}
    | {name for name in BEHAVIOURS if name.startswith("repeats")}
)
"""What a server does to a request, wherever the list has it, and repeating all that it was sent."""
CORE = re.compile(r"httpcore2?\.http11: receive_response_headers\.complete ")
"""HTTPCore's own log of the head of an answer, which is not ours to hide: see ``pagertree_async.transports.httpx``."""


def _tree(way: Way, url: str, auth: Any) -> Any:
    return way.mode.client(auth, base_url=url, transport=way.shipped.make(way.mode.name), **TERMS)


def _tree4(way: Way, url: str) -> Any:
    kind: Any = PagerTree4 if way.mode.blocking else AsyncPagerTree4
    return kind(secrets.KEY, base_url=url, transport=way.shipped.make(way.mode.name), **TERMS)


def _duty(way: Way, url: str, auth: Any, **more: Any) -> Any:
    kind: Any = PagerDuty if way.mode.blocking else AsyncPagerDuty
    return kind(auth, region=Region.at(url), transport=way.shipped.make(way.mode.name), **more, **TERMS)


def _proxied(way: Way, url: str) -> Any:
    proxy = url.replace("//", f"//{secrets.PROXY_USER}:{secrets.PROXY_PASSWORD}@")
    transport = way.shipped.make(way.mode.name, proxy=proxy)
    return way.mode.client(
        secrets.TOKEN, base_url="http://api.example.test", transport=transport, allow_http=True, **TERMS
    )


def _oauth() -> OAuth:
    over = datetime.now(UTC) - timedelta(days=1)
    tokens = Tokens(access_token=Secret(secrets.OAUTH), refresh_token=Secret(secrets.REFRESH), expires_at=over)
    return OAuth("client-id", secrets.CLIENT_SECRET, tokens=tokens)


def _reads(client: Any) -> Any:
    return client.alerts.retrieve("alt_1")


def _writes(client: Any) -> Any:
    return client.alerts.create(title="disk full", destination_ids=["usr_1"])


def _entries(client: Any) -> Any:
    now = datetime.now(UTC)
    return client.schedules.entries("PSCHED", since=now, until=now + timedelta(days=1))


KINDS: dict[str, tuple[Callable[[Way, str], Any], Callable[[Any], Any]]] = {
    "token": (lambda way, url: _tree(way, url, Token(secrets.TOKEN)), _writes),
    "key and secret": (lambda way, url: _tree(way, url, KeyPair(secrets.KEY, secrets.KEY_SECRET)), _reads),
    "login": (lambda way, url: _tree(way, url, Login("ada", secrets.PASSWORD)), _reads),
    "proxy": (_proxied, _reads),
    "key of v4": (_tree4, _reads),
    "PagerDuty key": (
        lambda way, url: _duty(way, url, ApiToken(secrets.PAGERDUTY_KEY)),
        lambda duty: duty.rget("users/PU"),
    ),
    "PagerDuty OAuth": (
        lambda way, url: _duty(way, url, OAuthToken(secrets.OAUTH)),
        lambda duty: duty.rget("users/PU"),
    ),
    "PagerDuty refresh": (lambda way, url: _duty(way, url, _oauth()), lambda duty: duty.rget("users/PU")),
    "PagerDuty password": (
        lambda way, url: _duty(way, url, Basic(secrets.BASIC_USER, secrets.BASIC_PASSWORD), subdomain="acme"),
        _entries,
    ),
    "PagerDuty routing key": (
        lambda way, url: _duty(way, url, ApiToken(secrets.PAGERDUTY_KEY), routing_key=secrets.ROUTING_KEY),
        lambda duty: duty.events.trigger("disk full", "db-1"),
    ),
}
"""A client with each kind of credential, and a call that it makes with them."""


def mine(way: Way, kind: str) -> list[str]:
    """The faults that a kind of credential meets on a way: all of them, spread over the ways."""
    first = (WAYS.index(way) + list(KINDS).index(kind)) % len(WAYS)
    return FAULTS[first :: len(WAYS)]


def rendered(error: BaseException) -> str:
    """An error as rich shows it with the variables of every frame."""
    out = io.StringIO()
    trace = Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=None, locals_max_length=None
    )
    Console(file=out, width=4000).print(trace)
    return out.getvalue()


def seen(client: Any) -> str:
    """A client, and what is right below it, as a debugger shows it."""
    parts = [client, client._session, client._session._credentials, client._session._transport, client._transport]
    return repr([(part, getattr(part, "__dict__", None)) for part in parts])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_no_fault_shows_a_credential(way: Way, kind: str, leaks: Leaks) -> None:
    """Not in the log at the level of debugging, the error, its traceback with variables, its pickle, or the client."""
    pytest.importorskip(way.shipped.library, reason=f"{way.shipped.library} is not installed")
    make, call = KINDS[kind]
    errors: list[PagerTreeError] = []

    async def meet(server: RawServer) -> None:
        for name in mine(way, kind):
            server.behaviours = (BEHAVIOURS[name],)
            client = make(way, server.url)
            try:
                ended = await outcome(lambda client=client: call(client))
                if isinstance(ended, PagerTreeError):
                    errors.append(ended)
                    assert not secrets.shows(secrets.texts(ended)), f"a secret shows in the error after: {name}"
                assert not secrets.shows(seen(client)), f"a secret shows in the client after: {name}"
            finally:
                await way.mode.close(client)

    before = leaks.seen
    with RawServer(fine) as server:
        way.mode.run(meet, server)
    assert [] == [line for line in leaks.found if not CORE.match(line)]
    assert leaks.seen > before
    assert errors
    if way is WAYS[0]:
        assert not secrets.shows(rendered(errors[0]))


def test_every_fault_is_met_with_every_credential() -> None:
    """Spreading them over the ways leaves none out."""
    for kind in KINDS:
        assert FAULTS == sorted(name for way in WAYS for name in mine(way, kind))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_credentials_do_leave(way: Way) -> None:
    """What is looked for everywhere is what really goes over the wire, so that looking for it proves something."""
    pytest.importorskip(way.shipped.library, reason=f"{way.shipped.library} is not installed")
    sent: list[str] = []

    async def leave(kind: str, server: RawServer) -> None:
        make, call = KINDS[kind]
        client = make(way, server.url)
        await outcome(lambda: call(client))
        await way.mode.close(client)

    for kind in KINDS:
        with RawServer(fine) as server:
            way.mode.run(leave, kind, server)
            sent += [f"{request.headers} {request.body.decode()}" for request in server.requests]
    assert [] == [secret for secret in secrets.ON_THE_WIRE if not any(secret in text for text in sent)]
