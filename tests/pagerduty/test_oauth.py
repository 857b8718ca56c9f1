"""OAuth: tokens that are renewed once, in time, and where renewing fails, as late as possible."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import anyio
import pytest

from pagertree_async import AuthenticationError, BadRequestError, ConfigurationError, InvalidResponseError, ServerError
from pagertree_async.http import Request, Response, Secret
from pagertree_async.pagerduty import OAuth, Pkce, Tokens
from pagertree_async.pagerduty import oauth as module
from pagertree_async.pagerduty.oauth import AGREE
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
from tests.modes import Mode, got
from tests.pagerduty.helpers import answered, door, headers, on, reply
from tests.pagerduty.helpers import client as made


def tokens(seconds: float, refresh: str | None = "refresh-1", lifetime: float | None = None) -> Tokens:
    """Tokens that end in some seconds."""
    return Tokens(
        access_token=Secret("access-1"),
        refresh_token=None if refresh is None else Secret(refresh),
        expires_at=datetime.now(UTC) + timedelta(seconds=seconds),
        lifetime=lifetime,
    )


class Server:
    """The identity server and the API in one function; tells which tokens it has seen."""

    def __init__(self, *, lifetime: float = 864_000, grants: Any = None) -> None:
        self.lifetime = lifetime
        self.granted: list[dict[str, str]] = []
        self.seen: list[str] = []
        self.refused: set[str] = set()
        self.grants = grants

    def __call__(self, request: Request) -> Response:
        if request.url.endswith("/oauth/token"):
            assert "https://identity.pagerduty.com/oauth/token" == request.url
            assert "authorization" not in headers(request)
            assert "application/x-www-form-urlencoded" == headers(request)["content-type"]
            self.granted.append(dict(parse_qsl(request.body.decode())))
            if self.grants is not None:
                return self.grants(len(self.granted))  # type: ignore[no-any-return]
            number = len(self.granted) + 1
            return reply(
                {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "expires_in": self.lifetime}
            )
        assert request.url.startswith("https://api.pagerduty.com/")
        assert b"secret-1" not in request.body
        token = headers(request)["authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        return reply({"error": {}}, 401) if token in self.refused else reply({"user": {}})


def test_a_token_that_ends_within_a_day_is_renewed_first(mode: Mode) -> None:
    """The refresh token is exchanged, the new tokens are handed over, and a token that lasts is left alone."""
    kept: list[Tokens] = []
    server = Server()
    auth = OAuth("id-1", "secret-1", tokens=tokens(3600), on_tokens=kept.append)
    client, _ = answered(mode, server, auth)
    lasting, _ = answered(mode, server, OAuth("id-1", "secret-1", tokens=tokens(2 * 86_400)))

    async def scenario() -> None:
        for _ in range(2):
            await got(client.rget("users/me"))
        await got(lasting.rget("users/me"))

    mode.run(scenario)
    expected = {
        "client_id": "id-1",
        "client_secret": "secret-1",
        "grant_type": "refresh_token",
        "refresh_token": "refresh-1",
    }
    assert [expected] == server.granted
    assert ["access-2", "access-2", "access-1"] == server.seen
    assert ["access-2"] == [one.access_token.reveal() for one in kept]
    assert auth.tokens == kept[0]


def test_when_it_is_renewed_can_be_set(mode: Mode) -> None:
    """With an hour of notice a token that ends in two hours is used as it is."""
    server = Server()
    client, _ = answered(mode, server, OAuth("id-1", "secret-1", tokens=tokens(7200), early=3600))

    async def scenario() -> None:
        await got(client.rget("users/me"))

    mode.run(scenario)
    assert [] == server.granted


def test_a_short_lived_token_is_not_renewed_for_every_call(mode: Mode) -> None:
    """One that lives an hour is renewed when half of it is over, not a day before its end."""
    server = Server(lifetime=3600)
    client, _ = answered(mode, server, OAuth("id-1", "secret-1", scope="as_account-us.acme users.read"))

    async def scenario() -> None:
        for _ in range(3):
            await got(client.rget("users/me"))

    mode.run(scenario)
    assert [("client_credentials", "as_account-us.acme users.read")] == [
        (one["grant_type"], one["scope"]) for one in server.granted
    ]
    assert OAuth("id-1", "secret-1", tokens=tokens(1700, lifetime=3600)).due()
    assert not OAuth("id-1", "secret-1", tokens=tokens(1900, lifetime=3600)).due()


def test_a_401_renews_once(mode: Mode) -> None:
    """A token that was revoked is renewed and the call repeated; a second 401 is the caller's."""
    server = Server()
    server.refused = {"access-1", "access-3"}
    client, _ = answered(mode, server, OAuth("id-1", "secret-1", tokens=tokens(10 * 86_400)))

    async def scenario() -> None:
        await got(client.rget("users/me"))
        server.refused = {"access-2", "access-3"}
        with pytest.raises(AuthenticationError):
            await got(client.rget("users/me"))

    mode.run(scenario)
    assert ["access-1", "access-2", "access-2", "access-3"] == server.seen
    assert ["refresh-1", "refresh-2"] == [one["refresh_token"] for one in server.granted]


def test_fifty_tasks_make_one_refresh() -> None:
    """However many calls wait for it, a token is renewed once."""
    server = Server()

    async def slow(request: Request) -> Response:
        await anyio.sleep(0.005)
        return server(request)

    async def scenario(backend: str) -> None:
        client = made(Mode(backend), OAuth("id-1", "secret-1", tokens=tokens(60)), transport=AsyncMemoryTransport(slow))
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(client.rget, "users/me")

    for backend in ("asyncio", "trio"):
        server.granted.clear()
        anyio.run(scenario, backend, backend=backend)
        assert 1 == len(server.granted)
    assert 100 == len(server.seen)


def test_twenty_threads_make_one_refresh() -> None:
    """The same with threads and a blocking client."""
    server = Server()

    def slow(request: Request) -> Response:
        time.sleep(0.005)
        return server(request)

    client = made(Mode("blocking"), OAuth("id-1", "secret-1", tokens=tokens(60)), transport=MemoryTransport(slow))
    threads = [threading.Thread(target=client.rget, args=("users/me",)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(server.granted)
    assert ["access-2"] * 20 == server.seen


def test_where_renewing_fails_a_token_that_works_is_used(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage of the identity server does not stop calls before the token has ended, and is not asked about each time."""
    server = Server(grants=lambda _: reply({"error": "down"}, 503))
    client, _ = answered(mode, server, OAuth("id-1", "secret-1", tokens=tokens(3600)))

    async def scenario() -> None:
        for _ in range(4):
            await got(client.rget("users/me"))
        assert 3 == len(server.granted)
        monkeypatch.setattr(module.time, "monotonic", lambda later=time.monotonic() + 61: later)
        monkeypatch.setattr("pagertree_async.session.time.monotonic", time.monotonic)
        server.grants = None
        await got(client.rget("users/me"))
        assert "access-5" == server.seen[-1]

    mode.run(scenario)


def test_where_renewing_fails_and_the_token_has_ended_the_call_fails(mode: Mode) -> None:
    """There is nothing left to call with, and the error is the identity server's."""
    server = Server(grants=lambda _: reply({"error": "down"}, 503))
    client, _ = answered(mode, server, OAuth("id-1", "secret-1", tokens=tokens(-1)))

    async def scenario() -> None:
        with pytest.raises(ServerError) as caught:
            await got(client.rget("users/me"))
        assert "/oauth/token" == caught.value.path

    mode.run(scenario)
    assert [] == server.seen


def test_a_refused_token_is_not_used_again_when_renewing_fails(mode: Mode) -> None:
    """After a 401 a failure to renew is the end, though the token's time is not over."""
    said = {"error": "invalid_grant", "error_description": "The token was withdrawn", "client_secret": "secret-1"}
    server = Server(grants=lambda _: reply(said, 400))
    server.refused = {"access-1"}
    client, _ = answered(mode, server, OAuth("id-1", "secret-1", tokens=tokens(10 * 86_400)))

    async def scenario() -> None:
        with pytest.raises(BadRequestError) as caught:
            await got(client.rget("users/me"))
        assert b"secret-1" not in caught.value.body
        assert "invalid_grant; The token was withdrawn" in str(caught.value)
        assert str(caught.value).endswith(f". {AGREE}")
        assert AGREE.startswith("The user has to agree once more")

    mode.run(scenario)
    assert ["access-1"] == server.seen


def test_without_a_refresh_token_the_user_has_to_agree_again(mode: Mode) -> None:
    """A token that has ended and cannot be renewed is an error that says what to do."""
    client, transport = answered(mode, Server(), OAuth("id-1", "secret-1", tokens=tokens(-1, refresh=None)))

    async def scenario() -> None:
        with pytest.raises(ConfigurationError, match="agree once more"):
            await got(client.rget("users/me"))

    mode.run(scenario)
    assert [] == transport.requests


def test_the_hook_may_be_awaited() -> None:
    """With an async client the tokens may be kept by an async function, before the call goes on."""
    kept: list[str] = []

    async def keep(fresh: Tokens) -> None:
        await anyio.sleep(0)
        kept.append(fresh.access_token.reveal())

    async def scenario(mode: Mode) -> None:
        client, _ = answered(mode, Server(), OAuth("id-1", "secret-1", tokens=tokens(60), on_tokens=keep))
        await client.rget("users/me")

    for backend in ("asyncio", "trio"):
        anyio.run(scenario, Mode(backend), backend=backend)
    assert ["access-2", "access-2"] == kept


def test_a_refresh_token_that_does_not_come_again_is_kept(mode: Mode) -> None:
    """An answer with an access token alone leaves the refresh token as it was."""
    server = Server(grants=lambda _: reply({"access_token": "access-2", "expires_in": 864_000}))
    auth = OAuth("id-1", "secret-1", tokens=tokens(60))
    client, _ = answered(mode, server, auth)

    async def scenario() -> None:
        await got(client.rget("users/me"))

    mode.run(scenario)
    assert auth.tokens is not None
    assert Secret("refresh-1") == auth.tokens.refresh_token


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": ""}, {"access_token": "x"}, {"access_token": "x", "expires_in": 1e30}, [], "x\ny"]
)
def test_an_answer_without_a_usable_token(mode: Mode, answer: Any) -> None:
    """No token, no end, or no object: an error, without what came."""
    server = Server(grants=lambda _: reply(answer))
    client, _ = answered(mode, server, OAuth("id-1", "secret-1", tokens=tokens(-1)))

    async def scenario() -> None:
        with pytest.raises(InvalidResponseError, match="no access token"):
            await got(client.rget("users/me"))

    mode.run(scenario)


def test_tokens_are_kept_and_taken_up_again() -> None:
    """What to_dict gives, of makes tokens of; nothing shows them."""
    first = Tokens(
        access_token=Secret("a-token"), refresh_token=None, expires_at=datetime(2026, 1, 2, tzinfo=UTC), scope="read"
    )
    assert first == Tokens.of(json.loads(json.dumps(first.to_dict())))
    assert "2026-01-02T00:00:00+00:00" == first.expiration_date
    assert "a-token" not in repr(first)
    again = tokens(60)
    assert again.refresh_token == Tokens.of(again.to_dict()).refresh_token
    with pytest.raises(ConfigurationError, match="access token"):
        Tokens.of({"expiration_date": "2026-01-02"})


@pytest.mark.parametrize("wrong", [{}, {"tokens": tokens(60), "scope": "x"}])
def test_credentials_that_contradict_themselves(wrong: dict[str, Any]) -> None:
    """Neither tokens nor a scope, or both, are a wrong setting."""
    with pytest.raises(ConfigurationError, match="tokens, or a scope"):
        OAuth("id-1", "secret-1", **wrong)


@pytest.mark.parametrize("client_id", ["", " ", None])
def test_an_application_without_an_id(mode: Mode, client_id: Any) -> None:
    """An empty client id, or none, is refused when the credentials or the client of the identity server are made."""
    with pytest.raises(ConfigurationError, match="client id"):
        OAuth(client_id, "secret-1", scope="users.read")
    with pytest.raises(ConfigurationError, match="client id"):
        (module.OAuthClient if mode.blocking else module.AsyncOAuthClient)(client_id, "secret-1")


def test_a_proof_key_is_the_hash_of_its_verifier() -> None:
    """The challenge is that of RFC 7636, and a fresh key is another each time."""
    pkce = Pkce.of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" == pkce.challenge
    assert Pkce.new() != Pkce.new()
    assert "<OAuth of id-1>" == repr(OAuth("id-1", "secret-1", scope="x"))


def test_the_sandbox_takes_a_code_once_and_from_whom_it_was_given(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A code with another verifier or address, twice, or of another application is refused, and so is an ended token."""

    async def scenario() -> None:
        identity, browser, back = door(mode, sandbox), on(mode, sandbox), "https://app.example/back"

        async def code(url: str) -> str:
            with pytest.raises(Exception) as sent:
                await got(browser.get(url.removeprefix("https://identity.pagerduty.com")))
            return str(sent.value.headers["location"]).partition("code=")[2]  # type: ignore[attr-defined]

        pkce = Pkce.new()
        with pytest.raises(BadRequestError, match="invalid_grant"):
            await got(
                identity.exchange(await code(identity.authorize_url("read", back, pkce=pkce)), back, pkce=Pkce.new())
            )
        with pytest.raises(BadRequestError, match="invalid_grant"):
            await got(identity.exchange(await code(identity.authorize_url("read", back)), "https://other.example"))
        once = await code(identity.authorize_url("read", back))
        granted = await got(identity.exchange(once, back))
        with pytest.raises(BadRequestError, match=r"invalid_grant.*was used or withdrawn.*has to agree once more"):
            await got(identity.exchange(once, back))
        with pytest.raises(BadRequestError, match=r"invalid_grant.*has to agree once more"):
            await got(identity.refresh("used-up"))
        with pytest.raises(AuthenticationError, match="invalid_client"):
            await got(door(mode, sandbox, "wrong").app_token("x"))
        with pytest.raises(BadRequestError, match="unsupported_grant_type"):
            await identity._granted(grant_type="password")
        response = await got(browser.get("/oauth/authorize?client_id=other"))
        assert 400 == response.status
        client = on(mode, sandbox, OAuth(sandbox.client_id, sandbox.client_secret, tokens=granted))
        await got(client.rget("users/me"))
        sandbox.expire_tokens()
        await got(client.rget("users/me"))
        await mode.close(identity)

    mode.run(scenario)
    assert 8 == sandbox.requests["POST /oauth/token"]


def test_a_users_token_acts_as_the_user(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """What is written with a user's token needs no From."""

    async def scenario() -> None:
        auth = OAuth(sandbox.client_id, sandbox.client_secret, scope="incidents.write")
        client = on(mode, sandbox, auth, default_from=None)
        incident = (await got(client.list_all("incidents", params={"statuses": ["triggered"]})))[0]
        note = await got(client.rpost(f"{incident['self']}/notes", json={"content": "Looking"}))
        assert "Ada Okafor" == note["user"]["summary"]

    mode.run(scenario)
