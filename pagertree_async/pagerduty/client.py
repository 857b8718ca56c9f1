"""The clients of PagerDuty, one to await and one to call."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec

from pagertree_async.addresses import checked_base_url
from pagertree_async.auth import Auth, Obtaining, veiled
from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.client import AsyncClient, BlockingClient, Opened, T
from pagertree_async.errors import ConfigurationError
from pagertree_async.http import BlockingTransport, Secret, Timeout, Transport
from pagertree_async.models import Json
from pagertree_async.oncall import OnCall
from pagertree_async.pace import RateLimiter
from pagertree_async.pagerduty.auth import ApiToken, AuthLike, Basic, Missing, Nobody, OAuthToken
from pagertree_async.pagerduty.entries import Entries, Schedules
from pagertree_async.pagerduty.errors import entries_error, rest_error
from pagertree_async.pagerduty.events import Events
from pagertree_async.pagerduty.oauth import OAuth
from pagertree_async.pagerduty.oncall import EntriesOnCall, RestOnCall
from pagertree_async.pagerduty.rest import Rest
from pagertree_async.retry import RetryPolicy
from pagertree_async.session import Session
from pagertree_async.telling import Hooks


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parts of PagerDuty are; credentials for one go to that one only.

    Args:
        api: The REST API.
        events: The Events API.
        identity: The identity server, where OAuth tokens come from.
        account: API v1, with ``{subdomain}`` where the account's goes.
    """

    api: str
    events: str
    identity: str
    account: str

    @classmethod
    def at(cls, url: str) -> Region:
        """All parts at one address: a sandbox."""
        return cls(api=url, events=url, identity=url, account=url)


REGIONS = {
    "us": Region(
        api="https://api.pagerduty.com",
        events="https://events.pagerduty.com",
        identity="https://identity.pagerduty.com",
        account="https://{subdomain}.pagerduty.com",
    ),
    "eu": Region(
        api="https://api.eu.pagerduty.com",
        events="https://events.eu.pagerduty.com",
        identity="https://identity.pagerduty.com",
        account="https://{subdomain}.eu.pagerduty.com",
    ),
}

RegionLike: TypeAlias = Literal["us", "eu"] | Region


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a client was given and what the environment adds, checked."""

    region: Region
    auth: Auth | Obtaining
    has_rest: bool
    basic: Basic | None
    subdomain: str | None
    routing_key: str | Secret | None


def setup(
    auth: AuthLike | None,
    basic: Basic | None,
    routing_key: str | Secret | None,
    subdomain: str | None,
    region: RegionLike | None,
    environ: Mapping[str, str] | None = None,
) -> Setup:
    """What a client was given, and for what it was not given, what the environment has.

    Raises:
        ConfigurationError: Something is wrong, or contradicts something else.
    """
    env = os.environ if environ is None else environ
    if isinstance(auth, Basic):
        if basic is not None:
            raise ConfigurationError("a name and a password were given twice: as auth and as basic")
        auth, basic = None, auth
    if basic is None and env.get("PAGERDUTY_USERNAME") and env.get("PAGERDUTY_PASSWORD"):
        basic = Basic(env["PAGERDUTY_USERNAME"], Secret(env["PAGERDUTY_PASSWORD"], "PAGERDUTY_PASSWORD"))
    given: Auth | Obtaining | Secret | None = _from(env) if auth is None else veiled(auth)
    name = subdomain or env.get("PAGERDUTY_SUBDOMAIN") or None
    if name is not None and not re.fullmatch(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,62}", name, re.ASCII):
        message = f"a subdomain is like 'acme', not {name[:80]!r}"
        raise ConfigurationError(message)
    where = region or env.get("PAGERDUTY_REGION") or "us"
    if region is None and env.get("PAGERDUTY_BASE_URL"):
        where = Region.at(env["PAGERDUTY_BASE_URL"])
    if not isinstance(where, Region):
        if where not in REGIONS:
            message = f"a region is 'us', 'eu' or a Region, not {where!r}"
            raise ConfigurationError(message)
        where = REGIONS[where]
    known: Auth | Obtaining = _NO_KEY
    if isinstance(given, Secret):
        known = ApiToken(given)
    elif given is not None:
        known = given
    return Setup(
        region=where,
        auth=known,
        has_rest=given is not None,
        basic=basic,
        subdomain=name,
        routing_key=routing_key or env.get("PAGERDUTY_ROUTING_KEY") or None,
    )


def _from(env: Mapping[str, str]) -> Auth | None:
    key, token = env.get("PAGERDUTY_API_KEY"), env.get("PAGERDUTY_OAUTH_TOKEN")
    if key and token:
        message = "the environment has credentials of two kinds: PAGERDUTY_API_KEY and PAGERDUTY_OAUTH_TOKEN"
        raise ConfigurationError(message, hint="Unset one of them, or give auth= in code")
    if key:
        return ApiToken(Secret(key.strip(), "PAGERDUTY_API_KEY"))
    return OAuthToken(Secret(token.strip(), "PAGERDUTY_OAUTH_TOKEN")) if token else None


_NO_KEY = Missing(
    "the REST API needs a key or an OAuth token, and none was given",
    "Give ApiToken(...), OAuthToken(...) or OAuth(...), or set PAGERDUTY_API_KEY",
)
_NO_PASSWORD = Missing(
    "the schedule entries of API v1 need a user's name and password, and none were given",
    "Give basic=Basic(...), or set PAGERDUTY_USERNAME and PAGERDUTY_PASSWORD",
)
_NO_SUBDOMAIN = Missing(
    "the schedule entries of API v1 need the account's subdomain, and none was given",
    "Give subdomain='acme', or set PAGERDUTY_SUBDOMAIN",
)


class Parts(Rest[Mode]):
    """What both clients have, over sessions of which each knows its own origin and its own credentials.

    Attributes:
        schedules: Who is on call on a schedule, by API v1.
        events: Opening, acknowledging and resolving alerts, and telling of changes.
    """

    def _assemble(
        self,
        first: Session[Mode],
        given: Setup,
        pace: RateLimiter | None,
        default_from: str | None,
        *,
        allow_http: bool,
    ) -> None:
        at, region = msgspec.structs.replace, given.region
        settings = at(first.settings, errors=rest_error)
        identity = at(settings, base_url=checked_base_url(region.identity, allow_http=allow_http))
        asks = first.beside(Nobody(), identity) if isinstance(given.auth, OAuth) else None
        self._session = first.beside(given.auth, settings, pace=pace, asks=asks)
        account, password = region.account, given.basic or _NO_PASSWORD
        if "{subdomain}" in account:
            password = password if given.subdomain else _NO_SUBDOMAIN
            account = account.replace("{subdomain}", given.subdomain or "missing")
        account = checked_base_url(account, allow_http=allow_http)
        entries = first.beside(password, at(settings, base_url=account, errors=entries_error))
        events = first.beside(Nobody(), at(settings, base_url=checked_base_url(region.events, allow_http=allow_http)))
        self._others = [session for session in (entries, events, asks) if session is not None]
        self._has_rest = given.has_rest
        self.default_from = default_from
        self.schedules: Schedules[Mode] = Schedules(entries)
        self.events: Events[Mode] = Events(events, given.routing_key)

    def on_call(self) -> OnCall[Mode]:
        """What answers ``pagertree_async.oncall``: the REST API, or API v1 where there is no key."""
        mode = self._session.mode
        if self._has_rest:
            return RestOnCall(mode, self._rendered, self._listed)
        return EntriesOnCall(mode, self._whole)

    async def _rendered(self, path: str, params: dict[str, Any]) -> Any:
        return await self._body("GET", path, {"params": params})

    async def _listed(self, path: str, params: dict[str, Any]) -> list[Json]:
        return await self._all(self._asked(path, params, None))

    async def _whole(self, schedule: str, since: datetime, until: datetime) -> Entries:
        return await self.schedules.found(schedule, since, until, overflow=True)

    def _close_others(self) -> None:
        for session in self._others:
            session.closed = True


class Whole(Opened[Mode, T], Parts[Mode]):
    """A client of PagerDuty."""

    def __init__(
        self,
        auth: AuthLike | None = None,
        *,
        basic: Basic | None = None,
        routing_key: str | Secret | None = None,
        subdomain: str | None = None,
        region: RegionLike | None = None,
        default_from: str | None = None,
        transport: T | str | None = None,
        timeout: float | Timeout = 30.0,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        rate_limiter: RateLimiter | None = None,
        allow_http: bool = False,
        hooks: Hooks | None = None,
    ) -> None:
        """Make a client; it connects when it is first used.

        Args:
            auth: ``ApiToken(key)``, ``OAuthToken(token)``, ``OAuth(...)``, an API key as plain text, or ``Basic(...)``
                for API v1 alone. Left out, the environment decides: ``PAGERDUTY_API_KEY`` or
                ``PAGERDUTY_OAUTH_TOKEN``.
            basic: A name and a password for the schedule entries of API v1; left out, ``PAGERDUTY_USERNAME`` and
                ``PAGERDUTY_PASSWORD``.
            routing_key: The key of an integration for events; left out, ``PAGERDUTY_ROUTING_KEY``.
            subdomain: The account's, for API v1; left out, ``PAGERDUTY_SUBDOMAIN``.
            region: ``us``, ``eu``, or a ``Region`` with addresses; left out, ``PAGERDUTY_REGION``, or all of PagerDuty
                at ``PAGERDUTY_BASE_URL``.
            default_from: The e-mail address that writing requests are made as.
            transport: What sends requests, or its name: ``"httpx"``, the default, ``"httpx2"``, ``"aiohttp"``,
                ``"pyreqwest"``, or in blocking code ``"portal:pyreqwest"``, an async one in a thread of its own.
                Closing the client closes it.
            timeout: Seconds for a whole call with all its attempts and waits, or a ``Timeout`` with the parts.
            retry: When calls are tried again.
            proxy: The address of a proxy; by default the usual environment variables decide, never for this machine.
            rate_limiter: When requests to the REST API may leave; by default only the server's own "wait" holds them.
            allow_http: Allow ``http://`` to another machine, where credentials travel unencrypted.
            hooks: Functions to call when something happens.

        Raises:
            ConfigurationError: A setting or credential is wrong, or contradicts another.
        """
        auth, routing_key = veiled(auth), veiled(routing_key)
        given = setup(auth, basic, routing_key, subdomain, region)
        super().__init__(
            Nobody(),
            given.region.api,
            transport=transport,
            timeout=timeout,
            retry=retry,
            proxy=proxy,
            rate_limiter=rate_limiter,
            allow_http=allow_http,
            hooks=hooks,
        )
        self._assemble(self._session, given, rate_limiter, default_from, allow_http=allow_http)


class AsyncPagerDuty(Whole[Async, Transport], AsyncClient):
    """PagerDuty, awaited; usable as ``async with``, and from many tasks at once."""

    async def aclose(self) -> None:
        """Close the client and its connections; again does nothing."""
        self._close_others()
        await super().aclose()


class PagerDuty(Whole[Blocking, BlockingTransport], BlockingClient):
    """PagerDuty, called and blocking; usable as ``with``, in threads, inside a running loop, after a fork."""

    def close(self) -> None:
        """Close the client and its connections; again does nothing."""
        self._close_others()
        super().close()
