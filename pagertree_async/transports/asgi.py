"""Into an ASGI application in this process: no socket, no server, no port."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from pagertree_async.errors import (
    AttemptTimeoutError,
    ClientClosedError,
    ConnectionLostError,
    PagerTreeError,
    ResponseLostError,
    Sent,
)
from pagertree_async.http import BodyReader, Headers, Request, Response
from pagertree_async.transports._targets import encoded_headers, target

__all__ = ["ASGITransport", "AsyncASGITransport"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

CLOSED = "the transport was closed"


class _Exchange:
    """One request to an application and what it answers."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.asked = False
        self.status = 0
        self.headers = Headers()
        self.reader: BodyReader | None = None
        self.response: Response | None = None

    def scope(self) -> Scope:
        """What the application is told of the request."""
        where = target(self.request.url)
        parts = urlsplit(self.request.url)
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.request.method,
            "scheme": where.scheme,
            "path": unquote(parts.path) or "/",
            "raw_path": parts.path.encode() or b"/",
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": encoded_headers(self.request, where.netloc),
            "client": ("127.0.0.1", 0),
            "server": (where.host, where.port),
            "state": {},
        }

    async def receive(self) -> Message:
        """The whole body, then the end of the connection."""
        if self.asked:
            return {"type": "http.disconnect"}
        self.asked = True
        return {"type": "http.request", "body": self.request.body, "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = Headers(
                (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
                for name, value in message.get("headers", ())
            )
            self.reader = BodyReader(self.status, self.headers)
        elif message["type"] == "http.response.body" and self.reader is not None and self.response is None:
            self.reader.feed(message.get("body", b""))
            if not message.get("more_body", False):
                self.response = Response(status=self.status, headers=self.headers, body=self.reader.finish())

    async def run(self, app: App) -> None:
        """Have the application answer."""
        try:
            await app(self.scope(), self.receive, self.send)
        except PagerTreeError:
            raise
        except Exception as error:
            if self.response is None:
                reason = f"the application raised {type(error).__name__}"
                raise self.cut(reason) from error

    def cut(self, why: str) -> ConnectionLostError | ResponseLostError:
        """The error of an answer that did not come, or not to its end."""
        if self.status:
            return ResponseLostError(f"the answer {self.status} broke off: {why}", status=self.status)
        return ConnectionLostError(f"no answer came: {why}", sent=Sent.MAYBE)

    def late(self) -> AttemptTimeoutError:
        """The error of an application that took too long."""
        sent = Sent.YES if self.status else Sent.MAYBE
        return AttemptTimeoutError("the application took too long", sent=sent, status=self.status or None)

    def answer(self) -> Response:
        """The whole answer."""
        if self.response is None:
            raise self.cut("the application returned without its end")
        return self.response


class AsyncASGITransport:
    """Sends requests to an ASGI application, suspending the task while it works.

    Args:
        app: An ASGI 3 application.

    >>> async def app(scope, receive, send):
    ...     await send({"type": "http.response.start", "status": 204, "headers": []})
    ...     await send({"type": "http.response.body"})
    >>> transport = AsyncASGITransport(app)
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._closed = False

    async def send(self, request: Request) -> Response:
        """Bring the application's answer to ``request``.

        Raises:
            ConnectionLostError: The application raised, which is the error's cause, or did not answer.
            ResponseLostError: The same, after its answer had begun.
            AttemptTimeoutError: It took longer than until the deadline.
            ClientClosedError: The transport is closed.
        """
        import anyio

        if self._closed:
            raise ClientClosedError(CLOSED)
        exchange = _Exchange(request)
        with anyio.CancelScope(deadline=anyio.current_time() + request.time_left()):
            await exchange.run(self._app)
            return exchange.answer()
        raise exchange.late()

    async def aclose(self) -> None:
        """Refuse what comes from now on; again does nothing."""
        self._closed = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class ASGITransport:
    """Sends requests to an ASGI application that never suspends, without an event loop.

    Args:
        app: An ASGI 3 application that awaits nothing but what it is given.

    >>> async def app(scope, receive, send):
    ...     await send({"type": "http.response.start", "status": 200, "headers": []})
    ...     await send({"type": "http.response.body", "body": b"{}"})
    >>> ASGITransport(app).send(Request(method="GET", url="http://localhost/")).status
    200
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._closed = False

    def send(self, request: Request) -> Response:
        """Bring the application's answer to ``request``.

        Raises:
            ConnectionLostError: The application raised, which is the error's cause, or did not answer.
            ResponseLostError: The same, after its answer had begun.
            AttemptTimeoutError: It took longer than until the deadline, seen when it was done.
            ClientClosedError: The transport is closed.
            RuntimeError: The application suspended, which needs an event loop.
        """
        if self._closed:
            raise ClientClosedError(CLOSED)
        exchange = _Exchange(request)
        coroutine = exchange.run(self._app)
        try:
            coroutine.send(None)
        except StopIteration:
            if time.monotonic() > request.deadline:
                raise exchange.late() from None
            return exchange.answer()
        finally:
            coroutine.close()
        message = "the application suspended, which needs an event loop: use it from the async client"
        raise RuntimeError(message)

    def close(self) -> None:
        """Refuse what comes from now on; again does nothing."""
        self._closed = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
