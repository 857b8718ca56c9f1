"""From an ASGI call to an operation and back, without ever suspending."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pagertree_async.sandbox.errors import Refusal, bad_request, not_found
from pagertree_async.sandbox.limits import RateLimit
from pagertree_async.sandbox.store import Object


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
        headers: Further headers.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Handler = Callable[[Incoming], Answer]
Wording = Callable[[Refusal], bytes]


def plainly(refusal: Refusal) -> bytes:
    """A refusal as most of the APIs word it.

    Args:
        refusal: What is refused.
    """
    return msgspec.json.encode({"errors": [{"message": message} for message in refusal.messages]})


def parsed(body: bytes) -> Object:
    """A request's body.

    Args:
        body: The JSON text; nothing counts as an empty object.

    Raises:
        Refusal: 400, when it is not a JSON object.
    """
    if not body.strip():
        return {}
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_request("The body is not valid JSON") from None
    if not isinstance(found, dict):
        raise bad_request("The body must be a JSON object")
    return msgspec.convert(found, Object)


def answered(value: object, status: int = 200) -> Answer:
    """An answer of something that is JSON once encoded.

    Args:
        value: What to answer.
        status: The HTTP status.
    """
    return Answer(msgspec.json.encode(value), status)


NOTHING = Answer(b"", 204)
"""What a removal answers."""


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


def door(
    template: str, handlers: Mapping[str, Handler], gate: Gate, wording: Wording = plainly, *, alone: bool = True
) -> Route:
    """One path of an API.

    Args:
        template: The path, with `:name` for what changes.
        handlers: What happens, by method.
        gate: What every request passes first.
        wording: How a refusal is worded.
        alone: Whether it is the path's only door; else it leaves other methods to those behind it.
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
            return _refused(refusal, wording)
        return _json(result.body, result.status, result.headers)

    path = "/".join(f"{{{part[1:]}}}" if part.startswith(":") else part for part in template.split("/"))
    return Route(path, answer, methods=_EVERY if alone else list(handlers))


def wall(gate: Gate, under: str = "", wording: Wording = plainly) -> Route:
    """Every path that leads nowhere; it goes behind all doors.

    Args:
        gate: What every request passes first.
        under: What the paths begin with.
        wording: How a refusal is worded.
    """

    async def answer(request: Request) -> Response:
        try:
            gate.admit(f"{request.method} *")
            message = f"The path {request.url.path}"
            raise not_found(message)
        except Refusal as refusal:
            return _refused(refusal, wording)

    return Route(f"{under}/{{path:path}}", answer, methods=_EVERY)


async def broken(request: Request, error: Exception) -> Response:
    """Answer for a fault of the sandbox itself; Starlette raises the error again afterwards.

    Args:
        request: The request.
        error: What went wrong.
    """
    del request
    return _refused(Refusal(500, f"Something went wrong: {type(error).__name__}"), plainly)


# The path decides before the method does, so that a wrong method is counted, and answered with the right ones.
_EVERY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def _refused(refusal: Refusal, wording: Wording) -> Response:
    return _json(wording(refusal), refusal.status, refusal.headers)


def _json(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    own = {"content-type": "application/json", "x-request-id": f"req_{secrets.token_hex(8)}"}
    return Response(body, status, {**own, **(headers or {})})
