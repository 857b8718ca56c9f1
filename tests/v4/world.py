"""Clients of API v4 in every mode, and a server in memory that answers them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pagertree_async.http import Headers, Request, Response
from pagertree_async.sandbox import Sandbox
from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
from pagertree_async.v4 import AsyncEvents, AsyncPagerTree, Events, PagerTree
from tests.modes import Mode

Handler = Callable[[Request], Response]


def answer(thing: Any, status: int = 200, **headers: str) -> Response:
    """An answer with JSON."""
    named = Headers((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status=status, headers=named, body=json.dumps(thing).encode())


def refusal(message: str, status: int = 422) -> Response:
    """An error in the API's shape."""
    return answer({"errors": [{"message": message}], "code": status}, status)


def page(*items: Any) -> Response:
    """A list that is whole."""
    return answer({"data": list(items), "has_more": False, "total_count": len(items)})


def client(mode: Mode, handler: Handler | Response, **settings: Any) -> Any:
    """A client whose requests a function answers, or always the same answer."""
    transport = memory(mode, handler)
    settings.setdefault("base_url", "https://api.test")
    return (PagerTree if mode.blocking else AsyncPagerTree)("a-key", transport=transport, **settings)


def live(mode: Mode, sandbox: Sandbox, **settings: Any) -> Any:
    """A client that a sandbox answers."""
    transport = (ASGITransport if mode.blocking else AsyncASGITransport)(sandbox.app)
    settings.setdefault("base_url", "https://api.test")
    return (PagerTree if mode.blocking else AsyncPagerTree)(sandbox.v4_api_key, transport=transport, **settings)


def events(mode: Mode, handler: Handler | Response, integration: Any = "int_1", **settings: Any) -> Any:
    """A sender of events whose requests a function answers."""
    transport = memory(mode, handler)
    settings.setdefault("base_url", "https://api.test")
    return (Events if mode.blocking else AsyncEvents)(integration, transport=transport, **settings)


def memory(mode: Mode, handler: Handler | Response) -> Any:
    """A transport to a function, or to one answer."""
    function = (lambda request: handler) if isinstance(handler, Response) else handler
    return (MemoryTransport if mode.blocking else AsyncMemoryTransport)(function)


def requests(client: Any) -> list[Request]:
    """What a client has sent so far."""
    return client._transport.requests


def said(request: Request) -> tuple[str, str, dict[str, str], Any]:
    """Method, path, query and JSON body of a request."""
    parts = urlsplit(request.url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return request.method, parts.path, query, json.loads(request.body) if request.body else None
