"""Whatever goes wrong, no credential of any kind shows: in the log, in an error, or in a client."""

from __future__ import annotations

import asyncio
import io
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
from tests.faults.behaviours import BEHAVIOURS, fine, found
from tests.faults.case import outcome
from tests.faults.watch import Leaks
from tests.faults.ways import WAYS, Way
from tests.rawserver import Behaviour, Connection, RawRequest, RawServer

TERMS: dict[str, Any] = {
    "timeout": Timeout(total=1.0, attempt=0.15, read=0.15),
    "retry": RetryPolicy(attempts=1),
}
FAULTS = sorted(
    {name for fault in table.played() if fault.scenario == "answers" for name in fault.behaviour}
    | {name for name in BEHAVIOURS if name.startswith("repeats")}
)
"""What a server does to a request, wherever the list has it, and repeating all that it was sent."""


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


def parrots(how: str) -> Behaviour:
    """Answer as one should, with all that was sent in the head as well, be it a good one or broken in some way."""

    def behave(connection: Connection, request: RawRequest) -> None:
        answer, _, body = found(request).partition(b"\r\n\r\n")
        first, *lines = answer.split(b"\r\n")
        sent = [value.encode("latin-1") for _, value in request.headers]
        sent += [value.rpartition(b" ")[2] for value in sent] + [request.body]
        names = ("x-echo", "X-Request-Id", "date", "set-cookie", "retry-after", "www-authenticate")
        lines += [b"%s: %s" % (name.encode(), value) for name in names for value in sent if value]
        lines += [b"x-%s: so named" % value for value in sent if value.replace(b"-", b"").isalnum()]
        everything = b" ".join(sent)
        status = b"407" if request.method == "CONNECT" else b"200"
        if how == "first line":
            first = b"HTTP/1.1 " + everything
        elif how == "header":
            lines.append(everything.replace(b":", b"") + b" no colon")
        elif how == "chunk":
            lines = [line for line in lines if not line.startswith(b"content-length")] + [b"transfer-encoding: chunked"]
            body = everything + b"\r\n\r\n"
        else:
            first = b"HTTP/1.1 %s %s" % (status, everything)
        connection.send(b"\r\n".join([first, *lines, b"", body]))

    return behave


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
    assert [] == leaks.found
    assert leaks.seen > before
    assert errors
    if way is WAYS[0]:
        assert not secrets.shows(rendered(errors[0]))


def _tunnelled(way: Way, url: str) -> Any:
    proxy = url.replace("//", f"//{secrets.PROXY_USER}:{secrets.PROXY_PASSWORD}@")
    transport = way.shipped.make(way.mode.name, proxy=proxy)
    return way.mode.client(secrets.TOKEN, base_url="https://api.example.test", transport=transport, **TERMS)


PARROTED = {**KINDS, "tunnel": (_tunnelled, _reads)}


@pytest.mark.parametrize("kind", PARROTED)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_no_log_shows_what_a_head_repeats(way: Way, kind: str, leaks: Leaks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does anybody's log, of asyncio's debugging for one, when heads of answers repeat all that was sent."""
    pytest.importorskip(way.shipped.library, reason=f"{way.shipped.library} is not installed")
    make, call = PARROTED[kind]
    runs = asyncio.BaseEventLoop.run_forever

    def run_slowly(loop: Any) -> None:
        loop.set_debug(True)
        loop.slow_callback_duration = 0.0  # of every step, it is logged what it was
        runs(loop)

    monkeypatch.setattr(asyncio.BaseEventLoop, "run_forever", run_slowly)

    async def meet(server: RawServer) -> None:
        for how in ("reason", "first line", "header", "chunk"):
            server.behaviours = (parrots(how),)
            client = make(way, server.url)
            try:
                ended = await outcome(lambda client=client: call(client))
                if isinstance(ended, PagerTreeError):
                    assert not secrets.shows(secrets.texts(ended)), f"a secret shows in the error after: {how}"
            finally:
                await way.mode.close(client)

    before = leaks.seen
    with RawServer(fine) as server:
        way.mode.run(meet, server)
    assert [] == leaks.found
    assert leaks.seen > before


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
