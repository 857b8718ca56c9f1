"""PagerDuty for a command: where it is, as whom, and the client that asks it."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

from pagertree_async.cli.connect import (
    DUTY,
    DUTY_WAYS,
    SANDBOX_URL,
    Access,
    Target,
    duty_present,
    given_by,
    read_secret,
    set_by,
)
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.made_up import duty_sandboxed
from pagertree_async.http import Secret
from pagertree_async.pagerduty import ApiToken, PagerDuty, Region
from pagertree_async.pagerduty.auth import Nobody
from pagertree_async.pagerduty.client import setup

ROUTING_KEY = "PAGERDUTY_ROUTING_KEY"


class RoutingKey(Nobody):
    """What an event is told with: it carries its key itself."""


class Reached(NamedTuple):
    """What is needed for a client.

    Attributes:
        access: Where to and as whom, as it is told.
        rest: Whether the credentials are for the REST API, and not for the schedule entries of API v1 alone.
        key: The key that was found, None for what the environment has.
        region: Where the parts of PagerDuty are, None for where the environment says.
        app: The application that answers, None for the network.
        routing_key: The key of an integration for events, None for what the environment has.
    """

    access: Access
    rest: bool = True
    key: ApiToken | None = None
    region: Region | None = None
    app: Any = None
    routing_key: Secret | None = None

    def client(self, **settings: Any) -> PagerDuty:
        """A blocking client.

        Args:
            settings: What all clients take.
        """
        return PagerDuty(self.key, routing_key=self.routing_key, region=self.region, **settings)


@contextmanager
def reached(target: Target) -> Generator[Reached]:
    """What is needed for a client, as long as the block lasts.

    Raises:
        CommandError: There are no credentials.
        ConfigurationError: They contradict one another.
    """
    if not target.sandbox:
        yield _found(target)
        return
    with duty_sandboxed(target) as sandbox:
        key = ApiToken(sandbox.api_key)
        access = Access(DUTY, key, SANDBOX_URL, "the sandbox")
        yield Reached(access, key=key, region=Region.at(SANDBOX_URL), app=sandbox.app)


@contextmanager
def routed(target: Target) -> Generator[Reached]:
    """What is needed for a client that tells events, as long as the block lasts.

    Raises:
        CommandError: There is no routing key.
    """
    if target.sandbox:
        with duty_sandboxed(target) as sandbox:
            found = Access(DUTY, RoutingKey(), SANDBOX_URL, "the sandbox")
            key = Secret(sandbox.routing_key)
            yield Reached(found, region=Region.at(SANDBOX_URL), app=sandbox.app, routing_key=key)
        return
    given = read_secret(target)
    if given is not None and len(given) != 1:
        message = "a routing key is one line"
        raise CommandError(message, Exit.AUTH)
    if given is None and not os.environ.get(ROUTING_KEY):
        message = "no routing key"
        raise CommandError(message, Exit.AUTH, hint=f"Set {ROUTING_KEY}, or give --token-file FILE")
    region = None if target.base_url is None else Region.at(target.base_url)
    url = setup(None, None, None, None, region).region.events
    found = Access(DUTY, RoutingKey(), url, *(set_by([ROUTING_KEY]) if given is None else given_by(target)))
    yield Reached(found, region=region, routing_key=None if given is None else Secret(next(iter(given.values()))))


def _found(target: Target) -> Reached:
    if target.profile is not None:
        message = "--profile: profiles hold no credentials of PagerDuty"
        raise CommandError(message, hint="Set PAGERDUTY_API_KEY, or give --token-file FILE")
    given = read_secret(target)
    if given is not None and len(given) != 1:
        message = "an API key of PagerDuty's is one line"
        raise CommandError(message, Exit.AUTH)
    if given is None and not duty_present():
        message = "no credentials"
        raise CommandError(message, Exit.AUTH, hint=f"Set {', or '.join(' with '.join(way) for way in DUTY_WAYS)}")
    key = None if given is None else ApiToken(next(iter(given.values())))
    region = None if target.base_url is None else Region.at(target.base_url)
    made = setup(key, None, None, None, region)
    ways = [name for way in DUTY_WAYS if all(os.environ.get(name) for name in way) for name in way]
    source = set_by(ways) if key is None else given_by(target)
    if made.has_rest:
        return Reached(Access(DUTY, made.auth, made.region.api, *source), key=key, region=region)
    url = made.region.account.replace("{subdomain}", made.subdomain or "")
    if not made.subdomain and url != made.region.account:
        message = "a user name and a password of PagerDuty's are for an account, and which is not said"
        raise CommandError(message, Exit.AUTH, hint="Set PAGERDUTY_SUBDOMAIN, the acme of acme.pagerduty.com")
    return Reached(Access(DUTY, made.basic or made.auth, url, *source), rest=False, region=region)


def address(target: Target) -> str:
    """The root of the REST API: as given, else the environment's, else the vendor's own."""
    region = None if target.base_url is None else Region.at(target.base_url)
    return setup(ApiToken("-"), None, None, None, region, dict(os.environ)).region.api
