"""Transports around a transport: one that tells of each attempt, and one that sends nothing."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import typer

from pagertree_async.cli.exits import Terminated
from pagertree_async.cli.failures import printable
from pagertree_async.errors import PagerTreeError
from pagertree_async.http import BlockingTransport, Request, Response, Transport

STARS = "***"
HIDDEN = frozenset({"password", "verificationcode", "token", "secret", "api_key", "api_secret", "authorization"})
"""Names whose values are not shown, in whatever body or query they stand."""

READING = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""


class NotSentError(Exception):
    """A dry run has come to the point where the request would leave."""


def told(request: Request, outcome: str, seconds: float, level: int) -> None:
    """Say on standard error what became of one attempt."""
    parts = urlsplit(request.url)
    query = f"?{hidden_query(parts.query)}" if parts.query and level > 1 else ""
    size = f", {len(request.body)} bytes sent" if request.body and level > 1 else ""
    now = f"{datetime.now(UTC):%H:%M:%S.%f}"[:-3]
    line = f"{now}Z {request.method} {parts.path}{query} {outcome} {seconds * 1000:.0f} ms{size}"
    typer.echo(printable(line), err=True)


def outcome(response: Response, level: int) -> str:
    """An answer in a few words."""
    if level < 2:
        return str(response.status)
    request_id = f", request {response.request_id}" if response.request_id else ""
    return f"{response.status}, {len(response.body)} bytes{request_id},"


class Told:
    """Sends through another transport and tells of each attempt; for blocking clients.

    Args:
        below: Does the sending.
        level: How much is told: 1 for a line, 2 for a longer one.
    """

    def __init__(self, below: BlockingTransport, level: int) -> None:
        self._below = below
        self._level = level

    def send(self, request: Request) -> Response:
        """Bring the answer."""
        begun = time.monotonic()
        try:
            response = self._below.send(request)
        except PagerTreeError as error:
            told(request, f"{type(error).__name__} ({error.message}),", time.monotonic() - begun, self._level)
            raise
        told(request, outcome(response, self._level), time.monotonic() - begun, self._level)
        return response

    def close(self) -> None:
        """Close the transport below."""
        close: Any = getattr(self._below, "close", None)
        if close is not None:
            close()


class Leaving:
    """Sends through another transport; a write that a signal interrupts says of itself that it may have been applied.

    Args:
        below: Does the sending.
    """

    def __init__(self, below: BlockingTransport) -> None:
        self._below = below

    def send(self, request: Request) -> Response:
        """Bring the answer."""
        try:
            return self._below.send(request)
        except (KeyboardInterrupt, Terminated) as error:
            path = urlsplit(request.url).path
            if request.method not in READING and not path.endswith("/login"):
                error.add_note(f"{request.method} {path} may have been applied")
            raise

    def close(self) -> None:
        """Close the transport below."""
        close: Any = getattr(self._below, "close", None)
        if close is not None:
            close()


class AsyncTold:
    """Sends through another transport and tells of each attempt; for async clients.

    Args:
        below: Does the sending.
        level: How much is told: 1 for a line, 2 for a longer one.
    """

    def __init__(self, below: Transport, level: int) -> None:
        self._below = below
        self._level = level
        self.keeps_deadlines: bool = bool(getattr(below, "keeps_deadlines", False))

    async def send(self, request: Request) -> Response:
        """Bring the answer."""
        begun = time.monotonic()
        try:
            response = await self._below.send(request)
        except PagerTreeError as error:
            told(request, f"{type(error).__name__} ({error.message}),", time.monotonic() - begun, self._level)
            raise
        told(request, outcome(response, self._level), time.monotonic() - begun, self._level)
        return response

    async def aclose(self) -> None:
        """Close the transport below."""
        close: Any = getattr(self._below, "aclose", None)
        if close is not None:
            await close()


class Dry:
    """Prints the request, its secrets starred, and sends nothing."""

    def send(self, request: Request) -> Response:
        """Print the request.

        Raises:
            NotSentError: Always.
        """
        typer.echo(written(request))
        raise NotSentError


def written(request: Request) -> str:
    """A request as text: address, headers, body, with stars for every secret."""
    parts = urlsplit(request.url)
    address = parts._replace(query=hidden_query(parts.query)).geturl()
    lines = [f"{request.method} {address}", *(f"{name}: {value}" for name, value in request.headers)]
    if request.body:
        body = hidden(msgspec.json.decode(request.body))
        lines += ["", msgspec.json.format(msgspec.json.encode(body), indent=2).decode()]
    return "\n".join(lines)


def hidden_query(query: str) -> str:
    """A query with stars for the values that are secrets."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, STARS if name.lower() in HIDDEN else value) for name, value in pairs], safe="*:,")


def hidden(value: Any, names: Collection[str] = HIDDEN) -> Any:
    """JSON with stars for the values that are secrets, at any depth."""
    if isinstance(value, dict):
        given: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {name: STARS if name.lower() in names else hidden(part, names) for name, part in given.items()}
    if isinstance(value, list):
        parts: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [hidden(part, names) for part in parts]
    return value
