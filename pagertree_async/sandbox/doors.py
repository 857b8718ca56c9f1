"""From an ASGI call to an operation and back, without ever suspending."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pagertree_async.sandbox.errors import Refusal, not_found
from pagertree_async.sandbox.limits import RateLimit


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as operations see it.

    Args:
        params: What the path's placeholders stand for.
        query: The query's names and values as they came.
        headers: The headers, by name in small letters.
        body: The body as it came.
    """

    params: Mapping[str, str]
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers.

    Args:
        body: The JSON text, or nothing.
        status: The HTTP status.
    """

    body: bytes
    status: int = 200


Handler = Callable[[Incoming], Answer]


@dataclass(slots=True)
class Gate:
    """What every request passes on its way in: it is counted, then held against the limit.

    Args:
        limit: How many are let in.
        requests: How many have come, by method and path template; unknown paths are under `*`.
    """

    limit: RateLimit
    requests: Counter[str] = field(default_factory=Counter[str])

    def admit(self, what: str) -> None:
        """Count a request and let it in.

        Args:
            what: Its method and path template.

        Raises:
            Refusal: 429, when too many have come too quickly.
        """
        with self.limit.lock:
            self.requests[what] += 1
        self.limit.admit()


def door(template: str, handlers: Mapping[str, Handler], gate: Gate) -> Route:
    """One path of an API.

    Args:
        template: The path, with `:name` for what changes.
        handlers: What happens, by method.
        gate: What every request passes first.
    """
    methods = ", ".join(sorted(handlers))

    async def answer(request: Request) -> Response:
        try:
            gate.admit(f"{request.method} {template}")
            handler = handlers.get(request.method)
            if handler is None:
                message = f"{request.method} is not possible here: use {methods}"
                raise Refusal(405, message, headers={"allow": methods})
            query = request.query_params.multi_items()
            result = handler(Incoming(request.path_params, query, request.headers, await request.body()))
        except Refusal as refusal:
            return _refused(refusal)
        return _json(result.body, result.status)

    path = "/".join(f"{{{part[1:]}}}" if part.startswith(":") else part for part in template.split("/"))
    return Route(path, answer, methods=_EVERY)


def wall(gate: Gate) -> Route:
    """Every path that leads nowhere; it goes behind all doors.

    Args:
        gate: What every request passes first.
    """

    async def answer(request: Request) -> Response:
        try:
            gate.admit(f"{request.method} *")
            message = f"The path {request.url.path}"
            raise not_found(message)
        except Refusal as refusal:
            return _refused(refusal)

    return Route("/{path:path}", answer, methods=_EVERY)


async def broken(request: Request, error: Exception) -> Response:
    """Answer for a fault of the sandbox itself; Starlette raises the error again afterwards.

    Args:
        request: The request.
        error: What went wrong.
    """
    del request
    return _refused(Refusal(500, f"Something went wrong: {type(error).__name__}"))


# The path decides before the method does, so that a wrong method is counted, and answered with the right ones.
_EVERY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def _refused(refusal: Refusal) -> Response:
    body = msgspec.json.encode({"errors": [{"message": message} for message in refusal.messages]})
    return _json(body, refusal.status, refusal.headers)


def _json(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    own = {"content-type": "application/json", "x-request-id": f"req_{secrets.token_hex(8)}"}
    return Response(body, status, {**own, **(headers or {})})
