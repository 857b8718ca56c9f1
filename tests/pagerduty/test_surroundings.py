"""What surrounds the calls in the guide of PagerDuty's own client: logging, proxies, other services, and how it ends."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import pytest

from pagertree_async import Event, Hooks
from pagertree_async.errors import APIError, ConfigurationError, RateLimitedError
from pagertree_async.http import Request, Response
from pagertree_async.pagerduty import AsyncPagerDuty, PagerDuty, Region
from pagertree_async.retry import RetryPolicy
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.transports import NAMES
from tests.modes import MODES, Mode, got
from tests.pagerduty.helpers import QUICK, answered, client, on, reply
from tests.rawserver import Certificates, RawServer, answer, json_answer, tunnel

USERS = {"users": [{"id": "P1", "type": "user", "name": "Ada"}], "more": False}


def test_debug_logging(mode: Mode, sandbox: PagerDutySandbox, caplog: pytest.LogCaptureFixture) -> None:
    """What theirs prints with ``debug=True``, ours gives to the standard log: every request and answer, no secret."""
    duty = on(mode, sandbox)

    async def scenario() -> None:
        await got(duty.rget("users/me2"))

    with caplog.at_level(logging.DEBUG, "pagertree_async"), pytest.raises(APIError):
        mode.run(scenario)
    told = [record.getMessage() for record in caplog.records if record.name == "pagertree_async"]
    assert told[0].startswith("request GET /users/me2 attempt=1 ")
    assert told[1].startswith("response GET /users/me2 attempt=1 status=404 bytes=")
    assert sandbox.api_key not in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING, "pagertree_async"), pytest.raises(APIError):
        mode.run(scenario)
    assert "" == caplog.text


def test_hooks_tell_the_same(mode: Mode) -> None:
    """Functions of the caller's are told each attempt, each failure, each retry and each wait."""
    heard: list[Event] = []
    hooks = Hooks(on_request=heard.append, on_response=heard.append, on_retry=heard.append, on_wait=heard.append)
    statuses = iter((503, 200))
    duty, _ = answered(
        mode, lambda _: reply(USERS, next(statuses)), hooks=hooks, retry=RetryPolicy(base=0.001, jitter=0)
    )

    async def scenario() -> Any:
        return await got(duty.rget("users"))

    assert USERS["users"] == mode.run(scenario)
    assert ["request", "response", "retry", "wait", "request", "response"] == [event.kind for event in heard]
    assert [None, 503, None, None, None, 200] == [event.status for event in heard]
    assert {"/users"} == {event.path for event in heard}


def test_a_client_is_left_closed(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """As theirs, a client is a context: it is closed behind the block."""
    duty = on(mode, sandbox)

    async def scenario() -> int:
        if mode.blocking:
            with duty as opened:
                return int(opened.get_total("users"))
        async with duty as opened:
            return int(await opened.get_total("users"))

    assert sandbox.count("users") == mode.run(scenario)
    assert duty.closed


def test_the_id_of_a_request(mode: Mode) -> None:
    """What PagerDuty's support asks for stands on an answer and on an error."""
    statuses = iter((200, 404))
    duty, _ = answered(mode, lambda _: reply(USERS, next(statuses), X_Request_Id="abc123"))

    async def scenario() -> tuple[Any, APIError]:
        found = await got(duty.get("users"))
        with pytest.raises(APIError) as refused:
            await got(duty.rget("users/P1"))
        return found, refused.value

    found, error = mode.run(scenario)
    assert ("abc123", 200, True, USERS) == (found.request_id, found.status, found.ok, found.json())
    assert ("abc123", 404, True) == (error.request_id, error.status, error.body.startswith(b"{"))


def test_another_service_of_theirs(mode: Mode) -> None:
    """An API of PagerDuty's at another base address takes the plain verbs, below its own path."""
    slack = "https://apps.eu.pagerduty.com/integration-slack"
    places = dict.fromkeys(("events", "identity", "account"), "https://x.example")
    duty, transport = answered(mode, lambda _: reply({"slack_connections": []}), region=Region(api=slack, **places))

    async def scenario() -> tuple[Any, Any]:
        path = "workspaces/T1/connections"
        return await got(duty.jget(path)), (await got(duty.post(f"/{path}", json={"slack_connection": {}}))).status

    assert ({"slack_connections": []}, 200) == mode.run(scenario)
    assert [f"{slack}/workspaces/T1/connections"] * 2 == [request.url for request in transport.requests]


@pytest.mark.parametrize("attempts", [1, 4])
def test_a_429_ends_with_the_attempts(attempts: int, mode: Mode) -> None:
    """Theirs asks again without end; ours as often as the policy says, 3 times unless told otherwise."""
    duty, transport = answered(mode, lambda _: reply({}, 429), retry=RetryPolicy(attempts=attempts, throttled_base=0))

    async def scenario() -> None:
        with pytest.raises(RateLimitedError):
            await got(duty.get("users"))

    mode.run(scenario)
    assert attempts == len(transport.requests)
    assert 3 == RetryPolicy().attempts


def test_a_429_ends_with_the_time(mode: Mode) -> None:
    """However many attempts there may be, a call ends when its time does."""
    duty, transport = answered(mode, lambda _: reply({}, 429, Retry_After="2"), retry=RetryPolicy(attempts=10_000))

    async def scenario() -> float:
        begun = time.monotonic()
        with pytest.raises(RateLimitedError):
            await got(duty.get("users", timeout=0.5))
        return time.monotonic() - begun

    assert mode.run(scenario) < 2
    assert len(transport.requests) < 10


# proxies -------------------------------------------------------------------------------------------------------------

SECRET = "a-very-secret-password"
HERE = Region(
    api="http://pd.invalid", events="http://pd.invalid", identity="http://pd.invalid", account="http://pd.invalid"
)


ASYNCIO_ONLY = {"aiohttp", "pyreqwest"}
WAYS = [(mode, name) for mode in MODES for name in NAMES if mode != "trio" or name not in ASYNCIO_ONLY]


@pytest.fixture(params=WAYS, ids="-".join)
def way(request: pytest.FixtureRequest) -> tuple[Mode, str]:
    """Each mode with each transport that it has, by its name."""
    mode, name = request.param
    pytest.importorskip(name)
    return Mode(mode), f"portal:{name}" if mode == "blocking" and name == "pyreqwest" else name


def users(way: tuple[Mode, str], **settings: Any) -> list[Any]:
    """What a client of PagerDuty's brings."""
    mode, transport = way
    duty = (PagerDuty if mode.blocking else AsyncPagerDuty)("a-key", retry=QUICK, transport=transport, **settings)

    async def scenario() -> list[Any]:
        try:
            return list(await got(duty.list_all("users")))
        finally:
            await mode.close(duty)

    return mode.run(scenario)


@pytest.mark.parametrize("given", ["argument", "environment"])
def test_a_proxy_of_plain_http(given: str, way: tuple[Mode, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy by ``proxy=`` or by the environment is handed the whole address, and its own credentials."""
    with RawServer(json_answer(USERS)) as proxy:
        address = f"http://me:{SECRET}@127.0.0.1:{proxy.port}"
        if given == "environment":
            monkeypatch.setenv("HTTP_PROXY", address)
        own = {"proxy": address} if given == "argument" else {}
        assert USERS["users"] == users(way, region=HERE, allow_http=True, **own)
    assert ["http://pd.invalid/users?limit=100&offset=0"] == [request.target for request in proxy.requests]
    assert proxy.requests[0].header("proxy-authorization")
    assert "Token token=a-key" == proxy.requests[0].header("authorization")


def test_a_tunnel(way: tuple[Mode, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To an address of HTTPS a proxy opens a tunnel, and sees no credential but its own."""
    certificates = Certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificates.path)
    with RawServer(json_answer(USERS), tls=certificates.good()) as server, RawServer(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setattr("pagertree_async.transports._proxies.is_loopback", lambda host: False)
        url = server.url.replace("127.0.0.1", "localhost")
        assert USERS["users"] == users(way, region=Region.at(url))
    assert [("CONNECT", url.removeprefix("https://"))] == [(one.method, one.target) for one in proxy.requests]
    assert None is proxy.requests[0].header("authorization")
    assert "Token token=a-key" == server.requests[0].header("authorization")


def test_a_proxy_that_wants_credentials(way: tuple[Mode, str]) -> None:
    """A 407 is the proxy's, and is told as one."""
    with RawServer(answer(407)) as proxy, pytest.raises(Exception, match="407") as ended:
        users(way, region=HERE, allow_http=True, proxy=proxy.url)
    assert "ProxyError" == type(ended.value).__name__


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "all_proxy"])
def test_a_proxy_of_another_kind(variable: str, way: tuple[Mode, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the environment that cannot be used is refused by the name of its variable; nothing was sent."""
    monkeypatch.setenv(variable, f"socks5://me:{SECRET}@127.0.0.1:1")
    with pytest.raises(ConfigurationError, match=f"the proxy's address in {variable} has the scheme 'socks5'") as ended:
        users(way, region=HERE, allow_http=True)
    assert f"Correct {variable}, unset it, or have NO_PROXY name the hosts that need none" in str(ended.value)
    assert SECRET not in str(ended.value)


def test_a_proxy_and_a_transport_of_ones_own(mode: Mode) -> None:
    """A transport that was made already has its own proxy, or none."""
    with pytest.raises(ConfigurationError, match="a proxy is the transport's affair"):
        client(mode, transport=Never(), proxy="http://127.0.0.1:1")


class Never:
    """A transport that is not used."""

    def send(self, request: Request) -> Response:
        raise NotImplementedError
