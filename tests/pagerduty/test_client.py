"""Clients of PagerDuty: what they are given, where each credential goes, and how they end."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest

from pagertree_async import (
    ClientClosedError,
    ConfigurationError,
    InvalidArgumentError,
    Pace,
    RateLimitedError,
    UnexpectedRedirectError,
)
from pagertree_async.http import Secret
from pagertree_async.pagerduty import (
    ApiToken,
    AsyncPagerDuty,
    Basic,
    OAuth,
    OAuthToken,
    PagerDuty,
    Region,
    Rows,
    UrlError,
)
from pagertree_async.pagerduty import errors as errors_module
from pagertree_async.pagerduty.auth import Missing
from pagertree_async.pagerduty.client import REGIONS, setup
from tests.modes import Mode, got
from tests.pagerduty.helpers import answered, headers, reply

EVERYTHING = {
    "api": "https://a.example",
    "events": "https://e.example",
    "identity": "https://i.example",
    "account": "https://{subdomain}.x.example",
}


@pytest.mark.parametrize(
    ("region", "hosts"),
    [
        ("us", ["api.pagerduty.com", "acme.pagerduty.com", "events.pagerduty.com", "identity.pagerduty.com"]),
        ("eu", ["api.eu.pagerduty.com", "acme.eu.pagerduty.com", "events.eu.pagerduty.com", "identity.pagerduty.com"]),
        (Region(**EVERYTHING), ["a.example", "acme.x.example", "e.example", "i.example"]),
    ],
)
def test_each_credential_goes_to_its_own_origin(mode: Mode, region: Any, hosts: list[str]) -> None:
    """The key, the password, the routing key and the client's secret are each seen by one host only."""
    seen: dict[str, set[str]] = {}
    secrets = ("oauth-access", "Basic YWRhOnBhc3N3b3Jk", "routing-key", "client-secret")

    def handler(request: Any) -> Any:
        host = request.url.removeprefix("https://").partition("/")[0]
        sent = " ".join(headers(request).values()) + request.body.decode()
        for secret in secrets:
            if secret in sent:
                seen.setdefault(secret, set()).add(host)
        if "oauth" in request.url:
            return reply({"access_token": "oauth-access", "expires_in": 900_000})
        if "entries" in request.url:
            return reply({"total": 0, "entries": []})
        return reply({"dedup_key": "d", "users": [], "more": False}, 202)

    client, _ = answered(
        mode,
        handler,
        OAuth("id-1", "client-secret", scope="read"),
        basic=Basic("ada", "password"),
        routing_key="routing-key",
        subdomain="acme",
        region=region,
    )

    async def scenario() -> None:
        await got(client.list_all("users"))
        await got(client.events.resolve("d"))
        await got(client.schedules.entries("P1", "2026-01-01", "2026-01-02"))

    mode.run(scenario)
    assert {secret: {host} for secret, host in zip(secrets, hosts, strict=True)} == seen


def test_a_client_that_is_closed_sends_nothing(mode: Mode) -> None:
    """Every part of it ends with it; closing again does nothing."""
    client, transport = answered(
        mode, lambda _: reply({}), basic=Basic("ada", "pw"), routing_key="rk", subdomain="acme"
    )

    async def scenario() -> None:
        for _ in range(2):
            await mode.close(client)
        for call in (
            lambda: client.get("users"),
            lambda: client.list_all("users"),
            lambda: client.events.resolve("d"),
            lambda: client.schedules.entries("P1", "2026-01-01", "2026-01-02"),
        ):
            with pytest.raises(ClientClosedError):
                await got(call())

    mode.run(scenario)
    assert client.closed
    assert [] == transport.requests


def test_without_a_key_the_rest_api_says_so(mode: Mode) -> None:
    """A client with a password alone can ask API v1 and nothing else."""
    client, transport = answered(mode, lambda _: reply({}), Basic("ada", "pw"))

    async def scenario() -> None:
        with pytest.raises(ConfigurationError, match="PAGERDUTY_API_KEY"):
            await got(client.rget("users"))

    mode.run(scenario)
    assert [] == transport.requests
    with pytest.raises(NotImplementedError):
        Missing("", "").take(Secret("x"))


def test_the_environment_is_taken_where_nothing_is_given() -> None:
    """Each variable stands in for one argument."""
    env = {
        "PAGERDUTY_API_KEY": " key ",
        "PAGERDUTY_USERNAME": "ada",
        "PAGERDUTY_PASSWORD": "pw",
        "PAGERDUTY_SUBDOMAIN": "acme",
        "PAGERDUTY_ROUTING_KEY": "rk",
        "PAGERDUTY_REGION": "eu",
    }
    found = setup(None, None, None, None, None, env)
    assert (ApiToken("key"), Basic("ada", "pw"), "rk", "acme") == (
        found.auth,
        found.basic,
        found.routing_key,
        found.subdomain,
    )
    assert REGIONS["eu"] == found.region
    found = setup(
        None, None, None, None, None, {"PAGERDUTY_OAUTH_TOKEN": "t", "PAGERDUTY_BASE_URL": "http://127.0.0.1:1"}
    )
    assert (OAuthToken("t"), Region.at("http://127.0.0.1:1")) == (found.auth, found.region)
    assert REGIONS["us"] == setup("k", None, None, None, "us", {"PAGERDUTY_BASE_URL": "http://127.0.0.1:1"}).region
    found = setup(None, None, None, None, None, {})
    assert (False, None, None, None) == (found.has_rest, found.basic, found.subdomain, found.routing_key)


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        ((Basic("a", "b"), Basic("a", "b"), None, None, None), {}),
        (("k", None, None, "acme.evil.example/", None), {}),
        (("k", None, None, "-acme", None), {}),
        (("k", None, None, None, "mars"), {}),
        (("", None, None, None, None), {}),
        ((None, None, None, None, None), {"PAGERDUTY_API_KEY": "a", "PAGERDUTY_OAUTH_TOKEN": "b"}),
    ],
)
def test_settings_that_are_wrong_or_contradict(arguments: tuple[Any, ...], env: dict[str, str]) -> None:
    """Two passwords, a subdomain that is none, an unknown region, an empty key, two kinds of credentials."""
    with pytest.raises(ConfigurationError):
        setup(*arguments, env)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ApiToken(""),
        lambda: ApiToken(7),
        lambda: OAuthToken("a\nb"),
        lambda: OAuthToken("ü"),
        lambda: Basic("", "x"),
        lambda: Basic("a:b", "x"),
        lambda: Basic("a", ""),
    ],
)
def test_credentials_that_cannot_be_sent(make: Any) -> None:
    """Empty ones, no texts, and characters that no header can carry."""
    with pytest.raises(ConfigurationError):
        make()


@pytest.mark.parametrize("auth", [ApiToken("hunter2"), OAuthToken(Secret("hunter2")), Basic("ada", Secret("hunter2"))])
def test_credentials_are_not_shown(auth: Any) -> None:
    """Neither repr nor a pickle has them, and a copy still works."""
    assert "hunter2" not in repr(auth)
    assert b"hunter2" not in pickle.dumps(auth.headers())
    assert auth == copy.deepcopy(auth)


def test_a_429_waits_as_long_as_it_says(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Retry-After, ratelimit-reset tells the seconds; a longer one than is waited for ends the call."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    class Still(Pace):
        def held(self) -> float:
            return 0.0

        def hold(self, seconds: float) -> None:
            waited.append(round(seconds))

    answers = [
        reply({}, 429, ratelimit_reset="7"),
        reply({}, 429, ratelimit_reset="nan"),
        reply({"user": {}}),
        reply({}, 429, ratelimit_reset="900"),
    ]
    client, transport = answered(mode, lambda _: answers[len(transport.requests) - 1], rate_limiter=Still())
    monkeypatch.setattr(client._session.mode, "sleep", staticmethod(sleep))

    async def scenario() -> None:
        await got(client.rget("users/P1"))
        with pytest.raises(RateLimitedError) as caught:
            await got(client.get("users/P1"))
        assert 900 == caught.value.retry_after

    mode.run(scenario)
    assert [7, 0, 900] == [one for one in waited if isinstance(one, int)]
    assert 4 == len(transport.requests)


def test_a_redirect_is_raised_also_by_a_plain_verb(mode: Mode) -> None:
    """No answer leads the credentials elsewhere."""
    client, transport = answered(mode, lambda _: reply({}, 302, location="https://evil.example"))

    async def scenario() -> None:
        with pytest.raises(UnexpectedRedirectError):
            await got(client.get("users"))

    mode.run(scenario)
    assert 1 == len(transport.requests)


def test_empty_answers_and_bodies(mode: Mode) -> None:
    """A 204 is None; a body that was not given is not sent; a query in the address is kept."""
    client, transport = answered(mode, lambda _: reply(None, 204))

    async def scenario() -> None:
        assert await got(client.rput("teams/P1/users/P2")) is None
        assert await got(client.rput("users/P1", json={"name": "x"})) is None
        assert await got(client.jget("users?query=a&query=b", params={"limit": 1})) is None

    mode.run(scenario)
    first, second, third = transport.requests
    assert (b"", b'{"user":{"name":"x"}}') == (first.body, second.body)
    assert third.url.endswith("/users?query=a&query=b&limit=1")


def test_what_no_verb_takes(mode: Mode) -> None:
    """An unknown argument, a header that proves who sends it, and a body that cannot be encoded are refused."""
    client, transport = answered(mode, lambda _: reply({}))

    async def scenario() -> None:
        with pytest.raises(TypeError):
            await got(client.get("users", colour="red"))
        with pytest.raises(InvalidArgumentError):
            await got(client.get("users", headers={"Authorization": "x"}))
        with pytest.raises(InvalidArgumentError):
            await got(client.post("users", json=object()))

    mode.run(scenario)
    assert [] == transport.requests


def test_methods_are_documented_and_have_signatures() -> None:
    """Every public method has a docstring of its own, and help shows its arguments."""
    for kind in (AsyncPagerDuty, PagerDuty):
        for name in ("get", "jput", "rpost", "list_all", "find", "persist", "iter_all"):
            assert getattr(kind, name).__doc__ == getattr(kind("k"), name).__doc__
            assert "target" in inspect.signature(getattr(kind("k"), name)).parameters
    assert "overflow" in inspect.signature(PagerDuty("k").schedules.entries).parameters


def test_errors_can_be_pickled() -> None:
    """Errors keep their code when they travel between processes."""
    body = b'{"error": {"message": "m", "code": 3004, "errors": ["d"]}}'
    error = pickle.loads(pickle.dumps(errors_module.UnknownScheduleError(400, body=body)))
    assert (400, 3004, ("d",)) == (error.status, error.code, error.details)
    assert issubclass(UrlError, InvalidArgumentError)
    assert isinstance(PagerDuty("k").iter_all("users"), Rows)


@pytest.mark.parametrize("name", ["api", "events", "identity", "account"])
def test_every_address_is_held_to_encryption(name: str) -> None:
    """No part of PagerDuty is spoken to in clear over the network, unless the caller says so."""
    region = Region(**{**EVERYTHING, name: "http://10.0.0.1"})
    auth = OAuth("id-1", "secret-1", scope="x")
    with pytest.raises(ConfigurationError, match="unencrypted"):
        PagerDuty(auth, region=region)
    assert isinstance(PagerDuty(auth, region=region, allow_http=True), PagerDuty)
