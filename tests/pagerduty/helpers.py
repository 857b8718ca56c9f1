"""Clients of PagerDuty in every mode, on a sandbox or on a function that answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pagertree_async.http import Headers, Request, Response
from pagertree_async.pagerduty import ApiToken, AsyncOAuthClient, AsyncPagerDuty, Basic, OAuthClient, PagerDuty
from pagertree_async.retry import RetryPolicy
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
from tests.modes import Mode

QUICK = RetryPolicy(base=0, throttled_base=0)


def client(mode: Mode, auth: Any = "a-key", **settings: Any) -> Any:
    """A client of this mode."""
    settings.setdefault("retry", QUICK)
    return (PagerDuty if mode.blocking else AsyncPagerDuty)(auth, **settings)


def on(mode: Mode, sandbox: PagerDutySandbox, auth: Any = None, **settings: Any) -> Any:
    """A client of this mode that a sandbox answers, with everything it may need."""
    settings.setdefault("basic", Basic(sandbox.username, sandbox.password))
    settings.setdefault("routing_key", sandbox.routing_key)
    settings.setdefault("subdomain", "acme")
    settings.setdefault("default_from", sandbox.username)
    transport = (ASGITransport if mode.blocking else AsyncASGITransport)(sandbox.app)
    return client(mode, auth or ApiToken(sandbox.api_key), transport=transport, **settings)


def answered(
    mode: Mode, handler: Callable[[Request], Response], auth: Any = "a-key", **settings: Any
) -> tuple[Any, Any]:
    """A client of this mode that a function answers, and its transport, which remembers the requests."""
    transport = (MemoryTransport if mode.blocking else AsyncMemoryTransport)(handler)
    return client(mode, auth, transport=transport, **settings), transport


def door(mode: Mode, sandbox: PagerDutySandbox, secret: str | None = None) -> Any:
    """A client of the identity server."""
    transport = (ASGITransport if mode.blocking else AsyncASGITransport)(sandbox.app)
    kind = OAuthClient if mode.blocking else AsyncOAuthClient
    return kind(sandbox.client_id, secret or sandbox.client_secret, transport=transport, retry=QUICK)


def reply(body: Any = None, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body."""
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status=status, headers=Headers(pairs), body=b"" if body is None else json.dumps(body).encode())


def query(request: Request) -> list[tuple[str, str]]:
    """The query of a request."""
    return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)


def headers(request: Request) -> dict[str, str]:
    """The headers of a request, credentials in clear."""
    return dict(request.revealed_headers())


DAILY = {
    "name": "Daily at midnight",
    "time_zone": "UTC",
    "schedule_layers": [
        {
            "start": "2011-01-01T00:00:00Z",
            "rotation_virtual_start": "2011-01-01T00:00:00Z",
            "rotation_turn_length_seconds": 86_400,
            "users": [],
        }
    ],
}


def daily(users: list[dict[str, Any]]) -> dict[str, Any]:
    """A schedule whose turns change at midnight UTC."""
    return {**DAILY, "schedule_layers": [{**DAILY["schedule_layers"][0], "users": [{"user": user} for user in users]}]}  # type: ignore[index]
