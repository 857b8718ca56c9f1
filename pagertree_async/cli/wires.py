"""Transports around a transport: what tells the address, what minds signals, and what sends nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import typer

from pagertree_async.cli.exits import Terminated
from pagertree_async.cli.verbose import say
from pagertree_async.http import BlockingTransport, Request, Response, Transport

STARS = "***"
HIDDEN = frozenset(
    {"password", "verificationcode", "token", "secret", "api_key", "api_secret", "authorization", "routing_key"}
)
"""Names whose values are not shown, in whatever body or query they stand."""

READING = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""


class NotSentError(Exception):
    """A dry run has come to the point where the request would leave."""


class Asked:
    """Sends through another transport and tells what is asked for; for blocking clients.

    Args:
        below: Does the sending.
    """

    def __init__(self, below: BlockingTransport) -> None:
        self._below = below

    def send(self, request: Request) -> Response:
        """Bring the answer."""
        asked(request)
        return self._below.send(request)

    def close(self) -> None:
        """Close the transport below."""
        close: Any = getattr(self._below, "close", None)
        if close is not None:
            close()


class AsyncAsked:
    """Sends through another transport and tells what is asked for; for async clients.

    Args:
        below: Does the sending.
    """

    def __init__(self, below: Transport) -> None:
        self._below = below
        self.keeps_deadlines: bool = bool(getattr(below, "keeps_deadlines", False))

    async def send(self, request: Request) -> Response:
        """Bring the answer."""
        asked(request)
        return await self._below.send(request)

    async def aclose(self) -> None:
        """Close the transport below."""
        close: Any = getattr(self._below, "aclose", None)
        if close is not None:
            await close()


def asked(request: Request) -> None:
    """Say the address of a request with its query, of which no event tells."""
    parts = urlsplit(request.url)
    query = f"?{hidden_query(parts.query)}" if parts.query else ""
    say(f"asks for {request.method} {parts.path}{query}")


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
